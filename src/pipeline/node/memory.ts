/** How much memory a proof may take here. */
import { freemem } from 'node:os';
import type { MemoryLimit } from '../memory.ts';

/** Bytes that this process may still take: what the system says is available, within the limit of a container. */
function availableMemory(): number {
  // Node 20.13 and newer.
  const available = (process as { availableMemory?: () => number }).availableMemory?.();
  return available ?? freemem();
}

/** The limit that was asked for, or what there is. */
export function memoryLimit(asked: number | undefined): MemoryLimit {
  return asked === undefined ? { bytes: availableMemory(), source: 'available' } : { bytes: asked, source: 'asked' };
}
