import { type AcceptedKey, acceptKey } from './accept-key.ts';
import { sameBytes } from './bytes.ts';
import { descriptorOf } from './descriptor.ts';
import { checkEvidence } from './evidence.ts';
import { type Link, readLink, readParameters } from './files.ts';
import { demand, Refusal } from './refusal.ts';
import { bits } from './soundness.ts';
import { protocol } from './system.ts';

/** §10, "Re-keying" and "Links": later commitments to the same integers. */

/** Whether `next` was made from `before`: the same circuit, every commitment the same or linked to the one before. */
export function checkFollows(next: AcceptedKey, before: AcceptedKey): void {
  const same =
    next.key.backend === before.key.backend &&
    sameBytes(next.key.parameters, before.key.parameters) &&
    sameBytes(next.key.circuitBytes, before.key.circuitBytes);
  const linked = next.key.commitments.every(({ root, previous }, i) => {
    const old = before.key.commitments[i]?.root ?? new Uint8Array(0);
    return sameBytes(root, old) || (previous !== undefined && sameBytes(previous, old));
  });
  demand(same && linked, 'link', 'a key of the chain does not follow from the one before');
}

/** The key that a proof is under, among the pinned one and those that follow from it; and the error of the way there. */
export function followKeys(
  pinned: AcceptedKey,
  chain: readonly Uint8Array[],
  digest: Uint8Array,
): { readonly accepted: AcceptedKey; readonly error: number } {
  let accepted = pinned;
  let links = 0;
  for (const bytes of chain) {
    if (sameBytes(accepted.key.digest, digest)) break;
    const next = acceptKey(bytes);
    checkFollows(next, accepted);
    accepted = next;
    links += next.evidenceError;
  }
  // A link shows the ranges of the new cells itself: what the pinned key rests on matters to proofs under that key only.
  const error = accepted === pinned ? pinned.evidenceError : links;
  demand(sameBytes(accepted.key.digest, digest), 'key', 'the proof is under another key');
  demand(bits(accepted.system.error + error) >= 100, 'link', 'the chain leaves less than 100 bits of soundness');
  return { accepted, error };
}

export interface CheckedLink extends Link {
  readonly error: number;
}

/** A link is a proof under a key of its own, judged like every other. */
export function checkLink(bytes: Uint8Array): CheckedLink {
  const link = readLink(bytes);
  const { matrix: name, tensors, roots, descriptors, proof } = link;
  try {
    demand(link.backend === protocol, 'backend', 'the link belongs to another proof system');
    const parameters = readParameters(link.parameters);
    const error = checkEvidence({ name, tensors, root: roots[1], previous: roots[0] }, parameters, proof);
    roots.forEach((root, i) => {
      const descriptor = descriptorOf(parameters, tensors, root);
      demand(sameBytes(descriptor, descriptors[i] as Uint8Array), 'malformed', 'a descriptor is not that of its root');
    });
    return { ...link, error };
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('link', error.message);
    throw error;
  }
}

/** The error of the links that lead, each from where the one before led, from the expected descriptor to the named one. */
export function followLinks(
  expected: Uint8Array,
  named: Uint8Array,
  links: readonly CheckedLink[],
): { readonly found: boolean; readonly error: number } {
  let at = expected;
  let error = 0;
  for (const { descriptors, error: ofLink } of links) {
    if (sameBytes(at, named)) break;
    if (!sameBytes(descriptors[0], at)) continue;
    at = descriptors[1];
    error += ofLink;
  }
  return { found: sameBytes(at, named), error };
}
