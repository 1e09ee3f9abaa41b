/** §2: the field F of p = 2³¹ − 2²⁴ + 1 elements, each a number 0 … p − 1. */
export const P = 2130706433;

export function add(a: number, b: number): number {
  const sum = a + b;
  return sum >= P ? sum - P : sum;
}

export function sub(a: number, b: number): number {
  const difference = a - b;
  return difference < 0 ? difference + P : difference;
}

/** By halves of b: a·⌊b/2¹⁶⌋ < 2⁴⁶, and a remainder times 2¹⁶ plus a·(b mod 2¹⁶) < 2⁴⁸, so float64 holds both exactly. */
export function mul(a: number, b: number): number {
  const high = (a * (b >>> 16)) % P;
  return (high * 65536 + a * (b & 0xffff)) % P;
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
