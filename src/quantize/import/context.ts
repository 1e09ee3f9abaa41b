/** The walk over the graph: what every name stands for, who reads it, and readers of constant operands. */
import type { Graph, GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { type Dtype, type IntTensor, intTensor } from '../../base/tensor.ts';
import type { ByteQuantization } from '../formula.ts';
import { invalid, refuse } from '../refusal.ts';
import { Network } from './network.ts';
import type { Value } from './values.ts';

export type Context = {
  readonly graph: Graph;
  readonly network: Network;
  readonly values: Map<string, Value>;
  readonly producers: ReadonlyMap<string, GraphNode>;
  /** Nodes that read a name, in order, once per use. */
  readonly consumers: ReadonlyMap<string, readonly GraphNode[]>;
  readonly graphOutputs: ReadonlySet<string>;
};

export function openContext(graph: Graph): Context {
  const consumers = new Map<string, GraphNode[]>();
  const producers = new Map<string, GraphNode>();
  for (const node of graph.nodes) {
    for (const name of node.outputs) if (name !== '') producers.set(name, node);
    for (const name of node.inputs) {
      if (name === '') continue;
      const known = consumers.get(name);
      if (known === undefined) consumers.set(name, [node]);
      else known.push(node);
    }
  }
  const values = new Map<string, Value>();
  for (const [name, tensor] of graph.initializers) values.set(name, { kind: 'constant', name, tensor });
  return {
    graph,
    network: new Network(graph),
    values,
    producers,
    consumers,
    graphOutputs: new Set(graph.outputs.map((output) => output.name)),
  };
}

/** Whether exactly one node reads the value and the graph does not return it. */
export function readOnce(context: Context, name: string): boolean {
  return context.consumers.get(name)?.length === 1 && !context.graphOutputs.has(name);
}

export function outputName(node: GraphNode): string {
  return node.outputs[0] ?? invalid(node, 'has no output');
}

/** The value behind operand `index`; undefined when the optional operand is absent. */
export function operandValue(context: Context, node: GraphNode, index: number): Value | undefined {
  const name = node.inputs[index];
  if (name === undefined || name === '') return undefined;
  return (
    context.values.get(name) ??
    refuse(node, `reads ${name}, which provenn did not import`, 'Simplify the model so that this value is quantized.')
  );
}

function constantTensor(context: Context, node: GraphNode, index: number, what: string): GraphTensor | undefined {
  const value = operandValue(context, node, index);
  if (value === undefined) return undefined;
  if (value.kind === 'constant') return value.tensor;
  return refuse(
    node,
    `its ${what} is computed at run time`,
    'Quantize statically, so that scales and zero points are constants.',
  );
}

/** Scales of operand `index`: finite float32 values above 0. */
export function scalesOf(context: Context, node: GraphNode, index: number): readonly number[] {
  const tensor = constantTensor(context, node, index, 'scale') ?? invalid(node, 'a scale is missing');
  if (tensor.type !== 'float32') return refuse(node, `its scale is ${tensor.type}`, 'Use float32 scales.');
  const scales = [...tensor.data];
  if (scales.length === 0 || scales.some((scale) => !(scale > 0 && Number.isFinite(scale)))) {
    return refuse(node, 'a scale is not a finite number above 0', 'Quantize the model again.');
  }
  return scales;
}

/** Zero points of operand `index` with their type; u8 zeros when absent. */
export function zerosOf(
  context: Context,
  node: GraphNode,
  index: number,
  count: number,
): { readonly dtype: Dtype; readonly zeros: readonly number[] } {
  const tensor = constantTensor(context, node, index, 'zero point');
  if (tensor === undefined) return { dtype: 'u8', zeros: new Array<number>(count).fill(0) };
  const integers =
    integersOf(tensor) ?? refuse(node, `its zero point is ${tensor.type}`, 'Use uint8 or int8 quantization.');
  if (integers.data.length !== 1 && integers.data.length !== count)
    invalid(node, 'scale and zero point differ in length');
  const zeros = [...integers.data];
  return {
    dtype: integers.dtype,
    zeros: zeros.length === count ? zeros : new Array<number>(count).fill(zeros[0] as number),
  };
}

/** Per-tensor scale and zero point of an activation, from operands `scaleIndex` and `scaleIndex + 1`. */
export function byteQuantization(
  context: Context,
  node: GraphNode,
  scaleIndex: number,
  what: string,
): ByteQuantization {
  const scales = scalesOf(context, node, scaleIndex);
  const { dtype, zeros } = zerosOf(context, node, scaleIndex + 1, scales.length);
  if (scales.length !== 1)
    refuse(
      node,
      `${what} has a scale per channel`,
      'Quantize activations per tensor; only weights may be per channel.',
    );
  if (dtype !== 'u8' && dtype !== 's8')
    return refuse(node, `${what} is quantized to ${dtype}`, 'Quantize activations to uint8 or int8.');
  return { scale: scales[0] as number, zeroPoint: zeros[0] as number, dtype };
}

/** An integer tensor of the file in provenn's form; undefined when it holds other elements. */
export function integersOf(tensor: GraphTensor): IntTensor | undefined {
  if (tensor.type === 'uint8') return intTensor('u8', tensor.dims, tensor.data);
  if (tensor.type === 'int8') return intTensor('s8', tensor.dims, tensor.data);
  if (tensor.type === 'int32') return intTensor('s32', tensor.dims, tensor.data);
  return undefined;
}
