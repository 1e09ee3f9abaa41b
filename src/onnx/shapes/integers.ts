/**
 * Values of the small integer computations by which exporters spell a shape: Shape → Gather → Concat → Reshape.
 * Every shape is concrete here, so these are constants; knowing them is what lets a Reshape be inferred.
 */
import { product } from '../../base/tensor.ts';
import { selectedDims, sliceRange } from './layout.ts';
import { attributeOrInput, type NodeView } from './node-view.ts';

/** Row-major elements of the first output, or null when they are not constant or not of a simple form. */
export type IntegerRule = (node: NodeView) => readonly number[] | null;

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

const slice: IntegerRule = (node) => {
  const data = node.integers(0);
  const [start, end] = ['starts', 'ends'].map((name, i) => {
    const given = attributeOrInput(node, name, i + 1);
    return given.given ? given.values?.[0] : undefined;
  });
  const step = node.has(4) ? node.integers(4)?.[0] : 1;
  if (data === undefined || node.dims(0).length !== 1) return null;
  if (start === undefined || end === undefined || step === undefined || step === 0) return null;
  const { first, count } = sliceRange(data.length, start, end, step);
  return Array.from({ length: count }, (_, i) => data[first + i * step] as number);
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
  ['Add', arithmetic((a, b) => a + b)],
  ['Sub', arithmetic((a, b) => a - b)],
  ['Mul', arithmetic((a, b) => a * b)],
  // ONNX divides integers towards zero; a division by zero is NaN, hence not constant.
  ['Div', arithmetic((a, b) => Math.trunc(a / b) + 0)],
  ['ReduceProd', reduceProd],
]);
