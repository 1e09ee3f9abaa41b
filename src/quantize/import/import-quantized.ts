/** int8 ONNX (QOperator or QDQ) → QuantGraph: the integers onnxruntime computes, in one vocabulary. */
import type { Graph, GraphNode, ValueInfo } from '../../artifact/graph.ts';
import type { QuantGraph } from '../../artifact/quant-graph.ts';
import { ProvennError } from '../../base/errors.ts';
import type { Shape } from '../../base/tensor.ts';
import { refuse } from '../refusal.ts';
import { importCast } from './casting.ts';
import { importConcat, importQLinearConcat } from './concat.ts';
import { type Context, openContext } from './context.ts';
import { elementwiseImporters } from './elementwise.ts';
import { importArgExtreme, importTopK } from './extremes.ts';
import { importConv, importGemm, importMatMul } from './float-operators.ts';
import { importConvInteger, importMatMulInteger, refusals } from './integer-operators.ts';
import { movementNames } from './movement.ts';
import { importMovement, importSplit } from './moving.ts';
import {
  importAveragePool,
  importGlobalAveragePool,
  importQLinearAveragePool,
  importQLinearGlobalAveragePool,
} from './pooling.ts';
import {
  importQGemm,
  importQLinearBinary,
  importQLinearConv,
  importQLinearMatMul,
  importQLinearUnary,
} from './qoperator.ts';
import { importDequantizeLinear, importQuantizeLinear } from './quantize-linear.ts';
import { emitBooleans } from './tabulate.ts';
import { type ByteFunction, isFunction, type PairFunction, type Value } from './values.ts';

type Importer = (context: Context, node: GraphNode) => void;

/** By `domain:op`; the default domain has no prefix. */
const importers: ReadonlyMap<string, Importer> = new Map<string, Importer>([
  ['QuantizeLinear', importQuantizeLinear],
  ['DequantizeLinear', importDequantizeLinear],
  ['com.microsoft:QuantizeLinear', importQuantizeLinear],
  ['com.microsoft:DequantizeLinear', importDequantizeLinear],
  ['QLinearConv', importQLinearConv],
  ['QLinearMatMul', importQLinearMatMul],
  ['com.microsoft:QGemm', importQGemm],
  ['com.microsoft:QLinearAdd', importQLinearBinary('QLinearAdd')],
  ['com.microsoft:QLinearMul', importQLinearBinary('QLinearMul')],
  ['com.microsoft:QLinearSigmoid', importQLinearUnary('Sigmoid')],
  ['com.microsoft:QLinearLeakyRelu', importQLinearUnary('LeakyRelu')],
  ['ConvInteger', importConvInteger],
  ['MatMulInteger', importMatMulInteger],
  ['Conv', importConv],
  ['Gemm', importGemm],
  ['MatMul', importMatMul],
  ['com.microsoft:QLinearAveragePool', importQLinearAveragePool],
  ['com.microsoft:QLinearGlobalAveragePool', importQLinearGlobalAveragePool],
  ['AveragePool', importAveragePool],
  ['GlobalAveragePool', importGlobalAveragePool],
  ...elementwiseImporters,
  ['Concat', importConcat],
  ['com.microsoft:QLinearConcat', importQLinearConcat],
  ['Split', importSplit],
  ['Cast', importCast],
  ['ArgMax', importArgExtreme(false)],
  ['ArgMin', importArgExtreme(true)],
  ['TopK', importTopK],
  ...movementNames.map((name): [string, Importer] => [name, importMovement]),
]);

/**
 * Normalises an int8 model. Every dimension must be a number (bind symbolic ones when the model is read).
 *
 * Throws `MODEL_UNSUPPORTED` naming the node, its operator and what would make it supported, and `MODEL_INVALID` for a
 * graph that breaks a rule of ONNX. Tensors that exist in the model keep their names.
 */
export function importQuantized(graph: Graph): QuantGraph {
  checkOperators(graph);
  const context = openContext(graph);
  for (const input of graph.inputs) context.values.set(input.name, inputValue(context, input));
  for (const node of graph.nodes) importerOf(node)(context, node);
  for (const output of graph.outputs) exportOutput(context, output.name);
  for (const { name } of graph.inputs) {
    if (!context.network.hasInput(name))
      throw unsupportedPort('input', name, 'is never quantized', 'Remove the input, or put a QuantizeLinear after it.');
  }
  return context.network.finish();
}

function keyOf(node: GraphNode): string {
  return node.domain === '' ? node.op : `${node.domain}:${node.op}`;
}

function importerOf(node: GraphNode): Importer {
  return (
    importers.get(keyOf(node)) ??
    refuse(
      node,
      'this operator is not supported in an int8 model',
      `Supported operators: ${[...importers.keys()].join(', ')}.`,
    )
  );
}

function isQuantized(graph: Graph): boolean {
  return (
    graph.nodes.some(({ op }) => op.startsWith('Q') || op === 'DequantizeLinear' || op === 'DynamicQuantizeLinear') ||
    graph.inputs.some((input) => input.type === 'uint8' || input.type === 'int8')
  );
}

/** Unknown operators first: a float model that also holds one should hear about the operator. */
function checkOperators(graph: Graph): void {
  const quantized = isQuantized(graph);
  for (const node of graph.nodes) {
    const refusal = refusals.get(keyOf(node));
    if (refusal === undefined) importerOf(node);
    else if (quantized) refuse(node, ...refusal);
  }
  const [first] = graph.nodes;
  if (!quantized && first !== undefined) refuse(first, 'the model is in floating point', 'Run provenn quantize first.');
}

function inputValue(context: Context, input: ValueInfo): Value {
  const dims = fixedDims(input);
  if (input.type === 'uint8' || input.type === 'int8') {
    const cell = context.network.input(input.name, input.name, dims, input.type === 'uint8' ? 'u8' : 's8', null);
    return { kind: 'integer', cell };
  }
  if (input.type !== 'float32')
    throw unsupportedPort(
      'input',
      input.name,
      `has type ${input.type ?? 'unknown'}`,
      'Use float32, uint8 or int8 inputs.',
    );
  return {
    kind: 'pending',
    node: null,
    emit: ({ scale, zeroPoint, dtype }) => context.network.input(input.name, null, dims, dtype, { scale, zeroPoint }),
    clip: null,
    movements: [],
    withBias: null,
  };
}

function fixedDims(input: ValueInfo): Shape {
  const dims = input.dims?.map((size) => (typeof size === 'number' && size > 0 ? size : undefined));
  if (dims === undefined || dims.includes(undefined)) {
    const shown = input.dims === undefined ? 'no shape' : `shape [${input.dims.join(',')}]`;
    throw unsupportedPort(
      'input',
      input.name,
      `has ${shown}`,
      'Give every dimension a size, for instance a batch of 1.',
    );
  }
  return dims as number[];
}

function exportOutput(context: Context, name: string): void {
  const value = context.values.get(name);
  if (value?.kind === 'integer') context.network.output(name, value.cell, null);
  else if (value?.kind === 'byte-function' && value.origin !== null) {
    const { scale, zeroPoint } = value.origin;
    context.network.output(name, value.cell, { scale, zeroPoint });
  } else if (value?.kind === 'pending' && value.sums !== undefined && value.clip === null && !value.movements.length) {
    const { cell, scale } = value.sums();
    context.network.output(name, cell, { scale, zeroPoint: 0 });
  } else if (isFunction(value) && value.boolean === true) exportBooleans(context, name, value);
  else refuseOutput(context, name);
}

/** A tensor of booleans leaves as integers 0 and 1. */
function exportBooleans(context: Context, name: string, value: ByteFunction | PairFunction): void {
  const node = context.producers.get(name) as GraphNode;
  context.network.output(name, emitBooleans(context.network, node, value, name), null);
}

function refuseOutput(context: Context, name: string): never {
  const node = context.producers.get(name);
  if (node === undefined)
    throw unsupportedPort('output', name, 'is not computed by the model', 'Return the result of a node.');
  return refuse(
    node,
    `the model's output ${name} is computed in floating point`,
    'Let the model end with QuantizeLinear and DequantizeLinear, and apply what follows to its output.',
  );
}

function unsupportedPort(kind: 'input' | 'output', name: string, why: string, next: string): ProvennError {
  return new ProvennError('MODEL_UNSUPPORTED', `model ${kind} ${name} ${why}`, { where: name, next });
}
