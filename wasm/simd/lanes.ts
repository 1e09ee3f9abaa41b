// Four field elements, or one extension element, in a vector register.
import { P, P_INVERSE } from '../field';

// @ts-ignore: decorator
@inline
export function addLanes(a: v128, b: v128): v128 {
  const sum = i32x4.add(a, b);
  return i32x4.min_u(sum, i32x4.sub(sum, i32x4.splat(P)));
}

// @ts-ignore: decorator
@inline
export function subtractLanes(a: v128, b: v128): v128 {
  const difference = i32x4.sub(a, b);
  return i32x4.min_u(difference, i32x4.add(difference, i32x4.splat(P)));
}

/** The reduction of `field.ts` on four sums below 2^64, two to a register. */
// @ts-ignore: decorator
@inline
export function reduceLanes(low: v128, high: v128): v128 {
  const m = i32x4.mul(v128.shuffle<i32>(low, high, 0, 2, 4, 6), i32x4.splat(P_INVERSE));
  const p = i32x4.splat(P);
  const other = v128.shuffle<i32>(
    i64x2.extmul_low_i32x4_u(m, p),
    i64x2.extmul_high_i32x4_u(m, p),
    1, 3, 5, 7,
  );
  let upper = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
  upper = i32x4.min_u(upper, i32x4.sub(upper, p));
  return subtractLanes(upper, other);
}

/** a·b·R⁻¹ in each lane. */
// @ts-ignore: decorator
@inline
export function montgomeryLanes(a: v128, b: v128): v128 {
  return reduceLanes(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b));
}

// @ts-ignore: decorator
@inline
export function triple(b: v128): v128 {
  return addLanes(addLanes(b, b), b);
}

/** θ·b, θ²·b and θ³·b for t = 3b: coordinates move up, those that pass θ⁴ return three times as large. */
// @ts-ignore: decorator
@inline
export function turn1(b: v128, t: v128): v128 {
  return v128.shuffle<i32>(t, b, 3, 4, 5, 6);
}

// @ts-ignore: decorator
@inline
export function turn2(b: v128, t: v128): v128 {
  return v128.shuffle<i32>(t, b, 2, 3, 4, 5);
}

// @ts-ignore: decorator
@inline
export function turn3(b: v128, t: v128): v128 {
  return v128.shuffle<i32>(t, b, 1, 2, 3, 4);
}

/** a·b·R⁻¹ in E, for b with its turns prepared: each coordinate is a sum of four products, reduced once. */
// @ts-ignore: decorator
@inline
export function multiplyTurned(a: v128, b: v128, b1: v128, b2: v128, b3: v128): v128 {
  const a0 = v128.shuffle<i32>(a, a, 0, 0, 0, 0);
  const a1 = v128.shuffle<i32>(a, a, 1, 1, 1, 1);
  const a2 = v128.shuffle<i32>(a, a, 2, 2, 2, 2);
  const a3 = v128.shuffle<i32>(a, a, 3, 3, 3, 3);
  const low = i64x2.add(
    i64x2.add(i64x2.extmul_low_i32x4_u(a0, b), i64x2.extmul_low_i32x4_u(a1, b1)),
    i64x2.add(i64x2.extmul_low_i32x4_u(a2, b2), i64x2.extmul_low_i32x4_u(a3, b3)),
  );
  const high = i64x2.add(
    i64x2.add(i64x2.extmul_high_i32x4_u(a0, b), i64x2.extmul_high_i32x4_u(a1, b1)),
    i64x2.add(i64x2.extmul_high_i32x4_u(a2, b2), i64x2.extmul_high_i32x4_u(a3, b3)),
  );
  return reduceLanes(low, high);
}

/** a·b·R⁻¹ in E. */
// @ts-ignore: decorator
@inline
export function multiply(a: v128, b: v128): v128 {
  const t = triple(b);
  return multiplyTurned(a, b, turn1(b, t), turn2(b, t), turn3(b, t));
}
