/** Malicious messages: every field of the tamper manifest changed in every way, with live and with frozen challenges. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Circuit } from '../../src/artifact/circuit.ts';
import { acceptKey, assign, makeKey, proveCells } from '../../src/backends/transparent/index.ts';
import { ByteReader, ByteWriter, concatBytes } from '../../src/base/bytes.ts';
import { P } from '../../src/base/field.ts';
import { complete, seeded } from '../support/circuits.ts';
import { fresh } from '../support/fresh.ts';
import { freeze } from '../support/frozen.ts';
import { verifyProof } from '../support/judged.ts';
import { proveLying } from '../support/lying-prover.ts';
import { keyWithoutWork, noContext, withBody } from '../support/malicious.ts';
import { type Field, proofFields, sumcheckRounds } from '../support/proof-map.ts';
import { compensation } from '../support/sumcheck-forgery.ts';
import { Tally } from '../support/tally.ts';

type Mutation = { readonly name: string; apply(body: Uint8Array, field: Field, next: Field | undefined): Uint8Array };

function spliced(body: Uint8Array, field: Field, bytes: Uint8Array): Uint8Array {
  return concatBytes(body.subarray(0, field.from), bytes, body.subarray(field.to));
}

/** The field plus one, as what it is: the next nonce, an element with a larger first coordinate, the next cell. */
function plusOne(body: Uint8Array, field: Field): Uint8Array {
  const bytes = body.slice(field.from, field.to);
  if (field.kind === 'digest' || field.kind === 'nonce' || field.kind === 'salt')
    bytes[0] = ((bytes[0] as number) + 1) & 255;
  else bytes.set(new ByteWriter().u32((new ByteReader(bytes).u32() + 1) % P).finish());
  return spliced(body, field, bytes);
}

const mutations: readonly Mutation[] = [
  { name: 'plus one', apply: plusOne },
  { name: 'zero', apply: (body, field) => spliced(body, field, new Uint8Array(field.to - field.from)) },
  { name: 'dropped', apply: (body, field) => spliced(body, field, new Uint8Array(0)) },
  {
    name: 'doubled',
    apply: (body, field) => {
      const bytes = body.subarray(field.from, field.to);
      return spliced(body, field, concatBytes(bytes, bytes));
    },
  },
  {
    name: 'exchanged with the next',
    apply: (body, field, next) => {
      if (next === undefined) return body;
      const own = body.subarray(field.from, field.to);
      return concatBytes(body.subarray(0, field.from), body.subarray(next.from, next.to), own, body.subarray(next.to));
    },
  },
];

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The element or cell with p added to its first coordinate: the same residue, not canonical. */
function notCanonical(body: Uint8Array, field: Field): Uint8Array {
  const bytes = body.slice(field.from, field.to);
  bytes.set(new ByteWriter().u32(new ByteReader(bytes).u32() + P).finish());
  return spliced(body, field, bytes);
}

/** Thousands of verifications, on a machine that may be busy with others. */
const patienceOfTests = 1_800_000;

const bulk = /^(?:folded row|column|salt|path digest)/;

/**
 * Registers the suite for a circuit with two inputs. Every short field is attacked; of the rows, columns and paths one field
 * in `stride`, or all. `thorough` applies every mutation to each field, otherwise they take turns.
 */
export function messageSuite(
  circuit: Circuit,
  inputs: readonly Int32Array[],
  otherInputs: readonly Int32Array[],
  { stride, thorough }: { readonly stride: number; readonly thorough: boolean },
): void {
  const accepted = acceptKey(makeKey(circuit));
  const prove = (values: readonly Int32Array[]) =>
    proveCells(accepted, assign(accepted.system, complete(circuit, values)), noContext, fresh());
  const proof = prove(inputs);
  const { body } = proof;
  const fields = proofFields(accepted, body.length);
  let skipped = 0;
  const chosen = fields.flatMap((field, index) =>
    !bulk.test(field.name) || skipped++ % stride === 0 ? [{ field, next: fields[index + 1] }] : [],
  );
  const frozen = freeze(accepted, proof);
  const tally = new Tally();
  tally.add('fields', fields.length);
  const live = (changed: Uint8Array) => verifyProof({ accepted }, withBody(proof, changed));

  afterAll(() => tally.print('malicious messages'));

  describe('the tamper manifest', () => {
    test('covers the body exactly, with every kind of field', () => {
      expect(fields[0]?.from).toBe(0);
      for (let i = 1; i < fields.length; i++) expect(fields[i]?.from).toBe(fields[i - 1]?.to);
      expect(fields.at(-1)?.to).toBe(body.length);
      expect(new Set(chosen.map(({ field }) => field.kind))).toEqual(
        new Set(['digest', 'nonce', 'element', 'cell', 'salt']),
      );
      expect(live(body).ok).toBe(true);
      expect(frozen.judge(body).ok).toBe(true);
    });

    test(
      'every field changed, dropped, doubled or exchanged is rejected',
      () => {
        chosen.forEach(({ field, next }, i) => {
          const applied = thorough ? mutations : [mutations[0], mutations[1 + (i % (mutations.length - 1))]];
          for (const mutation of applied as Mutation[]) {
            const changed = mutation.apply(body, field, next);
            if (!isSame(changed, body)) tally.reject(live(changed), `${field.name} ${mutation.name}`);
          }
        });
      },
      patienceOfTests,
    );

    test('every element or cell that is not canonical is malformed', () => {
      for (const { field } of chosen)
        if (field.kind === 'element' || field.kind === 'cell')
          tally.reject(live(notCanonical(body, field)), field.name, ['malformed']);
    });

    test('a body cut at or inside any field is malformed, and so is a longer one', () => {
      for (const { field } of chosen.filter((_, i) => thorough || i % 3 === 0)) {
        tally.reject(live(body.subarray(0, field.from)), `cut before ${field.name}`, ['malformed']);
        tally.reject(live(body.subarray(0, field.to - 1)), `cut inside ${field.name}`, ['malformed']);
      }
      for (const extra of [1, 4, 16, 32])
        tally.reject(live(concatBytes(body, new Uint8Array(extra))), `${extra} more bytes`, ['malformed']);
    });
  });

  describe('with challenges frozen to those of the honest proof', () => {
    test('every field still has a check of its own that catches a change', () => {
      for (const { field } of chosen)
        if (field.kind !== 'nonce')
          tally.reject(frozen.judge(plusOne(body, field)), `${field.name}, frozen`, [
            'relation',
            'opening',
            'commitment',
          ]);
    });

    test('a lie about a sumcheck round that knows its challenge passes; live, the challenge is bound to the lie', () => {
      const rounds = sumcheckRounds(accepted, fields, frozen.draws);
      expect(new Set(rounds.map(({ kind }) => kind))).toEqual(new Set(['layer', 'relation', 'inner product']));
      for (const round of rounds) {
        const forged = compensation(body, round);
        expect(frozen.judge(forged).ok, `${round.first.name}, frozen`).toBe(true);
        tally.add('passed only with frozen challenges');
        tally.reject(live(forged), round.first.name);
      }
    });
  });

  test('a prover that lies in one message and follows the challenges it then gets is rejected', () => {
    const key = keyWithoutWork(circuit);
    const cells = assign(key.system, complete(circuit, inputs));
    const random = seeded(11);
    const honest = proofFields(key, proveCells(key, cells, noContext, fresh()).body.length);
    const messages = honest.filter(({ kind, name }) => kind === 'element' && !/^folded row [1-9]/.test(name));
    messages.forEach(({ name }, index) => {
      if (!thorough && index % 5 !== 0 && !/accumulator|factor|top|folded|products|opening/.test(name)) return;
      const lying = proveLying(key, cells, index, (message) => {
        const at = random(0, message.length - 1);
        message[at] = ((message[at] as number) + random(1, P - 1)) % P;
      });
      tally.reject(verifyProof({ accepted: key }, lying), `lie in ${name}`, ['relation', 'opening']);
    });
  });

  test('messages of another proof under the same key do not fit', () => {
    const other = prove(otherInputs).body;
    tally.reject(live(other), 'another body');
    for (const { field } of chosen.filter((_, i) => thorough || i % 6 === 0)) {
      const heads = concatBytes(body.subarray(0, field.from), other.subarray(field.from));
      const tails = concatBytes(other.subarray(0, field.from), body.subarray(field.from));
      for (const mixed of [heads, tails]) if (!isSame(mixed, body)) tally.reject(live(mixed), `mixed at ${field.name}`);
    }
  });

  test('nothing false was accepted', () => {
    expect(tally.count('accepted')).toBe(0);
    expect(tally.count('rejected')).toBeGreaterThan(1000);
  });
}
