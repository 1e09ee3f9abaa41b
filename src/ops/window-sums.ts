/** Sums over windows or whole images, what the average pools share: a contraction with ones. */
import type { Expression } from '../artifact/circuit.ts';
import { product, type Shape } from '../base/tensor.ts';
import { type Builder, boxOf, expressionOf, type Wires } from '../gadgets/builder.ts';
import { type AxisRole, contract } from './contraction.ts';
import { type Plane, soleTap } from './planes.ts';
import { laidOut, spatialAxes, withoutUnitAxes } from './wires.ts';

/** Σ (x − zero) per output cell, cells outside the image counting 0, and the axes of the output per dimension. */
export type WindowSums = { readonly sum: Expression; readonly axes: readonly Shape[] };

function summed(
  build: Builder,
  name: string,
  x: Wires,
  zero: number,
  roles: readonly AxisRole[],
  box: Shape,
  reduce: Shape,
): Expression {
  // Nothing is added: every window meets one cell.
  if (reduce.length === 0) return expressionOf(x, -zero);
  const ones = new Int32Array(product(reduce)).fill(1);
  const weights = { name: `${name}:ones`, outputs: [], data: ones, zero: 0, known: true } as const;
  const accumulators = contract(build, { name, box, reduce, x, xZero: zero, roles, weights });
  return { constant: 0, terms: [], accumulators };
}

/** Sums over all cells behind each [batch, channel]; the spatial dimensions of the output have no axes. */
export function imageSums(
  build: Builder,
  name: string,
  input: Wires,
  zero: number,
): WindowSums & { readonly x: Wires } {
  const x = withoutUnitAxes(laidOut(build, `${name}:input`, input), (dim) => dim >= 2);
  const kept = x.axes.slice(0, 2);
  const box = kept.flat();
  const reduce = boxOf(x).slice(box.length);
  const roles = boxOf(x).map((_, axis): AxisRole => {
    return axis < box.length ? { kind: 'output', axis } : { kind: 'reduce', axis: axis - box.length };
  });
  const axes = [...kept, ...x.axes.slice(2).map(() => [])];
  return { sum: summed(build, name, x, zero, roles, box, reduce), axes, x };
}

/** An image that windows slide over: a dimension of size 1 before and after has no axis, every other has one. */
export function slidingImage(build: Builder, name: string, input: Wires, planes: readonly Plane[]): Wires {
  const moving = planes.map((plane) => soleTap(plane) === null);
  return spatialAxes(build, laidOut(build, `${name}:input`, input), moving, name);
}

/** Sums over the windows of a sliding image. */
export function windowSums(build: Builder, name: string, x: Wires, zero: number, planes: readonly Plane[]): WindowSums {
  const moving = planes.map((plane) => soleTap(plane) === null);
  const kept = x.axes.slice(0, 2);
  const first = kept.flat().length;
  const sliding = planes.filter((_, i) => moving[i] === true);
  const axes = [...kept, ...planes.map((plane, i) => (moving[i] === true ? [plane.output] : []))];
  const roles = [
    ...kept.flat().map((_, axis): AxisRole => ({ kind: 'output', axis })),
    ...sliding.map(({ stride, dilation, pad }, i): AxisRole => {
      return { kind: 'window', axis: first + i, reduce: i, stride, dilation, pad };
    }),
  ];
  const reduce = sliding.map(({ kernel }) => kernel);
  return { sum: summed(build, name, x, zero, roles, axes.flat(), reduce), axes };
}
