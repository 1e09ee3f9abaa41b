/** What a benchmark says: results, what failed, other systems, and on which machine. Times are milliseconds, sizes bytes. */
import type { Ratio, Summary } from './statistics.ts';

/** How many scales the weights of a network have: one per tensor, as onnxruntime's own quantizer by default, or mixed. */
export const weightScales = ['mixed', 'per-tensor'] as const;

export type BenchScales = (typeof weightScales)[number];

/** What a contestant knows before its first proof. */
export type Compiled = {
  readonly weights: number;
  /** Elements of all tensors between input and output. */
  readonly activations: number;
  /** What the backend counts: lookups, table rows, committed integers. */
  readonly costs: { readonly [name: string]: number };
  readonly soundnessBits: number;
  readonly compile: number;
  readonly keyBytes: number;
  /** Most memory its process has had when the key was made. */
  readonly memory: number;
};

/** One proof and its verification. */
export type ProofRun = {
  /** The steps of the prover in order; besides, `key` (accepting the key) and `verify` (checking the proof just made). */
  readonly stages: { readonly [stage: string]: number };
  /** Time of all processors while proving, checking one's own proof included. */
  readonly processor: number;
  /** With the key accepted before. */
  readonly verify: number;
  readonly proofBytes: number;
  /** Most memory its process has had so far. */
  readonly memory: number;
};

/** Stages that are not part of proving an input with an accepted key. */
export const besidesProving: readonly string[] = ['key', 'verify'];

/** Proofs of one network by one contestant, in a process of its own. */
export type Measurement = {
  /** `1 thread`, `2 threads`, or the revision compared with. */
  readonly contestant: string;
  readonly threads: number;
  readonly runs: number;
  readonly compile: number;
  readonly acceptKey: Summary;
  /** From input to proof: execute, assign, commit, lookups, contractions, opening. */
  readonly prove: Summary;
  readonly processor: Summary;
  readonly stages: { readonly [stage: string]: Summary };
  readonly verify: Summary;
  readonly proofBytes: number;
  readonly keyBytes: number;
  readonly compileMemory: number;
  /** Most memory of the whole process: compiling, proving, verifying. */
  readonly peakMemory: number;
};

/** Time of the first contestant over that of another one, of proofs made turn by turn. */
export type Comparison = {
  readonly contestant: string;
  readonly to: string;
  readonly prove: Ratio;
  /** Of the time of all processors: what other work on the machine hardly changes. */
  readonly processor: Ratio;
  readonly verify: Ratio;
};

export type BenchResult = {
  readonly network: string;
  readonly about: string;
  readonly scales: BenchScales;
  /** Inputs that one proof is about. */
  readonly batch: number;
  readonly weights: number;
  readonly activations: number;
  readonly costs: { readonly [name: string]: number };
  readonly soundnessBits: number;
  readonly quantize: number;
  /** At least one; the first is what the others are compared with. */
  readonly measurements: readonly Measurement[];
  readonly comparisons: readonly Comparison[];
};

/** A row without figures, and why. */
export type BenchFailure = {
  readonly network: string;
  readonly scales: BenchScales;
  readonly contestant: string;
  readonly message: string;
};

export type BenchMachine = {
  readonly processor: string;
  readonly cores: number;
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  /** Options that Node was started with. */
  readonly flags: readonly string[];
  readonly provenn: string;
  /** Commit of the checkout, marked when files differ from it; null outside one. */
  readonly revision: string | null;
  readonly date: string;
  /** Mean number of running processes in the last minute, before the first and after the last measurement. */
  readonly load: readonly [before: number, after: number];
};

/** Another system on the same network and input, turn by turn with this one. */
export type PeerResult = {
  readonly name: string;
  readonly version: string;
  readonly settings: { readonly [name: string]: unknown };
  readonly runs: number;
  /** Steps before the first proof, each taken once. */
  readonly preparation: { readonly [step: string]: number };
  readonly execute: Summary;
  readonly prove: Summary;
  readonly verify: Summary;
  readonly proofBytes: number;
  readonly provingKeyBytes: number;
  readonly verifyingKeyBytes: number;
  readonly peakMemory: number;
  /** Largest difference of an output from the float model's, theirs and ours. */
  readonly deviation: { readonly theirs: number; readonly ours: number };
  readonly sameClass: boolean;
  /** The same network and input, proven here between their proofs. */
  readonly ours: Measurement;
  /** Their time over ours. */
  readonly ratio: { readonly prove: Ratio; readonly verify: Ratio };
};

export type PeerOutcome = PeerResult | { readonly name: string; readonly reason: string };

/** The commands of the command line on LeNet-5, each in a fresh process, start-up included. */
export type CommandTimes = {
  readonly runs: number;
  readonly compile: Summary;
  readonly prove: Summary;
  readonly verify: Summary;
};

export type BenchReport = {
  readonly machine: BenchMachine;
  readonly runs: number;
  readonly warmup: number;
  readonly results: readonly BenchResult[];
  readonly failures: readonly BenchFailure[];
  readonly peers: readonly PeerOutcome[];
  readonly commands: CommandTimes | null;
};
