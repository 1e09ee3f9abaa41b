/** What the quantizer does with each float operator. */
import type { GraphNode } from '../../artifact/graph.ts';
import { quantizeContraction } from './contraction.ts';
import { quantizeBinary, quantizeClip, quantizeUnary } from './elementwise.ts';
import { move, moveMaximum, selectIndex } from './movement.ts';
import type { Work } from './work.ts';

type Handler = (work: Work, node: GraphNode) => void;

function each(names: readonly string[], handler: Handler): readonly (readonly [string, Handler])[] {
  return names.map((name) => [name, handler]);
}

/** Functions of one cell: tables in the int8 model. */
const unaries = [
  ...['LeakyRelu', 'PRelu', 'ThresholdedRelu', 'Elu', 'Selu', 'Celu', 'Gelu', 'Mish', 'HardSwish'],
  ...['Sigmoid', 'HardSigmoid', 'Tanh', 'Softplus', 'Softsign', 'Erf'],
  ...['Sqrt', 'Exp', 'Log', 'Abs', 'Neg', 'Floor', 'Ceil', 'Round', 'Reciprocal', 'Sign'],
];

const movements = [
  ...['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand', 'Tile'],
  ...['Slice', 'Split', 'Gather', 'Pad', 'Resize', 'DepthToSpace', 'SpaceToDepth', 'GlobalMaxPool'],
  ...['ReduceMax', 'ReduceMin'],
];

/** By operator of the default domain, in the order a message lists them. */
export const handlers: ReadonlyMap<string, Handler> = new Map([
  ...each(['Conv', 'Gemm', 'MatMul'], quantizeContraction),
  ...each(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Concat'], quantizeBinary),
  ...each(['Relu', 'Clip'], quantizeClip),
  ...each([...unaries, 'Pow', 'AveragePool', 'GlobalAveragePool'], quantizeUnary),
  ...each(movements, move),
  ...each(['MaxPool'], moveMaximum),
  ...each(['ArgMax', 'ArgMin'], selectIndex),
]);
