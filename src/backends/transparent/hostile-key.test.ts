/** Circuits that once made the verifier accept something false, or work without end: all refused before any proof. */
import { describe, expect, test } from 'vitest';
import { everyGadget, quantizer } from '../../../test/support/circuits.ts';
import type { Circuit, CircuitPort } from '../../artifact/circuit.ts';
import { profile } from '../../artifact/quant-graph.ts';
import { ProvennError } from '../../base/errors.ts';
import type { Shape } from '../../base/tensor.ts';
import { Builder, identityMap } from '../../gadgets/builder.ts';
import { makeKey } from './index.ts';
import { acceptKey } from './verifier-key.ts';

const { parameters, backend, circuit: plain } = makeKey(everyGadget().circuit);

function refusal(circuit: Circuit): string {
  try {
    acceptKey({ backend, parameters, circuit, commitments: [] });
    return '';
  } catch (error) {
    if (error instanceof ProvennError && error.code === 'KEY_REFUSED') return error.message;
    throw error;
  }
}

function port(name: string, dims: Shape, wire: number): CircuitPort {
  return { name, tensor: name, dims, dtype: 'u8', quantization: null, wire };
}

/** x and y public; whatever `state` adds between them. */
function between(sizes: Shape, state: (build: Builder, x: number, y: number) => void): Circuit {
  const build = new Builder();
  const x = build.publicWire('x', sizes, [0, 3]);
  const y = build.publicWire('y', sizes, [0, 255]);
  state(build, x, y);
  return build.finish('hostile', profile, [port('x', sizes, x)], [port('y', sizes, y)]);
}

const reads = (wire: number, sizes: Shape) => ({
  constant: 0,
  terms: [{ coefficient: 1, view: { wire, map: identityMap(sizes) } }],
  accumulators: [],
});

describe('a key is refused', () => {
  test('whose maximum subtracts an accumulator: the lookup would leave it out', () => {
    const circuit = between([4], (build, x, y) => {
      const two = build.constant('two', [1], Int32Array.of(2));
      const left = { wire: x, zero: 0, map: [{ kind: 'output' as const, axis: 0 }] };
      const right = { wire: two, zero: 0, map: [{ kind: 'fixed' as const, index: 0 }] };
      const twice = build.contract('twice', [4], [], left, right);
      build.maximum('maximum', [4], reads(x, [4]), { constant: 0, terms: [], accumulators: [twice] }, y);
    });
    expect(refusal(circuit)).toMatch(/subtracts an accumulator/);
  });

  test('whose contraction has so many variables that a batching weight would vanish', () => {
    const [shared, window] = [2 ** 12, 2 ** 17];
    const circuit = between([1], (build, x, y) => {
      const zeros = build.constant('zeros', [shared, 1], new Int32Array(shared));
      const map = [
        { kind: 'output' as const, axis: 0 },
        { kind: 'window' as const, axis: 1, reduce: 0, stride: 1, dilation: 1, pad: 0 },
      ];
      const other = [
        { kind: 'output' as const, axis: 0 },
        { kind: 'window' as const, axis: 2, reduce: 0, stride: 1, dilation: 1, pad: 0 },
      ];
      const accumulator = build.contract(
        'wide',
        [shared, 1, 1],
        [window],
        { wire: zeros, zero: 0, map },
        { wire: zeros, zero: 0, map: other },
      );
      const out = build.witness('out', [shared, 1, 1], [0, 255]);
      build.step(
        'step',
        [shared, 1, 1],
        { constant: 0, terms: [], accumulators: [accumulator] },
        [quantizer(-10, 10, 3, 9)],
        null,
        out,
      );
      build.linear('copy', [1], reads(x, [1]), y);
    });
    expect(refusal(circuit)).toMatch(/more than 2\^28 cells/);
  });

  test('whose windows cost the verifier a product of two long axes', () => {
    const circuit = between([1], (build, x, y) => {
      const one = build.constant('one', [1], Int32Array.of(1));
      const long = 2 ** 15;
      const operand = (wire: number, axis: number) => ({
        wire,
        zero: 0,
        map: [{ kind: 'window' as const, axis, reduce: 0, stride: 1, dilation: 1, pad: 0 }],
      });
      const accumulator = build.contract('windows', [long, 1], [long], operand(one, 0), operand(one, 1));
      const out = build.witness('out', [long, 1], [0, 255]);
      build.step(
        'step',
        [long, 1],
        { constant: 0, terms: [], accumulators: [accumulator] },
        [quantizer(-40000, 40000, 300, 9)],
        null,
        out,
      );
      build.linear('copy', [1], reads(x, [1]), y);
    });
    expect(refusal(circuit)).toMatch(/steps/);
  });

  test('whose shifted views bring more weights than a verifier should add up', () => {
    const [views, box] = [2 ** 10, 2 ** 15];
    const circuit = between([1], (build, x, y) => {
      const wide = build.witness('wide', [2 * box], [0, 3]);
      build.range('range', wide, 0, 3);
      const map = [{ kind: 'axis' as const, axis: 0, stride: 1, offset: 1 }];
      const terms = Array.from({ length: views }, () => ({ coefficient: 1, view: { wire: wide, map } }));
      build.linear('sum', [box], { constant: 0, terms, accumulators: [] }, build.witness('out', [box], [0, 3 * views]));
      build.linear('copy', [1], reads(x, [1]), y);
    });
    expect(refusal(circuit)).toMatch(/steps/);
  });

  test('whose constant has so short rows that folding them, reader by reader, takes long', () => {
    const sizes = [2 ** 17, 2, 3];
    const constantOf = (readers: number) =>
      between([1], (build, x, y) => {
        const wire = build.constant('rows', sizes, new Int32Array(3 * 2 ** 18));
        const map = sizes.map(() => ({ kind: 'fixed' as const, index: 0 }));
        const terms = Array.from({ length: readers }, () => ({ coefficient: 1, view: { wire, map } }));
        const out = build.witness('out', [1], [0, 0]);
        build.range('range', build.witness('some', [4], [0, 3]), 0, 3);
        build.linear('sum', [1], { constant: 0, terms, accumulators: [] }, out);
        build.linear('copy', [1], reads(x, [1]), y);
      });
    expect(refusal(constantOf(20))).not.toMatch(/steps/);
    expect(refusal(constantOf(300))).toMatch(/steps/);
  });

  test('whose expressions read without end', () => {
    const circuit = between([1], (build, x, y) => {
      const expression = reads(x, [1]);
      build.linear(
        'many',
        [1],
        {
          ...expression,
          terms: Array.from({ length: 20_000 }, () => expression.terms[0] as (typeof expression.terms)[number]),
        },
        y,
      );
    });
    expect(refusal(circuit)).toMatch(/2\^14/);
  });

  test('whose sums cancel beyond what float64 holds', () => {
    const circuit = between([1], (build, x, y) => {
      const big = build.constant('big', [1], Int32Array.of(1_000_000_000));
      const term = (coefficient: number) => ({ coefficient, view: { wire: big, map: identityMap([1]) } });
      const terms = [
        term(2_000_000_000),
        term(2_000_000_000),
        term(2_000_000_000),
        term(-2_000_000_000),
        term(-2_000_000_000),
        term(-2_000_000_000),
        ...reads(x, [1]).terms,
      ];
      build.linear('cancel', [1], { constant: 0, terms, accumulators: [] }, y);
    });
    expect(refusal(circuit)).toMatch(/float64/);
  });

  test('with an output that nothing determines', () => {
    expect(refusal(between([4], () => {}))).toMatch(/nothing determines the output y/);
  });

  test('with an output that is read before anything determines it, itself included', () => {
    const self = between([4], (build, _x, y) => build.linear('self', [4], reads(y, [4]), y));
    expect(refusal(self)).toMatch(/reads y before anything confines it/);
    const circle = between([4], (build, _x, y) => {
      const copy = build.witness('copy', [4], [0, 255]);
      build.linear('there', [4], reads(y, [4]), copy);
      build.linear('back', [4], reads(copy, [4]), y);
    });
    expect(refusal(circle)).toMatch(/reads y before anything confines it/);
    const ranged = between([4], (build, _x, y) => build.range('range', y, 0, 255));
    expect(refusal(ranged)).not.toBe('');
  });

  test('with two ports of one name, or a table that is no function', () => {
    expect(refusal({ ...plain, outputs: [...plain.outputs, ...plain.outputs] })).toMatch(/same name/);
    const tables = [{ name: 'halve', columns: [Int32Array.of(1, 1), Int32Array.of(0, 2)] }];
    expect(refusal({ ...plain, tables })).toMatch(/two values/);
  });
});
