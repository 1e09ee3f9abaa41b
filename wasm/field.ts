// KoalaBear, p = 2^31 − 2^24 + 1. Values in memory are canonical; a Montgomery product a·b·R⁻¹, R = 2^32, of canonical
// factors is canonical again, so a loop either prepares its constant factor times R or repairs the power of R once at its end.

export const P: u32 = 2130706433;
/** p⁻¹ mod 2^32. */
export const P_INVERSE: u32 = 2164260865;
/** R mod p, R² mod p, R³ mod p. */
export const R1: u32 = 33554430;
export const R2: u32 = 402124772;
export const R3: u32 = 414154551;

/**
 * x·R⁻¹ mod p for x ≤ 4(p − 1)² < 2^64: with m = x·p⁻¹ mod 2^32 the low words of x and m·p agree, so the quotient is the
 * difference of the high words; that of x is below 2p.
 */
// @ts-ignore: decorator
@inline
export function reduce(x: u64): u32 {
  let high = u32(x >> 32);
  if (high >= P) high -= P;
  const other = u32((u64(u32(x) * P_INVERSE) * u64(P)) >> 32);
  const r = high - other;
  return high < other ? r + P : r;
}

// @ts-ignore: decorator
@inline
export function montgomery(a: u32, b: u32): u32 {
  return reduce(u64(a) * u64(b));
}

// @ts-ignore: decorator
@inline
export function add(a: u32, b: u32): u32 {
  const sum = a + b;
  return sum >= P ? sum - P : sum;
}

// @ts-ignore: decorator
@inline
export function subtract(a: u32, b: u32): u32 {
  return a < b ? a - b + P : a - b;
}
