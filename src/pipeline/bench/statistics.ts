/** What is said about repeated measurements, and about how they grow. */

export type Summary = { readonly median: number; readonly min: number; readonly max: number };

export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[index] as number;
  const median = sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}

/** Of two series taken turn by turn: what a disturbance does to both neighbours cancels in the ratios of pairs. */
export type Ratio = { readonly ofMedians: number; readonly ofPairs: Summary };

export function ratioOf(numerators: readonly number[], denominators: readonly number[]): Ratio {
  return {
    ofMedians: summarize(numerators).median / summarize(denominators).median,
    ofPairs: summarize(numerators.map((value, i) => value / (denominators[i] as number))),
  };
}

export type Point = { readonly x: number; readonly y: number };

/** A line through the logarithms: y = factor · x^exponent. */
export type PowerLaw = { readonly exponent: number; readonly factor: number };

/** The least-squares line through the logarithms; null for fewer than two sizes. */
export function powerLaw(points: readonly Point[]): PowerLaw | null {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (pick: (point: Point) => number): number => logs.reduce((sum, p) => sum + pick(p), 0) / logs.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (points.length < 2 || spread === 0) return null;
  const exponent = logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  return { exponent, factor: Math.exp(meanY - exponent * meanX) };
}

/** The exponent of growth. */
export function growth(points: readonly Point[]): number | null {
  return powerLaw(points)?.exponent ?? null;
}
