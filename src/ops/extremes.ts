/** What reductions to the largest and the smallest element share: looking along some dimensions, in either direction. */
import { type IntTensor, product, type Shape, strides } from '../base/tensor.ts';
import { type Builder, boxOf, expressionOf, type Wires } from '../gadgets/builder.ts';
import { rewired, type Source } from './rewire.ts';
import { copied, laidOut, rangeOfSum, wholeWire } from './wires.ts';

/** For every cell of the tensor without the axes: the addresses of the cells along them, in order. */
export function rowsAlong(x: IntTensor, axes: readonly number[]): number[][] {
  const steps = strides(x.dims);
  const spread = (dims: readonly number[]): number[] =>
    dims.reduce(
      (at, dim) =>
        at.flatMap((base) =>
          Array.from({ length: x.dims[dim] as number }, (_, i) => base + i * (steps[dim] as number)),
        ),
      [0],
    );
  const along = spread([...axes].sort((a, b) => a - b));
  const others = spread(x.dims.map((_, dim) => dim).filter((dim) => !axes.includes(dim)));
  return others.map((base) => along.map((step) => base + step));
}

/** The shape with 1 in place of the reduced dimensions. */
export function reducedDims(dims: Shape, axes: readonly number[]): Shape {
  return dims.map((size, dim) => (axes.includes(dim) ? 1 : size));
}

/**
 * A tensor that one view reads, in which the wanted extreme is the largest: x itself, or −x for the smallest. With `lifted`
 * no cell is negative, so that 0, which views read outside their wire, is never above one.
 */
export function facingUp(build: Builder, input: Wires, smallest: boolean, lifted: boolean, name: string): Wires {
  const laid = laidOut(build, `${name}:input`, input);
  const x = laid.parts.length === 1 ? laid : copied(build, `${name}:operand`, laid);
  const box = boxOf(x);
  const [low, high] = rangeOfSum(build, x.parts, box);
  const lift = lifted ? (smallest ? high : -low) : 0;
  if (!smallest && lift <= 0) return x;
  const sign = smallest ? -1 : 1;
  const { terms } = expressionOf(x);
  const wire = build.witness(`${name}:up`, box, smallest ? [lift - high, lift - low] : [low + lift, high + lift]);
  const faced = { constant: lift, terms: terms.map((term) => ({ ...term, coefficient: sign })), accumulators: [] };
  build.linear(`${name}:up`, box, faced, wire);
  return wholeWire(x.dtype, x.dims, x.axes, wire);
}

/** The tensor with one axis read through a list of indices, −1 reading 0; a list of one index leaves the axis in place. */
export function along(build: Builder, x: Wires, axis: number, indices: readonly number[]): Wires {
  const flat = boxOf(x);
  const sources = flat.map(
    (_, each): Source => (each === axis ? { kind: 'listed', axes: [axis], indices } : { kind: 'axis', axis: each }),
  );
  let first = 0;
  const axes = x.axes.map((sizes) => {
    const from = first;
    first += sizes.length;
    return sizes.map((size, i) => (from + i === axis ? indices.length : size));
  });
  return rewired(build, x, axes.map(product), axes, sources);
}
