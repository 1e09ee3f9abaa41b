/**
 * MaxPool as relations: pairwise maxima along one spatial dimension, then along the next.
 *
 * A window cell outside the image must not win. A view reads it as 0, the lowest u8. A padded s8 image is therefore first
 * copied with 128 added, pooled, and brought back by the constants of the last maximum. Both sides of every maximum lie in
 * one range of 256 integers, so they differ by at most 255.
 */
import type { AxisMap, Expression, View } from '../../artifact/circuit.ts';
import { dtypeRange, type Interval } from '../../base/tensor.ts';
import { axisOffsets, type Builder, boxOf, expressionOf, identityMap, type Wires } from '../../gadgets/builder.ts';
import type { OutputSpec } from '../op.ts';
import { isPadded, type Plane, planesOf, soleTap, tapView } from '../planes.ts';
import { copied, laidOut, rangeOfSum, spatialAxes, wholeWire } from '../wires.ts';
import type { MaxPoolAttrs } from './attrs.ts';

type AxisEntry = Extract<AxisMap, { kind: 'axis' }>;

/** True when reading past the logical ends of `axis` never meets a cell of the wire, so that it gives 0. */
function endsClean(build: Builder, view: View, axis: number, plane: Plane): boolean {
  const dim = view.map.findIndex((entry) => entry.kind === 'axis' && entry.axis === axis);
  if (dim < 0) return false;
  const { stride, offset } = view.map[dim] as AxisEntry;
  const size = build.sizes(view.wire)[dim] as number;
  const last = plane.stride * (plane.output - 1) + plane.dilation * (plane.kernel - 1) - plane.pad;
  for (let index = -plane.pad; index <= last; index++) {
    const at = stride * index + offset;
    if ((index < 0 || index >= plane.size) && at >= 0 && at < size) return false;
  }
  return true;
}

/** Maxima along one dimension, `constant` added to each; the last wire is called `name`. A kernel of 1 only strides views. */
function pooled(build: Builder, input: Wires, dim: number, plane: Plane, name: string, constant: number): Wires {
  const axis = axisOffsets(input)[dim] as number;
  const clean = input.parts.length === 1 && endsClean(build, input.parts[0] as View, axis, plane);
  const x = clean ? input : copied(build, `${name}:operand`, input);
  const dims = x.dims.map((size, i) => (i === dim ? plane.output : size));
  const axes = x.axes.map((sizes, i) => (i === dim ? [plane.output] : sizes));
  const box = axes.flat();
  const taps = Array.from({ length: plane.kernel }, (_, k) => x.parts.map((view) => tapView(view, axis, plane, k)));
  const sum = (parts: readonly View[], offset: number): Expression => expressionOf({ ...x, parts }, offset);
  let parts = taps[0] as View[];
  for (let k = 1; k < plane.kernel; k++) {
    const right = taps[k] as View[];
    const last = k === plane.kernel - 1;
    const offset = last ? constant : 0;
    const [a, b] = [rangeOfSum(build, parts, box), rangeOfSum(build, right, box)];
    const interval: Interval = [Math.max(a[0], b[0]) + offset, Math.max(a[1], b[1]) + offset];
    const label = last ? name : `${name}:tap${k}`;
    const wire = build.witness(label, box, interval);
    build.maximum(label, box, sum(parts, offset), sum(right, offset), wire);
    parts = [{ wire, map: identityMap(box) }];
  }
  return { ...x, dims, axes, parts };
}

/** A copy with `constant` added to every cell. */
function raised(build: Builder, x: Wires, constant: number, name: string): Wires {
  const one = x.parts.length === 1 ? x : copied(build, `${name}:operand`, x);
  const box = boxOf(one);
  const [low, high] = rangeOfSum(build, one.parts, box);
  const wire = build.witness(name, box, [low + constant, high + constant]);
  build.linear(name, box, expressionOf(one, constant), wire);
  return wholeWire(x.dtype, x.dims, x.axes, wire);
}

/** The order of pooling: the innermost dimension first, dimensions of kernel 1 before all others. */
function schedule(planes: readonly Plane[]): number[] {
  const active = planes.flatMap((plane, i) => {
    const same = plane.kernel === 1 && plane.stride === 1;
    return soleTap(plane) !== null || same ? [] : [i];
  });
  const strided = (i: number): number => ((planes[i] as Plane).kernel === 1 ? 0 : 1);
  return active.sort((i, j) => strided(i) - strided(j) || j - i);
}

export function constrainMaxPool(build: Builder, input: Wires, output: OutputSpec, attrs: MaxPoolAttrs): Wires {
  const { name } = output;
  const planes = planesOf(input.dims.slice(2), attrs.kernel, attrs, attrs.ceilMode);
  const moving = planes.map((plane) => soleTap(plane) === null);
  const x = spatialAxes(build, laidOut(build, `${name}:input`, input), moving, name);
  const order = schedule(planes);
  const lift = order.some((i) => isPadded(planes[i] as Plane)) ? -dtypeRange[input.dtype][0] : 0;
  let current = lift === 0 ? x : raised(build, x, lift, `${name}:raised`);
  for (const [turn, i] of order.entries()) {
    const last = turn === order.length - 1;
    const label = last ? name : `${name}:dimension${i + 2}`;
    current = pooled(build, current, i + 2, planes[i] as Plane, label, last ? -lift : 0);
  }
  return { ...current, dims: output.dims };
}
