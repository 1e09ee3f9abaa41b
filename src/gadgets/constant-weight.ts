/** How far a contraction with a constant can reach: Σ |w − zero| over what one output index reads, the largest of them. */
import type { Operand, Wire } from '../artifact/circuit.ts';
import type { Shape } from '../base/tensor.ts';

/** The dimensions by which outputs differ, with those of one cell left out and those that follow the last one joined. */
function groupsOf(sizes: Shape, { map }: Operand): readonly { readonly size: number; readonly outer: boolean }[] {
  const groups: { size: number; outer: boolean }[] = [];
  map.forEach((entry, dim) => {
    const size = sizes[dim] as number;
    const outer = entry.kind === 'output';
    const last = groups.at(-1);
    if (size === 1) return;
    if (last?.outer === outer) last.size *= size;
    else groups.push({ size, outer });
  });
  return groups;
}

function largestMagnitude(data: Int32Array, zero: number): number {
  return data.reduce((most, x) => Math.max(most, Math.abs(x - zero)), 0);
}

/** Σ |w − zero| for each index of the output dimensions: one pass over the cells, the innermost dimension in a loop. */
function weightSums(data: Int32Array, zero: number, sizes: Shape, operand: Operand): Float64Array {
  const groups = groupsOf(sizes, operand);
  const inner = groups.at(-1) ?? { size: 1, outer: false };
  const sums = new Float64Array(groups.reduce((total, { size, outer }) => (outer ? total * size : total), 1));
  let cell = 0;
  const walk = (depth: number, index: number): void => {
    const { size, outer } = groups[depth] ?? inner;
    if (depth < groups.length - 1) {
      for (let i = 0; i < size; i++) walk(depth + 1, outer ? index * size + i : index);
      return;
    }
    let sum = 0;
    for (let i = 0; i < inner.size; i++, cell++) {
      const magnitude = Math.abs((data[cell] as number) - zero);
      if (inner.outer) sums[index * inner.size + i] = (sums[index * inner.size + i] as number) + magnitude;
      else sum += magnitude;
    }
    if (!inner.outer) sums[index] = (sums[index] as number) + sum;
  };
  walk(0, 0);
  return sums;
}

/** max over output indices of Σ_r |w − zero| for a constant operand; the plain product bound when it has windows. */
function constantWeight(wire: Wire, operand: Operand, count: number): number {
  const data = wire.data as Int32Array;
  if (operand.map.some((entry) => entry.kind === 'window')) return count * largestMagnitude(data, operand.zero);
  return weightSums(data, operand.zero, wire.sizes, operand).reduce((most, sum) => Math.max(most, sum), 0);
}

/** Weights of constants, found once for all contractions that use the same cells in the same way. */
export class ConstantWeights {
  private readonly known = new Map<string, number>();

  of(wires: readonly Wire[], operand: Operand, count: number): number {
    const kinds = operand.map.map(({ kind }) => kind);
    const key = [operand.wire, operand.zero, kinds.includes('window') ? count : 0, ...kinds].join();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const weight = constantWeight(wires[operand.wire] as Wire, operand, count);
    this.known.set(key, weight);
    return weight;
  }
}
