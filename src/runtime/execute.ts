/** The exact run of an integer network: every tensor of one inference. */
import type { Port, QuantGraph, QuantNode } from '../artifact/quant-graph.ts';
import type { Trace } from '../artifact/trace.ts';
import { invariant, ProvennError } from '../base/errors.ts';
import { dtypeRange, type IntTensor, product, sameShape } from '../base/tensor.ts';
import { lookupOp } from '../ops/registry.ts';

/** Called before each node with its position and the number of nodes. */
export type NodeListener = (node: QuantNode, index: number, count: number) => void;

function mismatch(port: Port, what: string): never {
  throw new ProvennError('INPUT_MISMATCH', `input ${port.name}: ${what}`, {
    where: port.name,
    next: `The model expects ${port.dtype} of shape [${port.dims.join(',')}].`,
  });
}

function checkInput(port: Port, tensor: IntTensor | undefined): IntTensor {
  if (tensor === undefined) mismatch(port, 'missing');
  if (tensor.dtype !== port.dtype) mismatch(port, `is ${tensor.dtype}`);
  if (!sameShape(tensor.dims, port.dims)) mismatch(port, `has shape [${tensor.dims.join(',')}]`);
  if (tensor.data.length !== product(port.dims)) mismatch(port, `holds ${tensor.data.length} integers`);
  const [low, high] = dtypeRange[port.dtype];
  const bad = tensor.data.find((value) => value < low || value > high);
  if (bad !== undefined) mismatch(port, `holds ${bad}, outside [${low}, ${high}]`);
  return tensor;
}

/** Runs one node; what it produces must have the type the graph declares. */
function runNode(graph: QuantGraph, node: QuantNode, tensors: Map<string, IntTensor>): void {
  const op = lookupOp(node.op);
  const inputs = node.inputs.map((name) => {
    const tensor = tensors.get(name) ?? graph.constants.get(name);
    invariant(tensor !== undefined, `node ${node.name} reads ${name} before it is produced`);
    return tensor;
  });
  const outputs = op.run(inputs, op.attrs(node.attrs, node.name));
  for (const [i, name] of node.outputs.entries()) tensors.set(name, outputs[i] as IntTensor);
}

/**
 * Every activation tensor of one run, inputs included, by name. `inputs` is keyed by port name; integers are those behind the
 * ports (see `ports.ts`). Throws `INPUT_MISMATCH` when an input is missing, unknown, or of another shape, type or range.
 */
export function execute(graph: QuantGraph, inputs: ReadonlyMap<string, IntTensor>, onNode?: NodeListener): Trace {
  for (const name of inputs.keys()) {
    if (graph.inputs.some((port) => port.name === name)) continue;
    throw new ProvennError('INPUT_MISMATCH', `the model has no input ${name}`, {
      where: name,
      next: `Its inputs: ${graph.inputs.map((port) => port.name).join(', ')}.`,
    });
  }
  const tensors = new Map<string, IntTensor>();
  for (const port of graph.inputs) tensors.set(port.tensor, checkInput(port, inputs.get(port.name)));
  for (const [index, node] of graph.nodes.entries()) {
    onNode?.(node, index, graph.nodes.length);
    runNode(graph, node, tensors);
  }
  for (const { name, dtype, dims } of graph.tensors) {
    const tensor = tensors.get(name);
    invariant(
      tensor !== undefined && tensor.dtype === dtype && sameShape(tensor.dims, dims),
      `tensor ${name} is not as the graph declares it`,
    );
  }
  return { tensors };
}
