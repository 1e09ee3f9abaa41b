/** Web Workers, for proving in a worker of a page that is cross-origin isolated; elsewhere memory cannot be shared. */
import { type CrewOptions, openCrew, type Spawn, type Threads } from './crew.ts';

type WebWorker = {
  onerror: (() => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
};

/** What a page offers; no library of types is assumed. */
declare const Worker: new (url: string) => WebWorker;
declare const Blob: new (parts: readonly string[], options: { readonly type: string }) => object;
declare const URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
declare function setTimeout(run: () => void, milliseconds: number): unknown;

const lookEvery = 5;
const looksAtMost = 400;

const spawn: Spawn = (source, task, onLost) => {
  const text = `${source}\nonmessage = ({ data }) => work(data);`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onerror = onLost;
  worker.postMessage(task);
  return {
    end: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
};

/**
 * `count` threads, the calling one included, which must be a worker itself: the main thread of a page may not wait. Null where
 * threads are not to be had. Resolves when they have begun, because a browser starts none while the calling thread computes.
 */
export async function openWebThreads(count: number, options: CrewOptions = {}): Promise<Threads | null> {
  const page = globalThis as { readonly crossOriginIsolated?: boolean };
  if (typeof Worker === 'undefined' || page.crossOriginIsolated !== true) return null;
  const threads = openCrew(count, spawn, options);
  if (threads === null) return null;
  for (let looks = 0; threads.ready() < threads.count - 1 && looks < looksAtMost; looks++)
    await new Promise<void>((resolve) => setTimeout(resolve, lookEvery));
  return threads;
}
