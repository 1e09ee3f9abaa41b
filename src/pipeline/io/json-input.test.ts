import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Port } from '../../artifact/quant-graph.ts';
import { utf8 } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { bindArrays } from './bind.ts';
import { decodeInputFile } from './input-file.ts';
import { arraysJson, topClass } from './result.ts';

const floatPort: Port = {
  name: 'x',
  tensor: 'x_q',
  dims: [1, 3],
  dtype: 'u8',
  quantization: { scale: 0.5, zeroPoint: 3 },
};
const bytePort: Port = { name: 'b', tensor: 'b', dims: [2], dtype: 's8', quantization: null };

function refusal(act: () => unknown): ProvennError | null {
  try {
    act();
  } catch (error) {
    if (error instanceof ProvennError) return error;
    throw error;
  }
  return null;
}

const read = (text: string): ReturnType<typeof decodeInputFile> => decodeInputFile(utf8(text), { where: 'in.json' });
const bind = (document: unknown, ports: readonly Port[]): ReturnType<typeof bindArrays> =>
  bindArrays(read(JSON.stringify(document)), ports, 'in.json');
const x = (type: string, data: unknown, more: object = {}): object => ({
  inputs: { x: { dims: [1, 3], type, data, ...more } },
});

describe('JSON inputs', () => {
  it('reads floats by name, rounded once to float32', () => {
    const value = bind(x('float32', [0.1, -2, 3e-5]), [floatPort]).get('x');
    expect(value).toEqual({ kind: 'floats', values: Float32Array.of(0.1, -2, 3e-5) });
  });

  it('reads the ezkl spelling in port order', () => {
    const values = bind(
      {
        input_data: [
          [1, 2, 3],
          [-4, 5],
        ],
      },
      [floatPort, bytePort],
    );
    expect(values.get('x')).toEqual({ kind: 'floats', values: Float32Array.of(1, 2, 3) });
    expect(values.get('b')).toMatchObject({ kind: 'integers', tensor: { dtype: 's8', data: Int32Array.of(-4, 5) } });
  });

  it('takes integers for a float port only when they are declared quantized', () => {
    expect(refusal(() => bind(x('uint8', [1, 2, 3]), [floatPort]))?.code).toBe('INPUT_MISMATCH');
    expect(bind(x('uint8', [1, 2, 3], { quantized: true }), [floatPort]).get('x')).toMatchObject({ kind: 'integers' });
    expect(refusal(() => bind(x('int8', [1, 2, 3], { quantized: true }), [floatPort]))?.code).toBe('INPUT_MISMATCH');
  });

  it.each([
    ['NaN as a word', '{"input_data":[[NaN,1,2]]}'],
    ['Infinity as a word', '{"input_data":[[-Infinity,1,2]]}'],
    ['a number beyond float64', '{"input_data":[[1e999,1,2]]}'],
    ['null', '{"input_data":[[null,1,2]]}'],
    ['nested lists', '{"input_data":[[[1,2,3]]]}'],
    ['another shape of document', '[[1,2,3]]'],
    ['no inputs', '{"schemaVersion":1}'],
    ['text after the end', '{"input_data":[[1,2,3]]} x'],
    ['truncation', '{"input_data":[[1,2,3'],
    ['deep nesting', `${'['.repeat(100000)}`],
    ['an unknown key', '{"inputs":{"x":{"dims":[3],"type":"float32","data":[1,2,3],"shape":[3]}}}'],
    ['a wrong count', '{"inputs":{"x":{"dims":[4],"type":"float32","data":[1,2,3]}}}'],
    ['negative dims', '{"inputs":{"x":{"dims":[-3,-1],"type":"float32","data":[1,2,3]}}}'],
    ['an unknown type', '{"inputs":{"x":{"dims":[3],"type":"bfloat16","data":[1,2,3]}}}'],
    ['a byte out of range', '{"inputs":{"x":{"dims":[3],"type":"uint8","data":[1,2,256]}}}'],
    ['a fractional byte', '{"inputs":{"x":{"dims":[3],"type":"uint8","data":[1,2,2.5]}}}'],
    ['quantized floats', '{"inputs":{"x":{"dims":[3],"type":"float32","data":[1,2,3],"quantized":true}}}'],
    ['nothing at all', ''],
  ])('refuses %s', (_, text) => {
    const error = refusal(() => read(text));
    expect(error?.code).toBe('FILE_MALFORMED');
    expect(error?.next).toBeTruthy();
  });

  it('treats __proto__ as an ordinary name', () => {
    const arrays = read('{"inputs":{"__proto__":{"dims":[1],"type":"float32","data":[1]}}}');
    expect(arrays.map((array) => array.name)).toEqual(['__proto__']);
    expect(refusal(() => read('{"__proto__":{"input_data":[[1]]}}'))?.code).toBe('FILE_MALFORMED');
    expect(({} as { readonly dims?: unknown }).dims).toBeUndefined();
  });

  it('refuses a shape of absurd size before reading its values', () => {
    const text = '{"inputs":{"x":{"dims":[1000000,1000000],"type":"float32","data":[1]}}}';
    expect(refusal(() => read(text))?.code).toBe('RESOURCE_LIMIT');
  });

  it('never fails in any other way, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const error = refusal(() => bindArrays(read(`{"inputs":${text}}`), [floatPort], 'in.json'));
        expect(['FILE_MALFORMED', 'INPUT_MISMATCH']).toContain(error?.code);
      }),
    );
  });
});

describe('bindArrays', () => {
  it.each([
    ['an unknown name', { inputs: { y: { dims: [1, 3], type: 'float32', data: [1, 2, 3] } } }],
    ['nothing', { inputs: {} }],
    ['another shape', { inputs: { x: { dims: [3], type: 'float32', data: [1, 2, 3] } } }],
    ['too many lists', { input_data: [[1, 2, 3], [4]] }],
    ['too few values', { input_data: [[1, 2]] }],
    ['a number beyond float32', { input_data: [[1, 2, 1e39]] }],
  ])('refuses %s and names the port', (_, document) => {
    const error = refusal(() => bind(document, [floatPort]));
    expect(error?.code).toBe('INPUT_MISMATCH');
    expect(`${error?.message} ${error?.next}`).toContain('"x"');
  });

  it('checks the range of integer ports', () => {
    expect(refusal(() => bind({ input_data: [[1, 128]] }, [bytePort]))?.code).toBe('INPUT_MISMATCH');
    expect(refusal(() => bind({ input_data: [[1, 0.5]] }, [bytePort]))?.code).toBe('INPUT_MISMATCH');
  });
});

describe('results', () => {
  const result = { port: floatPort, integers: Int32Array.of(3, 9, 9), values: Float32Array.of(0, 0.1, 0.1) };

  it('can be read back to the same float32 values', () => {
    const text = JSON.stringify({ outputs: arraysJson([result]) });
    const arrays = decodeInputFile(utf8(text), { where: 'out.json', member: 'outputs' });
    expect(arrays[0]?.values).toEqual(result.values);
  });

  it('takes the class that the network itself names', () => {
    const port = { name: 'label', tensor: 'l', dims: [1], dtype: 's64', quantization: null } as const;
    const label = { port, integers: Int32Array.of(2), values: null };
    expect(topClass(label, ['a', 'b', 'c'])).toEqual({ output: 'label', index: 2, label: 'c', score: null });
    expect(topClass(label, ['a', 'b'])).toBeNull();
    const two = { ...label, port: { ...port, dims: [2] }, integers: Int32Array.of(2, 1) };
    expect(topClass(two, null)).toBeNull();
  });

  it('names the first of the highest scores', () => {
    expect(topClass(result, ['a', 'b', 'c'])).toEqual({ output: 'x', index: 1, label: 'b', score: Math.fround(0.1) });
    expect(topClass(result, ['a', 'b'])).toBeNull();
    expect(topClass({ ...result, port: { ...floatPort, dims: [3, 1] } }, null)).toBeNull();
  });
});
