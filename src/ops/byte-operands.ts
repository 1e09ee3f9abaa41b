/** What operators of two quantized tensors share: their attributes, and what is checked of both operands. */
import type { Json } from '../base/canonical-json.ts';
import { AttributeReader, checkZeros, type OutputQuantization, outputKeys } from './attributes.ts';
import type { OpInput } from './op.ts';
import { checkByte, checkCount } from './types.ts';

/** Inputs [a, b], each u8 or s8, of shapes that broadcast. Scales are float32 values written as numbers. */
export type ByteOperands = OutputQuantization & {
  readonly aScale: number;
  readonly aZero: number;
  readonly bScale: number;
  readonly bZero: number;
};

const keys = ['aScale', 'aZero', 'bScale', 'bZero', ...outputKeys];

export function readByteOperands(raw: Json, node: string): ByteOperands {
  const read = new AttributeReader(raw, node, keys);
  return {
    aScale: read.scale('aScale'),
    aZero: read.zero('aZero'),
    bScale: read.scale('bScale'),
    bZero: read.zero('bZero'),
    ...read.output(),
  };
}

/** The two operands, of byte types that hold their zero points. */
export function checkByteOperands(
  inputs: readonly OpInput[],
  { aZero, bZero }: ByteOperands,
  node: string,
): readonly [OpInput, OpInput] {
  checkCount(inputs, 2, 2, node);
  const [a, b] = inputs as [OpInput, OpInput];
  checkByte(a, 'its left operand', node);
  checkByte(b, 'its right operand', node);
  checkZeros([aZero], a.dtype, 'the left operand', node);
  checkZeros([bZero], b.dtype, 'the right operand', node);
  return [a, b];
}
