import { afterAll, expect, test } from 'vitest';
import { open, seal } from '../../src/artifact/envelope.ts';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import { acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { verify, verifyProof } from '../../src/verify/index.ts';
import { complete, everyGadget, seeded } from '../support/circuits.ts';
import { noContext, withBody } from '../support/malicious.ts';

const everything = process.env['PROVENN_SLOW'] === '1';
const { circuit, inputs } = everyGadget();
const key = makeKey(circuit);
const accepted = acceptKey(key);
const proof = proveWitness(accepted, complete(circuit, inputs), noContext);
const counts: string[] = [];

afterAll(() => console.log(`flipped bytes: ${counts.join('; ')}; 0 accepted, 0 crashes`));

/** Every `stride`-th byte from a seeded start; every byte in the slow suite. */
function positions(length: number, stride: number): number[] {
  const step = everything ? 1 : stride;
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => Math.min(length - 1, i * step + ((i * 7) % step)));
}

function flipped(bytes: Uint8Array, at: number, pattern: number): Uint8Array {
  const out = bytes.slice();
  out[at] = (out[at] as number) ^ pattern;
  return out;
}

test('any byte of the proof body flipped is rejected', { timeout: 1_000_000 }, () => {
  const random = seeded(1);
  const chosen = positions(proof.body.length, 37);
  for (const at of chosen)
    expect(verifyProof({ accepted }, withBody(proof, flipped(proof.body, at, random(1, 255)))).ok, `byte ${at}`).toBe(
      false,
    );
  counts.push(`${chosen.length} of ${proof.body.length} of the body`);
});

test('any byte of the statement in a well-sealed file flipped is rejected', { timeout: 1_000_000 }, () => {
  const random = seeded(2);
  const bytes = encodeVerifyingKey(key);
  const payload = open('proof', encodeProof(proof));
  const head = payload.length - proof.body.length;
  const chosen = positions(head, 3);
  for (const at of chosen)
    expect(verify(bytes, seal('proof', flipped(payload, at, random(1, 255)))).ok, `byte ${at}`).toBe(false);
  counts.push(`${chosen.length} of ${head} of the statement`);
});

test('any byte of a well-sealed verifying key flipped makes the proof fail', { timeout: 1_000_000 }, () => {
  const random = seeded(3);
  const payload = open('verifying-key', encodeVerifyingKey(key));
  const bytes = encodeProof(proof);
  const chosen = positions(payload.length, 5);
  for (const at of chosen)
    expect(verify(seal('verifying-key', flipped(payload, at, random(1, 255))), bytes).ok, `byte ${at}`).toBe(false);
  counts.push(`${chosen.length} of ${payload.length} of the key`);
});

test('random damage to several bytes is rejected', { timeout: 4_000_000 }, () => {
  const random = seeded(5);
  const runs = everything ? 100_000 : 300;
  for (let run = 0; run < runs; run++) {
    const body = proof.body.slice();
    for (let i = random(2, 8); i > 0; i--) body[random(0, body.length - 1)]! ^= random(1, 255);
    if (body.every((byte, i) => byte === proof.body[i])) continue;
    expect(verifyProof({ accepted }, withBody(proof, body)).ok).toBe(false);
  }
  counts.push(`${runs} times several bytes`);
});
