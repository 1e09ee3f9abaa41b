/** Re-keying: a fresh commitment to the same hidden integers, with a proof that they are the same. */
import type { Opening } from '../artifact/commitment.ts';
import type { ProvingKey } from '../artifact/keys.ts';
import type { Link } from '../artifact/link.ts';
import { acceptKey, acceptLink, linkParameters, proveEvidence, proveLink } from '../backends/transparent/index.ts';
import { equalBytes } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import { weightsMatrix } from '../compile/visibility.ts';
import { cellsByWire, commitAfresh, type Draw, makeOpening, openMatrix, type UsableOpening } from './openings.ts';

export type Rekeyed = {
  readonly provingKey: ProvingKey;
  /** Of the fresh commitment; the link to the old one has spent its first use. */
  readonly opening: Opening;
};

/**
 * Spends one use of the old opening, the one that is kept for this. Throws `USAGE` when the opening is not that of the key,
 * what `cellsByWire` and what claiming the use throws.
 */
export function rekey(key: ProvingKey, old: UsableOpening, draw: Draw): Rekeyed {
  const { verifyingKey } = key;
  const { circuit, parameters } = acceptKey(verifyingKey);
  const { commitment } = old.opening;
  const { matrix, label } = commitment;
  const fixed = verifyingKey.commitments.find((each) => each.matrix === matrix);
  if (fixed === undefined || !equalBytes(fixed.root, commitment.root)) {
    throw new ProvennError('USAGE', 'The opening is not one of the commitment that the key fixes.', {
      next: 'Use the folder as provenn compile or provenn rekey wrote it.',
    });
  }
  const cells = [...cellsByWire(circuit, parameters, old.opening).values()];
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

export type Linked = {
  readonly link: Link;
  /** Of the fresh commitment; the link has spent its first use. */
  readonly opening: Opening;
};

/**
 * A fresh commitment to what an opening of an input or an output holds. Spends one use of it, the one that is kept for this.
 * Throws `USAGE` for weights, whose commitment the key fixes, `PARAMETERS_REFUSED` or `RESOURCE_LIMIT` when the link cannot
 * be proven, and what claiming the use throws.
 */
export function rekeyCommitment(old: UsableOpening, draw: Draw): Linked {
  const { commitment, cells } = old.opening;
  const { matrix, tensors, root: _, descriptor: __, ...rest } = commitment;
  if (matrix === weightsMatrix) {
    throw new ProvennError('USAGE', 'A key fixes the commitment to its weights: the key itself is re-keyed.', {
      next: 'Name the folder of the model: provenn rekey DIR -o DIR',
    });
  }
  const parameters = linkParameters(commitment);
  const previous = openMatrix(old.opening);
  const { opening, committed } = commitAfresh({ ...rest, matrix, tensors }, cells, draw);
  old.claim();
  const link = proveLink({ parameters, matrix, tensors, opening: committed, previous, cells, randomness: draw() });
  // Our own link, checked as every verifier will.
  acceptLink(link);
  return { link, opening };
}
