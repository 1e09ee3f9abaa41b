/** Re-keying: a fresh commitment to the same hidden weights, with a proof that they are the same. */
import type { Opening } from '../artifact/commitment.ts';
import type { ProvingKey } from '../artifact/keys.ts';
import { acceptKey, proveEvidence } from '../backends/transparent/index.ts';
import { equalBytes } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import { type Draw, makeOpening, openMatrix, type UsableOpening } from './openings.ts';

export type Rekeyed = {
  readonly provingKey: ProvingKey;
  /** Of the fresh commitment; the link to the old one has spent its first use. */
  readonly opening: Opening;
};

/**
 * Spends one use of the old opening, the one that is kept for this. Throws `USAGE` when the opening is not that of the key,
 * and what claiming the use throws.
 */
export function rekey(key: ProvingKey, old: UsableOpening, draw: Draw): Rekeyed {
  const { verifyingKey } = key;
  const { circuit, parameters } = acceptKey(verifyingKey);
  const { commitment, cells } = old.opening;
  const { matrix, label } = commitment;
  const fixed = verifyingKey.commitments.find((each) => each.matrix === matrix);
  if (fixed === undefined || !equalBytes(fixed.root, commitment.root)) {
    throw new ProvennError('USAGE', 'The opening is not one of the commitment that the key fixes.', {
      next: 'Use the folder as provenn compile or provenn rekey wrote it.',
    });
  }
  const previous = openMatrix(old.opening);
  const { opening, committed } = makeOpening(circuit, parameters, matrix, cells, label, draw);
  old.claim();
  const evidence = proveEvidence({
    circuit,
    parameters,
    matrix,
    opening: committed,
    cells,
    previous,
    randomness: draw(),
  });
  const commitments = verifyingKey.commitments.map((each) =>
    each === fixed ? { matrix, root: committed.root, evidence } : each,
  );
  const fresh = { ...verifyingKey, commitments };
  // Our own evidence, checked as every verifier will: a link to other weights would make a key that nobody accepts.
  acceptKey(fresh);
  return { provingKey: { ...key, verifyingKey: fresh }, opening };
}
