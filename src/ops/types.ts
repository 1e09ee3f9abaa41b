/** Checks of input types that several operators share. Every refusal names the node. */
import { type ErrorCode, ProvennError } from '../base/errors.ts';
import { type IntTensor, type Shape, sameShape } from '../base/tensor.ts';
import type { OpInput } from './op.ts';

export function refuse(code: ErrorCode, node: string, what: string, next?: string): never {
  throw new ProvennError(code, `node ${node}: ${what}`, { where: node, ...(next === undefined ? {} : { next }) });
}

/** The inputs when there are between `least` and `most` of them. */
export function checkCount(inputs: readonly OpInput[], least: number, most: number, node: string): void {
  if (inputs.length >= least && inputs.length <= most) return;
  refuse('MODEL_INVALID', node, `${inputs.length} inputs, expected ${least === most ? least : `${least} to ${most}`}`);
}

export function checkByte(input: OpInput, what: string, node: string): void {
  if (input.dtype !== 'u8' && input.dtype !== 's8')
    refuse('MODEL_UNSUPPORTED', node, `${what} is ${input.dtype}, not u8 or s8`);
}

/** Weights must be known before any input is. */
export function checkConstantWeights(input: OpInput, node: string): void {
  checkByte(input, 'the weight', node);
  if (input.constant === null)
    refuse('MODEL_UNSUPPORTED', node, 'its weights are computed, not constant', 'Only constant weights are supported.');
}

/** A zero point per column shifts constants only: what is computed has one zero point. */
export function checkColumnZeros(zeros: readonly number[], operand: OpInput, node: string): void {
  if (operand.constant !== null || zeros.length === 1) return;
  refuse(
    'MODEL_UNSUPPORTED',
    node,
    'a computed operand has a zero point per column',
    'Quantize activations per tensor.',
  );
}

/** A bias: constant s32 of one of the given shapes. */
export function checkBias(input: OpInput, shapes: readonly Shape[], node: string): void {
  if (input.dtype !== 's32') refuse('MODEL_UNSUPPORTED', node, `the bias is ${input.dtype}, not s32`);
  if (!shapes.some((shape) => sameShape(shape, input.dims)))
    refuse('MODEL_INVALID', node, `the bias has shape [${input.dims.join(',')}]`);
  if (input.constant === null) refuse('MODEL_UNSUPPORTED', node, 'its bias is computed, not constant');
}

/** A per-channel list has one entry, or one per channel. */
export function checkPerChannel(list: readonly number[], channels: number, what: string, node: string): void {
  if (list.length === 1 || list.length === channels) return;
  refuse('MODEL_INVALID', node, `${what} has ${list.length} entries for ${channels} channels`);
}

/** The integers of an optional bias; empty when there is none. */
export function biasOf(bias: { readonly constant: IntTensor | null } | undefined): Int32Array {
  return bias?.constant?.data ?? new Int32Array(0);
}
