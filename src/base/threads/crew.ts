/**
 * Threads that share the memory of one WebAssembly instance and take pieces of its kernels: the calling thread and its workers.
 * How a worker is started is the caller's affair; a browser's and Node's way are beside this file.
 */
import { ProvennError } from '../errors.ts';
import { shared } from '../generated/shared-kernels.ts';
import { compileWasm, type Wasm, type WasmExports } from '../wasm.ts';
import { Stack } from '../wasm-memory.ts';
import { type Arguments, cuts } from './cuts.ts';
import { places } from './places.ts';
import { type Kernel, splitExports, sumBytes } from './split.ts';
import { type WorkerTask, workerSource } from './worker-source.ts';

/** A running worker. */
export type WorkerHandle = { readonly end: () => void };

/** Starts a worker that calls `work` of the source with the task. `onLost` is told when it ends, if anybody can be told. */
export type Spawn = (source: string, task: WorkerTask, onLost: () => void) => WorkerHandle;

export type CrewOptions = {
  /** Nanoseconds of work that are worth a piece; tests choose little ones. */
  readonly quantum?: number;
  /** Slices of waiting without any piece finished after which a worker is given up. */
  readonly slices?: number;
};

/** Kernels on several threads. Proofs do not depend on their number. `close` ends the workers; nothing may be used after it. */
export type Threads = {
  readonly count: number;
  readonly wasm: Wasm;
  /** How many workers have begun; work given before is done by those that have, and by the caller. */
  ready(): number;
  close(): void;
};

/** What workers may be asked for. */
const kernels = [...Object.keys(cuts), 'applyAlong', 'grind'] as readonly Kernel[];

const scratchBytes = 4096;
const looks = 4000;
/** The caller waits in slices and counts those, not the time: a process that was stopped for an hour has lost nothing. */
const sliceMilliseconds = 50;
const patientSlices = 1200;
/** Pieces for each thread: the more, the less it matters that one is slower. */
const piecesPerThread = 4;
/** Workers beyond find too little to do. */
export const mostThreads = 16;

/** Throws `USAGE` for what is no number of threads. */
export function checkThreadCount(count: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= mostThreads) return count;
  throw new ProvennError('USAGE', `${count} is no number of threads.`, {
    next: `Give a whole number from 1 to ${mostThreads}.`,
  });
}

function lost(): ProvennError {
  return new ProvennError('THREAD_FAILED', 'A thread of the prover crashed or no longer answers; no proof was made.', {
    next: 'Try again, or prove with one thread: --threads 1.',
  });
}

type SharedMemory = { readonly buffer: ArrayBufferLike; grow(pages: number): number };

/** The part of the WebAssembly interface that `wasm.ts` does not use. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** Memory that may grow to 4 GB, or to less where so much address space is not to be had; null where memory cannot be shared. */
function shareableMemory(): SharedMemory | null {
  if (typeof SharedArrayBuffer === 'undefined' || typeof Atomics === 'undefined') return null;
  for (const maximum of [65536, 32768, 16384]) {
    try {
      return new WebAssembly.Memory({ initial: 2, maximum, shared: true });
    } catch {
      // A smaller one may do.
    }
  }
  return null;
}

/** True where a thread may sleep: not on the main thread of a browser. */
function maySleep(words: Int32Array): boolean {
  try {
    return Atomics.wait(words, places.left, 1, 0) === 'not-equal';
  } catch {
    return false;
  }
}

/** What the calling thread does with a call: hands out the pieces, takes some itself, waits for the rest. */
class Caller {
  private readonly words: Int32Array;
  private readonly results: Float64Array;
  private readonly own: WasmExports;
  private readonly slices: number;
  private readonly workers: WorkerHandle[] = [];
  private broken = false;

  constructor(buffer: ArrayBufferLike, control: number, own: WasmExports, slices: number) {
    this.words = new Int32Array(buffer, control, places.words);
    this.results = new Float64Array(buffer, control + 4 * places.results, places.most);
    this.own = own;
    this.slices = slices;
  }

  employ(worker: WorkerHandle): void {
    this.workers.push(worker);
  }

  /** Ends the workers. Whoever calls a kernel after that is told. */
  readonly end = (): void => {
    this.broken = true;
    Atomics.store(this.words, places.left, 0);
    for (const worker of this.workers.splice(0)) worker.end();
  };

  ready(): number {
    return Atomics.load(this.words, places.ready);
  }

  run(kernel: Kernel, pieces: readonly Arguments[]): ArrayLike<number> {
    const { words } = this;
    if (this.broken || Atomics.load(words, places.failed) !== 0) {
      this.end();
      throw lost();
    }
    const work = this.own[kernel] as (...args: readonly number[]) => number;
    if (pieces.length === 1) return [work(...(pieces[0] as Arguments))];
    words[places.count] = pieces.length;
    words[places.kernel] = kernels.indexOf(kernel);
    pieces.forEach((args, i) => {
      words.set(args, places.pieces + i * places.arguments);
    });
    Atomics.store(words, places.done, 0);
    Atomics.store(words, places.left, pieces.length);
    Atomics.notify(words, places.left, pieces.length - 1);
    try {
      for (let piece = this.take(pieces.length); piece >= 0; piece = this.take(pieces.length)) {
        this.results[piece] = work(...(pieces[piece] as Arguments));
        Atomics.add(words, places.done, 1);
      }
      this.await(pieces.length);
    } catch (error) {
      this.end();
      throw error;
    }
    return this.results;
  }

  /** The next piece that nobody has taken, or −1. */
  private take(count: number): number {
    for (;;) {
      const left = Atomics.load(this.words, places.left);
      if (left === 0) return -1;
      if (Atomics.compareExchange(this.words, places.left, left, left - 1) === left) return count - left;
    }
  }

  /** Returns when all pieces are done. A worker that crashed says so; one that was killed is missed after a while. */
  private await(count: number): void {
    const { words } = this;
    for (let idle = 0, round = 0; ; round++) {
      const done = Atomics.load(words, places.done);
      if (done === count) return;
      if (Atomics.load(words, places.failed) !== 0 || idle === this.slices) throw lost();
      if (round < looks) continue;
      idle = Atomics.wait(words, places.done, done, sliceMilliseconds) === 'timed-out' ? idle + 1 : 0;
    }
  }
}

let compiled: object | null | undefined;

/**
 * `count` threads, the calling one included, or null where they are not to be had: no shared memory, no SIMD, a thread that may
 * not wait. Work can be given at once.
 */
export function openCrew(count: number, spawn: Spawn, options: CrewOptions = {}): Threads | null {
  const memory = shareableMemory();
  if (compiled === undefined) compiled = compileWasm(shared);
  if (memory === null || compiled === null) return null;
  const own = new WebAssembly.Instance(compiled, { env: { memory } }).exports as WasmExports & {
    useScratch(at: number): void;
  };
  const control = Math.ceil(own.heap() / 64) * 64;
  const sums = control + 4 * places.words;
  const scratch = sums + places.most * sumBytes;
  const top = scratch + count * scratchBytes;
  memory.grow(Math.ceil(top / 65536));
  const { buffer } = memory;
  if (!maySleep(new Int32Array(buffer, control, places.words))) return null;
  own.useScratch(scratch);
  const { quantum = 40000, slices = patientSlices } = options;
  const most = Math.min(places.most, piecesPerThread * count);
  const caller = new Caller(buffer, control, own, slices);
  for (let worker = 1; worker < count; worker++) {
    const task = {
      module: compiled,
      memory,
      control,
      scratch: scratch + worker * scratchBytes,
      kernels,
      places,
      looks,
    };
    caller.employ(spawn(workerSource, task, caller.end));
  }
  const words = (): Uint32Array => new Uint32Array(memory.buffer);
  const exports = splitExports({ own, most, quantum, sums, words, run: caller.run.bind(caller) });
  const wasm = { exports, stack: new Stack(memory, top, exports.clear), pieces: most };
  return { count, wasm, ready: () => caller.ready(), close: caller.end };
}
