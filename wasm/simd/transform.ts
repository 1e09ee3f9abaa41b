// Number-theoretic transform, decimation in time, natural order out, as src/backends/transparent/code.ts defines it.
import { R1 } from '../field';
import { addLanes, montgomeryLanes, subtractLanes } from './lanes';

/** Levels of distance 1 and 2, inside one register: `quarter` holds 1, ω₄, 1, ω₄, all times R. */
// @ts-ignore: decorator
@inline
function firstLevels(v: v128, quarter: v128): v128 {
  const odd = v128.shuffle<i32>(v, v, 1, 1, 3, 3);
  const pairs = addLanes(
    v128.shuffle<i32>(v, v, 0, 0, 2, 2),
    v128.shuffle<i32>(odd, subtractLanes(i32x4.splat(0), odd), 0, 5, 2, 7),
  );
  const upper = montgomeryLanes(v128.shuffle<i32>(pairs, pairs, 2, 3, 2, 3), quarter);
  return addLanes(
    v128.shuffle<i32>(pairs, pairs, 0, 1, 0, 1),
    v128.shuffle<i32>(upper, subtractLanes(i32x4.splat(0), upper), 0, 1, 6, 7),
  );
}

/**
 * In place on 2^logLength ≥ 4 cells in bit-reversed order. `powers` holds, for each level from the lowest, its half of the
 * powers of its root, times R: 1 power, then 2, then 4, …
 */
function transform(data: usize, logLength: u32, powers: usize): void {
  const end = data + (usize(4) << logLength);
  const root = load<u32>(powers, 8);
  const quarter = i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(R1), 1, root), 3, root);
  for (let at = data; at < end; at += 16) v128.store(at, firstLevels(v128.load(at), quarter));
  const length = usize(4) << logLength;
  for (let bytes: usize = 16; bytes < length; bytes <<= 1) {
    const level = powers + bytes - 4;
    for (let start = data; start < end; start += bytes << 1) {
      for (let k: usize = 0; k < bytes; k += 16) {
        const at = start + k;
        const a = v128.load(at);
        const b = montgomeryLanes(v128.load(at + bytes), v128.load(level + k));
        v128.store(at, addLanes(a, b));
        v128.store(at + bytes, subtractLanes(a, b));
      }
    }
  }
}

/**
 * Codewords of rows of `dimension` coefficients, 2^logLength symbols each, one after another. `order` holds the bit reversal
 * of every index.
 */
export function encodeRows(
  cells: usize, rows: u32, dimension: u32, order: usize, logLength: u32, powers: usize, out: usize,
): void {
  const length = usize(4) << logLength;
  for (let row: u32 = 0; row < rows; row++, out += length) {
    memory.fill(out, 0, length);
    let place = order;
    for (const end = cells + (usize(dimension) << 2); cells < end; cells += 4, place += 4)
      store<u32>(out + (usize(load<u32>(place)) << 2), load<u32>(cells));
    transform(out, logLength, powers);
  }
}
