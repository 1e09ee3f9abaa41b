/** The proof under the key, by one verifier and by a second, and what belief in the key rests on. */
import { decodeCommitment, encodeCommitment } from '../../artifact/commitment.ts';
import { equalBytes, toHex } from '../../base/bytes.ts';
import { type Finding, memberPaths } from '../bundle.ts';
import { type Judged, judge } from '../source.ts';
import { attempt, type CheckContext, fail, notChecked, pass } from './context.ts';

const proofClaim = 'the proof holds under the key';

/** The judged proof, if it holds. */
export function checkProof({ members }: CheckContext): {
  readonly judged: Judged | null;
  readonly findings: Finding[];
} {
  const key = members.get(memberPaths.verifyingKey);
  const proof = members.get(memberPaths.proof);
  if (key === undefined)
    return { judged: null, findings: [fail(proofClaim, memberPaths.verifyingKey, 'It is missing.')] };
  if (proof === undefined) return { judged: null, findings: [fail(proofClaim, memberPaths.proof, 'It is missing.')] };
  const tried = attempt(proofClaim, memberPaths.proof, () => judge(key, proof));
  if (tried.value === undefined) return { judged: null, findings: [tried.finding] };
  const { claims } = tried.value;
  const detail = `Verified, ${claims.soundnessBits.toFixed(1)} bits, backend ${claims.backend}.`;
  return { judged: tried.value, findings: [pass(proofClaim, memberPaths.proof, detail)] };
}

/** `judged` is what the first verifier made of the same files; null when it rejects. */
export function checkSecondOpinion({ members, tools }: CheckContext, judged: Judged | null): Finding {
  const claim = 'a second, independent verifier agrees';
  const path = memberPaths.proof;
  const key = members.get(memberPaths.verifyingKey);
  const proof = members.get(path);
  if (key === undefined || proof === undefined) return notChecked(claim, path, 'There is nothing to verify.');
  if (tools.secondVerifier === null) return notChecked(claim, path, 'This installation has no second verifier.');
  const tried = attempt(claim, path, () => tools.secondVerifier?.(key, proof));
  const opinion = tried.value;
  if (opinion === undefined) return 'finding' in tried ? tried.finding : notChecked(claim, path, 'It has no answer.');
  if (opinion.ok === null) return notChecked(claim, path, opinion.reason);
  if (!opinion.ok) return fail(claim, path, `It rejects the proof: ${opinion.reason}`);
  if (judged === null) return fail(claim, path, 'It accepts what the first rejects.');
  const { keyDigest, modelDigest } = judged.claims;
  return opinion.keyDigest === keyDigest && opinion.modelDigest === modelDigest
    ? pass(claim, path, 'Written from the text of the protocol alone, it accepts the proof about the same model.')
    : fail(claim, path, 'It takes the proof for one about another model or key.');
}

export function checkSetup({ expected }: CheckContext, { claims }: Judged): Finding {
  const claim = 'nobody can forge proofs under the key';
  const path = memberPaths.verifyingKey;
  if (claims.setup === 'none') return pass(claim, path, 'The proof system has no setup, hence no secret.');
  if (claims.setup === 'ceremony')
    return notChecked(
      claim,
      path,
      'The key says that its setup was a ceremony, and nothing here shows it. Then one participant must have destroyed their secret.',
    );
  const detail = 'The key is from a development setup: whoever made it can prove anything.';
  return expected.allowInsecureSetup ? notChecked(claim, path, detail) : fail(claim, path, detail);
}

/** Session or nonce that the proof itself is bound to. */
export function checkContext({ expected }: CheckContext, { proof }: Judged): Finding {
  const claim = 'the proof was made for your request';
  const { context } = proof.statement;
  const path = memberPaths.proof;
  if (expected.context !== null)
    return equalBytes(expected.context, context)
      ? pass(claim, path, 'It is bound to the context you gave.')
      : fail(claim, path, 'It is bound to another context.');
  return context.length === 0
    ? notChecked(claim, path, 'It is bound to no context: it may be an old one, shown again.')
    : notChecked(claim, path, `It is bound to the context ${toHex(context)}: give --context.`);
}

/** What the checker knows about the key or the model from elsewhere. */
export function checkPins({ expected, members }: CheckContext, { claims }: Judged): Finding[] {
  const claim = 'the model is the one you mean';
  const path = memberPaths.verifyingKey;
  const findings: Finding[] = [];
  if (expected.key !== null)
    findings.push(
      equalBytes(expected.key, members.get(path) ?? new Uint8Array(0))
        ? pass(claim, path, 'Its verifying key is the one you gave.')
        : fail(claim, path, 'Its verifying key is another one than you gave.'),
    );
  if (expected.model !== null)
    findings.push(
      expected.model === claims.modelDigest
        ? pass(claim, path, 'It has the digest you gave.')
        : fail(claim, path, `Its digest is ${claims.modelDigest}, not the one you gave.`),
    );
  if (findings.length > 0) return findings;
  return [
    notChecked(claim, path, `Nothing was expected. Compare its digest: ${claims.modelDigest} (--model, or --key).`),
  ];
}

/** The commitment file of hidden weights is about the commitment that the key fixes. */
export function checkWeightsCommitment({ members }: CheckContext, { claims, key }: Judged): Finding[] {
  const path = memberPaths.weightsCommitment;
  const claim = 'the weights are committed to';
  const bytes = members.get(path);
  const [weights] = claims.weights;
  if (bytes === undefined)
    return weights === undefined ? [] : [pass(claim, memberPaths.verifyingKey, `By the key: ${weights.commitment}.`)];
  const tried = attempt(claim, path, () => decodeCommitment(bytes));
  if (tried.value === undefined) return [tried.finding];
  const { matrix, root, descriptor, backend } = tried.value;
  const fixed = key.commitments.find((commitment) => commitment.matrix === matrix);
  const isSame =
    weights !== undefined &&
    fixed !== undefined &&
    matrix === weights.matrix &&
    backend === key.backend &&
    equalBytes(root, fixed.root) &&
    toHex(descriptor) === weights.commitment &&
    equalBytes(encodeCommitment(tried.value), bytes);
  return [
    isSame
      ? pass(claim, path, `The commitment that the key fixes: ${weights.commitment}. Its label is the owner's word.`)
      : fail(claim, path, 'It is about another commitment than the one that the key fixes.'),
  ];
}
