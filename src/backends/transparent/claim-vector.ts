/** Φ, prover's side: the batched claim vector over all of V. */
import { at, type Ext, isZero, multiply } from '../../base/extension.ts';
import type { ClaimTerm } from './claims.ts';
import { type Kernel, kernelVector } from './kernel-vectors.ts';
import type { Kernels } from './kernels/kernels.ts';
import { addressOf, type Layout, paddedBits } from './layout.ts';
import type { System, SystemTensor } from './system.ts';

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

/** Adds Σ coefficient·(⊗ kernels) of all terms to `out`, which holds zeros or other claims. */
export function addClaimVector(
  kernels: Kernels,
  system: System,
  layout: Layout,
  terms: readonly ClaimTerm[],
  out: Uint32Array,
): void {
  for (const { coefficient, tensor, kernels: factors } of terms) {
    const { sizes } = system.tensors[tensor] as SystemTensor;
    const shape = sizes.length === 0 ? [1] : sizes;
    const vectors =
      sizes.length === 0
        ? [Uint32Array.of(1, 0, 0, 0)]
        : sizes.map((size, dim) => kernelVector(factors[dim] as Kernel, size));
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
