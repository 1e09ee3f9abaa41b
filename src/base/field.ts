/**
 * KoalaBear, the prime field with p = 2^31 − 2^24 + 1. Elements are JavaScript numbers in [0, p).
 *
 * p − 1 = 2^24 · 127, so there are power-of-two roots of unity up to order 2^24; 3 generates the multiplicative group.
 */
export const P = 2130706433;
const INVERSE = 1 / P;

/** Largest k with a primitive 2^k-th root of unity. */
export const twoAdicity = 24;
export const generator = 3;

export function add(a: number, b: number): number {
  const sum = a + b;
  return sum >= P ? sum - P : sum;
}

export function sub(a: number, b: number): number {
  const difference = a - b;
  return difference < 0 ? difference + P : difference;
}

export function neg(a: number): number {
  return a === 0 ? 0 : P - a;
}

/**
 * a·b mod p for a, b in [0, p).
 *
 * The float64 quotient a·b/p is wrong by less than 2^−20, so its truncation is the true quotient, or off by one when the
 * remainder is within 2^11 of 0 or p. The remainder computed from the low 32 bits is then in [−2^11, p + 2^11), which an
 * int32 holds, and one conditional correction makes it canonical.
 */
export function mul(a: number, b: number): number {
  const quotient = (a * b * INVERSE) | 0;
  const remainder = (Math.imul(a, b) - Math.imul(quotient, P)) | 0;
  return remainder < 0 ? remainder + P : remainder >= P ? remainder - P : remainder;
}

export function pow(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = mul(result, square);
    square = mul(square, square);
  }
  return result;
}

/** Multiplicative inverse by Fermat; the inverse of 0 is 0, as x ↦ x^(p−2) has it. */
export function inv(a: number): number {
  return pow(a, P - 2);
}

/** A primitive root of unity of order 2^log. */
export function rootOfUnity(log: number): number {
  if (!Number.isInteger(log) || log < 0 || log > twoAdicity) throw new RangeError(`no root of unity of order 2^${log}`);
  return pow(generator, (P - 1) / 2 ** log);
}

/** The field element of an integer with |value| < 2^52: the centred embedding. */
export function fromInteger(value: number): number {
  // Most integers are small, and the remainder of a division costs twenty times a comparison. Their signs are not to be
  // foreseen, so p is added under a mask: a wrongly guessed branch costs ten times an addition. −0 becomes 0.
  const small = value | 0;
  if (small === value && small < P && small > -P) return small + (P & (small >> 31));
  const residue = value % P;
  // Adding 0 turns −0, the remainder of negative multiples of p, into 0.
  return residue < 0 ? residue + P : residue + 0;
}

/** Field cells of a vector of integers. */
export function fromIntegers(values: ArrayLike<number>): Uint32Array {
  const out = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    out[i] = value >= 0 && value < P ? value : value < 0 && value > -P ? value + P : fromInteger(value);
  }
  return out;
}

/** True for an element in canonical form. */
export function isCanonical(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < P;
}
