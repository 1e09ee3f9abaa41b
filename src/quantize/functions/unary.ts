/**
 * The float functions of one argument as onnxruntime's CPU kernels compute them, one rounding to float32 per operation
 * written. Each takes the attributes of its node and gives a function from float32 to float32.
 */
import type { GraphNode } from '../../artifact/graph.ts';
import { clamp, f32, roundHalfEven } from '../../base/rounding.ts';
import { floatAttribute, textAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import * as eigen from './eigen.ts';
import * as mlas from './mlas.ts';
import { twice } from './polynomial.ts';

export type FloatFunction = (x: number) => number;
type Reader = (node: GraphNode) => FloatFunction;

const alphaOf = (node: GraphNode, fallback: number): number => f32(floatAttribute(node, 'alpha', fallback));

/** NaN stays NaN and −0 stays −0: a division may follow that tells it from 0. */
const positive = (x: number): number => (x < 0 ? 0 : x);
const negative = (x: number): number => Math.min(x, 0);

const leakyRelu: Reader = (node) => {
  const alpha = alphaOf(node, 0.01);
  return (x) => (x >= 0 ? x : f32(alpha * x));
};

const thresholdedRelu: Reader = (node) => {
  const alpha = alphaOf(node, 1);
  return (x) => (x > alpha ? x : 0);
};

const elu: Reader = (node) => {
  const alpha = alphaOf(node, 1);
  return (x) => (x >= 0 ? x : f32(alpha * f32(eigen.exp(x) - 1)));
};

const selu: Reader = (node) => {
  const alpha = alphaOf(node, 1.6732632);
  const gamma = f32(floatAttribute(node, 'gamma', 1.050701));
  return (x) => (x > 0 ? f32(gamma * x) : f32(f32(gamma * alpha) * f32(eigen.exp(x) - 1)));
};

const celu: Reader = (node) => {
  const alpha = alphaOf(node, 1);
  return (x) => f32(positive(x) + negative(f32(alpha * f32(eigen.exp(f32(x / alpha)) - 1))));
};

const hardSigmoid: Reader = (node) => {
  const alpha = alphaOf(node, 0.2);
  const beta = f32(floatAttribute(node, 'beta', 0.5));
  return (x) => clamp(twice(alpha, x, beta), 0, 1);
};

function softplus(x: number): number {
  return x > 0 ? f32(x + eigen.log1p(eigen.exp(-x))) : eigen.log1p(eigen.exp(x));
}

/** x · logistic(alpha·x): Swish, SiLU and, with alpha 1.702, the quick approximation of Gelu. */
const swish =
  (fallback: number): Reader =>
  (node) => {
    const alpha = alphaOf(node, fallback);
    return (x) => f32(x * mlas.logistic(alpha === 1 ? x : f32(alpha * x)));
  };

export function exactGelu(x: number): number {
  return f32(f32(0.5 * x) * f32(mlas.erf(f32(x * f32(Math.SQRT1_2))) + 1));
}

function tanhGelu(x: number): number {
  const inner = twice(f32(f32(0.035677407) * x), x, f32(0.7978846));
  return f32(f32(0.5 * x) * f32(mlas.tanh(f32(x * inner)) + 1));
}

/** Sine and cosine as far as one reduction of the argument serves. */
const angle =
  (f: FloatFunction): Reader =>
  (node) =>
  (x) =>
    Math.abs(x) < eigen.largestAngle
      ? f(x)
      : refuse(node, `takes an angle of ${eigen.largestAngle} or more`, 'Reduce the angles, or their scale.');

const gelu: Reader = (node) => {
  const approximate = textAttribute(node, 'approximate', 'none');
  if (approximate === 'tanh') return tanhGelu;
  return approximate === 'none' ? exactGelu : invalid(node, `approximate is ${approximate}`);
};

/** Half to even; what rounds to 0 keeps its sign. */
function round(x: number): number {
  if (!Number.isFinite(x)) return x;
  const rounded = roundHalfEven(x);
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

const plain =
  (f: FloatFunction): Reader =>
  () =>
    f;

const sixth = f32(1 / 6);

/** By `domain:op`; the default domain has no prefix. */
export const unaryFunctions: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Abs', plain(Math.abs)],
  ['Ceil', plain(Math.ceil)],
  ['Celu', celu],
  ['Cos', angle(eigen.cos)],
  ['Elu', elu],
  ['Erf', plain(mlas.erf)],
  ['Exp', plain(mlas.exp)],
  ['Floor', plain(Math.floor)],
  ['Gelu', gelu],
  ['com.microsoft:Gelu', plain(exactGelu)],
  ['com.microsoft:FastGelu', plain(tanhGelu)],
  ['com.microsoft:QuickGelu', swish(1.702)],
  ['HardSigmoid', hardSigmoid],
  ['HardSwish', plain((x) => f32(x * clamp(twice(sixth, x, 0.5), 0, 1)))],
  ['LeakyRelu', leakyRelu],
  ['Log', plain(eigen.log)],
  ['Mish', plain((x) => f32(x * mlas.tanh(softplus(x))))],
  ['Neg', plain((x) => -x)],
  ['Reciprocal', plain((x) => f32(1 / x))],
  ['Relu', plain(positive)],
  ['Round', plain(round)],
  ['Selu', selu],
  ['Sigmoid', plain(mlas.logistic)],
  ['Sign', plain((x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x))],
  ['Sin', angle(eigen.sin)],
  ['Softplus', plain(softplus)],
  ['Softsign', plain((x) => f32(f32(1 / f32(1 + Math.abs(x))) * x))],
  ['Sqrt', plain((x) => f32(Math.sqrt(x)))],
  ['Swish', swish(1)],
  ['Tanh', plain(mlas.tanh)],
  ['ThresholdedRelu', thresholdedRelu],
]);
