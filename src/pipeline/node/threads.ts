/** How many threads a proof is worth, and opening them. */
import { availableParallelism } from 'node:os';
import type { Circuit } from '../../artifact/circuit.ts';
import { product } from '../../base/tensor.ts';
import { mostThreads, type Threads } from '../../base/threads/crew.ts';
import { openNodeThreads } from '../../base/threads/node/threads.ts';

/** More than this many were never measured to help; ask for them by number. */
const usualThreads = 8;
/** Cells of all wires below which a proof is made before a worker has woken up. */
const worthwhileCells = 2 ** 18;

/** Threads for proofs of a circuit: as many as asked for, else one per core, or one where more would not pay. */
export function threadsFor(circuit: Circuit, asked: number | undefined): number {
  if (asked !== undefined) return Math.min(Math.max(1, asked), mostThreads);
  const cells = circuit.wires.reduce((sum, { sizes }) => sum + product(sizes), 0);
  return cells < worthwhileCells ? 1 : Math.min(availableParallelism(), usualThreads);
}

/** The threads that `threadsFor` chooses; null when that is one, or when this machine cannot share memory. */
export function openThreadsFor(circuit: Circuit, asked: number | undefined): Threads | null {
  const count = threadsFor(circuit, asked);
  return count === 1 ? null : openNodeThreads(count);
}

/** True where proofs can be made on several threads. */
export function hasThreads(): boolean {
  const threads = openNodeThreads(1);
  threads?.close();
  return threads !== null;
}
