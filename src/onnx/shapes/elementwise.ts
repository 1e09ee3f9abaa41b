/** Shapes of elementwise operators: one input, or several broadcast as in numpy. */
import type { ElementType } from '../../artifact/graph.ts';
import { elementTypeOf, typeName } from '../schema.ts';
import type { NodeView, ShapeRule } from './node-view.ts';

/** The numpy broadcast of two shapes. */
export function broadcast(node: NodeView, left: readonly number[], right: readonly number[]): readonly number[] {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, i) => {
    const a = left[i - rank + left.length] ?? 1;
    const b = right[i - rank + right.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) {
      throw node.invalid(`shapes [${left.join(', ')}] and [${right.join(', ')}] do not broadcast`);
    }
    return a === 1 ? b : a;
  });
}

/** Type and shape of the first input; further outputs stay unknown. */
export const sameAsInput: ShapeRule = (node) => [{ type: node.type(0), dims: node.dims(0) }];

/** All inputs broadcast together; the type is that of input `typed`. */
function broadcastAll(type: (node: NodeView) => ElementType | undefined): ShapeRule {
  return (node) => {
    let dims: readonly number[] = [];
    for (let i = 0; i < node.inputCount; i++) if (node.has(i)) dims = broadcast(node, dims, node.dims(i));
    return [{ type: type(node), dims }];
  };
}

/** Operands of an arithmetic operator must agree in type. */
function commonType(node: NodeView, first: number): ElementType | undefined {
  let common: ElementType | undefined;
  for (let i = first; i < node.inputCount; i++) {
    const type = node.has(i) ? node.type(i) : undefined;
    if (type === undefined) continue;
    if (common !== undefined && common !== type) throw node.invalid(`its inputs are ${common} and ${type}`);
    common = type;
  }
  return common;
}

const arithmetic = broadcastAll((node) => commonType(node, 0));
const comparison = broadcastAll(() => 'bool');

/** Inputs A, A_scale, A_zero_point, B, B_scale, B_zero_point, C_scale, C_zero_point. */
const quantizedBinary: ShapeRule = (node) => [
  { type: node.type(0), dims: broadcast(node, node.dims(0), node.dims(3)) },
];

const cast: ShapeRule = (node) => {
  const code = node.int('to', 0);
  const type = elementTypeOf(code);
  if (type === undefined) throw node.unsupported(`it casts to ${typeName(code)}`, 'Export the model in float32.');
  return [{ type, dims: node.dims(0) }];
};

const dropout: ShapeRule = (node) => [
  { type: node.type(0), dims: node.dims(0) },
  { type: 'bool', dims: node.dims(0) },
];

const batchNormalization: ShapeRule = (node) => {
  const dims = node.dims(0);
  for (let i = 1; i <= 4; i++) {
    const [size] = node.ranked(i, 1);
    if (size !== dims[1]) throw node.invalid(`input ${i} has ${size} channels, the data ${dims[1]}`);
  }
  return [{ type: node.type(0), dims }];
};

const unary = [
  'Abs',
  'Ceil',
  'Celu',
  'Clip',
  'Cos',
  'Elu',
  'Erf',
  'Exp',
  'Floor',
  'Gelu',
  'HardSigmoid',
  'HardSwish',
  'Identity',
  'LeakyRelu',
  'Log',
  'LogSoftmax',
  'Mish',
  'Neg',
  'Not',
  'Reciprocal',
  'Relu',
  'Round',
  'Selu',
  'Sigmoid',
  'Sign',
  'Sin',
  'Softmax',
  'Softplus',
  'Softsign',
  'Sqrt',
  'Swish',
  'Tanh',
  'LRN',
  'InstanceNormalization',
  'LpNormalization',
  'LayerNormalization',
  'ThresholdedRelu',
  'CumSum',
  'Hardmax',
];

export const elementwise: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...unary.map((op): [string, ShapeRule] => [op, sameAsInput]),
  ...['Add', 'Sub', 'Mul', 'Div', 'PRelu', 'Max', 'Min', 'Sum', 'Mean'].map((op): [string, ShapeRule] => [
    op,
    arithmetic,
  ]),
  ['Pow', broadcastAll((node) => node.type(0))],
  ['Where', broadcastAll((node) => commonType(node, 1))],
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor'].map(
    (op): [string, ShapeRule] => [op, comparison],
  ),
  ['Cast', cast],
  ['Dropout', dropout],
  ['BatchNormalization', batchNormalization],
]);

export const quantizedElementwise: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ['QLinearAdd', quantizedBinary],
  ['QLinearMul', quantizedBinary],
  ['QLinearLeakyRelu', sameAsInput],
  ['QLinearSigmoid', sameAsInput],
  ['QLinearSoftmax', sameAsInput],
  ['Gelu', sameAsInput],
  ['FastGelu', sameAsInput],
  ['QuickGelu', sameAsInput],
]);
