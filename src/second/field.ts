/** §2: the field F of p = 2³¹ − 2²⁴ + 1 elements, each a number 0 … p − 1. */
export const P = 2130706433;
const ONE_OVER_P: number = 1 / P;

export function add(a: number, b: number): number {
  const sum = a + b;
  return sum >= P ? sum - P : sum;
}

export function sub(a: number, b: number): number {
  const difference = a - b;
  return difference < 0 ? difference + P : difference;
}

/**
 * The quotient is estimated in floating point. a·b < 2⁶² and three roundings put the estimate within 2⁻²⁰ of a·b/p, so
 * after rounding down the remainder lies between −2¹¹ and p + 2¹¹, fits 32 bits, and can be computed modulo 2³².
 */
export function mul(a: number, b: number): number {
  const quotient = Math.floor(a * b * ONE_OVER_P);
  const rest = (Math.imul(a, b) - Math.imul(quotient, P)) | 0;
  return rest < 0 ? rest + P : rest >= P ? rest - P : rest;
}

/** The residue of an integer below 2⁵³ in size. */
export function residue(x: number): number {
  const rest = x % P;
  return rest < 0 ? rest + P : rest + 0;
}

export function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = mul(result, square);
    square = mul(square, square);
  }
  return result;
}

export function inverse(a: number): number {
  return power(a, P - 2);
}

/** §8: an element of order n, a power of two up to 2²⁴; 3 generates the group of units. */
export function rootOfUnity(n: number): number {
  return power(3, (P - 1) / n);
}
