/** `provenn/threads` in a browser: threads for `proveInference`, called in a Web Worker of a cross-origin isolated page. */
import { checkThreadCount, type Threads } from './base/threads/crew.ts';
import { openWebThreads } from './base/threads/web.ts';

export type { Threads } from './base/threads/crew.ts';

/** As in Node; null also on the main thread of a page, which may not wait. Resolves when the threads have begun. */
export async function openThreads(count: number): Promise<Threads | null> {
  return checkThreadCount(count) === 1 ? null : openWebThreads(count);
}
