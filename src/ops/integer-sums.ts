/** Accumulators as a tensor of int32: what operators without a requantization return. */
import type { AccumulatorId } from '../artifact/circuit.ts';
import type { Interval, Shape } from '../base/tensor.ts';
import type { Builder, Wires } from '../gadgets/builder.ts';
import { integerLimit } from '../gadgets/check.ts';
import { type Biased, biasTerms } from './rescale.ts';
import { wholeWire } from './wires.ts';

/**
 * The sums on a wire named after the output. The wire's own range is the whole of (−p/2, p/2): the sums are bounded far
 * inside it, or the circuit is refused, so that equality in the field is equality of integers.
 */
export function integerOutput(
  build: Builder,
  sums: Omit<Biased, 'name'> & { readonly axes: readonly Shape[]; readonly accumulators: readonly AccumulatorId[] },
  { name, dims }: { readonly name: string; readonly dims: Shape },
): Wires {
  const widest: Interval = [1 - integerLimit, integerLimit - 1];
  const { box, axes, accumulators } = sums;
  const wire = build.witness(name, box, widest);
  build.linear(name, box, { ...biasTerms(build, { ...sums, name }), accumulators }, wire);
  return wholeWire('s32', dims, axes, wire);
}

/** Range of `count` products of one integer of each range. */
export function productRange(count: number, [a, b]: Interval, [c, d]: Interval): Interval {
  const products = [a * c, a * d, b * c, b * d].map((value) => value * count);
  return [Math.min(...products), Math.max(...products)];
}
