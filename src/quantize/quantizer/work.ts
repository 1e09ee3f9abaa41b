/** The state of one quantization: the prepared model, the int8 model so far, and the parameters of each activation. */
import type { Attribute, Graph, GraphNode } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import type { ByteQuantization } from '../formula.ts';
import { activationParameters, type CalibrationRanges } from '../ranges.ts';
import { invalid, refuse } from '../refusal.ts';
import type { ResolvedOptions } from './options.ts';
import type { QdqWriter } from './writer.ts';

/** Quantization of an activation and the operand names that hold it. */
export type Activation = { readonly quantization: ByteQuantization; readonly parameters: readonly [string, string] };

export type Work = {
  readonly graph: Graph;
  readonly ranges: CalibrationRanges;
  readonly options: ResolvedOptions;
  readonly writer: QdqWriter;
  /** Names the model returns. */
  readonly outputs: ReadonlySet<string>;
  /** By tensor name of the float model. */
  readonly activations: Map<string, Activation>;
  /** Names of Relu and Clip nodes that their predecessor's quantization makes superfluous. */
  readonly absorbed: Set<string>;
};

/** Name of the floats behind the integers: the tensor's own when the model returns it. */
export function dequantizedName(work: Work, name: string): string {
  return work.outputs.has(name) ? name : `${name}/dequantized`;
}

/** Name under which a node writes floats that still await quantization. */
function rawName(work: Work, name: string): string {
  return work.outputs.has(name) ? `${name}/float` : name;
}

/** Fixes the parameters of an activation by its calibrated range. */
export function rangedActivation(work: Work, name: string): Activation {
  const range = work.ranges.get(name);
  if (range === undefined) {
    throw new ProvennError('USAGE', `there is no calibration range for ${name}`, {
      where: name,
      next: 'Calibrate the same model that is quantized.',
    });
  }
  const quantization = activationParameters(range, work.options.activations);
  return { quantization, parameters: work.writer.parameters(name, quantization) };
}

export function activationOf(work: Work, node: GraphNode, index: number): Activation {
  const name = node.inputs[index] ?? invalid(node, `operand ${index} is missing`);
  return (
    work.activations.get(name) ??
    refuse(
      node,
      `its operand ${name} is a constant`,
      'Simplify the model (for instance with onnxsim), so that constants are folded.',
    )
  );
}

/** Name of the dequantized floats of operand `index`. */
export function floatOperand(work: Work, node: GraphNode, index: number): string {
  activationOf(work, node, index);
  return dequantizedName(work, node.inputs[index] as string);
}

export type WrittenNode = {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
};

/** Writes the node that computes the float tensor `output`, then its QuantizeLinear/DequantizeLinear pair. */
export function writeQuantized(work: Work, node: WrittenNode, output: string, activation: Activation): void {
  const raw = rawName(work, output);
  work.activations.set(output, activation);
  work.writer.node(node.op, node.name, node.inputs, raw, node.attributes);
  work.writer.pair(output, raw, dequantizedName(work, output), activation.parameters);
}

/** Writes a node of several outputs that all share the parameters of `activation`. */
export function writeMoved(work: Work, node: WrittenNode, outputs: readonly string[], activation: Activation): void {
  const raws = outputs.map((output) => rawName(work, output));
  work.writer.splitting(node.op, node.name, node.inputs, raws, node.attributes);
  outputs.forEach((output, i) => {
    work.activations.set(output, activation);
    work.writer.pair(output, raws[i] as string, dequantizedName(work, output), activation.parameters);
  });
}
