/** One contestant of a benchmark: compiles an int8 model and proves seeded inputs, one at a time, as it is asked to. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Circuit } from '../../../artifact/circuit.ts';
import { encodeVerifyingKey } from '../../../artifact/keys.ts';
import { encodeProof } from '../../../artifact/proof.ts';
import type { QuantGraph } from '../../../artifact/quant-graph.ts';
import { invariant, ProvennError } from '../../../base/errors.ts';
import { dtypeRange, type IntTensor, product } from '../../../base/tensor.ts';
import type { Threads } from '../../../base/threads/crew.ts';
import { prepareKey, verifyProof } from '../../../verify/index.ts';
import { seededUniform } from '../../bench/network-builder.ts';
import type { Compiled, ProofRun } from '../../bench/report.ts';
import { compileModel } from '../../compile.ts';
import { importModel } from '../../import.ts';
import { prepareProvingKey, proveFor } from '../../prove.ts';
import { freshRandomness } from '../randomness.ts';
import { openThreadsFor } from '../threads.ts';

/** What a contestant needs of a revision: exports of the package. */
export type Library = {
  readonly importModel: typeof importModel;
  readonly compileModel: typeof compileModel;
  readonly proveFor: typeof proveFor;
  /** Absent from older revisions, which accept the key anew for every proof. */
  readonly prepareProvingKey?: typeof prepareProvingKey;
  readonly encodeProof: typeof encodeProof;
  readonly encodeVerifyingKey: typeof encodeVerifyingKey;
  readonly prepareKey: typeof prepareKey;
  readonly verifyProof: typeof verifyProof;
};

export type Job = {
  /** Int8 ONNX. */
  readonly model: string;
  /** The compiled folder (dist) of the revision to measure; null for this one. */
  readonly revision: string | null;
  readonly threads: number;
  /** Integers of the input, by name, instead of seeded ones. */
  readonly inputs: { readonly [name: string]: readonly number[] } | null;
};

export type Contestant = {
  readonly compiled: Compiled;
  /** The proof of one input; the same number gives every contestant the same input. */
  prove(run: number): Promise<ProofRun>;
  end(): Promise<void>;
};

const own: Library = {
  prepareProvingKey,
  importModel,
  compileModel,
  proveFor,
  encodeProof,
  encodeVerifyingKey,
  prepareKey,
  verifyProof,
};

/** Throws `FILE_NOT_FOUND` when the folder holds no compiled provenn. */
async function libraryOf(revision: string | null): Promise<Library> {
  if (revision === null) return own;
  const entry = join(revision, 'src', 'index.js');
  if (!existsSync(entry)) {
    throw new ProvennError('FILE_NOT_FOUND', `There is no compiled provenn in ${revision}.`, {
      next: 'Name the dist folder of another checkout, after npm run build there.',
    });
  }
  return (await import(pathToFileURL(entry).href)) as Library;
}

type OpenThreads = typeof openThreadsFor;

/**
 * Null for one thread. Throws `RESOURCE_LIMIT` where there are no more: never a figure under a name that is not true, or threads
 * that do not prove would look like threads that do not help.
 */
async function threadsOf({ revision, threads }: Job, circuit: Circuit): Promise<Threads | null> {
  if (threads === 1) return null;
  const file = revision === null ? null : join(revision, 'src', 'pipeline', 'node', 'threads.js');
  const other = file !== null && existsSync(file) ? await import(pathToFileURL(file).href) : null;
  const open: OpenThreads | undefined = file === null ? openThreadsFor : (other?.openThreadsFor as OpenThreads);
  const opened = open?.(circuit, threads) ?? null;
  if (opened?.count === threads) return opened;
  opened?.close();
  throw new ProvennError('RESOURCE_LIMIT', `This revision does not prove on ${threads} threads here.`, {
    next: 'Measure it with --threads 1.',
  });
}

/** Integers over the whole range of every input. */
function seededInputs(model: QuantGraph, seed: number): ReadonlyMap<string, IntTensor> {
  const uniform = seededUniform(seed);
  return new Map(
    model.inputs.map(({ name, dtype, dims }) => {
      const [low, high] = dtypeRange[dtype];
      const data = new Int32Array(product(dims)).map(() => Math.floor(low + ((uniform() + 1) / 2) * (high - low + 1)));
      return [name, { dtype, dims, data }];
    }),
  );
}

function givenInputs(model: QuantGraph, given: NonNullable<Job['inputs']>): ReadonlyMap<string, IntTensor> {
  return new Map(
    model.inputs.map(({ name, dtype, dims }) => [name, { dtype, dims, data: Int32Array.from(given[name] ?? []) }]),
  );
}

function memory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** Milliseconds of processors so far, user and system, all threads. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export async function openContestant(job: Job, now: () => number): Promise<Contestant> {
  const library = await libraryOf(job.revision);
  const { model } = library.importModel(readFileSync(job.model));
  const before = now();
  const { provingKey, verifyingKey, report } = library.compileModel(model);
  const compile = now() - before;
  const prepared = library.prepareKey(verifyingKey);
  const preparedKey = library.prepareProvingKey?.(provingKey) ?? provingKey;
  const threads = await threadsOf(job, verifyingKey.circuit);
  const compiled: Compiled = {
    weights: [...model.constants.values()].reduce((sum, { data }) => sum + data.length, 0),
    activations: report.rows.reduce((sum, { elements }) => sum + elements, 0),
    costs: report.costs,
    soundnessBits: report.soundness.bits,
    compile,
    keyBytes: library.encodeVerifyingKey(verifyingKey).length,
    memory: memory(),
  };
  const prove = async (run: number): Promise<ProofRun> => {
    const inputs = job.inputs === null ? seededInputs(model, run) : givenInputs(model, job.inputs);
    const accepting = now();
    library.prepareProvingKey?.(provingKey);
    const accepted = now() - accepting;
    const marks: [string, number][] = [];
    const processorBefore = processorTime();
    const { proof } = await library.proveFor(preparedKey, inputs, {
      randomness: freshRandomness(),
      threads,
      onStage: (stage) => marks.push([stage, now()]),
    });
    const end = now();
    const processor = processorTime() - processorBefore;
    const verdict = library.verifyProof(prepared, proof);
    const verify = now() - end;
    invariant(verdict.ok, 'a proof of the benchmark does not verify');
    const stages = Object.fromEntries(marks.map(([stage, from], i) => [stage, (marks[i + 1]?.[1] ?? end) - from]));
    const key = preparedKey === provingKey ? (stages['key'] as number) : accepted;
    return {
      stages: { ...stages, key },
      processor,
      verify,
      proofBytes: library.encodeProof(proof).length,
      memory: memory(),
    };
  };
  return { compiled, prove, end: async () => threads?.close() };
}
