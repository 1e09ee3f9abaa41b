/** QLinearAdd as a relation: a step function of an integer combination where that is exact, else a table of all pairs. */
import type { TableId, Term } from '../../artifact/circuit.ts';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import type { Interval, Shape } from '../../base/tensor.ts';
import { axisOffsets, type Builder, type Wires } from '../../gadgets/builder.ts';
import type { OutputSpec } from '../op.ts';
import { refuse } from '../types.ts';
import { intervalOf, laidOut, remapped, wholeWire, withoutUnitAxes } from '../wires.ts';
import { affineForm } from './affine-form.ts';
import type { QLinearAddAttrs } from './attrs.ts';
import { type Addition, addition, isSwapped } from './formula.ts';

/** The operand with leading dimensions of size 1 so that it has the rank of the output, and no axes of size 1. */
function aligned(x: Wires, rank: number): Wires {
  const missing = rank - x.dims.length;
  const leading = Array.from({ length: missing });
  return withoutUnitAxes(
    { ...x, dims: [...leading.map(() => 1), ...x.dims], axes: [...leading.map(() => []), ...x.axes] },
    () => true,
  );
}

/** A constant whose dimensions are split as those of the other operand. */
function shapedLike(build: Builder, name: string, x: Wires, other: Wires): Wires {
  if (x.constant === null) return x;
  const axes = x.dims.map((size, dim) =>
    size === 1 ? [] : size === other.dims[dim] ? (other.axes[dim] as Shape) : [size],
  );
  return laidOut(build, name, { ...x, axes });
}

/** The axes of the sum; both operands must split a dimension they share in the same way. */
function sharedAxes(a: Wires, b: Wires, name: string): Shape[] {
  return a.axes.map((axes, dim) => {
    const other = b.axes[dim] as Shape;
    if (a.dims[dim] === 1) return other;
    if (b.dims[dim] !== 1 && axes.join() !== other.join()) {
      refuse(
        'MODEL_UNSUPPORTED',
        name,
        `its operands split dimension ${dim} differently: ${axes.join('·')} and ${other.join('·')}`,
      );
    }
    return axes;
  });
}

/** Views of an operand over the axes of the sum; axes it does not have broadcast. */
function termsOver(x: Wires, axes: readonly Shape[], coefficient: number): Term[] {
  const offsets = axisOffsets({ ...x, axes });
  const position = x.axes.flatMap((sizes, dim) => sizes.map((_, i) => (offsets[dim] as number) + i));
  return x.parts.map((view) => ({ coefficient, view: remapped(view, position) }));
}

/** All pairs that can occur and their sum; equal parameters share one table. */
function tableOf(build: Builder, f: Addition, a: Interval, b: Interval, parameters: Json): TableId {
  const width = b[1] - b[0] + 1;
  const rows = (a[1] - a[0] + 1) * width;
  const columns = [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)] as const;
  for (let row = 0; row < rows; row++) {
    const x = a[0] + Math.floor(row / width);
    const y = b[0] + (row % width);
    columns[0][row] = x;
    columns[1][row] = y;
    columns[2][row] = f(x, y);
  }
  return build.table(`qlinear-add:${canonicalJson({ parameters, a, b })}`, columns);
}

export function constrainQLinearAdd(
  build: Builder,
  inputs: readonly Wires[],
  output: OutputSpec,
  attrs: QLinearAddAttrs,
): Wires {
  const [left, right] = inputs as [Wires, Wires];
  const { name, dims } = output;
  const swapped = isSwapped(left.dims, right.dims);
  const f = addition(attrs, swapped);
  const [alignedA, alignedB] = [aligned(left, dims.length), aligned(right, dims.length)];
  const a = shapedLike(build, `${name}:a`, alignedA, alignedB);
  const b = shapedLike(build, `${name}:b`, alignedB, alignedA);
  const axes = sharedAxes(a, b, name);
  const box = axes.flat();
  const [rangeA, rangeB] = [intervalOf(build, a), intervalOf(build, b)];
  const interval: Interval = [f(rangeA[0], rangeB[0]), f(rangeA[1], rangeB[1])];
  const wire = build.witness(name, box, interval);
  const form = affineForm(f, attrs.bScale / attrs.aScale, rangeA, rangeB);
  if (form === null) {
    const table = tableOf(build, f, rangeA, rangeB, { ...attrs, swapped });
    const inputsOver = [a, b].map((x) => ({ constant: 0, terms: termsOver(x, axes, 1), accumulators: [] }));
    build.lookup(name, box, table, inputsOver, wire);
  } else {
    const terms = [...termsOver(a, axes, form.p), ...termsOver(b, axes, form.q)];
    build.step(name, box, { constant: 0, terms, accumulators: [] }, [form.step], null, wire);
  }
  return wholeWire(attrs.yType, dims, axes, wire);
}
