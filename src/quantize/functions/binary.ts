/**
 * The float functions of two arguments as onnxruntime's CPU kernels compute them, one rounding to float32 per operation
 * written, and the comparisons, whose value is 0 or 1.
 */
import { f32 } from '../../base/rounding.ts';
import { power } from './power.ts';

export type FloatPair = (a: number, b: number) => number;

/**
 * Max and Min of 0 and −0 are the second operand, as in onnxruntime's vector loops; its loops over few elements take the
 * first. Only a division by the result could tell.
 */
export const arithmetic: ReadonlyMap<string, FloatPair> = new Map<string, FloatPair>([
  ['Add', (a, b) => f32(a + b)],
  ['Sub', (a, b) => f32(a - b)],
  ['Mul', (a, b) => f32(a * b)],
  ['Div', (a, b) => f32(a / b)],
  ['Max', (a, b) => (a > b || Number.isNaN(a) ? a : b)],
  ['Min', (a, b) => (a < b || Number.isNaN(a) ? a : b)],
  ['Pow', power],
  ['PRelu', (a, b) => (a > 0 ? a : f32(a * b))],
]);

const flag =
  (test: (a: number, b: number) => boolean): FloatPair =>
  (a, b) =>
    test(a, b) ? 1 : 0;

export const comparisons: ReadonlyMap<string, FloatPair> = new Map<string, FloatPair>([
  ['Equal', flag((a, b) => a === b)],
  ['Greater', flag((a, b) => a > b)],
  ['GreaterOrEqual', flag((a, b) => a >= b)],
  ['Less', flag((a, b) => a < b)],
  ['LessOrEqual', flag((a, b) => a <= b)],
]);

export const connectives: ReadonlyMap<string, FloatPair> = new Map<string, FloatPair>([
  ['And', (a, b) => a * b],
  ['Or', Math.max],
  ['Xor', (a, b) => Math.abs(a - b)],
]);
