/**
 * What a worker runs, as text: it serves worker_threads in Node and Web Workers alike, and no bundler or test runner can put
 * anything into it that a worker does not have. `post` hands it one message, a `WorkerTask`.
 *
 * A worker takes pieces for as long as there are any and sleeps in between. It never returns: whoever made it ends it.
 */
import type { places } from './places.ts';

export type WorkerTask = {
  readonly module: object;
  readonly memory: object;
  /** Address of the words of `places`. */
  readonly control: number;
  /** Address of the scratch of this worker's instance. */
  readonly scratch: number;
  readonly kernels: readonly string[];
  readonly places: typeof places;
  /** Looks at the counter before a worker goes to sleep. */
  readonly looks: number;
};

export const workerSource: string = `
'use strict';
function work({ module, memory, control, scratch, kernels, places, looks }) {
  const words = new Int32Array(memory.buffer, control, places.words);
  const results = new Float64Array(memory.buffer, control + 4 * places.results, places.most);
  try {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    exports.useScratch(scratch);
    const run = kernels.map((name) => exports[name]);
    Atomics.add(words, places.ready, 1);
    for (let idle = 0; ; ) {
      const left = Atomics.load(words, places.left);
      if (left === 0) {
        if (++idle < looks) continue;
        Atomics.wait(words, places.left, 0);
        idle = 0;
        continue;
      }
      if (Atomics.compareExchange(words, places.left, left, left - 1) !== left) continue;
      const piece = words[places.count] - left;
      const first = places.pieces + piece * places.arguments;
      results[piece] = run[words[places.kernel]](...words.subarray(first, first + places.arguments));
      idle = 0;
      if (Atomics.add(words, places.done, 1) + 1 === words[places.count]) Atomics.notify(words, places.done);
    }
  } catch (error) {
    Atomics.store(words, places.failed, 1);
    Atomics.notify(words, places.done);
    throw error;
  }
}
`;
