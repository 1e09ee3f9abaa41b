/** The verdict on a key and a proof, point by point: what holds, what does not, and what nobody checked. */

import { modelInputs } from '../artifact/data-set.ts';
import { openAny } from '../artifact/envelope.ts';
import type { VerifyingKey } from '../artifact/keys.ts';
import { decodeProvingKey, decodeVerifyingKey, encodeVerifyingKey } from '../artifact/keys.ts';
import { decodeProof, type Proof } from '../artifact/proof.ts';
import type { Claims, PublicTensor, Rejection, RejectionCode, Verdict } from '../artifact/verdict.ts';
import { fromHex, toHex, utf8 } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import { contextText } from '../pipeline/context-text.ts';
import { bindInputs } from '../pipeline/io/bind.ts';
import { decodeInputFile } from '../pipeline/io/input-file.ts';
import { decodePreprocessing, type Preprocessing } from '../pipeline/io/preprocess.ts';
import { type PreparedKey, prepareKey, verifyProof } from '../verify/index.ts';

export type Outcome = 'pass' | 'fail' | 'not-checked';

/** One point of the verdict. */
export type Check = {
  readonly claim: string;
  readonly outcome: Outcome;
  readonly detail: string;
  /** Of an audit bundle: the path of the member it is about. */
  readonly member?: string | null;
};

export type NamedFile = { readonly name: string; readonly bytes: Uint8Array };

/** What is judged, and what the reader expects of it. */
export type Question = {
  readonly key: Uint8Array;
  readonly proof: Uint8Array;
  /** preprocess.json: names of classes, and how pixels become inputs. */
  readonly preprocessing: NamedFile | null;
  /** The input that the proof should be about. */
  readonly input: NamedFile | null;
  /** Hexadecimal model digest; empty when none is expected. */
  readonly model: string;
  /** Empty when none is expected. */
  readonly context: string;
};

export type Judgement = {
  /** False as soon as one check failed. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** What the proof establishes; null unless the proof system accepted it. */
  readonly claims: Claims | null;
  readonly labels: readonly string[] | null;
};

const claims = {
  key: 'The verifying key is whole and sound',
  proof: 'The proof file is whole',
  belongs: 'The proof was made under this key',
  holds: 'The proof holds',
  setup: 'No secret stands behind the key',
  model: 'The network is the one you mean',
  context: 'The proof was made for you, and now',
  input: 'The input is the one you mean',
} as const;

function pass(claim: string, detail: string): Check {
  return { claim, outcome: 'pass', detail };
}

function fail(claim: string, detail: string): Check {
  return { claim, outcome: 'fail', detail };
}

function open(claim: string, detail: string): Check {
  return { claim, outcome: 'not-checked', detail };
}

/** A sentence about what `work` throws, or its value. Bytes that ask for too much end as a RangeError. */
function attempt<T>(work: () => T): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof ProvennError) return { problem: error.message };
    if (error instanceof RangeError) return { problem: `It asks for too much: ${error.message}.` };
    throw error;
  }
}

/** A proving key holds the verifying key, and whoever has the one may check with it. */
function readKey(bytes: Uint8Array): VerifyingKey {
  return openAny(bytes).kind === 'proving-key' ? decodeProvingKey(bytes).verifyingKey : decodeVerifyingKey(bytes);
}

/** The file of the verifying key, for a verifier that reads no other. */
export function verifyingKeyIn(bytes: Uint8Array): Uint8Array {
  return openAny(bytes).kind === 'proving-key' ? encodeVerifyingKey(decodeProvingKey(bytes).verifyingKey) : bytes;
}

const elsewhere: ReadonlySet<RejectionCode> = new Set(['backend', 'model', 'key']);

/** Proof file, fit to the key, and the proof itself; the first that fails leaves the rest open. */
function proofChecks(
  proof: { readonly value: Proof } | { readonly problem: string },
  verdict: Verdict | null,
): Check[] {
  if ('problem' in proof) {
    const why = 'The proof file is damaged.';
    return [fail(claims.proof, proof.problem), open(claims.belongs, why), open(claims.holds, why)];
  }
  const whole = pass(claims.proof, 'Its digest matches, and it says what it says in the one way there is.');
  if (verdict === null) {
    const why = 'The key is refused.';
    return [whole, open(claims.belongs, why), open(claims.holds, why)];
  }
  const rejection: Rejection | null = verdict.ok ? null : verdict.reason;
  if (rejection !== null && elsewhere.has(rejection.code))
    return [whole, fail(claims.belongs, rejection.message), open(claims.holds, 'It is a proof about something else.')];
  const belongs = pass(claims.belongs, 'It names the model and the key by their digests.');
  if (rejection?.code === 'setup') return [whole, belongs, open(claims.holds, 'Whoever made the key could forge it.')];
  if (rejection !== null) return [whole, belongs, fail(claims.holds, rejection.message)];
  return [whole, belongs, pass(claims.holds, 'The output is the exact one of this network, down to the last bit.')];
}

const setupChecks: Readonly<Record<Claims['setup'], Check>> = {
  none: pass(claims.setup, 'There was no setup: nobody holds anything with which to forge.'),
  ceremony: open(
    claims.setup,
    'The key says that it comes from a ceremony. That is so if one participant destroyed their secret, which no page can see.',
  ),
  insecure: fail(claims.setup, 'The key comes from a development setup: whoever made it can forge proofs.'),
};

function setupCheck(verdict: Verdict | null): Check {
  if (verdict?.ok === true) return setupChecks[verdict.claims.setup];
  if (verdict?.ok === false && verdict.reason.code === 'setup') return setupChecks.insecure;
  return open(claims.setup, 'No proof was accepted.');
}

function modelCheck({ modelDigest }: Claims, model: string): Check {
  if (model === modelDigest) return pass(claims.model, 'Its digest is the one you gave.');
  if (model !== '') return fail(claims.model, `Its digest is ${modelDigest}, not ${model}.`);
  return open(
    claims.model,
    `You named none. Compare the digest ${modelDigest.slice(0, 8)}… below with one from a source you trust; a key that came with the proof proves nothing about whose network it is.`,
  );
}

function contextCheck(found: Claims, context: string): Check {
  const bound = contextText(fromHex(found.context));
  const what = bound === '' ? 'The proof is bound to no session or audience' : `The proof is bound to “${bound}”`;
  if (context === '')
    return open(
      claims.context,
      bound === '' ? `${what}: it may have been shown to others before.` : `You named no context. ${what}.`,
    );
  if (toHex(utf8(context)) === found.context) return pass(claims.context, 'It is bound to the context you gave.');
  return fail(claims.context, `${what}, not to “${context}”.`);
}

/** The first integer that differs from those that were proven, as a sentence. */
function difference({ name, integers }: PublicTensor, wanted: ArrayLike<number>): string | null {
  if (integers.length !== wanted.length) return `Input ${name} has ${integers.length} integers, not ${wanted.length}.`;
  const at = integers.findIndex((value, i) => value !== wanted[i]);
  return at < 0 ? null : `It is another one: integer ${at} of ${name} is ${integers[at]}, not ${wanted[at]}.`;
}

type Expected = { readonly file: NamedFile; readonly key: PreparedKey; readonly preprocessing: Preprocessing | null };

function comparedInput({ inputs, hidden }: Claims, { file, key, preprocessing }: Expected): Check {
  const { bytes, name } = file;
  const bound = attempt(() =>
    bindInputs(decodeInputFile(bytes, { where: name, preprocessing }), modelInputs(key.accepted.circuit), name),
  );
  if ('problem' in bound) return fail(claims.input, bound.problem);
  for (const tensor of inputs) {
    const different = difference(tensor, bound.value.get(tensor.name)?.data ?? []);
    if (different !== null) return fail(claims.input, different);
  }
  const partly = hidden.some(({ side }) => side === 'input') ? ', as far as the proof shows it' : '';
  return pass(claims.input, `It is ${name}, integer for integer${partly}.`);
}

function inputCheck(found: Claims, expected: Expected | null): Check {
  const isHidden = found.inputs.length === 0;
  if (expected !== null && !isHidden) return comparedInput(found, expected);
  const why = isHidden ? 'The input is hidden: the proof says that there is one.' : 'You gave none to compare with.';
  return open(claims.input, why);
}

/** What the reader expects, compared with what an accepted proof claims. */
function expectationChecks(found: Claims | null, { model, context }: Question, input: Expected | null): Check[] {
  if (found !== null) return [modelCheck(found, model), contextCheck(found, context), inputCheck(found, input)];
  const why = 'No proof was accepted.';
  return [open(claims.model, why), open(claims.context, why), open(claims.input, why)];
}

function keyCheck(key: { readonly value: PreparedKey } | { readonly problem: string }): Check {
  if ('problem' in key) return fail(claims.key, key.problem);
  const { bits } = key.value.accepted.soundness;
  return pass(claims.key, `It gives ${bits.toFixed(1)} bits of soundness; at least 100 are required.`);
}

/** Judges whatever bytes it is given; only faults of this program throw. */
export function judge(question: Question): Judgement {
  const { preprocessing: named, input } = question;
  const read = attempt(() => (named === null ? null : decodePreprocessing(named.bytes, named.name)));
  const preprocessing = 'value' in read ? read.value : null;
  const key = attempt(() => prepareKey(readKey(question.key)));
  const proof = attempt(() => decodeProof(question.proof));
  const verdict = 'problem' in key || 'problem' in proof ? null : verifyProof(key.value, proof.value);
  const found = verdict?.ok === true ? verdict.claims : null;
  const expected = 'problem' in key || input === null ? null : { file: input, key: key.value, preprocessing };
  const checks = [
    keyCheck(key),
    ...proofChecks(proof, verdict),
    setupCheck(verdict),
    ...expectationChecks(found, question, expected),
    ...('problem' in read ? [fail('The description of the input can be read', read.problem)] : []),
  ];
  return {
    ok: checks.every(({ outcome }) => outcome !== 'fail'),
    checks,
    claims: found,
    labels: preprocessing?.labels ?? null,
  };
}
