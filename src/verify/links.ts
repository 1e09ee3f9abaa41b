/** Links between commitments: from the one that a verifier was shown to the fresh one that a proof names. */
import type { Link } from '../artifact/link.ts';
import { type AcceptedLink, Rejected, requiredBits } from '../backends/verifying.ts';
import { BytesError, toHex } from '../base/bytes.ts';
import { findVerifier } from './backends.ts';

/** Expected commitments, by matrix, from which links lead to that of the proof; and what following them costs. */
export type Followed = { readonly pinned: ReadonlyMap<string, string>; readonly error: number };

function accept(link: Link, number: number): AcceptedLink {
  const acceptLink = findVerifier(link.backend)?.acceptLink ?? null;
  if (acceptLink === null) throw new Rejected('link', `Link ${number} belongs to the backend "${link.backend}".`);
  try {
    return acceptLink(link);
  } catch (error) {
    // Array lengths: a link that asks for more than this machine has.
    if (!(error instanceof Rejected || error instanceof BytesError || error instanceof RangeError)) throw error;
    throw new Rejected('link', `Link ${number} does not hold: ${error.message}`);
  }
}

/**
 * Follows links, in their order, from every expected commitment that the proof does not name itself. A link that does not
 * hold rejects, used or not; commitments that no links lead to are left to the caller, who says what the proof names instead.
 */
export function followLinks(
  links: readonly Link[],
  expected: ReadonlyMap<string, string>,
  named: ReadonlyMap<string, string>,
): Followed {
  const accepted = links.map((link, i) => accept(link, i + 1));
  const pinned = new Map<string, string>();
  let error = 0;
  for (const [matrix, wanted] of expected) {
    const target = named.get(matrix);
    let at = wanted;
    let spent = 0;
    for (const { from, to, bits } of accepted) {
      if (at === target) break;
      if (toHex(from) !== at) continue;
      at = toHex(to);
      spent += 2 ** -bits;
    }
    if (at !== target || wanted === target) continue;
    pinned.set(matrix, wanted);
    error += spent;
  }
  return { pinned, error };
}

/** Soundness of a proof together with the links it needs: their errors add up. */
export function bitsWithLinks(bits: number, { error }: Followed): number {
  const total = error === 0 ? bits : -Math.log2(2 ** -bits + error);
  if (total >= requiredBits) return total;
  throw new Rejected(
    'link',
    `Over so many links the soundness is ${total.toFixed(2)} bits; at least ${requiredBits} are required.`,
  );
}
