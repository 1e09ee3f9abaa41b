/** From single proofs to what is said about them. */
import { besidesProving, type Comparison, type Compiled, type Measurement, type ProofRun } from './report.ts';
import { ratioOf, summarize } from './statistics.ts';

/** A contestant and its proofs, in the order they were made. */
export type Series = {
  readonly contestant: string;
  readonly threads: number;
  readonly compiled: Compiled;
  readonly runs: readonly ProofRun[];
};

export function proveTime({ stages }: ProofRun): number {
  return Object.entries(stages).reduce((sum, [stage, time]) => (besidesProving.includes(stage) ? sum : sum + time), 0);
}

export function measurementOf({ contestant, threads, compiled, runs }: Series): Measurement {
  const of = (pick: (run: ProofRun) => number) => summarize(runs.map(pick));
  const names = Object.keys(runs[0]?.stages ?? {});
  return {
    contestant,
    threads,
    runs: runs.length,
    compile: compiled.compile,
    acceptKey: of(({ stages }) => stages['key'] as number),
    prove: of(proveTime),
    processor: of(({ processor }) => processor),
    stages: Object.fromEntries(names.map((name) => [name, of(({ stages }) => stages[name] as number)])),
    verify: of(({ verify }) => verify),
    proofBytes: of(({ proofBytes }) => proofBytes).median,
    keyBytes: compiled.keyBytes,
    compileMemory: compiled.memory,
    peakMemory: of(({ memory }) => memory).max,
  };
}

/** The first series against each other one: above 1, the other is faster. */
export function comparisonsOf(series: readonly Series[]): Comparison[] {
  const [first, ...others] = series;
  if (first === undefined) return [];
  return others.map((other) => {
    // A contestant that failed on the way has fewer proofs; the pairs before that still count.
    const pairs = Math.min(first.runs.length, other.runs.length);
    const ratio = (pick: (run: ProofRun) => number) =>
      ratioOf(first.runs.slice(0, pairs).map(pick), other.runs.slice(0, pairs).map(pick));
    return {
      contestant: first.contestant,
      to: other.contestant,
      prove: ratio(proveTime),
      processor: ratio(({ processor }) => processor),
      verify: ratio(({ verify }) => verify),
    };
  });
}
