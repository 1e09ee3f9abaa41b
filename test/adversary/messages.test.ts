import { afterAll, describe, expect, test } from 'vitest';
import { acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { ByteReader, ByteWriter, concatBytes } from '../../src/base/bytes.ts';
import { P } from '../../src/base/field.ts';
import { verifyProof } from '../../src/verify/index.ts';
import { complete, everyGadget, seeded } from '../support/circuits.ts';
import { noContext, withBody } from '../support/malicious.ts';
import { type Field, proofFields } from '../support/proof-map.ts';

const { circuit, inputs } = everyGadget();
const accepted = acceptKey(makeKey(circuit));
const proof = proveWitness(accepted, complete(circuit, inputs), noContext);
const other = proveWitness(
  accepted,
  complete(circuit, [Int32Array.from(inputs[0] as Int32Array, (x) => 255 - x)]),
  noContext,
);
const fields = proofFields(accepted, proof.body.length);
const count = { tried: 0, accepted: 0 };

afterAll(() =>
  console.log(`malicious messages: ${count.tried} mutated proofs, ${count.accepted} accepted; ${fields.length} fields`),
);

function judge(body: Uint8Array): string {
  const verdict = verifyProof({ accepted }, withBody(proof, body));
  count.tried += 1;
  if (verdict.ok) count.accepted += 1;
  return verdict.ok ? 'accepted' : verdict.reason.code;
}

function replaced(field: Field, bytes: Uint8Array): Uint8Array {
  return concatBytes(proof.body.subarray(0, field.from), bytes, proof.body.subarray(field.to));
}

/** One more, as the field it is: the next nonce, the next element, the next cell. */
function incremented(field: Field): Uint8Array {
  const bytes = proof.body.slice(field.from, field.to);
  if (field.kind === 'digest' || field.kind === 'nonce') {
    bytes[0] = ((bytes[0] as number) + 1) & 255;
    return bytes;
  }
  const cell = new ByteReader(bytes).u32();
  bytes.set(new ByteWriter().u32((cell + 1) % P).finish());
  return bytes;
}

/** All short fields, and a sample of the rows, columns and paths. */
const bulk = /^(?:folded row|column|path digest)/;
const sample = fields.filter((field, i) => !bulk.test(field.name) || i % 97 === 0);

describe('the tamper manifest', () => {
  test('covers the body exactly', () => {
    expect(fields[0]?.from).toBe(0);
    for (let i = 1; i < fields.length; i++) expect(fields[i]?.from).toBe(fields[i - 1]?.to);
    expect(fields.at(-1)?.to).toBe(proof.body.length);
    expect(judge(proof.body)).toBe('accepted');
    count.accepted -= 1;
    expect(new Set(sample.map((field) => field.kind))).toEqual(new Set(['digest', 'nonce', 'element', 'cell']));
  });

  test('every field plus one is rejected', () => {
    for (const field of sample) expect(judge(replaced(field, incremented(field))), field.name).not.toBe('accepted');
  });

  test('every field dropped or doubled is rejected', () => {
    for (const field of sample.filter((_, i) => i % 4 === 0)) {
      expect(judge(replaced(field, new Uint8Array(0))), field.name).not.toBe('accepted');
      const bytes = proof.body.subarray(field.from, field.to);
      expect(judge(replaced(field, concatBytes(bytes, bytes))), field.name).not.toBe('accepted');
    }
  });

  test('every field exchanged with its neighbour of the same kind is rejected', () => {
    for (const field of sample.filter((_, i) => i % 4 === 1)) {
      const next = fields[fields.indexOf(field) + 1];
      if (next === undefined || next.kind !== field.kind) continue;
      const body = proof.body.slice();
      body.set(proof.body.subarray(next.from, next.to), field.from);
      body.set(proof.body.subarray(field.from, field.to), next.from);
      if (body.every((byte, i) => byte === proof.body[i])) continue;
      expect(judge(body), field.name).not.toBe('accepted');
    }
  });

  test('elements that are not canonical are malformed', () => {
    let tried = 0;
    for (const field of sample) {
      if (field.kind !== 'element' && field.kind !== 'cell') continue;
      const bytes = proof.body.slice(field.from, field.to);
      const cell = new ByteReader(bytes).u32();
      bytes.set(new ByteWriter().u32(cell + P).finish());
      expect(judge(replaced(field, bytes)), field.name).not.toBe('accepted');
      tried += 1;
    }
    expect(tried).toBeGreaterThan(100);
  });

  test('truncations and extensions are rejected', () => {
    const random = seeded(4);
    for (let i = 0; i < 40; i++)
      expect(judge(proof.body.subarray(0, random(0, proof.body.length - 1)))).not.toBe('accepted');
    for (const extra of [1, 4, 16, 32]) expect(judge(concatBytes(proof.body, new Uint8Array(extra)))).toBe('malformed');
  });

  test('messages of another proof do not fit: challenges are bound to what was sent', () => {
    const cuts = sample.filter((_, i) => i % 8 === 3);
    for (const cut of cuts) {
      const body = concatBytes(proof.body.subarray(0, cut.from), other.body.subarray(cut.from));
      expect(judge(body), cut.name).not.toBe('accepted');
      expect(judge(concatBytes(other.body.subarray(0, cut.from), proof.body.subarray(cut.from))), cut.name).not.toBe(
        'accepted',
      );
    }
    expect(judge(other.body)).not.toBe('accepted');
  });
});
