/** The results of a benchmark as text for a terminal. */
import type { BenchReport, BenchResult, Measurement, PeerOutcome } from '../pipeline/bench/report.ts';
import { growth, type Ratio } from '../pipeline/bench/statistics.ts';
import { sweepOf } from '../pipeline/bench/sweep.ts';
import { formatBytes, formatMilliseconds, formatTable } from './format.ts';

const stages = ['execute', 'assign', 'commit', 'lookups', 'contractions', 'opening'];

type Row = { readonly result: BenchResult; readonly measurement: Measurement };

function label({ result, measurement }: Row): string[] {
  return [result.network, result.scales, measurement.contestant];
}

function ratio({ ofMedians, ofPairs }: Ratio): string {
  return `${ofMedians.toFixed(2)} (pairs: ${ofPairs.median.toFixed(2)}, ${ofPairs.min.toFixed(2)} – ${ofPairs.max.toFixed(2)})`;
}

function peerLine(peer: PeerOutcome): string {
  if ('reason' in peer) return `${peer.name}: not run, ${peer.reason}`;
  const { name, version, prove, ours, ratio: of } = peer;
  return `${name} ${version} on the same LeNet-5: ${formatMilliseconds(prove.median)} to prove, here ${formatMilliseconds(ours.prove.median)}; ratio ${ratio(of.prove)}`;
}

export function renderBench({ results, failures, peers, commands }: BenchReport): string {
  const rows = results.flatMap((result): Row[] => result.measurements.map((measurement) => ({ result, measurement })));
  const head = ['network', 'scales', 'by'];
  const times = rows.map((row) => {
    const { result, measurement } = row;
    const { prove, verify, runs, proofBytes, peakMemory } = measurement;
    const range = `${formatMilliseconds(prove.min)} – ${formatMilliseconds(prove.max)}`;
    const factor = prove.median / (measurement.stages['execute']?.median ?? Number.NaN);
    return [
      ...label(row),
      result.activations,
      formatMilliseconds(prove.median),
      range,
      runs,
      formatMilliseconds(verify.median),
      formatBytes(proofBytes),
      formatBytes(peakMemory),
      `${factor.toFixed(1)}×`,
    ];
  });
  const parts = rows.map((row) => [
    ...label(row),
    ...stages.map((stage) => formatMilliseconds(row.measurement.stages[stage]?.median ?? 0)),
    formatMilliseconds(row.measurement.acceptKey.median),
    formatMilliseconds(row.measurement.compile),
  ]);
  const heads = ['activations', 'prove', 'least – greatest', 'runs', 'verify', 'proof', 'peak memory', '÷ inference'];
  const slopes = sweepOf(results).flatMap(({ name, quantities }) => {
    const exponents = quantities.flatMap(({ what, points }) => {
      const slope = growth(points);
      return slope === null ? [] : [`${what} ${slope.toFixed(2)}`];
    });
    return exponents.length === 0 ? [] : [`growth with activations, exponents (${name}): ${exponents.join(', ')}`];
  });
  const against = results.flatMap(({ network, scales, comparisons }) =>
    comparisons.map(
      ({ contestant, to, prove, processor, verify }) =>
        `${network}, ${scales}: ${contestant} over ${to}: prove ${ratio(prove)}, processors ${ratio(processor)}, verify ${ratio(verify)}`,
    ),
  );
  return [
    formatTable([...head, ...heads], times),
    '',
    formatTable([...head, ...stages, 'accept key', 'compile'], parts),
    '',
    ...against,
    ...slopes,
    ...(commands === null
      ? []
      : [
          `command line, fresh processes, LeNet-5: compile ${formatMilliseconds(commands.compile.median)}, prove ${formatMilliseconds(commands.prove.median)}, verify ${formatMilliseconds(commands.verify.median)}`,
        ]),
    ...failures.map(({ network, scales, contestant, message }) => `${network}, ${scales} (${contestant}): ${message}`),
    ...peers.map(peerLine),
  ].join('\n');
}
