// Sums of products of 16-bit integers; src/base/dot-rows.ts is the reference and sees to it that no sum leaves 32 bits.

/** out[i] = Σ_k a[rowsA[i]][k]·b[rowsB[i]][k] as float64; rows of `stride` integers. */
export function dotRows(a: usize, rowsA: usize, b: usize, rowsB: usize, stride: u32, count: u32, out: usize): void {
  const bytes = usize(stride) << 1;
  for (let end = out + (usize(count) << 3); out < end; out += 8, rowsA += 4, rowsB += 4) {
    let x = a + usize(load<u32>(rowsA)) * bytes, y = b + usize(load<u32>(rowsB)) * bytes;
    let sum: i32 = 0;
    for (const last = x + bytes; x < last; x += 2, y += 2) sum += i32(load<i16>(x)) * i32(load<i16>(y));
    store<f64>(out, f64(sum));
  }
}
