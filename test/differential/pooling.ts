/** Random pooling: the largest or the mean of windows. */
import type { Emitter, RandomGraph } from './random-graph.ts';

/** Geometry of a random window over the spatial dimensions; padding smaller than the kernel. */
function windowAttributes(graph: RandomGraph, sizes: readonly number[], dilated: boolean) {
  const { random } = graph;
  const ceil = random.chance(0.3);
  const windows = sizes.map((size) => {
    const kernel = random.integer(1, Math.min(3, size));
    const stride = random.integer(1, 2);
    const dilation = dilated && random.chance(0.2) && size > 3 ? 2 : 1;
    const pads = [0, 0].map(() => (random.chance(0.4) ? random.integer(0, kernel - 1) : 0)) as [number, number];
    const room = size + pads[0] + pads[1] - ((kernel - 1) * dilation + 1);
    // A last window that would start in the padding at the end is left out by onnxruntime's kernel, but not by its shape
    // inference: such a node confuses those after it, so it is not made.
    const steps = Math.ceil(room / stride);
    const out = !ceil ? Math.floor(room / stride) + 1 : steps * stride >= size + pads[0] ? 0 : steps + 1;
    return { kernel, stride, dilation, pads, out };
  });
  return {
    spatial: windows.map(({ out }) => out),
    attributes: {
      kernel_shape: windows.map(({ kernel }) => kernel),
      strides: windows.map(({ stride }) => stride),
      pads: [...windows.map(({ pads }) => pads[0]), ...windows.map(({ pads }) => pads[1])],
      ceil_mode: ceil ? 1 : 0,
      ...(dilated ? { dilations: windows.map(({ dilation }) => dilation) } : {}),
    },
  };
}

const image = ({ dims }: { readonly dims: readonly number[] }): boolean => dims.length === 3 || dims.length === 4;

function emitMaxPool(graph: RandomGraph): boolean {
  const x = graph.pick(image);
  if (x === undefined) return false;
  const { spatial, attributes } = windowAttributes(graph, x.dims.slice(2), true);
  const dims = [...x.dims.slice(0, 2), ...spatial];
  if (!graph.fits(dims)) return false;
  const { builder } = graph;
  if (graph.spelling === 'qoperator') {
    return graph.produced(
      builder.node('MaxPool', [graph.bytes(x)], graph.fresh('q'), attributes),
      dims,
      x.quantization,
    );
  }
  const floats = builder.node('MaxPool', [graph.dequantized(x)], graph.fresh('maxpool'), attributes);
  return graph.quantized(floats, dims, x.quantization);
}

function emitAveragePool(graph: RandomGraph): boolean {
  const x = graph.pick(image);
  if (x === undefined) return false;
  const window = windowAttributes(graph, x.dims.slice(2), false);
  const attributes = { ...window.attributes, count_include_pad: graph.random.integer(0, 1) };
  const dims = [...x.dims.slice(0, 2), ...window.spatial];
  if (!graph.fits(dims)) return false;
  const y = graph.random.chance(0.4) ? x.quantization : graph.quantization(graph.spread(x) / 2);
  const { builder } = graph;
  if (graph.spelling === 'qoperator') {
    const inputs = [...graph.operands(x), ...builder.parameters(graph.fresh('p'), y)];
    const name = builder.node('QLinearAveragePool', inputs, graph.fresh('q'), attributes, 'com.microsoft');
    return graph.produced(name, dims, y);
  }
  return graph.quantized(builder.node('AveragePool', [graph.dequantized(x)], graph.fresh('avg'), attributes), dims, y);
}

function emitGlobalAveragePool(graph: RandomGraph): boolean {
  const x = graph.pick(image);
  if (x === undefined) return false;
  const dims = [...x.dims.slice(0, 2), ...x.dims.slice(2).map(() => 1)];
  const y = graph.quantization(graph.spread(x) / 2);
  const { builder } = graph;
  if (graph.spelling === 'qoperator') {
    const inputs = [...graph.operands(x), ...builder.parameters(graph.fresh('p'), y)];
    const attributes = { channels_last: 0 };
    const name = builder.node('QLinearGlobalAveragePool', inputs, graph.fresh('q'), attributes, 'com.microsoft');
    return graph.produced(name, dims, y);
  }
  return graph.quantized(builder.node('GlobalAveragePool', [graph.dequantized(x)], graph.fresh('gap')), dims, y);
}

export const poolingEmitters: readonly Emitter[] = [
  { op: 'MaxPool', emit: emitMaxPool },
  { op: 'AveragePool', emit: emitAveragePool },
  { op: 'GlobalAveragePool', emit: emitGlobalAveragePool },
];
