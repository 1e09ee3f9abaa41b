/** Pad with a constant. A view: costs nothing, unless a padded dimension was made of several axes by a reshape. */
import type { AxisMap, View } from '../../artifact/circuit.ts';
import { dtypeRange, type Interval, type IntTensor, product, type Shape, strides } from '../../base/tensor.ts';
import { type Builder, boxOf, type Wires } from '../../gadgets/builder.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { rewired, type Source } from '../rewire.ts';
import { checkCount, refuse } from '../types.ts';
import { constantWires, hull, merged, withUnitAxes } from '../wires.ts';
import { type PadAttrs, readPadAttrs } from './attrs.ts';

function paddedDims(dims: Shape, { begins, ends }: PadAttrs): Shape {
  return dims.map((size, dim) => (begins[dim] as number) + size + (ends[dim] as number));
}

function shape(inputs: readonly OpInput[], attrs: PadAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const { dtype, dims } = inputs[0] as OpInput;
  if (attrs.begins.length !== dims.length || attrs.ends.length !== dims.length)
    refuse('MODEL_INVALID', node, `its pads do not have ${dims.length} entries per side`);
  const [low, high] = dtypeRange[dtype];
  if (attrs.value < low || attrs.value > high) refuse('MODEL_INVALID', node, `${attrs.value} is not a ${dtype}`);
  return [{ dtype, dims: paddedDims(dims, attrs) }];
}

function run(x: IntTensor, attrs: PadAttrs): IntTensor {
  const dims = paddedDims(x.dims, attrs);
  const data = new Int32Array(product(dims)).fill(attrs.value);
  const [from, to] = [strides(x.dims), strides(dims)];
  x.data.forEach((value, cell) => {
    let at = 0;
    x.dims.forEach((size, dim) => {
      const index = Math.floor(cell / (from[dim] as number)) % size;
      at += (index + (attrs.begins[dim] as number)) * (to[dim] as number);
    });
    data[at] = value;
  });
  return { dtype: x.dtype, dims, data };
}

/** One axis per padded dimension, at its place in the box. */
type PaddedAxis = { readonly axis: number; readonly begin: number; readonly size: number; readonly total: number };

/** A wire dimension of size 1 that is seen inside the image, or outside of it, along one axis. */
function mask({ axis, begin, size, total }: PaddedAxis, inside: boolean): AxisMap {
  const indices = Int32Array.from({ length: total }, (_, x) => ((x >= begin && x < begin + size) === inside ? 0 : -1));
  return { kind: 'listed', axes: [axis], indices };
}

/** The border as disjoint slabs of one constant: outside along an axis, inside along the padded axes before it. */
function border(build: Builder, name: string, padded: readonly PaddedAxis[], value: number): View[] {
  return padded.map((axis, i): View => {
    const ones = new Array<number>(i + 1).fill(1);
    const wire = build.constant(`${name}:border${i}`, ones, Int32Array.of(value));
    return { wire, map: [...padded.slice(0, i).map((before) => mask(before, true)), mask(axis, false)] };
  });
}

function constrain(build: Builder, input: Wires, attrs: PadAttrs, name: string): Wires {
  if (input.constant !== null) return constantWires(run(input.constant, attrs));
  const dims = paddedDims(input.dims, attrs);
  const grows = (dim: number): boolean => dims[dim] !== input.dims[dim];
  const x = withUnitAxes(merged(build, `${name}:merged`, input, grows), grows);
  const axes = x.axes.map((sizes, dim) => (grows(dim) ? [dims[dim] as number] : sizes));
  const padded = axes.flatMap((_, dim): PaddedAxis[] => {
    if (!grows(dim)) return [];
    const [begin, size] = [attrs.begins[dim] as number, x.dims[dim] as number];
    return [{ axis: axes.slice(0, dim).flat().length, begin, size, total: dims[dim] as number }];
  });
  const sources = boxOf(x).map((_, axis): Source => {
    const place = padded.find((each) => each.axis === axis);
    if (place === undefined) return { kind: 'axis', axis };
    const indices = Array.from({ length: place.total }, (__, at) => {
      const index = at - place.begin;
      return index >= 0 && index < place.size ? index : -1;
    });
    return { kind: 'listed', axes: [axis], indices };
  });
  const moved = rewired(build, x, dims, axes, sources);
  if (attrs.value === 0) return moved;
  return { ...moved, parts: [...moved.parts, ...border(build, name, padded, attrs.value)], constant: null };
}

export const pad: Op<PadAttrs> = {
  name: 'Pad',
  attrs: readPadAttrs,
  shape,
  bound: ([x], { value }) => [hull([x as Interval, [value, value]])],
  run: ([x], attrs) => [run(x as IntTensor, attrs)],
  constrain: (build, [x], [output], attrs) => [constrain(build, x as Wires, attrs, (output as OutputSpec).name)],
};
