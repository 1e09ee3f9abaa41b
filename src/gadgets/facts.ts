/** Facts about gadgets that every stage shares. */
import type { AxisMap, Expression, Gadget, View, Wire, WireId } from '../artifact/circuit.ts';
import type { Shape } from '../base/tensor.ts';

/** The widest difference a maximum gadget accepts between its two sides. */
export const maximumSpan = 255;

/** Output wire of a gadget that determines one; −1 for relations that only restrict. */
export function outputOf(gadget: Gadget): number {
  return gadget.kind === 'contract' || gadget.kind === 'range' ? -1 : gadget.output;
}

/** The box of a gadget. */
export function boxOfGadget(gadget: Gadget, wires: readonly Wire[]): Shape {
  return gadget.kind === 'range' ? (wires[gadget.wire]?.sizes ?? []) : gadget.box;
}

/** Every expression a gadget reads. */
export function expressionsOf(gadget: Gadget): readonly Expression[] {
  switch (gadget.kind) {
    case 'contract':
    case 'range':
      return [];
    case 'table':
      return gadget.inputs;
    case 'maximum':
      return [gadget.left, gadget.right];
    case 'step':
    case 'linear':
      return [gadget.input];
  }
}

/**
 * The run of consecutive box axes behind each wire dimension, every run's product being the dimension; null when the wire is
 * not the box with runs of axes joined.
 */
export function mergedAxes(sizes: Shape, box: Shape): number[][] | null {
  let axis = 0;
  const runs: number[][] = [];
  for (const size of sizes) {
    const run: number[] = [];
    let filled = 1;
    while (axis < box.length && (run.length === 0 || filled < size)) {
      filled *= box[axis] as number;
      run.push(axis++);
    }
    if (run.length === 0 || filled !== size) return null;
    runs.push(run);
  }
  const last = runs.at(-1);
  while (last !== undefined && box[axis] === 1) last.push(axis++);
  return axis === box.length ? runs : null;
}

/** A wire of those sizes read over the box whose axes it joins: cell for cell in row-major order. */
export function mergedView(wire: WireId, sizes: Shape, box: Shape): View | null {
  const runs = mergedAxes(sizes, box);
  if (runs === null) return null;
  const map = runs.map((axes, dim): AxisMap => {
    if (axes.length === 1) return { kind: 'axis', axis: axes[0] as number, stride: 1, offset: 0 };
    return { kind: 'listed', axes, indices: Int32Array.from({ length: sizes[dim] as number }, (_, index) => index) };
  });
  return { wire, map };
}
