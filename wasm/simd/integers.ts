// Sums of products of 16-bit integers; src/base/dot-rows.ts is the reference and sees to it that no sum leaves 32 bits.

/** out[i] = Σ_k a[rowsA[i]][k]·b[rowsB[i]][k] as float64; rows of `stride` integers, a multiple of 8. */
export function dotRows(a: usize, rowsA: usize, b: usize, rowsB: usize, stride: u32, count: u32, out: usize): void {
  const bytes = usize(stride) << 1;
  for (let end = out + (usize(count) << 3); out < end; out += 8, rowsA += 4, rowsB += 4) {
    let x = a + usize(load<u32>(rowsA)) * bytes, y = b + usize(load<u32>(rowsB)) * bytes;
    let sum = i32x4.splat(0);
    for (const last = x + bytes; x < last; x += 16, y += 16)
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(x), v128.load(y)));
    sum = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
    store<f64>(out, f64(i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1)));
  }
}
