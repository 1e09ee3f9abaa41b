/** LogUp-GKR, prover's side: leaves of all instances, the tree of fractions, and one sumcheck per layer. */
import { at, type Ext, fromBase, multiply, negate, put, subtract } from '../../base/extension.ts';
import { fromInteger, fromIntegers } from '../../base/field.ts';
import { product } from '../../base/tensor.ts';
import { evaluateExpression } from '../../gadgets/views.ts';
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
  return (lookup?.tuple ?? []).map((expression) =>
    evaluateExpression(expression, system.tensors, assignment, instance.box),
  );
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

/** All leaves: 1/Den for lookups, −m/Den for table rows, 0/1 elsewhere. */
function leavesOf(
  kernels: Kernels,
  allocate: Allocate,
  system: System,
  cells: Cells,
  { instances, logLeaves }: Stack,
  alpha: Ext,
  beta: Ext,
): Layer {
  const p = allocate(4 * 2 ** logLeaves);
  const q = allocate(4 * 2 ** logLeaves);
  const scratch = allocate(4 * Math.max(...instances.map(({ box }) => product(box))));
  for (let leaf = 0; leaf < q.length; leaf += 4) q[leaf] = 1;
  for (const instance of instances) {
    const table = instance.kind === 'table' ? instance.index : (system.lookups[instance.index]?.table as number);
    const start = subtract(alpha, fromBase(tableIdentifier(table)));
    const dense = scratch.subarray(0, 4 * product(instance.box));
    denominators(kernels, columnsOf(system, cells, instance), start, beta, dense);
    const counts =
      instance.kind === 'table' ? cells.tensors[(system.tables[table] as SystemTable).multiplicity] : undefined;
    forEachRun(instance.box, (first, offset, length) => {
      const leaf = instance.address + offset;
      q.set(dense.subarray(4 * first, 4 * (first + length)), 4 * leaf);
      for (let i = 0; i < length; i++)
        p[4 * (leaf + i)] = counts === undefined ? 1 : fromInteger(-(counts[first + i] as number));
    });
  }
  return { p, q };
}

/** Sumcheck for one layer at `point`; `below` is the layer whose halves are the children. It is used up. Returns the next point. */
function proveLayer(
  channel: ProverChannel,
  kernels: Kernels,
  below: Layer,
  eq: ExtVector,
  point: readonly Ext[],
): Ext[] {
  const size = 2 ** point.length;
  const lambda = channel.drawOne();
  const half = 4 * size;
  const p0 = below.p.subarray(0, half);
  const p1 = below.p.subarray(half);
  const q0 = below.q.subarray(0, half);
  const q1 = below.q.subarray(half);
  // p₀q₁ + p₁q₀ + λq₀q₁ = (p₀ + λq₀)q₁ + p₁q₀
  const a0 = p0;
  kernels.addScaled(a0, q0, lambda, size);
  // The round of the highest variable weighs with eq over the others; each later one with its halves added.
  kernels.eqTable(point.slice(0, -1), eq);
  const next: Ext[] = [];
  for (let bit = point.length - 1; bit >= 0; bit--) {
    const count = 2 ** bit;
    if (bit < point.length - 1) kernels.addHalves(eq, count);
    channel.sendHidden(...kernels.fractionRound(a0, q0, p1, q1, eq, count));
    const z = channel.drawOne();
    for (const vector of [a0, q0, p1, q1]) kernels.foldHigh(vector, count, z);
    next[bit] = z;
  }
  const p0Final = subtract(at(a0, 0), multiply(lambda, at(q0, 0)));
  channel.sendHidden(p0Final, at(p1, 0), at(q0, 0), at(q1, 0));
  return [...next, channel.drawOne()];
}

/** Two vectors of leaves, layers that halve, weights, and one instance. */
export function lookupCells(stack: Stack): number {
  const leaves = 2 ** stack.logLeaves;
  return 4 * (4 * leaves + leaves / 2 + Math.max(...stack.instances.map(({ box }) => product(box))));
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
  const leaves = 2 ** stack.logLeaves;
  return kernels.arena(lookupCells(stack), (allocate) => {
    const layers: Layer[] = [leavesOf(kernels, allocate, system, cells, stack, alpha, beta)];
    for (let level = stack.logLeaves - 1; level >= 1; level--) {
      const below = layers[0] as Layer;
      const above = { p: allocate(4 * 2 ** level), q: allocate(4 * 2 ** level) };
      kernels.fractionLayer(below.p, below.q, 2 ** level, above.p, above.q);
      layers.unshift(above);
    }
    const top = layers[0] as Layer;
    channel.sendHidden(at(top.p, 0), at(top.p, 1), at(top.q, 0), at(top.q, 1));
    const eq = allocate(Math.max(4, leaves));
    let point: Ext[] = [channel.drawOne()];
    for (let k = 1; k < stack.logLeaves; k++) point = proveLayer(channel, kernels, layers[k] as Layer, eq, point);
    return point;
  });
}
