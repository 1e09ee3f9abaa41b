/** What the second verifier says, which shares no code with the first. */
import { secondOpinion } from '../pipeline/second-opinion.ts';
import type { Check } from './judge.ts';

const claim = 'A second, independent verifier agrees';

/** Shown until it has answered. */
export const awaited: Check = { claim, outcome: 'not-checked', detail: 'It is still at work.' };

export type SecondQuestion = {
  readonly key: Uint8Array;
  readonly proof: Uint8Array;
  /** What the first verifier found. */
  readonly first: { readonly keyDigest: string; readonly modelDigest: string };
};

/** Its opinion of a proof that the first verifier accepted. */
export function secondCheck({ key, proof, first }: SecondQuestion): Check {
  const opinion = secondOpinion(key, proof);
  if (opinion.ok === null) return { claim, outcome: 'not-checked', detail: opinion.reason };
  if (!opinion.ok) return { claim, outcome: 'fail', detail: `It rejects what the first accepts: ${opinion.reason}` };
  if (opinion.keyDigest !== first.keyDigest || opinion.modelDigest !== first.modelDigest)
    return { claim, outcome: 'fail', detail: 'It accepts, and says that the proof is about something else.' };
  return { claim, outcome: 'pass', detail: 'It was written from the text of the protocol alone, and accepts, too.' };
}
