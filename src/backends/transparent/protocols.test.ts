/** The masked protocol, the core protocol and proofs of a known seed: three names, one verifier. */
import { describe, expect, it } from 'vitest';
import { complete, everyGadget } from '../../../test/support/circuits.ts';
import { fresh } from '../../../test/support/fresh.ts';
import { verifyProof } from '../../../test/support/judged.ts';
import type { Proof } from '../../artifact/proof.ts';
import { equalBytes } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { prepareKey } from '../../verify/index.ts';
import { backendName, coreBackendName, seededName } from './config.ts';
import { acceptCoreKey, acceptKey, makeCoreKey, makeKey, proveWitness } from './index.ts';
import { verifyBody } from './verifier.ts';

const { circuit, inputs } = everyGadget();
const witness = complete(circuit, inputs);
const context = new Uint8Array(0);
const key = acceptKey(makeKey(circuit));
const core = acceptCoreKey(makeCoreKey(circuit));
const seed = new Uint8Array(32).fill(5);

function codeOf(proof: Proof): string {
  const verdict = verifyProof({ accepted: key }, proof);
  return verdict.ok ? 'accepted' : verdict.reason.code;
}

describe('a masked proof', () => {
  const [first, second] = [1, 2].map(() => proveWitness(key, witness, context, fresh())) as [Proof, Proof];

  it('verifies, and differs from the next one of the same statement in every part that could tell something', () => {
    expect([codeOf(first), codeOf(second)]).toEqual(['accepted', 'accepted']);
    expect(first.statement).toEqual(second.statement);
    const part = (proof: Proof, i: number): Uint8Array => proof.body.subarray(16 * i, 16 * i + 16);
    const same = Array.from({ length: Math.floor(first.body.length / 16) }, (_, i) => i).filter((i) =>
      equalBytes(part(first, i), part(second, i)),
    );
    expect(same).toEqual([]);
  });

  it('needs 32 bytes of randomness', () => {
    for (const length of [0, 31, 33])
      expect(() => proveWitness(key, witness, context, { randomness: new Uint8Array(length) })).toThrow(ProvennError);
  });
});

describe('a proof of a known seed', () => {
  const marked = proveWitness(key, witness, context, { randomness: seed, seeded: true });

  it('is the same each time, and true under its own name', () => {
    expect(proveWitness(key, witness, context, { randomness: seed, seeded: true })).toEqual(marked);
    expect(marked.backend).toBe(seededName(backendName));
    expect(() => verifyBody(key, marked.statement, marked.body, marked.backend)).not.toThrow();
  });

  it('is refused by verify, and the mark cannot be taken off: every challenge depends on it', () => {
    expect(codeOf(marked)).toBe('backend');
    expect(codeOf({ ...marked, backend: backendName })).toBe('proof-of-work');
  });
});

describe('the core protocol', () => {
  const proof = proveWitness(core, witness, context, fresh());

  it('runs through the same verifier, without pads, and is shorter', () => {
    expect(() => verifyBody(core, proof.statement, proof.body)).not.toThrow();
    expect(core.system.mask).toBeNull();
    expect(core.parameters.queries).toBeLessThan(key.parameters.queries);
    expect(core.soundness.bits).toBeGreaterThanOrEqual(100);
    expect(core.soundness.zeroKnowledgeBits).toBe(0);
  });

  it('has a name of its own that neither acceptKey nor verify knows', () => {
    expect(proof.backend).toBe(coreBackendName);
    expect(() => prepareKey(makeCoreKey(circuit))).toThrow(expect.objectContaining({ code: 'KEY_REFUSED' }) as Error);
    expect(() => prepareKey({ ...makeCoreKey(circuit), backend: backendName })).toThrow(/random coefficients/);
    expect(() => acceptCoreKey(makeKey(circuit))).toThrow(ProvennError);
    expect(verifyProof({ accepted: core }, proof).ok).toBe(false);
    expect(verifyProof({ accepted: core }, { ...proof, backend: backendName }).ok).toBe(false);
  });
});
