/** Proofs that would take more memory than there is are refused before they are begun. */
import type { Resources } from '../backends/proving.ts';
import type { Accepted } from '../backends/verifying.ts';
import { ProvennError } from '../base/errors.ts';

/** Bytes that a proof may take at its peak, and who says so. */
export type MemoryLimit = { readonly bytes: number; readonly source: 'available' | 'asked' };

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** Throws `RESOURCE_LIMIT` when the estimate for a proof under the key is above the limit. */
export function refuseMemory(
  accepted: Accepted,
  resources: ((accepted: Accepted) => Resources) | null,
  limit: MemoryLimit | undefined,
): void {
  if (limit === undefined || resources === null) return;
  const { bytes } = resources(accepted);
  if (bytes <= limit.bytes) return;
  const allowed = limit.source === 'asked' ? 'are allowed' : 'are available here';
  throw new ProvennError(
    'RESOURCE_LIMIT',
    `A proof of this network takes about ${gigabytes(bytes)} of memory, and ${gigabytes(limit.bytes)} ${allowed}.`,
    {
      next:
        limit.source === 'asked'
          ? 'Allow more with --max-memory, or prove a smaller network.'
          : 'Close other programs or use a machine with more memory; --max-memory SIZE overrides what the system says.',
    },
  );
}
