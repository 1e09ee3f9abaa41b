/** What a benchmark says: results, what failed, who was not run, and on which machine. */
import type { Summary } from './statistics.ts';

/** Times are milliseconds, sizes bytes. */
export type BenchResult = {
  readonly network: string;
  readonly about: string;
  readonly weights: number;
  /** Elements of all tensors between input and output. */
  readonly activations: number;
  /** What the backend counts: lookups, table rows, committed integers. */
  readonly costs: { readonly [name: string]: number };
  readonly soundnessBits: number;
  readonly compile: number;
  readonly acceptKey: Summary;
  /** From input to proof: execute, assign, commit, lookups, contractions, opening. */
  readonly prove: Summary;
  readonly stages: { readonly [stage: string]: Summary };
  /** With the key accepted before. */
  readonly verify: Summary;
  readonly proofBytes: number;
  readonly keyBytes: number;
  /** Most memory the process has had, the network's quantization included. */
  readonly peakMemory: number;
};

export type BenchMachine = {
  readonly processor: string;
  readonly cores: number;
  readonly memory: number;
  readonly node: string;
  readonly provenn: string;
};

export type BenchReport = {
  readonly machine: BenchMachine;
  readonly runs: number;
  readonly warmup: number;
  readonly results: readonly BenchResult[];
  readonly failures: readonly { readonly network: string; readonly message: string }[];
  /** Other systems, and why there is no figure of them. */
  readonly peers: readonly { readonly name: string; readonly reason: string }[];
};
