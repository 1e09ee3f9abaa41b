/** LogUp-GKR, prover's side: leaves of all instances, the tree of fractions, and one sumcheck per layer. */
import { add, at, type Ext, fromBase, multiply, negate, put, subtract, zero } from '../../base/extension.ts';
import { fromInteger, fromIntegers } from '../../base/field.ts';
import { product } from '../../base/tensor.ts';
import { integersOf } from '../../gadgets/views.ts';
import type { Cells } from './assign.ts';
import type { ProverChannel } from './channel.ts';
import { type Instance, type Stack, tableIdentifier } from './instances.ts';
import type { Allocate, ExtVector, Kernels } from './kernels/kernels.ts';
import { forEachRun } from './layout.ts';
import type { System, SystemTable } from './system.ts';

type Layer = { readonly p: ExtVector; readonly q: ExtVector };

/** Integer columns of a tuple over its box, or of a table over its rows. */
function columnsOf(system: System, cells: Cells, instance: Instance): readonly ArrayLike<number>[] {
  if (instance.kind === 'table') return (system.tables[instance.index] as SystemTable).columns;
  const lookup = system.lookups[instance.index];
  const assignment = { wires: cells.tensors, accumulators: cells.accumulators };
  return (lookup?.tuple ?? []).map((expression) => integersOf(expression, system.tensors, assignment, instance.box));
}

/** Den = α − id − Σ_k β^(k+1)·column_k for every cell of an instance, without padding. */
function denominators(
  kernels: Kernels,
  columns: readonly ArrayLike<number>[],
  start: Ext,
  beta: Ext,
  out: ExtVector,
): void {
  const count = out.length / 4;
  put(out, 0, start);
  for (let filled = 4; filled < out.length; filled *= 2)
    out.copyWithin(filled, 0, Math.min(filled, out.length - filled));
  let weight = negate(beta);
  for (const column of columns) {
    kernels.accumulateBase(out, weight, fromIntegers(column), 0, count);
    weight = multiply(weight, beta);
  }
}

/** The leaves of a tree: numerators are in F. From `used` on they are all 0/1. */
type Leaves = { readonly p: Uint32Array; readonly q: ExtVector; readonly used: number };

/** All leaves: 1/Den for lookups, −m/Den for table rows, 0/1 elsewhere. */
function leavesOf(
  kernels: Kernels,
  allocate: Allocate,
  system: System,
  cells: Cells,
  stack: Stack,
  alpha: Ext,
  beta: Ext,
): Leaves {
  const p = allocate(2 ** stack.logLeaves);
  const q = allocate(4 * 2 ** stack.logLeaves);
  const scratch = allocate(4 * Math.max(...stack.instances.map(({ box }) => product(box))));
  for (let leaf = 0; leaf < q.length; leaf += 4) q[leaf] = 1;
  for (const instance of stack.instances) {
    const table = instance.kind === 'table' ? instance.index : (system.lookups[instance.index]?.table as number);
    const start = subtract(alpha, fromBase(tableIdentifier(table)));
    const dense = scratch.subarray(0, 4 * product(instance.box));
    denominators(kernels, columnsOf(system, cells, instance), start, beta, dense);
    const counts =
      instance.kind === 'table' ? cells.tensors[(system.tables[table] as SystemTable).multiplicity] : undefined;
    forEachRun(instance.box, (first, offset, length) => {
      const leaf = instance.address + offset;
      q.set(dense.subarray(4 * first, 4 * (first + length)), 4 * leaf);
      if (counts === undefined) p.fill(1, leaf, leaf + length);
      else for (let i = 0; i < length; i++) p[leaf + i] = fromInteger(-(counts[first + i] as number));
    });
  }
  return { p, q, used: usedLeaves(stack) };
}

function usedLeaves({ instances }: Stack): number {
  return Math.max(...instances.map(({ address, bits }) => address + 2 ** bits));
}

/** The layer above the leaves. A node whose right child is 0/1 is its left child. */
function aboveLeaves(kernels: Kernels, allocate: Allocate, { p, q, used }: Leaves): Layer {
  const half = p.length / 2;
  const above = { p: allocate(4 * half), q: allocate(4 * half) };
  const paired = Math.max(0, used - half);
  kernels.fractionLeaves(p, q, half, above.p, above.q, paired);
  for (let x = paired; x < half; x++) above.p[4 * x] = p[x] as number;
  above.q.set(q.subarray(4 * paired, 4 * half), 4 * paired);
  return above;
}

/** The children of a layer: left and right numerators and denominators. Right ones are 0/1 from `paired` on. */
type Children = {
  readonly p0: ExtVector;
  readonly p1: ExtVector;
  readonly q0: ExtVector;
  readonly q1: ExtVector;
  readonly paired: number;
};

function halvesOf({ p, q }: Layer): Children {
  const half = p.length / 2;
  return {
    p0: p.subarray(0, half),
    p1: p.subarray(half),
    q0: q.subarray(0, half),
    q1: q.subarray(half),
    paired: half / 4,
  };
}

/** The leaves as children; their numerators, widened, stand in a layer that is used up. */
function halvesOfLeaves({ p, q, used }: Leaves, room: Layer): Children {
  const half = p.length / 2;
  const [p0, p1] = [room.p.fill(0), room.q.fill(0)];
  for (let x = 0; x < half; x++) p0[4 * x] = p[x] as number;
  for (let x = 0; x < half; x++) p1[4 * x] = p[x + half] as number;
  return { p0, p1, q0: q.subarray(0, 4 * half), q1: q.subarray(4 * half), paired: Math.max(0, used - half) };
}

/** Sumcheck for one layer at `point` over the children of its nodes, which are used up. Returns the next point. */
function proveLayer(
  channel: ProverChannel,
  kernels: Kernels,
  { p0, p1, q0, q1, paired }: Children,
  eq: ExtVector,
  point: readonly Ext[],
): Ext[] {
  const lambda = channel.drawOne();
  // p₀q₁ + p₁q₀ + λq₀q₁ = (p₀ + λq₀)q₁ + p₁q₀
  const a0 = p0;
  kernels.addScaled(a0, q0, lambda, 2 ** point.length);
  // The round of the highest variable weighs with eq over the others; each later one with its halves added.
  kernels.eqTable(point.slice(0, -1), eq);
  const next: Ext[] = [];
  for (let bit = point.length - 1; bit >= 0; bit--) {
    const count = 2 ** bit;
    if (bit < point.length - 1) kernels.addHalves(eq, count);
    // Where both right children are 0/1 the terms are a₀ alone: they add nothing to g(∞) and stay 0/1 when folded.
    const full = Math.min(paired, count);
    const [g0, gInfinity] = kernels.fractionRound(a0, q0, p1, q1, eq, count, full);
    const rest = full < count ? kernels.pairing(eq.subarray(4 * full), a0.subarray(4 * full), count - full) : zero;
    channel.sendHidden(add(g0, rest), gInfinity);
    const z = channel.drawOne();
    for (const vector of [a0, q0]) kernels.foldHigh(vector, count, z);
    for (const vector of [p1, q1]) kernels.foldHigh(vector, count, z, full);
    next[bit] = z;
  }
  const p0Final = subtract(at(a0, 0), multiply(lambda, at(q0, 0)));
  channel.sendHidden(p0Final, at(p1, 0), at(q0, 0), at(q1, 0));
  return [...next, channel.drawOne()];
}

/** p₁(0), p₁(1), q₁(0), q₁(1): of two leaves when there are no more. */
function topOf(top: Layer | undefined, { p, q }: Leaves): readonly Ext[] {
  const numerators =
    top === undefined ? [0, 1].map((leaf) => fromBase(p[leaf] as number)) : [at(top.p, 0), at(top.p, 1)];
  const denominators = top?.q ?? q;
  return [...numerators, at(denominators, 0), at(denominators, 1)];
}

/** Numerators and denominators of all leaves, layers that halve, weights, and one instance. */
export function lookupCells(stack: Stack): number {
  const leaves = 2 ** stack.logLeaves;
  return 14 * leaves + 4 * Math.max(4, ...stack.instances.map(({ box }) => product(box)));
}

/** Step 4. Returns the point at which the leaves are claimed. */
export function proveLookups(
  channel: ProverChannel,
  kernels: Kernels,
  system: System,
  stack: Stack,
  cells: Cells,
  alpha: Ext,
  beta: Ext,
): readonly Ext[] {
  channel.begin(4);
  return kernels.arena(lookupCells(stack), (allocate) => {
    const leaves = leavesOf(kernels, allocate, system, cells, stack, alpha, beta);
    // From the top down; the leaves themselves are not among them.
    const layers: Layer[] = stack.logLeaves === 1 ? [] : [aboveLeaves(kernels, allocate, leaves)];
    for (let level = stack.logLeaves - 2; level >= 1; level--) {
      const below = layers[0] as Layer;
      const above = { p: allocate(4 * 2 ** level), q: allocate(4 * 2 ** level) };
      kernels.fractionLayer(below.p, below.q, 2 ** level, above.p, above.q);
      layers.unshift(above);
    }
    channel.sendHidden(...topOf(layers[0], leaves));
    const eq = allocate(Math.max(4, leaves.p.length));
    let point: Ext[] = [channel.drawOne()];
    for (let k = 1; k < stack.logLeaves; k++) {
      const layer = layers[k];
      const children = layer === undefined ? halvesOfLeaves(leaves, layers[k - 1] as Layer) : halvesOf(layer);
      point = proveLayer(channel, kernels, children, eq, point);
    }
    return point;
  });
}
