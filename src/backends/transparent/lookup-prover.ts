/** LogUp-GKR, prover's side: leaves of all instances, the tree of fractions, and one sumcheck per layer. */
import { add, at, type Ext, fromBase, multiply, put, subtract } from '../../base/extension.ts';
import { fromInteger, mul, sub } from '../../base/field.ts';
import { evaluateExpression } from '../../gadgets/views.ts';
import type { Cells } from './assign.ts';
import type { ProverChannel } from './channel.ts';
import { type Instance, type Stack, tableIdentifier } from './instances.ts';
import type { ExtVector, Kernels } from './kernels/kernels.ts';
import { forEachRun } from './layout.ts';
import { eqTable } from './polynomials.ts';
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

/** q[at …] −= weight·integer. */
function subtractScaled(q: ExtVector, at: number, weight: Ext, integer: number): void {
  if (integer === 0) return;
  const value = fromInteger(integer);
  for (let c = 0; c < 4; c++) q[at + c] = sub(q[at + c] as number, mul(weight[c] as number, value));
}

/** All leaves: 1/Den for lookups, −m/Den for table rows, 0/1 elsewhere. */
function leavesOf(system: System, cells: Cells, { instances, logLeaves }: Stack, alpha: Ext, beta: Ext): Layer {
  const p = new Uint32Array(4 * 2 ** logLeaves);
  const q = new Uint32Array(4 * 2 ** logLeaves);
  for (let leaf = 0; leaf < 2 ** logLeaves; leaf++) q[4 * leaf] = 1;
  for (const instance of instances) {
    const columns = columnsOf(system, cells, instance);
    const table = instance.kind === 'table' ? instance.index : (system.lookups[instance.index]?.table as number);
    const start = subtract(alpha, fromBase(tableIdentifier(table)));
    const weights: Ext[] = [];
    columns.forEach((_, i) => weights.push(i === 0 ? beta : multiply(weights[i - 1] as Ext, beta)));
    const counts =
      instance.kind === 'table' ? cells.tensors[(system.tables[table] as SystemTable).multiplicity] : undefined;
    forEachRun(instance.box, (first, offset, length) => {
      for (let i = 0; i < length; i++) {
        const leaf = instance.address + offset + i;
        put(q, leaf, start);
        columns.forEach((column, k) => subtractScaled(q, 4 * leaf, weights[k] as Ext, column[first + i] as number));
        p[4 * leaf] = counts === undefined ? 1 : fromInteger(-(counts[first + i] as number));
      }
    });
  }
  return { p, q };
}

/** eq table over one variable fewer: the halves added. */
function dropHighest(eq: ExtVector, half: number): void {
  for (let x = 0; x < half; x++) put(eq, x, add(at(eq, x), at(eq, x + half)));
}

/** Sumcheck for one layer at `point`; `below` is the layer whose halves are the children. Returns the next point. */
function proveLayer(channel: ProverChannel, kernels: Kernels, below: Layer, point: readonly Ext[]): Ext[] {
  const size = 2 ** point.length;
  const lambda = channel.drawOne();
  const half = 4 * size;
  const p0 = below.p.slice(0, half);
  const p1 = below.p.slice(half);
  const q0 = below.q.slice(0, half);
  const q1 = below.q.slice(half);
  // p₀q₁ + p₁q₀ + λq₀q₁ = (p₀ + λq₀)q₁ + p₁q₀
  const a0 = p0;
  kernels.addScaled(a0, q0, lambda, size);
  const eq = eqTable(point);
  const next: Ext[] = [];
  for (let bit = point.length - 1; bit >= 0; bit--) {
    const count = 2 ** bit;
    dropHighest(eq, count);
    channel.send(...kernels.fractionRound(a0, q0, p1, q1, eq, count));
    const z = channel.drawOne();
    for (const vector of [a0, q0, p1, q1]) kernels.foldHigh(vector, count, z);
    next[bit] = z;
  }
  const p0Final = subtract(at(a0, 0), multiply(lambda, at(q0, 0)));
  channel.send(p0Final, at(p1, 0), at(q0, 0), at(q1, 0));
  return [...next, channel.drawOne()];
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
  const layers: Layer[] = [leavesOf(system, cells, stack, alpha, beta)];
  for (let level = stack.logLeaves - 1; level >= 1; level--) {
    const below = layers[0] as Layer;
    layers.unshift(kernels.fractionLayer(below.p, below.q, 2 ** level));
  }
  const top = layers[0] as Layer;
  channel.send(at(top.p, 0), at(top.p, 1), at(top.q, 0), at(top.q, 1));
  let point: Ext[] = [channel.drawOne()];
  for (let k = 1; k < stack.logLeaves; k++) point = proveLayer(channel, kernels, layers[k] as Layer, point);
  return point;
}
