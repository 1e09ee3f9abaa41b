/**
 * A float model in the form the quantizer works on: BatchNormalization folded into the Conv before it, MatMul with a bias
 * turned into Gemm, nodes that do nothing at inference removed, all in one operator set. It computes the same values under
 * the same names.
 */
import type { Graph, GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import { refuse } from '../refusal.ts';
import { foldBatchNormalization } from './batch-normalization.ts';
import { type Draft, readersOf, rename } from './draft.ts';
import { modernize } from './modernize.ts';
import { handlers } from './operators.ts';
import { fuseConvAdd, fuseHardSwish, replaceMeans } from './patterns.ts';

/** The operator set of prepared and of int8 models; later ones only for the functions that came with them. */
const writtenOpset = 17;
const laterFunctions: ReadonlyMap<string, number> = new Map([
  ['Mish', 18],
  ['Gelu', 20],
]);

/** Operators that preparation replaces. */
const removable = ['BatchNormalization', 'Identity', 'Dropout', 'Upsample', 'ReduceMean'];

/**
 * Prepares a float model for calibration and quantization. Throws `MODEL_UNSUPPORTED` for an operator that the
 * quantizer does not know and for models that already hold quantization nodes.
 */
export function prepareFloatModel(graph: Graph): Graph {
  for (const node of graph.nodes) checkOperator(node);
  checkOutputs(graph);
  const draft: Draft = {
    nodes: [...graph.nodes],
    initializers: new Map(graph.initializers),
    outputs: new Set(graph.outputs.map((output) => output.name)),
  };
  modernize(draft, graph.opsets.get('') ?? writtenOpset);
  removeStill(draft, graph);
  fuseHardSwish(draft);
  fuseConvAdd(draft);
  replaceMeans(draft, (name) => fixedDims(graph, name));
  fuseMatMulAdd(draft, graph);
  foldBatchNormalization(draft, graph);
  const opset = Math.max(writtenOpset, ...draft.nodes.map(({ op }) => laterFunctions.get(op) ?? 0));
  return { ...graph, opsets: new Map([['', opset]]), nodes: draft.nodes, initializers: usedInitializers(draft) };
}

function checkOperator(node: GraphNode): void {
  if (
    node.op === 'QuantizeLinear' ||
    node.op === 'DequantizeLinear' ||
    node.op.startsWith('QLinear') ||
    node.op === 'QGemm'
  ) {
    refuse(node, 'the model is quantized already', 'Use it as it is: provenn compile takes int8 models.');
  }
  const known: readonly string[] = [...handlers.keys(), ...removable];
  if (node.domain !== '' || !known.includes(node.op)) {
    refuse(node, 'this operator cannot be quantized', `Supported operators: ${known.join(', ')}.`);
  }
}

/** A model that returns a constant or its own input computes nothing there. */
function checkOutputs(graph: Graph): void {
  const computed = new Set(graph.nodes.flatMap((node) => node.outputs));
  for (const { name } of graph.outputs) {
    if (computed.has(name)) continue;
    throw new ProvennError('MODEL_UNSUPPORTED', `model output ${name} is not computed by the model`, {
      where: name,
      next: 'Return the result of a node.',
    });
  }
}

/** Identity and Dropout: readers take their input instead. A copy of a model input that the model returns stays. */
function removeStill(draft: Draft, graph: Graph): void {
  const inputs = new Set(graph.inputs.map((input) => input.name));
  for (const { name } of draft.nodes.filter(({ op }) => op === 'Identity' || op === 'Dropout')) {
    // Renaming replaces nodes, so the node is looked up as it is now.
    const node = draft.nodes.find((other) => other.name === name) as GraphNode;
    const [from] = node.inputs;
    const [to] = node.outputs;
    if (from === undefined || to === undefined) continue;
    if (draft.outputs.has(to) && (inputs.has(from) || draft.outputs.has(from) || draft.initializers.has(from))) {
      refuse(node, 'returns a value of the model unchanged under another name', 'Return the value itself.');
    }
    draft.nodes = draft.nodes.filter((other) => other !== node);
    if (draft.outputs.has(to)) rename(draft, from, to);
    else rename(draft, to, from);
  }
}

/** MatMul of a matrix by constant weights, then Add of a vector: the same as Gemm, which has an exact int32 bias. */
function fuseMatMulAdd(draft: Draft, graph: Graph): void {
  for (const node of draft.nodes.filter(({ op }) => op === 'MatMul')) {
    const product = node.outputs[0] as string;
    const [add, ...others] = readersOf(draft, product);
    const weights = draft.initializers.get(node.inputs[1] as string);
    if (add?.op !== 'Add' || others.length > 0 || draft.outputs.has(product) || weights?.dims.length !== 2) continue;
    const bias = add.inputs.find((name) => name !== product) ?? product;
    const vector = draft.initializers.get(bias);
    const rank = graph.values.get(node.inputs[0] as string)?.dims?.length;
    if (rank !== 2 || !isVector(vector, weights.dims[1] as number)) continue;
    const gemm: GraphNode = {
      ...add,
      name: node.name,
      op: 'Gemm',
      inputs: [...node.inputs, bias],
      attributes: new Map(),
    };
    draft.nodes = draft.nodes.flatMap((other) => (other === node ? [] : other === add ? [gemm] : [other]));
  }
}

function isVector(tensor: GraphTensor | undefined, length: number): boolean {
  return tensor?.type === 'float32' && tensor.dims.length === 1 && tensor.dims[0] === length;
}

function fixedDims(graph: Graph, name: string): readonly number[] | undefined {
  const dims = graph.values.get(name)?.dims;
  return dims?.every((size) => typeof size === 'number') === true ? (dims as readonly number[]) : undefined;
}

function usedInitializers(draft: Draft): ReadonlyMap<string, GraphTensor> {
  const used = new Set(draft.nodes.flatMap((node) => node.inputs));
  return new Map([...draft.initializers].filter(([name]) => used.has(name)));
}
