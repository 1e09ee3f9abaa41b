/**
 * The two verifiers of the suite: whatever a test verifies through this module is judged by both, and a disagreement fails
 * the test. They share no code, so where they disagree one of them is wrong, or the text they were written from.
 */
import { encodeVerifyingKey, type VerifyingKey } from '../../src/artifact/keys.ts';
import { encodeLink } from '../../src/artifact/link.ts';
import { encodeProof, type Proof } from '../../src/artifact/proof.ts';
import type { Verdict } from '../../src/artifact/verdict.ts';
import { encodeParameters } from '../../src/backends/transparent/config.ts';
import type { AcceptedKey } from '../../src/backends/transparent/index.ts';
import { equalBytes, toHex } from '../../src/base/bytes.ts';
import { type SecondOptions, secondAccepts, secondVerifier } from '../../src/second/index.ts';
import {
  verify as firstVerify,
  verifyProof as firstVerifyProof,
  type PreparedKey,
  type VerifyOptions,
} from '../../src/verify/index.ts';

/** In `npm test` the second verifier judges every accepted proof and one rejected proof in so many; otherwise all. */
const stride = process.env['PROVENN_SLOW'] === '1' ? 1 : 32;

const counts = { accepted: 0, rejected: 0, keys: 0, reasons: new Map<string, number>() };
let rejections = 0;

/** What both have judged since the last call, for the line at the end of a suite. */
export function judgedByBoth(): string {
  const { accepted, rejected, keys, reasons } = counts;
  const other = [...reasons].map(([pair, count]) => `${count} ${pair}`).join(', ');
  Object.assign(counts, { accepted: 0, rejected: 0, keys: 0, reasons: new Map<string, number>() });
  return `both verifiers: ${accepted} accepted, ${rejected} rejected, ${keys} keys, 0 disagreements${other && ` (other reasons: ${other})`}`;
}

type Second = ReturnType<typeof secondVerifier>;

/** Keys that were accepted lately: most suites verify many proofs under one. */
const recent: { readonly bytes: Uint8Array; readonly judge: Second }[] = [];

function secondFor(keyBytes: Uint8Array): Second {
  const known = recent.find(({ bytes }) => equalBytes(bytes, keyBytes));
  if (known) return known.judge;
  const judge = secondVerifier(keyBytes);
  recent.unshift({ bytes: Uint8Array.from(keyBytes), judge });
  recent.splice(4);
  return judge;
}

function secondOptions({ expect = {}, links = [] }: VerifyOptions): SecondOptions {
  const { context, model, inputs, outputs, commitments } = expect;
  const hex = (digits: string): Uint8Array => Uint8Array.from(digits.match(/../g) ?? [], (x) => Number.parseInt(x, 16));
  return {
    ...(context === undefined ? {} : { context }),
    ...(model === undefined ? {} : { model }),
    ...(inputs === undefined ? {} : { inputs: Object.fromEntries(inputs) }),
    ...(outputs === undefined ? {} : { outputs: Object.fromEntries(outputs) }),
    commitments: Object.fromEntries([...(commitments ?? [])].map(([name, digits]) => [name, hex(digits)])),
    links: links.map(encodeLink),
  };
}

function compare(first: Verdict, keyBytes: Uint8Array, proofBytes: Uint8Array, options: VerifyOptions): void {
  if (!first.ok && rejections++ % stride !== 0) return;
  const second = secondFor(keyBytes)(proofBytes, secondOptions(options));
  if (first.ok !== second.ok) {
    const said = second.ok ? 'accepted' : `${second.reason}: ${second.message}`;
    const before = first.ok ? 'accepted' : `${first.reason.code}: ${first.reason.message}`;
    throw new Error(`the verifiers disagree. First: ${before}. Second: ${said}.`);
  }
  if (first.ok && second.ok) {
    counts.accepted++;
    const { claims } = first;
    const values = second.outputs.flatMap(({ values: shown }) => (shown ? [shown] : []));
    const same =
      claims.modelDigest === second.modelDigest &&
      claims.keyDigest === second.keyDigest &&
      claims.context === toHex(second.context) &&
      Math.abs(claims.soundnessBits - second.soundnessBits) < 1e-6 &&
      JSON.stringify(values) === JSON.stringify(claims.outputs.map(({ integers }) => [...integers]));
    if (!same) throw new Error('the verifiers accept the same proof with different claims');
  } else if (!first.ok && !second.ok) {
    counts.rejected++;
    if (first.reason.code === second.reason) return;
    const pair = `${first.reason.code}/${second.reason}`;
    counts.reasons.set(pair, (counts.reasons.get(pair) ?? 0) + 1);
  }
}

/** `verify`, by both. Keys of other proof systems are the first verifier's alone. */
export function verify(key: Uint8Array, proof: Uint8Array, options: VerifyOptions = {}): Verdict {
  const first = firstVerify(key, proof, options);
  compare(first, key, proof, options);
  return first;
}

/** Both verifiers' judgement of a key. Some keys that tests make up have no encoding. */
export function judgeKey(key: VerifyingKey, accepted: boolean): void {
  let bytes: Uint8Array;
  try {
    bytes = encodeVerifyingKey(key);
  } catch {
    return;
  }
  const second = secondAccepts(bytes);
  if (second.ok !== accepted)
    throw new Error(`the verifiers disagree. First: ${accepted}. Second: ${second.ok || second.message}.`);
  counts.keys++;
}

const encodedKeys = new WeakMap<object, Uint8Array>();

/** The file of a key of the transparent proof system that was accepted by itself. */
function fileOf({ accepted, linkedFrom }: PreparedKey): Uint8Array | undefined {
  if (!accepted.backend.startsWith('transparent') || linkedFrom !== undefined) return undefined;
  const known = encodedKeys.get(accepted);
  if (known) return known;
  const { backend, circuit, parameters, commitments } = accepted as AcceptedKey;
  const key: VerifyingKey = { backend, parameters: encodeParameters(parameters), circuit, commitments };
  const bytes = encodeVerifyingKey(key);
  encodedKeys.set(accepted, bytes);
  return bytes;
}

/** `verifyProof`, by both, where key and proof have files. */
export function verifyProof(key: PreparedKey, proof: Proof, options: VerifyOptions = {}): Verdict {
  const first = firstVerifyProof(key, proof, options);
  const keyBytes = fileOf(key);
  const proofBytes = keyBytes && encodable(proof);
  if (keyBytes && proofBytes) compare(first, keyBytes, proofBytes, options);
  return first;
}

/** Some statements that tests make up have no encoding. */
function encodable(proof: Proof): Uint8Array | undefined {
  try {
    return encodeProof(proof);
  } catch {
    return undefined;
  }
}
