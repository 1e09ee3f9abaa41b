import type { Ext } from './extension.ts';
import * as E from './extension.ts';
import type { Claim, TensorTerm } from './forms.ts';
import { kernelAt } from './kernels.ts';
import type { Layout } from './layout.ts';
import { axisPoints, bitsOf, boxBits, eqAt, eqTable, type Point } from './multilinear.ts';
import { demand } from './refusal.ts';

/** §8, "Batching": ⟨Φ, V⟩ = C, where claim number j is multiplied by ω^j. */
export interface Batch {
  readonly target: Ext;
  readonly tensors: readonly TensorTerm[];
  /** The coefficient of every element of the pad block. */
  readonly pads: ReadonlyMap<number, Ext>;
}

/** A claim with neither pads nor committed tensors is compared at once and takes no number. */
export function batchClaims(claims: readonly Claim[], omega: Ext): Batch {
  let weight = E.ONE;
  let target = E.ZERO;
  const tensors: TensorTerm[] = [];
  const pads = new Map<number, Ext>();
  for (const { form, tensors: terms } of claims) {
    if (form.pads.size === 0 && terms.length === 0) {
      demand(E.isZero(form.constant), 'relation', 'a relation of public values does not hold');
      continue;
    }
    target = E.sub(target, E.mul(weight, form.constant));
    for (const term of terms) tensors.push({ ...term, coefficient: E.mul(weight, term.coefficient) });
    for (const [number, coefficient] of form.pads)
      pads.set(number, E.add(pads.get(number) ?? E.ZERO, E.mul(weight, coefficient)));
    weight = E.mul(weight, omega);
  }
  return { target, tensors, pads };
}

/** Φ~(r), from the kernels. */
export function batchAt({ tensors, pads }: Batch, layout: Layout, r: Point): Ext {
  let sum = padsAt(pads, layout, r);
  const known = new Map<number, { parts: Point[]; place: Ext }>();
  for (const { coefficient, tensor, kernels } of tensors) {
    const at = known.get(tensor) ?? split(layout, tensor, r);
    known.set(tensor, at);
    const value = kernels.reduce(
      (product, kernel, d) => E.mul(product, kernelAt(kernel, at.parts[d] as Point)),
      at.place,
    );
    sum = E.add(sum, E.mul(coefficient, value));
  }
  return sum;
}

/** The coordinates of r that index a tensor's dimensions, and eq of its address at the others. */
function split(layout: Layout, tensor: number, r: Point): { parts: Point[]; place: Ext } {
  const { sizes, address } = layout.tensors.get(tensor) as { sizes: readonly number[]; address: number };
  const bits = boxBits(sizes);
  return { parts: axisPoints(sizes, r.slice(0, bits)), place: eqAt(r.slice(bits), address / 2 ** bits) };
}

/** §7, "Pad block": four cells per element, coordinate q weighing θ^q. */
function padsAt(pads: ReadonlyMap<number, Ext>, layout: Layout, r: Point): Ext {
  const { sizes, address } = layout.tensors.get(layout.padBlock) as { sizes: readonly number[]; address: number };
  const cells = sizes[0] as number;
  const table = eqTable(r.slice(0, bitsOf(cells)), cells);
  let sum = E.ZERO;
  for (const [number, coefficient] of pads) {
    let element = E.ZERO;
    for (let q = 0; q < 4; q++) element = E.add(element, E.timesTheta(table[4 * number + q] as Ext, q));
    sum = E.add(sum, E.mul(coefficient, element));
  }
  return E.mul(sum, eqAt(r.slice(bitsOf(cells)), address / 2 ** bitsOf(cells)));
}
