/** Circom systems for tests: compile, fill, forge by signal name, and ask the equations alone. */
import { compileCircom } from '../../src/backends/groth16/node/circom.ts';
import { calculateWitness, type InputSignals } from '../../src/backends/groth16/node/snarkjs-prove.ts';
import { invert, R, reduce } from '../../src/backends/groth16/prime-field.ts';
import { type Constraint, evaluateForm, type R1cs, readR1cs, readWitness } from '../../src/backends/groth16/r1cs.ts';

export type System = { readonly r1cs: R1cs; readonly wasm: Uint8Array; readonly names: ReadonlyMap<string, number> };

/** A main file around one template, all of whose inputs are public. */
export function around(file: string, inputs: string, instance: string): string {
  return `pragma circom 2.2.0;\ninclude "${file}.circom";\ncomponent main {public [${inputs}]} = ${instance};\n`;
}

export async function systemOf(main: string): Promise<System> {
  const { r1cs, wasm, symbols } = await compileCircom(main);
  const names = new Map<string, number>();
  for (const line of symbols.trim().split('\n')) {
    const [, wire, , name] = line.split(',');
    if (Number(wire) >= 0) names.set(name?.replace(/^main\./, '') as string, Number(wire));
  }
  return { r1cs: readR1cs(r1cs), wasm, names };
}

export async function honest(system: System, inputs: InputSignals): Promise<bigint[]> {
  return readWitness(await calculateWitness(system.wasm, inputs));
}

/** The witness with some signals replaced. Signals that the compiler merged into others cannot be named. */
export function forged(system: System, values: readonly bigint[], changes: Readonly<Record<string, bigint>>): bigint[] {
  const out = [...values];
  for (const [name, value] of Object.entries(changes)) {
    const wire = system.names.get(name);
    if (wire === undefined) throw new Error(`there is no signal ${name} of its own`);
    out[wire] = reduce(value);
  }
  return out;
}

export function signedValue(system: System, values: readonly bigint[], name: string): bigint {
  const value = values[system.names.get(name) as number] as bigint;
  return value > R / 2n ? value - R : value;
}

/** Equations by the wires they read. */
function readersOf({ constraints, wires }: R1cs): readonly (readonly Constraint[])[] {
  const readers = Array.from({ length: wires }, (): Constraint[] => []);
  for (const constraint of constraints)
    for (const wire of new Set(constraint.flatMap((form) => form.wires))) readers[wire]?.push(constraint);
  return readers;
}

function holds([a, b, c]: Constraint, values: readonly bigint[]): boolean {
  return (evaluateForm(a, values) * evaluateForm(b, values) - evaluateForm(c, values)) % R === 0n;
}

/**
 * Wires that can be moved by one of some amounts, alone, without breaking an equation: all but the inputs, of which the first
 * `given` count (all of them by default).
 */
export function looseWires({ r1cs }: System, values: readonly bigint[], given: number = r1cs.inputs): number[] {
  const amounts = [1n, R - 1n, 256n, R / 2n, 0x1234567890abcdefn];
  const outputs = Math.max(0, r1cs.publics - r1cs.inputs);
  const readers = readersOf(r1cs);
  const loose: number[] = [];
  const changed = [...values];
  for (let wire = 1; wire < r1cs.wires; wire++) {
    if (wire > outputs && wire <= outputs + given) continue;
    const honestValue = values[wire] as bigint;
    const pinned = amounts.every((amount) => {
      changed[wire] = (honestValue + amount) % R;
      return (readers[wire] as readonly Constraint[]).some((constraint) => !holds(constraint, changed));
    });
    changed[wire] = honestValue;
    if (!pinned) loose.push(wire);
  }
  return loose;
}

/**
 * Directions in which the witness can move infinitesimally while the inputs stand: columns of the Jacobian of the equations
 * minus its rank. 0 means that the witness is isolated, however many wires move at once.
 */
export function freedom({ r1cs }: System, values: readonly bigint[]): number {
  const outputs = r1cs.publics - r1cs.inputs;
  const isFixed = (wire: number): boolean => wire === 0 || (wire > outputs && wire <= outputs + r1cs.inputs);
  const rows = r1cs.constraints.map(([a, b, c]) => {
    const row = new Map<number, bigint>();
    const add = (wires: readonly number[], coefficients: readonly bigint[], factor: bigint): void =>
      wires.forEach((wire, i) => {
        if (!isFixed(wire)) row.set(wire, reduce((row.get(wire) ?? 0n) + factor * (coefficients[i] as bigint)));
      });
    add(a.wires, a.coefficients, evaluateForm(b, values));
    add(b.wires, b.coefficients, evaluateForm(a, values));
    add(c.wires, c.coefficients, R - 1n);
    return row;
  });
  const pivots = new Map<number, Map<number, bigint>>();
  for (const row of rows) {
    for (;;) {
      for (const [wire, value] of row) if (value === 0n) row.delete(wire);
      const lead = Math.min(...row.keys());
      if (row.size === 0) break;
      const pivot = pivots.get(lead);
      if (pivot === undefined) {
        const scale = invert(row.get(lead) as bigint);
        pivots.set(lead, new Map([...row].map(([wire, value]) => [wire, (value * scale) % R])));
        break;
      }
      const factor = row.get(lead) as bigint;
      for (const [wire, value] of pivot) row.set(wire, reduce((row.get(wire) ?? 0n) - factor * value));
    }
  }
  let free = 0;
  for (let wire = 1; wire < r1cs.wires; wire++) if (!isFixed(wire)) free++;
  return free - pivots.size;
}

/** How many equations a witness breaks. */
export function countBroken({ r1cs }: System, values: readonly bigint[]): number {
  return r1cs.constraints.filter((constraint) => !holds(constraint, values)).length;
}
