import type { Circuit, Expression, Gadget, Interval, ViewMap } from './circuit.ts';
import { demand } from './refusal.ts';

/** §5 and §9: what several parts of this verifier ask of a circuit. */

/** Integers stay below this in size: no residue then stands for two of them. */
const limit = 1065353216;

export function sound(condition: boolean, message: string): asserts condition {
  demand(condition, 'key', message);
}

export function inField({ low, high }: Interval): boolean {
  return low <= high && low > -limit && high < limit;
}

/** A gadget's expressions, in order. */
export function expressionsOf(gadget: Gadget): readonly Expression[] {
  if (gadget.kind === 'table') return gadget.inputs;
  if (gadget.kind === 'maximum') return [gadget.left, gadget.right];
  return gadget.kind === 'step' || gadget.kind === 'linear' ? [gadget.input] : [];
}

/** The wire whose cells a gadget confines. */
export function confinedBy(gadget: Gadget): number | undefined {
  if (gadget.kind === 'contract') return undefined;
  return gadget.kind === 'range' ? gadget.wire : gadget.output;
}

/** Matrices in order of their first wires; `fixed` ones have no wire that a gadget confines. */
export function matricesOf({ wires, gadgets }: Circuit): { name: string; wires: number[]; fixed: boolean }[] {
  const confined = new Set(gadgets.map(confinedBy));
  const members = new Map<string, number[]>();
  wires.forEach(({ matrix }, wire) => {
    if (matrix === undefined) return;
    const known = members.get(matrix);
    if (known) known.push(wire);
    else members.set(matrix, [wire]);
  });
  return [...members].map(([name, inMatrix]) => {
    const inside = inMatrix.filter((wire) => confined.has(wire));
    sound(inside.length === 0 || inside.length === inMatrix.length, `matrix ${name} is confined in part`);
    return { name, wires: inMatrix, fixed: inside.length === 0 };
  });
}

/** The consecutive axes of a box that each dimension of a wire joins, as few as fill it; nothing when it joins none. */
export function joinedAxes(sizes: readonly number[], box: readonly number[]): number[][] | undefined {
  const runs: number[][] = [];
  let axis = 0;
  for (const size of sizes) {
    const run: number[] = [];
    let cells = 1;
    while (axis < box.length && (run.length === 0 || cells < size)) {
      cells *= box[axis] as number;
      run.push(axis++);
    }
    if (run.length === 0 || cells !== size) return undefined;
    runs.push(run);
  }
  while (runs.length > 0 && box[axis] === 1) runs.at(-1)?.push(axis++);
  return axis === box.length ? runs : undefined;
}

/** Whether a map has an index outside its dimension: what is read there is 0. */
export function leaves(map: ViewMap, size: number, box: readonly number[]): boolean {
  if (map.kind === 'fixed') return false;
  if (map.kind === 'listed') return map.indices.includes(-1);
  return map.offset < 0 || map.stride * ((box[map.axis] as number) - 1) + map.offset >= size;
}
