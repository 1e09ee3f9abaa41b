/** The arithmetic and the hash that everything else stands on, against BigInt and against published vectors. */
import { blake3 } from '@noble/hashes/blake3.js';
import { describe, expect, test } from 'vitest';
import { extended, hash } from './blake3.ts';
import { hex, i32, u64, utf8 } from './bytes.ts';
import type { Circuit } from './circuit.ts';
import type { Ext } from './extension.ts';
import * as E from './extension.ts';
import * as F from './field.ts';
import { intervalsOf } from './intervals.ts';
import { eqAt, eqBelow, eqTable, indicator } from './multilinear.ts';
import { planSteps } from './step-plan.ts';
import { piecesOf } from './steps.ts';
import { Transcript } from './transcript.ts';

let state = 1;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state % F.P;
}

const extreme = [0, 1, 2, 3, F.P - 1, F.P - 2, (F.P - 1) / 2, (F.P + 1) / 2, 2 ** 24, 2 ** 30, 127 * 2 ** 24];
const samples = [...extreme, ...Array.from({ length: 300 }, random)];
const anyExt = (): Ext => [random(), random(), random(), random()];

describe('the field', () => {
  test('products, sums and differences are those of BigInt', () => {
    const p = BigInt(F.P);
    for (const a of samples)
      for (const b of samples) {
        if (F.mul(a, b) !== Number((BigInt(a) * BigInt(b)) % p)) expect.unreachable(`${a} · ${b}`);
        if (F.add(a, b) !== (a + b) % F.P || F.sub(a, b) !== (a - b + F.P) % F.P) expect.unreachable(`${a} ± ${b}`);
      }
  });

  test('integers of both signs have residues, units have inverses, roots of unity have their order', () => {
    for (const x of [-1, 0, -F.P, F.P, 5 * F.P - 3, -(2 ** 52), 2 ** 52]) {
      const residue = F.residue(x);
      expect(Object.is(residue, -0)).toBe(false);
      expect(BigInt(residue)).toBe(((BigInt(x) % BigInt(F.P)) + BigInt(F.P)) % BigInt(F.P));
    }
    for (const a of samples.filter((x) => x > 0)) expect(F.mul(a, F.inverse(a))).toBe(1);
    for (const bits of [1, 5, 24]) {
      expect(F.power(F.rootOfUnity(2 ** bits), 2 ** bits)).toBe(1);
      expect(F.power(F.rootOfUnity(2 ** bits), 2 ** (bits - 1))).toBe(F.P - 1);
    }
  });

  test('its extension multiplies polynomials modulo θ⁴ − 3 and inverts them', () => {
    const p = BigInt(F.P);
    for (let run = 0; run < 200; run++) {
      const a = anyExt();
      const b = anyExt();
      const product = [0n, 0n, 0n, 0n, 0n, 0n, 0n];
      a.forEach((x, i) => {
        b.forEach((y, j) => {
          product[i + j] = ((product[i + j] as bigint) + BigInt(x) * BigInt(y)) % p;
        });
      });
      const reduced = [0, 1, 2, 3].map((i) => Number(((product[i] as bigint) + 3n * (product[i + 4] ?? 0n)) % p));
      expect([...E.mul(a, b)]).toEqual(reduced);
      expect(E.equal(E.mul(a, E.inverse(a)), E.ONE)).toBe(true);
      expect(E.equal(E.timesTheta(a, 3), E.mul(a, [0, 0, 0, 1]))).toBe(true);
    }
  });
});

describe('BLAKE3', () => {
  const input = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i % 251);
  const key = utf8('whats the Elvish word for friend');

  test('is the published one', () => {
    expect(hex(hash(new Uint8Array(0)))).toBe('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262');
    expect(hex(hash(new Uint8Array(0), key))).toBe('92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26');
  });

  test.each([0, 1, 63, 64, 65, 1023, 1024, 1025, 2048, 2049, 3072, 3073, 4097, 8193, 31744])(
    'agrees with another implementation on %i bytes, keyed and extended too',
    (length) => {
      const bytes = input(length);
      expect(hex(extended(bytes)(0, 200))).toBe(hex(blake3(bytes, { dkLen: 200 })));
      expect(hex(extended(bytes, key)(7, 100))).toBe(hex(blake3(bytes, { key, dkLen: 107 }).subarray(7)));
    },
  );
});

test('the transcript is the one that protocol.md describes', () => {
  const first = blake3(utf8('provenn/transcript/1'));
  const framed = (label: string, bytes: Uint8Array): Uint8Array =>
    Uint8Array.from([0, ...first, ...u64(label.length), ...utf8(label), ...u64(bytes.length), ...bytes]);
  const second = blake3(framed('4', Uint8Array.of(9, 8, 7)));
  const stream = blake3(Uint8Array.from([1, ...second]), { dkLen: 4096 });
  const words = new DataView(stream.buffer, stream.byteOffset + 32);
  const transcript = new Transcript();
  transcript.absorb('4', Uint8Array.of(9, 8, 7));
  const draw = transcript.draw();
  const expected: number[] = [];
  for (let at = 0; expected.length < 200; at += 4) {
    const word = words.getUint32(at, true) & 0x7fffffff;
    if (word < F.P) expected.push(word);
  }
  expect(draw.elements(50).flat()).toEqual(expected);
  const positions = new Transcript().draw().positions(9, 40);
  expect(new Set(positions).size).toBe(40);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
  expect(positions.every((position) => position >= 0 && position < 512)).toBe(true);
});

test('eq and its partial sums are what they are on tables', () => {
  for (const [size, bits] of [
    [1, 0],
    [5, 3],
    [8, 3],
    [6, 3],
  ] as const) {
    const point = Array.from({ length: bits }, anyExt);
    const longer = [...Array.from({ length: bits }, anyExt), anyExt()];
    const table = eqTable(point, size);
    expect(table).toHaveLength(size);
    table.forEach((entry, i) => {
      expect(entry).toEqual(eqAt(point, i));
    });
    expect(indicator(size, point)).toEqual(table.reduce(E.add, E.ZERO));
    const weighed = table.map((entry, i) => E.mul(entry, eqAt(longer, i)));
    expect(eqBelow(size, point, longer)).toEqual(weighed.reduce(E.add, E.ZERO));
  }
  expect(hex(i32(-2))).toBe('feffffff');
});

test('a step of many runs is planned by counting them once', () => {
  const starts = Int32Array.from({ length: 8 }, (_, run) => 2 ** 26 * run + 1000 * run * run - 2 ** 28);
  const f = { starts, values: starts.map((_, run) => run % 2), high: 2 ** 28 };
  const functions = new Array<typeof f>(2 ** 15).fill(f);
  const input = { constant: 0, terms: [], accumulators: [] };
  const step = { kind: 'step' as const, name: '', box: [2 ** 15], input, functions, output: 0 };
  expect(planSteps({ gadgets: [step] } as unknown as Circuit, 10).choiceOf(step).rows).toBeGreaterThan(2 ** 15);
}, 5000);

test('rows are made one at a time: lists of all that a few bytes of key ask for would not fit in memory', () => {
  const run = { start: -5, length: 2 ** 30, value: 0 };
  const first = <T>(rows: Iterable<T>): T | undefined => {
    for (const row of rows) return row;
    return undefined;
  };
  expect(first(piecesOf(run, { h: 1 }))).toEqual({ start: -5, code: 1 });
  expect(first(intervalsOf(run, 1))).toEqual([-5, -4]);
});
