import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { ProvennError } from '../../errors.ts';
import { type CrewOptions, openCrew, type Spawn, type Threads } from '../crew.ts';
import type { WorkerTask } from '../worker-source.ts';
import { openNodeThreads } from './threads.ts';

const opened: Threads[] = [];
afterEach(() => {
  for (const threads of opened.splice(0)) threads.close();
});

/** Two threads whose worker runs an altered source or task. */
function withWorker(
  alter: { readonly source?: (text: string) => string; readonly task?: (task: WorkerTask) => WorkerTask },
  options: CrewOptions = {},
): Threads {
  const spawn: Spawn = (source, task, onLost) => {
    const text = `${alter.source?.(source) ?? source}\nwork(require('node:worker_threads').workerData);`;
    const worker = new Worker(text, { eval: true, execArgv: [], workerData: alter.task?.(task) ?? task, stderr: true });
    worker.on('error', () => onLost());
    worker.on('exit', onLost);
    return { end: () => void worker.terminate() };
  };
  const threads = openCrew(2, spawn, { quantum: 1, ...options });
  if (threads === null) throw new Error('threads are not to be had here');
  opened.push(threads);
  return threads;
}

async function begun(threads: Threads): Promise<void> {
  for (let tries = 0; threads.ready() < threads.count - 1; tries++) {
    if (tries === 2000) throw new Error('the worker does not begin');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const cells = 2 ** 16;

/** Gives work until the worker has had its share, or something is thrown. */
function work({ wasm }: Threads, times: number): void {
  const { exports, stack } = wasm;
  stack.frame(16 * cells + 16, () => {
    const vector = stack.push(16 * cells);
    for (let i = 0; i < times; i++) exports.addHalves(vector, cells / 2, cells / 2);
  });
}

function thrownBy(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return null;
}

const tries = 20000;

describe('a worker that fails is an error, not a wait without end', () => {
  const failures: Record<string, Parameters<typeof withWorker>[0]> = {
    'throws in a kernel': { task: (task) => ({ ...task, kernels: task.kernels.map(() => 'none') }) },
    'ends in the middle of a piece': {
      source: (text) => text.replace('results[piece] =', 'process.exit(1); results[piece] ='),
    },
    'never finishes a piece': { source: (text) => text.replace('results[piece] =', 'for (;;); results[piece] =') },
  };

  it.each(Object.keys(failures))('%s', async (name) => {
    const threads = withWorker(failures[name] as (typeof failures)[string], { slices: 4 });
    await begun(threads);
    const error = thrownBy(() => work(threads, tries));
    expect(error).toBeInstanceOf(ProvennError);
    expect(error).toMatchObject({ code: 'THREAD_FAILED', exitCode: 4, next: expect.stringContaining('--threads 1') });
    // And it stays one: what the lost piece has left undone must not get into a proof.
    expect(thrownBy(() => work(threads, 1))).toMatchObject({ code: 'THREAD_FAILED' });
  });

  it('also when it fails between two calls', async () => {
    const threads = withWorker({ source: (text) => text.replace('Atomics.wait(words, places.left, 0)', 'throw 1') });
    for (let i = 0; i < 200 && thrownBy(() => work(threads, 1)) === null; i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(thrownBy(() => work(threads, 1))).toMatchObject({ code: 'THREAD_FAILED' });
  });

  it('a trap on the calling thread ends the workers', async () => {
    const threads = withWorker({});
    await begun(threads);
    expect(thrownBy(() => threads.wasm.exports.addHalves(2 ** 32 - 2 ** 16, 0, 2 ** 20))).not.toBeNull();
    expect(thrownBy(() => work(threads, 1))).toMatchObject({ code: 'THREAD_FAILED' });
  });
});

describe('threads', () => {
  it('that are closed do no work', () => {
    const threads = openNodeThreads(2, { quantum: 1 }) as Threads;
    work(threads, 1);
    threads.close();
    expect(thrownBy(() => work(threads, 1))).toMatchObject({ code: 'THREAD_FAILED' });
    threads.close();
  });

  it('take pieces: every worker has its share', async () => {
    const seen = new Int32Array(new SharedArrayBuffer(4));
    const threads = withWorker({
      source: (text) =>
        text
          .replace('results[piece] =', 'Atomics.add(task.seen, 0, 1); results[piece] =')
          .replace('function work({', 'let task; function work(all) { task = all; begin(all); } function begin({'),
      task: (task) => ({ ...task, seen }),
    });
    await begun(threads);
    for (let i = 0; i < tries && Atomics.load(seen, 0) === 0; i++) work(threads, 1);
    expect(Atomics.load(seen, 0)).toBeGreaterThan(0);
  });
});
