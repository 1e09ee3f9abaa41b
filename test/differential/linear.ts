/** Random convolutions, dense layers and matrix products. */
import { dtypeRange, type IntTensor, product, type Shape } from '../../src/base/tensor.ts';
import type { Activation, Emitter, RandomGraph } from './random-graph.ts';

const f32 = Math.fround;

type Weights = {
  readonly tensor: IntTensor;
  readonly dtype: 'u8' | 's8';
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
};

/**
 * Weights with one scale per index of `axis`, or one for all. Next to u8 activations s8 weights keep to seven bits where
 * the QLinear operators are run as they are: without VNNI pairs of products saturate beyond that.
 */
function weights(graph: RandomGraph, dims: Shape, axis: number): Weights {
  const { random } = graph;
  const dtype = graph.dtype === 'u8' && random.chance(0.3) ? 'u8' : 's8';
  const channels = random.chance(0.5) ? (dims[axis] as number) : 1;
  const narrow = dtype === 's8' && graph.dtype === 'u8' && graph.spelling === 'qoperator';
  const tensor = narrow ? random.tensor('s8', dims, -64, 64) : random.tensor(dtype, dims);
  const zero = dtype === 'u8' ? random.byte('u8') : graph.spelling === 'qoperator' && random.chance(0.1) ? 3 : 0;
  const first = random.scale(-9, -5);
  return {
    tensor,
    dtype,
    scales: random.list(channels, () => f32(first * random.scale(0, 1))),
    zeros: new Array<number>(channels).fill(zero),
  };
}

/** int32 in units of the accumulator, now and then so large that it saturates the output. */
function biasIntegers(graph: RandomGraph, count: number, terms: number): readonly number[] {
  const size = graph.random.chance(0.05) ? 2 ** 27 : 4000 * terms;
  return graph.random.list(count, () => graph.random.integer(-size, size));
}

function outputQuantization(graph: RandomGraph, x: Activation, w: Weights, terms: number) {
  const byte = dtypeRange[w.dtype][1] / 2;
  return graph.quantization(graph.spread(x) * byte * Math.max(...w.scales) * Math.sqrt(terms));
}

/** Operand names of the weights behind a DequantizeLinear. */
function floatWeights(graph: RandomGraph, w: Weights, axis: number): string {
  const shape = w.zeros.length === 1 ? [] : [w.zeros.length];
  const inputs = [
    graph.integers(w.dtype, w.tensor.dims, w.tensor.data),
    graph.scales(w.scales),
    graph.integers(w.dtype, shape, w.zeros),
  ];
  return graph.builder.node('DequantizeLinear', inputs, graph.fresh('w'), w.zeros.length === 1 ? {} : { axis });
}

function integerWeights(graph: RandomGraph, w: Weights): readonly string[] {
  const shape = w.zeros.length === 1 ? [] : [w.zeros.length];
  return [
    graph.integers(w.dtype, w.tensor.dims, w.tensor.data),
    graph.scales(w.scales),
    graph.integers(w.dtype, shape, w.zeros),
  ];
}

function floatBias(graph: RandomGraph, x: Activation, w: Weights, integers: readonly number[]): string {
  const scales = w.scales.map((scale) => f32(x.quantization.scale * scale));
  const shape = scales.length === 1 ? [] : [scales.length];
  const inputs = [
    graph.integers('s32', [integers.length], integers),
    graph.scales(scales),
    graph.integers('s32', shape, new Array<number>(scales.length).fill(0)),
  ];
  return graph.builder.node('DequantizeLinear', inputs, graph.fresh('b'), scales.length === 1 ? {} : { axis: 0 });
}

/** One window dimension: how it is set and how many positions it leaves. */
function windowOf(graph: RandomGraph, size: number) {
  const { random } = graph;
  const kernel = random.integer(1, Math.min(4, size));
  const dilation = random.chance(0.2) ? 2 : 1;
  const stride = random.chance(0.4) ? 2 : 1;
  const reach = (kernel - 1) * dilation + 1;
  const pads = [0, 0].map(() => (random.chance(0.5) ? random.integer(0, kernel - 1) : 0)) as [number, number];
  const out = Math.floor((size + pads[0] + pads[1] - reach) / stride) + 1;
  return { kernel, dilation, stride, pads, out };
}

function emitConvolution(graph: RandomGraph): boolean {
  const x = graph.pick(({ dims }) => dims.length === 3 || dims.length === 4);
  if (x === undefined) return false;
  const { random, builder } = graph;
  const [batch, channels, ...sizes] = x.dims as [number, number, ...number[]];
  const group = random.pick([1, 1, channels, ...(channels % 2 === 0 ? [2] : [])]);
  const outputs = group * random.integer(1, group === 1 ? 6 : 2);
  const windows = sizes.map((size) => windowOf(graph, size));
  const same = random.pick(['', '', '', 'SAME_UPPER', 'SAME_LOWER', 'VALID']);
  if (same.startsWith('SAME') && windows.some(({ dilation }) => dilation > 1)) return false;
  const spatial = windows.map(({ out, stride, kernel, dilation }, i) => {
    const size = sizes[i] as number;
    if (same === '') return out;
    return same === 'VALID' ? Math.floor((size - (kernel - 1) * dilation - 1) / stride) + 1 : Math.ceil(size / stride);
  });
  const dims = [batch, outputs, ...spatial];
  if (!graph.fits(dims)) return false;
  const w = weights(graph, [outputs, channels / group, ...windows.map(({ kernel }) => kernel)], 0);
  const terms = product(w.tensor.dims.slice(1));
  const y = outputQuantization(graph, x, w, terms);
  const bias = random.chance(0.7) ? biasIntegers(graph, outputs, terms) : null;
  const attributes = {
    kernel_shape: windows.map(({ kernel }) => kernel),
    strides: windows.map(({ stride }) => stride),
    dilations: windows.map(({ dilation }) => dilation),
    group,
    ...(same === ''
      ? { pads: [...windows.map(({ pads }) => pads[0]), ...windows.map(({ pads }) => pads[1])] }
      : { auto_pad: same }),
  };
  if (graph.spelling === 'qoperator') {
    const inputs = [...graph.operands(x), ...integerWeights(graph, w), ...builder.parameters(graph.fresh('p'), y)];
    if (bias !== null) inputs.push(graph.integers('s32', [outputs], bias));
    return graph.produced(builder.node('QLinearConv', inputs, graph.fresh('q'), attributes), dims, y);
  }
  const inputs = [graph.dequantized(x), floatWeights(graph, w, 0)];
  if (bias !== null) inputs.push(floatBias(graph, x, w, bias));
  return graph.fused(builder.node('Conv', inputs, graph.fresh('conv'), attributes), dims, y);
}

function emitDense(graph: RandomGraph): boolean {
  const x = graph.pick(({ dims }) => dims.length === 2);
  if (x === undefined) return false;
  const { random, builder } = graph;
  const [rows, terms] = x.dims as [number, number];
  const columns = random.integer(1, 9);
  const transB = random.chance(0.5);
  const axis = transB ? 0 : 1;
  const w = weights(graph, transB ? [columns, terms] : [terms, columns], axis);
  const y = outputQuantization(graph, x, w, terms);
  const bias = random.chance(0.7) ? biasIntegers(graph, columns, terms) : null;
  const dims = [rows, columns];
  if (graph.spelling === 'qoperator') {
    const inputs = [...graph.operands(x), ...integerWeights(graph, w)];
    inputs.push(bias === null ? '' : graph.integers('s32', [columns], bias));
    inputs.push(...builder.parameters(graph.fresh('p'), y));
    const attributes = { transB: transB ? 1 : 0, alpha: { float: random.pick([1, 1, 0.75]) } };
    return graph.produced(builder.node('QGemm', inputs, graph.fresh('q'), attributes, 'com.microsoft'), dims, y);
  }
  const inputs = [graph.dequantized(x), floatWeights(graph, w, axis)];
  if (bias !== null) inputs.push(floatBias(graph, x, w, bias));
  return graph.fused(builder.node('Gemm', inputs, graph.fresh('gemm'), { transB: transB ? 1 : 0 }), dims, y);
}

function emitMatMul(graph: RandomGraph): boolean {
  const x = graph.pick(({ dims }) => dims.length >= 2);
  if (x === undefined) return false;
  const { random, builder } = graph;
  const terms = x.dims.at(-1) as number;
  const columns = random.integer(1, 9);
  const dims = [...x.dims.slice(0, -1), columns];
  if (!graph.fits(dims)) return false;
  const w = weights(graph, [terms, columns], 1);
  const y = outputQuantization(graph, x, w, terms);
  if (graph.spelling === 'qoperator') {
    const inputs = [...graph.operands(x), ...integerWeights(graph, w), ...builder.parameters(graph.fresh('p'), y)];
    return graph.produced(builder.node('QLinearMatMul', inputs, graph.fresh('q')), dims, y);
  }
  const inputs = [graph.dequantized(x), floatWeights(graph, w, 1)];
  return graph.fused(builder.node('MatMul', inputs, graph.fresh('matmul')), dims, y);
}

/** A product of two activations, as in attention. */
function emitActivationProduct(graph: RandomGraph): boolean {
  const a = graph.pick(({ dims }) => dims.length >= 2);
  if (a === undefined) return false;
  const b = graph.pick(({ dims }) => dims.length >= 2 && dims.at(-2) === a.dims.at(-1) && sameBatch(a.dims, dims));
  if (b === undefined) return false;
  const dims = [...a.dims.slice(0, -1), b.dims.at(-1) as number];
  if (!graph.fits(dims)) return false;
  const terms = a.dims.at(-1) as number;
  const y = graph.quantization((graph.spread(a) * graph.spread(b) * Math.sqrt(terms)) / 3);
  const { builder } = graph;
  if (graph.spelling === 'qoperator') {
    const inputs = [...graph.operands(a), ...graph.operands(b), ...builder.parameters(graph.fresh('p'), y)];
    return graph.produced(builder.node('QLinearMatMul', inputs, graph.fresh('q')), dims, y);
  }
  const inputs = [graph.dequantized(a), graph.dequantized(b)];
  return graph.fused(builder.node('MatMul', inputs, graph.fresh('matmul')), dims, y);
}

function sameBatch(a: Shape, b: Shape): boolean {
  return a.slice(0, -2).join() === b.slice(0, -2).join();
}

export const linearEmitters: readonly Emitter[] = [
  { op: 'Conv', emit: emitConvolution },
  { op: 'Gemm', emit: emitDense },
  { op: 'MatMul', emit: emitMatMul },
  { op: 'MatMul of activations', emit: emitActivationProduct },
];
