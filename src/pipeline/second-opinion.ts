/** What the second verifier says of a proof, in the terms of an audit. */
import type { SecondOpinion } from '../audit/checks/context.ts';
import { secondVerify } from '../second/index.ts';

export function secondOpinion(key: Uint8Array, proof: Uint8Array): SecondOpinion {
  const answer = secondVerify(key, proof);
  if (answer.ok) return answer;
  const reason = `${answer.message.charAt(0).toUpperCase()}${answer.message.slice(1)}.`;
  return answer.reason === 'not-covered' ? { ok: null, reason } : { ok: false, reason };
}
