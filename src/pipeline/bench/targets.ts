/** What provenn wants to reach on two cores, and whether a benchmark shows it. */
import type { BenchReport, BenchResult, BenchScales, Measurement } from './report.ts';
import { weightScales } from './report.ts';
import { growth } from './statistics.ts';
import { sweepOf } from './sweep.ts';

type Limits = {
  readonly prove: number;
  readonly verify: number;
  readonly proofBytes: number;
  readonly peakMemory: number;
};

/** Milliseconds and bytes, of the fastest number of threads. */
const limits: Readonly<Record<string, Limits>> = {
  lenet5: { prove: 120, verify: 20, proofBytes: 160e3, peakMemory: 250e6 },
  residual: { prove: 300, verify: 25, proofBytes: 300e3, peakMemory: 400e6 },
  vgg16: { prove: 1500, verify: 150, proofBytes: 900e3, peakMemory: 1.5e9 },
  resnet18: { prove: 6000, verify: 200, proofBytes: 1.2e6, peakMemory: 4e9 },
  'lenet5-x100': { prove: 2500, verify: 60, proofBytes: 600e3, peakMemory: 1e9 },
};

/** Speed-up from one thread to two, of the networks that are large enough. */
const leastSpeedup = 1.8;
const large = ['vgg16', 'resnet18'];
const steepestSlope = 1.05;
const leastPeerRatio = 100;
const longestColdProve = 1000;
const longestCompile = 1000;

/** How a value is shown and which side of the target is good. */
type Kind = 'milliseconds' | 'bytes' | 'at least' | 'at most';

export type Check = {
  /** What notes about it are filed under. */
  readonly id: string;
  readonly what: string;
  readonly kind: Kind;
  readonly target: number;
  /** Null when it was not measured. */
  readonly measured: number | null;
};

export function isMet({ kind, target, measured }: Check): boolean | null {
  if (measured === null) return null;
  return kind === 'at least' ? measured >= target : measured <= target;
}

/** The contestant with the most threads. */
export function fullest({ measurements }: BenchResult): Measurement {
  return measurements.reduce((best, candidate) => (candidate.threads > best.threads ? candidate : best));
}

function resultOf({ results }: BenchReport, network: string, scales: BenchScales): BenchResult | null {
  return results.find((result) => result.network === network && result.scales === scales) ?? null;
}

/** The targets of one network with one kind of scales: prove, verify, proof, peak memory. */
export type NetworkChecks = {
  readonly network: string;
  readonly scales: BenchScales;
  readonly checks: readonly Check[];
};

export function networkChecks(report: BenchReport): NetworkChecks[] {
  return Object.entries(limits).flatMap(([network, wanted]) =>
    weightScales.map((scales): NetworkChecks => {
      const result = resultOf(report, network, scales);
      const best = result === null ? null : fullest(result);
      const check = (what: string, kind: Kind, target: number, measured: number | null): Check => {
        return { id: `${network} ${what}`, what, kind, target, measured };
      };
      const checks = [
        check('prove', 'milliseconds', wanted.prove, best?.prove.median ?? null),
        check('verify', 'milliseconds', wanted.verify, best?.verify.median ?? null),
        check('proof', 'bytes', wanted.proofBytes, best?.proofBytes ?? null),
        check('peak memory', 'bytes', wanted.peakMemory, best?.peakMemory ?? null),
      ];
      return { network, scales, checks };
    }),
  );
}

function threadChecks(report: BenchReport): Check[] {
  return large.flatMap((network) =>
    weightScales.map((scales): Check => {
      const comparison = resultOf(report, network, scales)?.comparisons.find(({ to }) => to === '2 threads');
      const measured = comparison?.prove.ofPairs.median ?? null;
      const what = `${network}, ${scales}: from one thread to two`;
      return { id: `${network} threads`, what, kind: 'at least', target: leastSpeedup, measured };
    }),
  );
}

/** Largest over smallest size that a slope must be fitted over: over less it says little about growth. */
const leastSpan = 100;

function growthChecks(report: BenchReport): Check[] {
  return sweepOf(report.results).map(({ name, quantities }): Check => {
    const points = quantities.find(({ what }) => what === 'prove')?.points ?? [];
    const sizes = points.map(({ x }) => x);
    const measured = Math.max(...sizes) < leastSpan * Math.min(...sizes) ? null : growth(points);
    const what = `growth of proving with activations (${name}), exponent`;
    return { id: 'growth', what, kind: 'at most', target: steepestSlope, measured };
  });
}

/** Everything but the targets of single networks. */
export function otherChecks(report: BenchReport): Check[] {
  const peer = report.peers.find(({ name }) => name === 'ezkl');
  const ratio = peer === undefined || 'reason' in peer ? null : peer.ratio.prove.ofPairs.median;
  const compile = resultOf(report, 'lenet5', 'mixed');
  return [
    ...threadChecks(report),
    ...growthChecks(report),
    {
      id: 'ezkl',
      what: 'ezkl, same LeNet-5: their time over ours',
      kind: 'at least',
      target: leastPeerRatio,
      measured: ratio,
    },
    {
      ...{
        id: 'cold',
        what: 'lenet5: provenn prove in a fresh process',
        kind: 'milliseconds',
        target: longestColdProve,
      },
      measured: report.commands?.prove.median ?? null,
    },
    {
      ...{ id: 'compile', what: 'lenet5, mixed: compile', kind: 'milliseconds', target: longestCompile },
      measured: compile === null ? null : fullest(compile).compile,
    },
  ];
}

export function checksOf(report: BenchReport): Check[] {
  return [...networkChecks(report).flatMap(({ checks }) => checks), ...otherChecks(report)];
}
