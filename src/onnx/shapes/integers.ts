/**
 * Values of the small integer computations by which exporters spell a shape: Shape → Gather → Concat → Reshape.
 * Every shape is concrete here, so these are constants; knowing them is what lets a Reshape be inferred.
 */
import { product } from '../../base/tensor.ts';
import { selectedDims, sliceRange } from './layout.ts';
import { attributeOrInput, type NodeView } from './node-view.ts';

/** Row-major elements of the first output, or null when they are not constant or not of a simple form. */
export type IntegerRule = (node: NodeView) => readonly number[] | null;

/** Longer lists are no shapes. */
const mostElements = 64;

const same: IntegerRule = (node) => node.integers(0) ?? null;

const gather: IntegerRule = (node) => {
  const data = node.integers(0);
  const indices = node.integers(1);
  if (data === undefined || indices === undefined || node.dims(0).length !== 1) return null;
  return indices.map((index) => data[node.axis(index, data.length)] as number);
};

const concat: IntegerRule = (node) => {
  const out: number[] = [];
  for (let i = 0; i < node.inputCount; i++) {
    const part = node.integers(i);
    if (part === undefined || node.dims(i).length !== 1) return null;
    out.push(...part);
  }
  return out;
};

/** Along its leading dimension: a vector, or the rows by which exporters turn pads around. */
const slice: IntegerRule = (node) => {
  const data = node.integers(0);
  const [start, end, axis = 0] = ['starts', 'ends', 'axes'].map((name, i) => {
    const given = attributeOrInput(node, name, i + 1);
    return given.given && given.values?.length === 1 ? given.values[0] : undefined;
  });
  const step = node.has(4) ? node.integers(4)?.[0] : 1;
  const [rows, ...inner] = node.dims(0);
  if (data === undefined || rows === undefined || node.axis(axis, inner.length + 1) !== 0) return null;
  if (start === undefined || end === undefined || step === undefined || step === 0) return null;
  const { first, count } = sliceRange(rows, start, end, step);
  const width = product(inner);
  const selected = Array.from({ length: count }, (_, i) => (first + i * step) * width);
  return selected.flatMap((at) => data.slice(at, at + width));
};

/** Of a matrix; a vector stays as it is. */
const transpose: IntegerRule = (node) => {
  const data = node.integers(0);
  const [rows = 1, columns = 1, ...more] = node.dims(0);
  const order = node.ints('perm') ?? [1, 0];
  if (data === undefined || more.length > 0) return null;
  if (node.dims(0).length < 2 || order[0] === 0) return data;
  return Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number);
};

/** The value is 0 unless an attribute says otherwise. */
const constantOfShape: IntegerRule = (node) => {
  const dims = node.integers(0);
  const value = node.tensor('value');
  if (dims === undefined || product(dims) > mostElements) return null;
  return new Array<number>(product(dims)).fill(Number(value?.data[0] ?? 0));
};

const range: IntegerRule = (node) => {
  const [start, limit, step] = [0, 1, 2].map((i) => node.integers(i)?.[0]);
  if (start === undefined || limit === undefined || step === undefined || step === 0) return null;
  const count = Math.max(0, Math.ceil((limit - start) / step));
  return count > mostElements ? null : Array.from({ length: count }, (_, i) => start + i * step);
};

const where: IntegerRule = (node) => {
  const parts = [0, 1, 2].map((i) => node.integers(i));
  const [condition, a, b] = parts;
  if (condition === undefined || a === undefined || b === undefined) return null;
  const length = Math.max(condition.length, a.length, b.length);
  if (parts.some((part) => part?.length !== length && part?.length !== 1)) return null;
  const at = (list: readonly number[], i: number): number => list[list.length === 1 ? 0 : i] as number;
  return Array.from({ length }, (_, i) => (at(condition, i) !== 0 ? at(a, i) : at(b, i)));
};

/** Elementwise on equal lengths or with a one-element operand; null where the result is no safe integer. */
function arithmetic(apply: (a: number, b: number) => number): IntegerRule {
  return (node) => {
    const a = node.integers(0);
    const b = node.integers(1);
    if (a === undefined || b === undefined || node.dims(0).length > 1 || node.dims(1).length > 1) return null;
    if (a.length !== b.length && a.length !== 1 && b.length !== 1) return null;
    const length = a.length === 1 ? b.length : a.length;
    const out = Array.from({ length }, (_, i) => {
      return apply(a[a.length === 1 ? 0 : i] as number, b[b.length === 1 ? 0 : i] as number);
    });
    return out.every(Number.isSafeInteger) ? out : null;
  };
}

const reduceProd: IntegerRule = (node) => {
  const data = node.integers(0);
  if (data === undefined || node.dims(0).length !== 1) return null;
  const total = product(data);
  return Number.isSafeInteger(total) ? [total] : null;
};

export const integerRules: ReadonlyMap<string, IntegerRule> = new Map<string, IntegerRule>([
  ['Shape', selectedDims],
  ['Size', (node) => [product(node.dims(0))]],
  ...['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten'].map((op): [string, IntegerRule] => [op, same]),
  ['Gather', gather],
  ['Concat', concat],
  ['Slice', slice],
  ['Transpose', transpose],
  ['ConstantOfShape', constantOfShape],
  ['Range', range],
  ['Where', where],
  ['Equal', arithmetic((a, b) => (a === b ? 1 : 0))],
  ['Max', arithmetic(Math.max)],
  ['Min', arithmetic(Math.min)],
  ['Add', arithmetic((a, b) => a + b)],
  ['Sub', arithmetic((a, b) => a - b)],
  ['Mul', arithmetic((a, b) => a * b)],
  // ONNX divides integers towards zero; a division by zero is NaN, hence not constant.
  ['Div', arithmetic((a, b) => Math.trunc(a / b) + 0)],
  ['ReduceProd', reduceProd],
]);
