import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyGadget, seeded } from '../../test/support/circuits.ts';
import { ByteWriter, concatBytes, toHex } from '../base/bytes.ts';
import { digest } from '../base/digest.ts';
import { ProvennError } from '../base/errors.ts';
import type { Dtype } from '../base/tensor.ts';
import type { AxisMap, Circuit, Expression, Gadget, Operand, OperandMap, StepFunction, View } from './circuit.ts';
import { circuitDigest, decodeCircuit, encodeCircuit, writeCircuit } from './circuit-codec.ts';
import { seal } from './envelope.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'accepted';
}

const u32 = fc.oneof(fc.nat(9), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const i32 = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const name = fc.string({ unit: 'binary', maxLength: 6 });
const sizes = fc.array(u32, { maxLength: 4 });
const ints = fc.array(i32, { maxLength: 6 }).map((list) => Int32Array.from(list));

const axisMap: fc.Arbitrary<AxisMap> = fc.oneof(
  fc.record({ kind: fc.constant('axis' as const), axis: u32, stride: i32, offset: i32 }),
  fc.record({ kind: fc.constant('fixed' as const), index: u32 }),
  fc.record({ kind: fc.constant('listed' as const), axes: sizes, indices: ints }),
);
const view: fc.Arbitrary<View> = fc.record({ wire: u32, map: fc.array(axisMap, { maxLength: 3 }) });
const expression: fc.Arbitrary<Expression> = fc.record({
  constant: i32,
  terms: fc.array(fc.record({ coefficient: i32, view }), { maxLength: 2 }),
  accumulators: sizes,
});
const operandMap: fc.Arbitrary<OperandMap> = fc.oneof(
  fc.record({ kind: fc.constantFrom('output' as const, 'reduce' as const), axis: u32 }),
  fc.record({ kind: fc.constant('fixed' as const), index: u32 }),
  fc.record({ kind: fc.constant('window' as const), axis: u32, reduce: u32, stride: u32, dilation: u32, pad: i32 }),
);
const operand: fc.Arbitrary<Operand> = fc.record({
  wire: u32,
  zero: i32,
  map: fc.array(operandMap, { maxLength: 3 }),
});
const step: fc.Arbitrary<StepFunction> = fc.record({ high: i32, starts: ints, values: ints });
const base = { name, box: sizes };
const gadget: fc.Arbitrary<Gadget> = fc.oneof(
  fc.record({
    kind: fc.constant('contract' as const),
    ...base,
    reduce: sizes,
    accumulator: u32,
    left: operand,
    right: operand,
  }),
  fc.record({
    kind: fc.constant('step' as const),
    ...base,
    input: expression,
    output: u32,
    classes: fc.option(view),
    functions: fc.array(step, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('table' as const),
    ...base,
    table: u32,
    inputs: fc.array(expression, { maxLength: 2 }),
    output: u32,
  }),
  fc.record({ kind: fc.constant('maximum' as const), ...base, left: expression, right: expression, output: u32 }),
  fc.record({ kind: fc.constant('range' as const), name, wire: u32, low: i32, high: i32 }),
  fc.record({ kind: fc.constant('linear' as const), ...base, input: expression, output: u32 }),
);
const interval = fc.tuple(i32, i32);
const wire = fc.oneof(
  fc.record({
    name,
    role: fc.constantFrom('witness' as const, 'public' as const),
    sizes,
    interval,
    data: fc.constant(null),
  }),
  fc.record({ name, role: fc.constant('constant' as const), sizes, interval, data: ints }),
  fc.record({
    name,
    role: fc.constant('committed' as const),
    sizes,
    interval,
    data: fc.constant(null),
    matrix: name,
  }),
);
const port = fc.record({
  name,
  tensor: name,
  dims: sizes,
  dtype: fc.constantFrom<Dtype[]>('u8', 's8', 's32', 's64'),
  quantization: fc.option(fc.record({ scale: fc.float({ noNaN: true }), zeroPoint: i32 })),
  wire: u32,
});
/** Circuits as bytes can state them; most break the rules of `checkCircuit`, which is not the codec's business. */
const circuits: fc.Arbitrary<Circuit> = fc.record({
  name,
  profile: name,
  inputs: fc.array(port, { maxLength: 2 }),
  outputs: fc.array(port, { maxLength: 2 }),
  wires: fc.array(wire, { maxLength: 3 }),
  tables: fc.array(fc.record({ name, columns: fc.array(ints, { maxLength: 3 }) }), { maxLength: 2 }),
  gadgets: fc.array(gadget, { maxLength: 4 }),
});

const small: Circuit = {
  name: 'm',
  profile: 'p/1',
  inputs: [
    {
      name: 'in',
      tensor: 't',
      dims: [2],
      dtype: 'u8',
      quantization: { scale: Math.fround(0.1), zeroPoint: -3 },
      wire: 0,
    },
  ],
  outputs: [{ name: 'out', tensor: 't', dims: [2], dtype: 's8', quantization: null, wire: 0 }],
  wires: [
    { name: 'a', role: 'public', sizes: [2], interval: [0, 255], data: null },
    { name: 'k', role: 'constant', sizes: [3], interval: [-1, 1], data: Int32Array.of(-1, 0, 1) },
  ],
  tables: [],
  gadgets: [{ kind: 'range', name: 'r', wire: 0, low: 0, high: 255 }],
};

describe('encodeCircuit and decodeCircuit', () => {
  it('give back every circuit as it was', () => {
    fc.assert(
      fc.property(circuits, (circuit) => {
        expect(decodeCircuit(encodeCircuit(circuit))).toEqual(circuit);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('give back a circuit with every gadget, and the same bytes again', () => {
    const { circuit } = everyGadget();
    const bytes = encodeCircuit(circuit);
    expect(decodeCircuit(bytes)).toEqual(circuit);
    expect(encodeCircuit(decodeCircuit(bytes))).toEqual(bytes);
  });

  it('keep the bytes of format version 1', () => {
    // Golden: a change here is a new format version.
    expect(toHex(writeCircuit(small))).toMatchInlineSnapshot(
      `"010000006d03000000702f310100000002000000696e010000007401000000020000000001cdcccc3dfdffffff0000000001000000030000006f75740100000074010000000200000001000000000002000000010000006101010000000200000000000000ff000000010000006b020100000003000000ffffffff010000000103000000ff000100000000010000000401000000720000000000000000ff000000"`,
    );
  });

  it('refuse a payload cut anywhere', () => {
    const payload = writeCircuit(everyGadget().circuit);
    for (let length = 0; length < payload.length; length++)
      expect(codeOf(() => decodeCircuit(seal('circuit', payload.slice(0, length))))).toBe('ARTIFACT_TAMPERED');
  });

  it('refuse trailing bytes', () => {
    const payload = concatBytes(writeCircuit(small), Uint8Array.of(0));
    expect(codeOf(() => decodeCircuit(seal('circuit', payload)))).toBe('ARTIFACT_TAMPERED');
  });

  it('answer any damage inside a well-sealed file with a circuit or a ProvennError', () => {
    const payload = writeCircuit(everyGadget().circuit);
    const random = seeded(7);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 2000; i++) {
      const bytes = Uint8Array.from(payload);
      for (let flips = random(1, 3); flips > 0; flips--) bytes[random(0, bytes.length - 1)] = random(0, 255);
      const outcome = codeOf(() => decodeCircuit(seal('circuit', bytes)));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].sort()).toEqual(['ARTIFACT_TAMPERED', 'accepted']);
  });

  it('whatever is accepted after damage re-encodes to the same bytes', () => {
    const payload = writeCircuit(small);
    for (let at = 0; at < payload.length; at++) {
      for (const change of [1, 2, 128]) {
        const bytes = seal(
          'circuit',
          Uint8Array.from(payload, (byte, i) => (i === at ? byte ^ change : byte)),
        );
        if (codeOf(() => decodeCircuit(bytes)) !== 'accepted') continue;
        expect(encodeCircuit(decodeCircuit(bytes))).toEqual(bytes);
      }
    }
  });
});

describe('canonical encodings', () => {
  /** The bytes of `small` up to its wires, then a constant encoded by hand. */
  function withConstant(encoded: (out: ByteWriter) => void, flag = 1): Uint8Array {
    const out = new ByteWriter().text('m').text('p/1');
    out.u32(1).text('in').text('t').u32(1).u32(2).u8(0).u8(flag).f32(0.1).i32(-3).u32(0);
    out.u32(1).text('out').text('t').u32(1).u32(2).u8(1).u8(0).u32(0);
    out.u32(2).text('a').u8(1).u32(1).u32(2).i32(0).i32(255);
    out.text('k').u8(2).u32(1).u32(3).i32(-1).i32(1);
    encoded(out);
    out.u32(0).u32(1).u8(4).text('r').u32(0).i32(0).i32(255);
    return seal('circuit', out.finish());
  }

  const shortest = (out: ByteWriter): unknown =>
    out
      .u8(1)
      .u32(3)
      .raw(Uint8Array.of(255, 0, 1));

  it('the hand-written bytes are the encoder’s', () => {
    expect(withConstant(shortest)).toEqual(encodeCircuit(small));
  });

  it.each<[string, (out: ByteWriter) => unknown]>([
    [
      '16 bits',
      (out) =>
        out
          .u8(3)
          .u32(3)
          .raw(Uint8Array.of(255, 255, 0, 0, 1, 0)),
    ],
    ['32 bits', (out) => out.u8(4).u32(3).i32(-1).i32(0).i32(1)],
    [
      'differences',
      (out) =>
        out
          .u8(5)
          .u32(3)
          .raw(Uint8Array.of(1, 2, 2)),
    ],
  ])('integers stored as %s where bytes suffice are refused', (_, encoded) => {
    expect(codeOf(() => decodeCircuit(withConstant(encoded)))).toBe('ARTIFACT_TAMPERED');
  });

  it('a flag other than 0 or 1 is refused', () => {
    expect(codeOf(() => decodeCircuit(withConstant(shortest, 2)))).toBe('ARTIFACT_TAMPERED');
  });
});

describe('circuitDigest', () => {
  it('is the hash of the payload', () => {
    expect(circuitDigest(small)).toEqual(digest(writeCircuit(small)));
  });

  it('changes with anything a circuit says', () => {
    const { circuit } = everyGadget();
    const digests = [
      circuit,
      { ...circuit, name: 'other' },
      { ...circuit, profile: 'other' },
      { ...circuit, gadgets: circuit.gadgets.slice(1) },
      { ...circuit, tables: [] },
      { ...circuit, outputs: circuit.inputs },
      everyGadget(2).circuit,
    ].map((each) => toHex(circuitDigest(each)));
    expect(new Set(digests).size).toBe(digests.length);
  });
});
