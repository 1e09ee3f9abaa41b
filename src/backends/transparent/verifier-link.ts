/** Accepting a link between two commitments that no key fixes: those to inputs and outputs. */
import type { Link } from '../../artifact/link.ts';
import { equalBytes } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { type AcceptedLink, Rejected } from '../verifying.ts';
import { evidenceStatement, linkCircuit } from './evidence.ts';
import { acceptWithoutEvidence } from './key.ts';
import { descriptorsOf, rootsOf } from './matrix.ts';
import { verifyBody } from './verifier.ts';

/**
 * The link's key follows from its tensors and parameters, so that the descriptors of both commitments do, too. Throws
 * `Rejected`, or `BytesError` when the proof is malformed.
 */
export function acceptLink(link: Link): AcceptedLink {
  const { backend, parameters, matrix, tensors, previousRoot, root, proof } = link;
  try {
    const circuit = linkCircuit(matrix, tensors);
    const key = acceptWithoutEvidence({ backend, parameters, circuit, commitments: [] });
    const roots = rootsOf(key.matrices, [previousRoot, root]);
    verifyBody(key, evidenceStatement(key, roots), proof);
    const [from, to] = descriptorsOf(key.matrices, roots) as [Uint8Array, Uint8Array];
    if (!equalBytes(from, link.from) || !equalBytes(to, link.to))
      throw new Rejected('link', 'it names other commitments than those it is about.');
    return { from, to, bits: key.soundness.bits };
  } catch (error) {
    if (error instanceof ProvennError && error.code === 'KEY_REFUSED') throw new Rejected('link', error.message);
    throw error;
  }
}
