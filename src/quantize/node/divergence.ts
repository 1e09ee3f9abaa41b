/**
 * How much information a quantization loses, by the measure of Migacz, "8-bit inference with TensorRT" (2017): the values
 * of bins `low` to `high` − 1, those beyond clipped into the outermost, against the same bins told apart by `levels` only.
 */
export function divergence(counts: Float64Array, low: number, high: number, levels: number): number {
  const clipped = counts.slice(low, high);
  const last = clipped.length - 1;
  clipped[0] = (clipped[0] as number) + sum(counts.subarray(0, low));
  clipped[last] = (clipped[last] as number) + sum(counts.subarray(high));
  const total = sum(clipped);
  if (total === 0) return 0;
  const told = spread(counts.subarray(low, high), levels);
  const toldTotal = sum(told);
  if (toldTotal === 0) return Infinity;
  let loss = 0;
  for (let i = 0; i < clipped.length; i++) {
    const p = (clipped[i] as number) / total;
    if (p === 0) continue;
    // A level that holds nothing cannot stand for anything: a small share keeps the logarithm finite.
    const q = Math.max((told[i] as number) / toldTotal, 1e-12);
    loss += p * Math.log(p / q);
  }
  return loss;
}

/** Every level's count spread evenly over its bins that hold anything. */
function spread(counts: Float64Array, levels: number): Float64Array {
  const result = new Float64Array(counts.length);
  for (let level = 0; level < levels; level++) {
    const from = Math.floor((level * counts.length) / levels);
    const to = Math.floor(((level + 1) * counts.length) / levels);
    const members = counts.subarray(from, to);
    const held = members.reduce((held, count) => held + (count > 0 ? 1 : 0), 0);
    if (held === 0) continue;
    const share = sum(members) / held;
    for (let i = from; i < to; i++) if ((counts[i] as number) > 0) result[i] = share;
  }
  return result;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
