import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/support/circuits.ts';
import { ByteWriter, concatBytes } from '../base/bytes.ts';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { ProvennError } from '../base/errors.ts';
import { writeInts } from '../base/int-array.ts';
import { seal } from './envelope.ts';
import { profile, type QuantGraph } from './quant-graph.ts';
import { decodeQuantGraph, encodeQuantGraph, writeQuantGraph } from './quant-graph-codec.ts';

const graph: QuantGraph = {
  name: 'tiny',
  profile,
  inputs: [
    { name: 'x', tensor: 'x_q', dims: [1, 2], dtype: 'u8', quantization: { scale: Math.fround(0.1), zeroPoint: 3 } },
  ],
  outputs: [{ name: 'y', tensor: 'y_q', dims: [1, 3], dtype: 's8', quantization: null }],
  tensors: [
    { name: 'x_q', dtype: 'u8', dims: [1, 2] },
    { name: 'y_q', dtype: 's8', dims: [1, 3] },
  ],
  constants: new Map([
    ['w', { dtype: 's8', dims: [2, 3], data: Int32Array.of(1, -2, 3, -4, 5, -6) }],
    ['b', { dtype: 's32', dims: [3], data: Int32Array.of(100000, -100000, 0) }],
    ['scalar', { dtype: 'u8', dims: [], data: Int32Array.of(255) }],
  ]),
  nodes: [
    { name: 'mm', op: 'QGemm', inputs: ['x_q', 'w', 'b'], outputs: ['y_q'], attrs: { scales: [0.5, 1], deep: {} } },
  ],
};

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'accepted';
}

const { constants: _, ...structure } = graph;

/** A sealed model with a structure chosen by hand and no constants. */
function withText(text: string): Uint8Array {
  return seal('quantized-model', new ByteWriter().text(text).u32(0).finish());
}

describe('encodeQuantGraph and decodeQuantGraph', () => {
  it('give back the graph, constants in order, and the same bytes again', () => {
    const bytes = encodeQuantGraph(graph);
    const back = decodeQuantGraph(bytes);
    expect(back).toEqual(graph);
    expect([...back.constants.keys()]).toEqual(['w', 'b', 'scalar']);
    expect(encodeQuantGraph(back)).toEqual(bytes);
  });

  it('do not depend on the order in which keys were written', () => {
    const reversed = Object.fromEntries(Object.entries(graph).reverse()) as unknown as QuantGraph;
    expect(encodeQuantGraph(reversed)).toEqual(encodeQuantGraph(graph));
  });

  it('refuse a payload cut anywhere, and trailing bytes', () => {
    const payload = writeQuantGraph(graph);
    for (let length = 0; length < payload.length; length++)
      expect(codeOf(() => decodeQuantGraph(seal('quantized-model', payload.slice(0, length))))).toBe(
        'ARTIFACT_TAMPERED',
      );
    const longer = seal('quantized-model', concatBytes(payload, Uint8Array.of(0)));
    expect(codeOf(() => decodeQuantGraph(longer))).toBe('ARTIFACT_TAMPERED');
  });

  it.each([
    ['white space', JSON.stringify(JSON.parse(canonicalJson(structure as unknown as Json)), null, 1)],
    ['unsorted keys', JSON.stringify(structure)],
    ['a repeated key', canonicalJson(structure as unknown as Json).replace('{', '{"inputs":[],')],
    ['another spelling of a number', canonicalJson(structure as unknown as Json).replace('0.5', '5e-1')],
    ['an additional member', canonicalJson({ ...structure, extra: 1 } as unknown as Json)],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a number', '7'],
    ['an array', '[]'],
    ['a missing list', canonicalJson({ ...structure, nodes: null } as unknown as Json)],
  ])('refuse a structure with %s', (_name, text) => {
    expect(codeOf(() => decodeQuantGraph(withText(text)))).toBe('ARTIFACT_TAMPERED');
  });

  it.each([
    ['no name', '{"inputs":[],"nodes":[],"outputs":[],"profile":"p","tensors":[]}'],
    ['a number beyond float64', '{"inputs":[1e999],"name":"","nodes":[],"outputs":[],"profile":"","tensors":[]}'],
    [
      'lists nested deeper than the stack',
      `{"inputs":${'['.repeat(200_000)}${']'.repeat(200_000)},"name":"","nodes":[],"outputs":[],"profile":"","tensors":[]}`,
    ],
    ['members of another type', '{"inputs":[null],"name":7,"nodes":[1],"outputs":[{}],"profile":null,"tensors":[[]]}'],
  ])('refuse a structure with %s', (_name, text) => {
    expect(codeOf(() => decodeQuantGraph(withText(text)))).toBe('ARTIFACT_TAMPERED');
  });

  /** A model whose one constant is written by hand. */
  function withConstant(dtype: string, dims: readonly number[], values: readonly number[], times = 1): Uint8Array {
    const out = new ByteWriter().text(canonicalJson(structure as unknown as Json)).u32(times);
    for (let i = 0; i < times; i++) {
      out.text('w').text(dtype).u32(dims.length);
      for (const size of dims) out.u32(size);
      writeInts(out, values);
    }
    return seal('quantized-model', out.finish());
  }

  it('accept a constant that fills its shape, and refuse one that does not', () => {
    expect(codeOf(() => decodeQuantGraph(withConstant('u8', [2], [1, 2])))).toBe('accepted');
    expect(codeOf(() => decodeQuantGraph(withConstant('u8', [3], [1, 2])))).toBe('ARTIFACT_TAMPERED');
    expect(codeOf(() => decodeQuantGraph(withConstant('u8', [65536, 65536], [1, 2])))).toBe('ARTIFACT_TAMPERED');
  });

  it.each(['f32', '', 'toString', '__proto__'])('refuse a constant of element type %j', (dtype) => {
    expect(codeOf(() => decodeQuantGraph(withConstant(dtype, [2], [1, 2])))).toBe('ARTIFACT_TAMPERED');
  });

  it('refuse two constants of one name', () => {
    expect(codeOf(() => decodeQuantGraph(withConstant('u8', [2], [1, 2], 2)))).toBe('ARTIFACT_TAMPERED');
  });

  it('answer any damage inside a well-sealed file with a graph or a ProvennError', () => {
    const payload = writeQuantGraph(graph);
    const random = seeded(3);
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const bytes = Uint8Array.from(payload);
      for (let flips = random(1, 3); flips > 0; flips--) bytes[random(0, bytes.length - 1)] = random(0, 255);
      if (codeOf(() => decodeQuantGraph(seal('quantized-model', bytes))) !== 'accepted') refused++;
    }
    expect(refused).toBeGreaterThan(2000);
  });
});
