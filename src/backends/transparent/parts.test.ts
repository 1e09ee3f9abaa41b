/** The parts of the protocol against naive definitions. */
import { describe, expect, test } from 'vitest';
import { complete, everyGadget, seeded } from '../../../test/support/circuits.ts';
import { concatBytes, utf8 } from '../../base/bytes.ts';
import { digest } from '../../base/digest.ts';
import { add, at, type Ext, equal, inverse, multiply, one, scale, subtract, zero } from '../../base/extension.ts';
import { add as addBase, mul, P, pow, rootOfUnity } from '../../base/field.ts';
import { violations } from '../../gadgets/evaluate.ts';
import { runEnd } from '../../gadgets/step.ts';
import { transform, twiddles } from './code.ts';
import { chooseParameters } from './config.ts';
import { addForms, constantForm, multiplyForms, scaleForm, subtractForms } from './forms.ts';
import { pieceOf, piecesOf } from './gadgets/pieces.ts';
import { acceptKey, makeKey } from './index.ts';
import { stack } from './instances.ts';
import {
  type Kernel,
  kernelAt,
  kernelSum,
  kernelVector,
  publicInnerProduct,
  splitPoint,
  viewKernels,
} from './kernel-vectors.ts';
import { addressOf, forEachRun, layOut, paddedBits } from './layout.ts';
import { lower } from './lower.ts';
import { buildTree, checkMultiproof, multiproof, multiproofLength, rootOf } from './merkle.ts';
import { boxTruncated, eqIndex, eqPoints, eqTable, eqTruncated, interpolate } from './polynomials.ts';
import { Transcript } from './transcript.ts';

const random = seeded(11);
const element = (): Ext => [random(0, P - 1), random(0, P - 1), random(0, P - 1), random(0, P - 1)];
const point = (bits: number): Ext[] => Array.from({ length: bits }, element);
const sum = (values: readonly Ext[]): Ext => values.reduce((total, value) => add(total, value), zero);

describe('multilinear tools', () => {
  test.each([0, 1, 3, 5])('the eq table of %i variables is eq at every index, and sums to one', (bits) => {
    const r = point(bits);
    const table = eqTable(r);
    const values = Array.from({ length: 2 ** bits }, (_, x) => at(table, x));
    values.forEach((value, x) => expect(value).toEqual(eqIndex(r, x)));
    expect(sum(values)).toEqual(one);
  });

  test('truncated sums agree with sums over the table for every size', () => {
    const [a, b] = [point(4), point(4)];
    const [left, right] = [eqTable(a), eqTable(b)];
    for (let size = 1; size <= 16; size++) {
      const indices = Array.from({ length: size }, (_, i) => i);
      expect(eqTruncated(a, b, size)).toEqual(sum(indices.map((i) => multiply(at(left, i), at(right, i)))));
      expect(boxTruncated(a, size)).toEqual(sum(indices.map((i) => at(left, i))));
    }
    expect(eqTruncated(a, b, 16)).toEqual(eqPoints(a, b));
  });

  test('interpolation recovers a cubic', () => {
    const coefficients = point(4);
    const value = (x: Ext): Ext => coefficients.reduceRight((total, c) => add(multiply(total, x), c), zero);
    const x = element();
    const inverses = (n: number): number => pow(n < 0 ? n + P : n, P - 2);
    expect(
      interpolate(
        [0, 1, 2, 3].map((i) => value([i, 0, 0, 0])),
        x,
        inverses,
      ),
    ).toEqual(value(x));
  });
});

describe('claim vectors', () => {
  const kernels: readonly (readonly [string, Kernel])[] = [
    ['eq over a whole box', { kind: 'eq', point: point(3), count: 8 }],
    ['eq over part of a box', { kind: 'eq', point: point(3), count: 5 }],
    ['a single index', { kind: 'point', index: 4 }],
    ['any weights', { kind: 'vector', values: Uint32Array.from({ length: 24 }, () => random(0, P - 1)) }],
  ];

  test.each(kernels)('%s: extension and sum are those of the vector', (_name, kernel) => {
    const size = 6;
    const values = kernelVector(kernel, size);
    const r = point(3);
    const weights = eqTable(r);
    const indices = Array.from({ length: size }, (_, i) => i);
    expect(kernelAt(kernel, size, r)).toEqual(sum(indices.map((i) => multiply(at(values, i), at(weights, i)))));
    expect(kernelSum(kernel, size)).toEqual(sum(indices.map((i) => at(values, i))));
  });

  test('a strided, shifted, fixed and broadcast view is the extension of what it reads', () => {
    const sizes = [3, 5, 4];
    const data = Int32Array.from({ length: 60 }, () => random(-200, 200));
    const box = [2, 3, 4];
    const view = {
      wire: 0,
      map: [
        { kind: 'fixed' as const, index: 2 },
        { kind: 'axis' as const, axis: 1, stride: 2, offset: -1 },
        { kind: 'axis' as const, axis: 2, stride: 1, offset: 1 },
      ],
    };
    const r = point(1 + 2 + 2);
    const parts = splitPoint(r, box);
    const { factor, kernels: found } = viewKernels(view, sizes, box, parts);
    let expected = zero;
    for (let a = 0; a < 2; a++)
      for (let b = 0; b < 3; b++)
        for (let c = 0; c < 4; c++) {
          const [y, x] = [2 * b - 1, c + 1];
          const inside = y >= 0 && y < 5 && x < 4;
          const value = inside ? (data[2 * 20 + y * 4 + x] as number) : 0;
          const weight = multiply(
            eqIndex(parts[0] as Ext[], a),
            multiply(eqIndex(parts[1] as Ext[], b), eqIndex(parts[2] as Ext[], c)),
          );
          expected = add(expected, scale(weight, value < 0 ? value + P : value));
        }
    expect(multiply(factor, publicInnerProduct(data, sizes, found))).toEqual(expected);
  });
});

describe('the code', () => {
  test('transforms coefficients into values at the powers of the root', () => {
    const log = 4;
    const coefficients = Array.from({ length: 16 }, () => random(0, P - 1));
    const values = Uint32Array.from(coefficients);
    transform(values, log, twiddles(log));
    for (let j = 0; j < 16; j++) {
      const x = pow(rootOfUnity(log), j);
      expect(values[j]).toBe(coefficients.reduceRight((total, c) => addBase(mul(total, x), c), 0));
    }
  });
});

describe('the Merkle tree', () => {
  const leaves = Array.from({ length: 32 }, (_, i) => digest(Uint8Array.of(i)));
  const tree = buildTree(concatBytes(...leaves));

  test('opens any set of positions, and no digest can be changed, left out or added', () => {
    for (let run = 0; run < 20; run++) {
      const positions = [...new Set(Array.from({ length: random(1, 12) }, () => random(0, 31)))].sort((a, b) => a - b);
      const opened = positions.map((position) => leaves[position] as Uint8Array);
      const digests = multiproof(tree, positions);
      const check = (list: readonly Uint8Array[], values = opened): boolean =>
        checkMultiproof(rootOf(tree), 5, positions, values, list);
      expect(digests.length).toBe(multiproofLength(positions, 5));
      expect(check(digests)).toBe(true);
      expect(check([...digests, digest(utf8('x'))])).toBe(false);
      expect(check(digests, [digest(utf8('x')), ...opened.slice(1)])).toBe(false);
      digests.forEach((_, i) => {
        expect(check(digests.filter((__, k) => k !== i))).toBe(false);
        expect(check(digests.map((value, k) => (k === i ? digest(value) : value)))).toBe(false);
      });
    }
  });
});

describe('the transcript', () => {
  const drawn = (absorb: (transcript: Transcript) => void): Ext => {
    const transcript = new Transcript();
    absorb(transcript);
    return transcript.drawOne();
  };

  test('depends on labels, on lengths and on order', () => {
    const a = drawn((t) => t.absorb('a', utf8('bc')));
    expect(drawn((t) => t.absorb('a', utf8('bc')))).toEqual(a);
    expect(drawn((t) => t.absorb('ab', utf8('c')))).not.toEqual(a);
    expect(drawn((t) => t.absorb('a', utf8('b')))).not.toEqual(a);
    const ab = drawn((t) => {
      t.absorb('x', utf8('1'));
      t.absorb('x', utf8('2'));
    });
    const ba = drawn((t) => {
      t.absorb('x', utf8('2'));
      t.absorb('x', utf8('1'));
    });
    expect(ab).not.toEqual(ba);
  });

  test('two draws differ, and a draw of two is not two draws', () => {
    const transcript = new Transcript();
    const first = transcript.drawOne();
    expect(transcript.drawOne()).not.toEqual(first);
    const both = new Transcript().draw(2);
    expect(both[0]).toEqual(first);
  });

  test('positions are distinct, increasing and in range', () => {
    const positions = new Transcript().positions(500, 10);
    expect(new Set(positions).size).toBe(500);
    expect([...positions].sort((a, b) => a - b)).toEqual(positions);
    expect(positions.every((position) => position >= 0 && position < 1024)).toBe(true);
  });

  test('work found is work accepted, and bound to the state', () => {
    const prover = new Transcript();
    const nonce = prover.grind(10);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(nonce), true);
    const verifier = new Transcript();
    expect(verifier.checkNonce(bytes, 10)).toBe(true);
    expect(verifier.drawOne()).toEqual(prover.drawOne());
    const others = Array.from({ length: 20 }, (_, i) => {
      const transcript = new Transcript();
      transcript.absorb('other', Uint8Array.of(i));
      return transcript.checkNonce(bytes, 10);
    });
    expect(others.filter(Boolean).length).toBeLessThan(3);
  });
});

describe('forms', () => {
  test('compute with masked values: the product of two messages is their product under every choice of pads', () => {
    const [x, y, pad, other] = [element(), element(), element(), element()];
    const left = { constant: subtract(x, pad), pads: new Map([[0, one]]) };
    const right = { constant: subtract(y, other), pads: new Map([[1, one]]) };
    const values = new Map([
      [0, pad],
      [1, other],
      [7, multiply(pad, other)],
    ]);
    const evaluate = (form: typeof left): Ext =>
      [...form.pads].reduce(
        (total, [id, weight]) => add(total, multiply(weight, values.get(id) as Ext)),
        form.constant,
      );
    expect(evaluate(multiplyForms(left, right, 7) as typeof left)).toEqual(multiply(x, y));
    expect(evaluate(subtractForms(addForms(left, right), scaleForm(left, y)) as typeof left)).toEqual(
      subtract(add(x, y), multiply(x, y)),
    );
    expect(multiplyForms(constantForm(x), constantForm(y), 7)).toEqual(constantForm(multiply(x, y)));
  });
});

describe('pieces of a run', () => {
  test('cover it, stay inside it, and hold every integer where they are said to', () => {
    for (const length of [1, 2, 3, 7, 8, 9, 63, 64, 65, 127, 500]) {
      for (const bits of [1, 3, 5]) {
        const start = random(-1000, 1000);
        const pieces = piecesOf(start, length, bits);
        for (const { start: from, width } of pieces) {
          expect(width).toBeLessThanOrEqual(bits);
          expect(from).toBeGreaterThanOrEqual(start);
          expect(from + 2 ** width).toBeLessThanOrEqual(start + length);
        }
        for (let x = start; x < start + length; x++) {
          const piece = pieceOf(start, length, bits, x);
          expect(pieces).toContainEqual(piece);
          expect(x >= piece.start && x < piece.start + 2 ** piece.width).toBe(true);
        }
      }
    }
  });
});

describe('a system', () => {
  const { circuit, inputs } = everyGadget(3);
  const key = acceptKey(makeKey(circuit));

  test('places tensors aligned, apart, on stored rows only', () => {
    const layout = layOut(key.system, 9);
    const used = new Map<number, number>();
    key.system.tensors.forEach((tensor, id) => {
      if (tensor.kind !== 'committed') return;
      const address = addressOf(layout, id);
      expect(address % 2 ** paddedBits(tensor.sizes)).toBe(0);
      forEachRun(tensor.sizes, (_cell, offset, length) => {
        for (let i = 0; i < length; i++) {
          expect(used.has(address + offset + i)).toBe(false);
          used.set(address + offset + i, id);
          expect(layout.rows.includes(Math.floor((address + offset + i) / 512))).toBe(true);
        }
      });
    });
  });

  test('stacks its instances aligned and apart', () => {
    const { instances, logLeaves } = stack(key.system);
    const ranges = instances
      .map(({ address, bits }) => [address, address + 2 ** bits] as const)
      .sort((a, b) => a[0] - b[0]);
    instances.forEach(({ address, bits }) => expect(address % 2 ** bits).toBe(0));
    ranges.forEach(([from], i) => expect(from).toBeGreaterThanOrEqual(ranges[i - 1]?.[1] ?? 0));
    expect(ranges.at(-1)?.[1]).toBeLessThanOrEqual(2 ** logLeaves);
  });

  test('has the soundness its parameters give, and less with fewer queries', () => {
    expect(key.soundness.bits).toBeGreaterThanOrEqual(100);
    expect(key.soundness.terms.every((term) => term.bits >= key.soundness.bits)).toBe(true);
    expect(chooseParameters(lower(circuit, key.parameters.pieceBits), { budget: 1 })).toEqual(key.parameters);
  });

  test('finds every single forged cell of an honest witness', () => {
    const witness = complete(circuit, inputs);
    circuit.gadgets.forEach((gadget) => {
      if (!('output' in gadget)) return;
      const wires = witness.wires.map((values) => Float64Array.from(values));
      (wires[gadget.output] as Float64Array)[0]! += 1;
      expect(violations(circuit, { wires }).length).toBeGreaterThan(0);
      if (gadget.kind === 'step')
        for (const step of gadget.functions) expect(runEnd(step, step.starts.length - 1)).toBe(step.high + 1);
    });
  });
});

test('an element times its inverse is one', () => {
  for (let i = 0; i < 20; i++) {
    const x = element();
    expect(equal(multiply(x, inverse(x)), one)).toBe(true);
  }
});
