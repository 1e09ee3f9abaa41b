/** `provenn/threads` in Node: threads for `proveInference`. */
import { checkThreadCount, type Threads } from './base/threads/crew.ts';
import { openNodeThreads } from './base/threads/node/threads.ts';

export type { Threads } from './base/threads/crew.ts';

/**
 * `count` threads, the calling one included, for `proveInference(key, inputs, { …, threads })`; null where memory cannot be shared
 * and for one thread, which needs none. They serve one proof after another, keep no process alive, and end with `close`.
 */
export async function openThreads(count: number): Promise<Threads | null> {
  return checkThreadCount(count) === 1 ? null : openNodeThreads(count);
}
