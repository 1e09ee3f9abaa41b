import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { writeModel } from '../../onnx/index.ts';
import { compareWithOnnxruntime, GraphBuilder, hasOnnxruntime } from '../laws.ts';
import { importQuantized } from './import-quantized.ts';

const u8 = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 'u8' as const });

const small = { type: 'int8', dims: [], data: Int8Array.of(3) } as const;

/** Bytes in, int32 out. */
function integerConvolution(after: (b: GraphBuilder, from: string) => string = (_, from) => from): Graph {
  const b = new GraphBuilder();
  const data = Int8Array.from({ length: 36 }, (_, i) => ((i * 37) % 120) - 60);
  const w = b.constant('w', { type: 'int8', dims: [2, 2, 3, 3], data });
  const zero = b.constant('x.zero', { type: 'uint8', dims: [], data: Uint8Array.of(7) });
  const sum = b.node('ConvInteger', ['x', w, zero, b.constant('w.zero', small)], 'sum', { pads: [1, 0, 2, 1] });
  return b.graph({ x: [1, 2, 6, 6] }, [after(b, sum)], { integers: { x: 'uint8', sum: 'int32', moved: 'int32' } });
}

function integerProduct(): Graph {
  const b = new GraphBuilder();
  const zero = b.constant('zero', { type: 'uint8', dims: [], data: Uint8Array.of(7) });
  b.node('MatMulInteger', ['a', 'b', zero, b.constant('b.zero', small)], 'sum');
  return b.graph({ a: [2, 5, 6], b: [6, 4] }, ['sum'], { integers: { a: 'uint8', b: 'int8', sum: 'int32' } });
}

function quantized(): Graph {
  const b = new GraphBuilder();
  const zero = b.constant('zero', { type: 'uint8', dims: [], data: Uint8Array.of(9) });
  const weight = { type: 'int8', dims: [6, 4], data: new Int8Array(24).fill(-5) } as const;
  b.node('MatMulInteger', [b.quantize('x', 'xq', u8(0.1, 9)), b.constant('w', weight), zero], 'sum');
  return b.graph({ x: [5, 6] }, ['sum'], { integers: { sum: 'int32' } });
}

describe('operators that return int32', () => {
  it.skipIf(!hasOnnxruntime).each([
    ['ConvInteger', () => integerConvolution(), 'ConvInteger'],
    [
      'ConvInteger, then a Transpose',
      () => integerConvolution((b, from) => b.node('Transpose', [from], 'moved', { perm: [0, 2, 3, 1] })),
      'ConvInteger Transpose',
    ],
    ['MatMulInteger of two inputs', integerProduct, 'MatMulInteger'],
    ['MatMulInteger of a quantized float', quantized, 'MatMulInteger'],
  ] as const)('%s', async (_, graph, operators) => {
    const { mismatch, elements, quant } = await compareWithOnnxruntime(writeModel(graph()), 8);
    expect(mismatch).toBeNull();
    expect(quant.nodes.map((node) => node.op).join(' ')).toBe(operators);
    expect(quant.outputs[0]?.dtype).toBe('s32');
    expect(elements).toBeGreaterThan(100);
  });
});

describe('operators that are refused for a reason of their own', () => {
  it.each(['ConvTranspose', 'ReduceMean'] as const)('%s, in floating point', (op) => {
    const b = new GraphBuilder();
    const x = b.pair('x', 'xf', u8(0.02, 120));
    const made = op === 'ReduceMean' ? [x] : [x, b.weights('w', [2, 3, 3, 3], 0.01)];
    b.pair(b.node(op, made, 'node', op === 'ReduceMean' ? { axes: [2, 3] } : {}), 'y', u8(0.1, 9));
    const graph = b.graph({ x: [1, 2, 6, 6] }, ['y']);
    expect(() => importQuantized(graph)).toThrow(/:node .*onnxruntime computes it in floating point/);
  });

  it('a scale that is computed', () => {
    const b = new GraphBuilder();
    b.node('DynamicQuantizeLinear', ['x'], 'q');
    b.node('MatMulInteger', ['q', b.constant('w', { type: 'int8', dims: [2, 2], data: new Int8Array(4) })], 'sum');
    const graph = b.graph({ x: [2, 2] }, ['sum'], { integers: { sum: 'int32' } });
    expect(() => importQuantized(graph)).toThrow(/DynamicQuantizeLinear.*scale is computed at run time/);
  });

  it('a computed zero point', () => {
    const b = new GraphBuilder();
    b.node('MatMulInteger', ['a', 'b', 'z'], 'sum');
    const graph = b.graph({ a: [2, 2], b: [2, 2], z: [] }, ['sum'], {
      integers: { a: 'uint8', b: 'int8', z: 'uint8', sum: 'int32' },
    });
    expect(() => importQuantized(graph)).toThrow(/zero point is computed at run time/);
  });
});
