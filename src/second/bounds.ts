import type { Circuit, Contract, Expression, Gadget, Interval, Operand, StepFunction, View } from './circuit.ts';
import { confinedBy, inField, leaves, matricesOf, sound } from './facts.ts';
import { boxCells } from './multilinear.ts';

/** §9: field equations speak of integers only while nothing wraps. The gadgets are walked in order. */

const exact = 2 ** 52;
const widestMaximum = 255;

function extent(values: Iterable<number>): Interval {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}

function hull(intervals: readonly Interval[]): Interval {
  return extent(intervals.flatMap(({ low, high }) => [low, high]));
}

function magnitude({ low, high }: Interval): number {
  return Math.max(Math.abs(low), Math.abs(high));
}

export function checkBounds(circuit: Circuit): void {
  const walk = new Walk(circuit);
  for (const gadget of circuit.gadgets) walk.gadget(gadget);
  walk.end();
}

class Walk {
  private readonly circuit: Circuit;
  /** What the cells of each wire are known to be; nothing until a gadget confines it. */
  private readonly known: (Interval | undefined)[];
  private readonly accumulators = new Map<number, Interval>();

  constructor(circuit: Circuit) {
    this.circuit = circuit;
    // Public inputs by the verifier's own check, fixed matrices by evidence.
    const given = new Set(circuit.inputs.map(({ wire }) => wire).filter((wire) => this.role(wire) === 'public'));
    for (const { wires, fixed } of matricesOf(circuit)) if (fixed) for (const wire of wires) given.add(wire);
    this.known = circuit.wires.map(({ role, interval }, wire) =>
      role === 'constant' || given.has(wire) ? interval : undefined,
    );
  }

  private role(wire: number): string | undefined {
    return this.circuit.wires[wire]?.role;
  }

  gadget(gadget: Gadget): void {
    const values = this.enforced(gadget);
    sound(inField(values), `${gadget.name} could leave (-p/2, p/2)`);
    if (gadget.kind === 'contract') this.accumulators.set(gadget.accumulator, values);
    else this.confine(confinedBy(gadget) as number, values, gadget.kind === 'range');
  }

  end(): void {
    this.known.forEach((interval, wire) => {
      sound(interval !== undefined, `nothing confines wire ${this.circuit.wires[wire]?.name}`);
    });
  }

  private confine(wire: number, values: Interval, isRange: boolean): void {
    const { name, interval, role } = this.circuit.wires[wire] as Circuit['wires'][number];
    if (role === 'public') {
      // Its interval is checked in the statement; but until a gadget determines it nothing may read it.
      if (!isRange) this.known[wire] ??= interval;
      return;
    }
    sound(this.known[wire] === undefined, `${name} is determined twice`);
    sound(interval.low <= values.low && values.high <= interval.high, `${name} can leave its interval`);
    this.known[wire] = values;
  }

  private read(wire: number): Interval {
    const interval = this.known[wire];
    sound(interval !== undefined, `wire ${this.circuit.wires[wire]?.name} is read before anything confines it`);
    return interval;
  }

  private view({ wire, maps }: View, box: readonly number[]): Interval {
    const interval = this.read(wire);
    const sizes = this.circuit.wires[wire]?.sizes as readonly number[];
    const outside = maps.some((map, d) => leaves(map, sizes[d] as number, box));
    return outside ? hull([interval, { low: 0, high: 0 }]) : interval;
  }

  private expression({ constant, terms, accumulators }: Expression, box: readonly number[]): Interval {
    let [low, high, size] = [constant, constant, Math.abs(constant)];
    const add = (interval: Interval, coefficient: number): void => {
      low += Math.min(coefficient * interval.low, coefficient * interval.high);
      high += Math.max(coefficient * interval.low, coefficient * interval.high);
      size += Math.abs(coefficient) * magnitude(interval);
    };
    for (const { coefficient, view } of terms) add(this.view(view, box), coefficient);
    for (const number of accumulators) add(this.accumulators.get(number) as Interval, 1);
    sound(size < exact, 'a sum could round in float64');
    sound(inField({ low, high }), 'an expression could leave (-p/2, p/2)');
    return { low, high };
  }

  /** The integers that a gadget leaves to what it determines. */
  private enforced(gadget: Gadget): Interval {
    switch (gadget.kind) {
      case 'contract':
        return this.contract(gadget);
      case 'range':
        return gadget;
      case 'linear':
        return this.expression(gadget.input, gadget.box);
      case 'table':
        for (const input of gadget.inputs) this.expression(input, gadget.box);
        return extent(this.circuit.tables[gadget.table]?.columns.at(-1) as Int32Array);
      case 'maximum': {
        const left = this.expression(gadget.left, gadget.box);
        const right = this.expression(gadget.right, gadget.box);
        const apart = Math.max(left.high - right.low, right.high - left.low);
        sound(apart <= widestMaximum, 'a maximum of integers too far apart');
        return { low: Math.max(left.low, right.low), high: Math.max(left.high, right.high) };
      }
      case 'step': {
        this.expression(gadget.input, gadget.box);
        sound(gadget.functions.length > 0 && gadget.functions.length <= 2 ** 16, 'a step without functions');
        for (const f of gadget.functions) checkFunction(f);
        if (gadget.selector) this.selector(gadget.selector, gadget.box, gadget.functions.length);
        else sound(gadget.functions.length === 1, 'a step with functions that nothing selects');
        return hull(gadget.functions.map(({ values }) => extent(values)));
      }
    }
  }

  private selector(view: View, box: readonly number[], count: number): void {
    sound(this.role(view.wire) === 'constant', 'a class selector is no constant');
    const { low, high } = this.view(view, box);
    sound(low >= 0 && high < count, 'a class selector names no function');
  }

  /** |Σ A·B| from the largest factors, or where one is constant from the sums of its cells' sizes. */
  private contract({ left, right, reduce }: Contract): Interval {
    const taps = boxCells(reduce);
    const largest = ({ wire, zero }: Operand): number => {
      const { low, high } = this.read(wire);
      return magnitude({ low: low - zero, high: high - zero });
    };
    let bound = taps * largest(left) * largest(right);
    for (const [constant, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const wire = this.circuit.wires[constant.wire];
      if (wire?.cells) bound = Math.min(bound, weightOf(constant, wire.sizes, wire.cells, taps) * largest(other));
    }
    return { low: -bound, high: bound };
  }
}

/** The largest Σ |cell − zero| over what one index of the output axes reads; a window counts its largest cell per tap. */
function weightOf({ zero, maps }: Operand, sizes: readonly number[], cells: Int32Array, taps: number): number {
  if (maps.some(({ kind }) => kind === 'window'))
    return taps * cells.reduce((most, cell) => Math.max(most, Math.abs(cell - zero)), 0);
  const sums = new Map<number, number>();
  const at = new Array<number>(sizes.length).fill(0);
  for (const cell of cells) {
    const index = maps.reduce(
      (sum, { kind }, d) => (kind === 'output' ? sum * (sizes[d] as number) + (at[d] as number) : sum),
      0,
    );
    sums.set(index, (sums.get(index) ?? 0) + Math.abs(cell - zero));
    for (let d = sizes.length - 1; d >= 0; d--) {
      at[d] = ((at[d] as number) + 1) % (sizes[d] as number);
      if (at[d] !== 0) break;
    }
  }
  return extent(sums.values()).high;
}

/** Ordered, without neighbours of equal value, and covering integers inside (−p/2, p/2). */
function checkFunction({ starts, values, high }: StepFunction): void {
  sound(starts.length > 0 && starts.length === values.length, 'a step function without runs');
  for (let i = 1; i < starts.length; i++) {
    sound((starts[i] as number) > (starts[i - 1] as number), 'a step function is not ordered');
    sound(values[i] !== values[i - 1], 'a step function has neighbouring runs of equal value');
  }
  sound(high >= (starts.at(-1) as number), 'a step function is not ordered');
  sound(inField({ low: starts[0] as number, high }), 'a step function covers integers outside the field');
}
