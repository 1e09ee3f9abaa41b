/** Shapes of matrix products. */
import type { ElementType } from '../../artifact/graph.ts';
import { broadcast } from './elementwise.ts';
import type { NodeView, ShapeRule } from './node-view.ts';

/** numpy.matmul: one-dimensional operands are a row on the left and a column on the right; leading dimensions broadcast. */
function matMul(left: number, right: number, type: (node: NodeView) => ElementType | undefined): ShapeRule {
  return (node) => {
    const a = node.dims(left);
    const b = node.dims(right);
    if (a.length === 0 || b.length === 0) throw node.invalid('an operand is a scalar');
    const inner = [a.at(-1), b.length === 1 ? b[0] : b.at(-2)];
    if (inner[0] !== inner[1]) throw node.invalid(`shapes [${a.join(', ')}] and [${b.join(', ')}] do not multiply`);
    const batch = broadcast(node, a.slice(0, -2), b.slice(0, -2));
    const rows = a.length === 1 ? [] : [a.at(-2) as number];
    const columns = b.length === 1 ? [] : [b.at(-1) as number];
    return [{ type: type(node), dims: [...batch, ...rows, ...columns] }];
  };
}

/** A·B + C with optional transpositions; C broadcasts to the product. */
function gemm(a: number, b: number, c: number, type: (node: NodeView) => ElementType | undefined): ShapeRule {
  return (node) => {
    const [m, k] = oriented(node.ranked(a, 2), node.int('transA', 0) !== 0);
    const [inner, n] = oriented(node.ranked(b, 2), node.int('transB', 0) !== 0);
    if (k !== inner) throw node.invalid(`its operands have inner sizes ${k} and ${inner}`);
    if (node.has(c)) {
      const bias = broadcast(node, [m, n], node.dims(c));
      if (bias[0] !== m || bias[1] !== n || bias.length !== 2) {
        throw node.invalid(`C of shape [${node.dims(c).join(', ')}] does not broadcast to [${m}, ${n}]`);
      }
    }
    return [{ type: type(node), dims: [m, n] }];
  };
}

function oriented(dims: readonly number[], transposed: boolean): readonly [number, number] {
  const [rows, columns] = dims as readonly [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

/** Inputs A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point; float output without y_scale. */
const qGemm = gemm(0, 3, 6, (node) => {
  if (!node.has(7)) return 'float32';
  return node.has(8) ? node.type(8) : node.type(0);
});

export const linear: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ['MatMul', matMul(0, 1, (node) => node.type(0))],
  ['MatMulInteger', matMul(0, 1, () => 'int32')],
  ['QLinearMatMul', matMul(0, 3, (node) => node.type(7))],
  ['Gemm', gemm(0, 1, 2, (node) => node.type(0))],
]);

export const quantizedLinear: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ['QGemm', qGemm],
  ['MatMulIntegerToFloat', matMul(0, 1, () => 'float32')],
]);
