/** Φ, prover's side: the batched claim vector over all of V. */
import { add, at, type Ext, isZero, multiply, one } from '../../base/extension.ts';
import type { ClaimTerm } from './claims.ts';
import { type Kernel, kernelVector } from './kernel-vectors.ts';
import type { Kernels } from './kernels/kernels.ts';
import { addressOf, type Layout, paddedBits } from './layout.ts';
import type { System, SystemTensor, TensorId } from './system.ts';

/** Weights over the innermost dimensions, as they lie in a padded tensor. */
type Tail = { readonly weights: Uint32Array; readonly dims: number };

/** Longest product of kernels that is multiplied out before it is added cell by cell. */
const longestTail = 4096;

/** The tensor product of the innermost kernels, as many as stay short. */
function tailOf(kernels: Kernels, vectors: readonly Uint32Array[], shifts: readonly number[]): Tail {
  let dims = vectors.length - 1;
  let weights = vectors[dims] as Uint32Array;
  while (dims > 0) {
    const vector = vectors[dims - 1] as Uint32Array;
    const shift = shifts[dims - 1] as number;
    const cells = (vector.length / 4 - 1) * shift + weights.length / 4;
    if (cells > longestTail) break;
    const longer = new Uint32Array(4 * cells);
    for (let i = 0; i < vector.length / 4; i++)
      kernels.addScaled(longer.subarray(4 * i * shift), weights, at(vector, i), weights.length / 4);
    weights = longer;
    dims -= 1;
  }
  return { weights, dims };
}

/** A term with its kernels written out, one vector per dimension. */
type Written = { readonly coefficient: Ext; readonly tensor: TensorId; readonly vectors: readonly Uint32Array[] };

function sameVector(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** a·x + b·y. */
function combination(kernels: Kernels, a: Ext, x: Uint32Array, b: Ext, y: Uint32Array): Uint32Array {
  const out = new Uint32Array(x.length);
  kernels.addScaled(out, x, a, x.length / 4);
  kernels.addScaled(out, y, b, y.length / 4);
  return out;
}

/** Two terms as one, when their vectors differ in one dimension at most. */
function joined(kernels: Kernels, a: Written, b: Written): Written | null {
  const differing = a.vectors.flatMap((vector, dim) =>
    sameVector(vector, b.vectors[dim] as Uint32Array) ? [] : [dim],
  );
  const [dim] = differing;
  if (dim === undefined) return { ...a, coefficient: add(a.coefficient, b.coefficient) };
  if (differing.length > 1) return null;
  const vector = combination(
    kernels,
    a.coefficient,
    a.vectors[dim] as Uint32Array,
    b.coefficient,
    b.vectors[dim] as Uint32Array,
  );
  return { tensor: a.tensor, coefficient: one, vectors: a.vectors.map((old, i) => (i === dim ? vector : old)) };
}

/**
 * The terms written out, with those of one tensor joined where that is possible: the taps of a window read a wire through
 * kernels that are the same but along one dimension, and the two cells of a cut step are looked up twice at one point.
 */
function writtenTerms(kernels: Kernels, system: System, terms: readonly ClaimTerm[]): readonly Written[] {
  const found = new Map<TensorId, Written[]>();
  for (const { coefficient, tensor, kernels: factors } of terms) {
    const { sizes } = system.tensors[tensor] as SystemTensor;
    const vectors =
      sizes.length === 0
        ? [Uint32Array.of(1, 0, 0, 0)]
        : sizes.map((size, dim) => kernelVector(factors[dim] as Kernel, size));
    let term: Written = { coefficient, tensor, vectors };
    const others: Written[] = [];
    for (const other of found.get(tensor) ?? []) {
      const both = joined(kernels, other, term);
      if (both === null) others.push(other);
      else term = both;
    }
    found.set(tensor, [...others, term]);
  }
  return [...found.values()].flat();
}

/** Adds Σ coefficient·(⊗ kernels) of all terms to `out`, which holds zeros or other claims. */
export function addClaimVector(
  kernels: Kernels,
  system: System,
  layout: Layout,
  terms: readonly ClaimTerm[],
  out: Uint32Array,
): void {
  for (const { coefficient, tensor, vectors } of writtenTerms(kernels, system, terms)) {
    const { sizes } = system.tensors[tensor] as SystemTensor;
    const shape = sizes.length === 0 ? [1] : sizes;
    const shifts = shape.map((_, dim) => 2 ** paddedBits(shape.slice(dim + 1)));
    const { weights, dims } = tailOf(kernels, vectors, shifts);
    const spread = (dim: number, address: number, weight: Ext): void => {
      if (dim === dims) {
        kernels.addScaled(out.subarray(4 * address), weights, weight, weights.length / 4);
        return;
      }
      const vector = vectors[dim] as Uint32Array;
      for (let i = 0; i < vector.length / 4; i++) {
        const factor = at(vector, i);
        if (!isZero(factor)) spread(dim + 1, address + i * (shifts[dim] as number), multiply(weight, factor));
      }
    };
    spread(0, addressOf(layout, tensor), coefficient);
  }
}
