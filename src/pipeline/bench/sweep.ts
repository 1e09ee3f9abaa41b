/** What grows with the network: the sweep's results as points, one series for each contestant and kind of scales. */
import { sweepNetworks } from './networks.ts';
import type { BenchResult, Measurement } from './report.ts';
import type { Point } from './statistics.ts';
import type { Unit } from './units.ts';

export type Quantity = { readonly what: string; readonly unit: Unit; readonly points: readonly Point[] };

export type Sweep = { readonly name: string; readonly quantities: readonly Quantity[] };

const quantities: readonly (readonly [what: string, unit: Unit, pick: (measurement: Measurement) => number])[] = [
  ['prove', 'milliseconds', ({ prove }) => prove.median],
  ['processors', 'milliseconds', ({ processor }) => processor.median],
  ['verify', 'milliseconds', ({ verify }) => verify.median],
  ['proof', 'bytes', ({ proofBytes }) => proofBytes],
  ['memory', 'bytes', ({ peakMemory }) => peakMemory],
];

export function sweepOf(results: readonly BenchResult[]): Sweep[] {
  const series = new Map<string, { activations: number; measurement: Measurement }[]>();
  const names = new Set(sweepNetworks.map(({ name }) => name));
  for (const { network, scales, activations, measurements } of results) {
    if (!names.has(network)) continue;
    for (const measurement of measurements) {
      const name = `${scales}, ${measurement.contestant}`;
      series.set(name, [...(series.get(name) ?? []), { activations, measurement }]);
    }
  }
  return [...series].map(([name, sizes]) => ({
    name,
    quantities: quantities.map(([what, unit, pick]) => ({
      what,
      unit,
      points: sizes.map(({ activations, measurement }) => ({ x: activations, y: pick(measurement) })),
    })),
  }));
}
