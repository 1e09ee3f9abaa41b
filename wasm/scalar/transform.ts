// Number-theoretic transform, decimation in time, natural order out, as src/backends/transparent/code.ts defines it.
import { add, montgomery, subtract } from '../field';

/**
 * In place on 2^logLength cells in bit-reversed order. `powers` holds, for each level from the lowest, its half of the
 * powers of its root, times R: 1 power, then 2, then 4, …
 */
function transform(data: usize, logLength: u32, powers: usize): void {
  const length = usize(4) << logLength;
  const end = data + length;
  for (let bytes: usize = 4; bytes < length; bytes <<= 1) {
    const level = powers + bytes - 4;
    for (let start = data; start < end; start += bytes << 1) {
      for (let k: usize = 0; k < bytes; k += 4) {
        const at = start + k;
        const a = load<u32>(at);
        const b = montgomery(load<u32>(at + bytes), load<u32>(level + k));
        store<u32>(at, add(a, b));
        store<u32>(at + bytes, subtract(a, b));
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
