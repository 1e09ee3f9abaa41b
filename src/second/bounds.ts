import type { Circuit, Contract, Expression, Gadget, Interval, Operand, StepFunction, View } from './circuit.ts';
import { boxCells } from './multilinear.ts';
import { demand } from './refusal.ts';
import { inField, largest, within } from './structure.ts';

/** §9: field equations speak of integers only while nothing wraps. The gadgets are walked in order. */

function sound(condition: boolean, message: string): asserts condition {
  demand(condition, 'key', message);
}

/** Sums of intervals; whatever could round in float64 is refused. */
function sum(...intervals: readonly Interval[]): Interval {
  const low = intervals.reduce((total, interval) => total + interval.low, 0);
  const high = intervals.reduce((total, interval) => total + interval.high, 0);
  sound(low >= -(2 ** 52) && high <= 2 ** 52, 'a sum could round');
  return { low, high };
}

function scaled({ low, high }: Interval, factor: number): Interval {
  return factor >= 0 ? { low: low * factor, high: high * factor } : { low: high * factor, high: low * factor };
}

function hull(values: Iterable<number>): Interval {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}

/** The matrices whose intervals rest on evidence: those with a wire that no gadget confines. */
export function fixedMatrices({ wires, gadgets }: Circuit): string[] {
  const confined = new Set(
    gadgets.flatMap((gadget) =>
      gadget.kind === 'range' ? [gadget.wire] : gadget.kind === 'contract' ? [] : [gadget.output],
    ),
  );
  const fixed = wires.flatMap(({ matrix }, wire) => (matrix === undefined || confined.has(wire) ? [] : [matrix]));
  return [...new Set(fixed)];
}

export function checkBounds(circuit: Circuit): void {
  new Walk(circuit).run();
}

class Walk {
  private readonly circuit: Circuit;
  /** Wires whose interval is known to hold. */
  private readonly confined: Set<number>;
  /** Output ports that no gadget has determined yet. */
  private readonly undetermined: Set<number>;
  private readonly accumulators = new Map<number, Interval>();

  constructor(circuit: Circuit) {
    this.circuit = circuit;
    const fixed = new Set(fixedMatrices(circuit));
    const known = [...circuit.wires.entries()].filter(
      ([, { role, matrix }]) => role === 'public' || role === 'constant' || (matrix !== undefined && fixed.has(matrix)),
    );
    this.confined = new Set(known.map(([wire]) => wire));
    this.undetermined = new Set(circuit.outputs.map(({ wire }) => wire));
  }

  run(): void {
    for (const gadget of this.circuit.gadgets) this.gadget(gadget);
    this.circuit.wires.forEach(({ name }, wire) => {
      sound(this.confined.has(wire), `nothing confines wire ${name}`);
    });
    sound(this.undetermined.size === 0, 'an output is not determined by any gadget');
  }

  private interval(wire: number): Interval {
    return this.circuit.wires[wire]?.interval as Interval;
  }

  private read(wire: number): Interval {
    sound(this.confined.has(wire) && !this.undetermined.has(wire), `wire ${wire} is read before anything confines it`);
    return this.interval(wire);
  }

  private expression({ constant, terms, accumulators }: Expression): Interval {
    const total = sum(
      { low: constant, high: constant },
      ...terms.map(({ coefficient, view }) => scaled(this.read(view.wire), coefficient)),
      ...accumulators.map((number) => this.accumulators.get(number) as Interval),
    );
    sound(inField(total), 'an expression could leave (-p/2, p/2)');
    return total;
  }

  /** A gadget determines its output; it confines it when its values lie in the interval. */
  private determine(wire: number, values: Interval): void {
    this.undetermined.delete(wire);
    if (within(values, this.interval(wire))) this.confined.add(wire);
  }

  private gadget(gadget: Gadget): void {
    switch (gadget.kind) {
      case 'contract':
        this.accumulators.set(gadget.accumulator, this.contract(gadget));
        return;
      case 'range':
        if (within(gadget, this.interval(gadget.wire))) this.confined.add(gadget.wire);
        return;
      case 'linear': {
        const input = this.expression(gadget.input);
        sound(inField(sum(input, scaled(this.interval(gadget.output), -1))), 'a linear relation could wrap');
        this.determine(gadget.output, input);
        return;
      }
      case 'table': {
        for (const input of gadget.inputs) this.expression(input);
        const values = this.circuit.tables[gadget.table]?.columns.at(-1) as Int32Array;
        this.determine(gadget.output, hull(values));
        return;
      }
      case 'maximum': {
        const left = this.expression(gadget.left);
        const right = this.expression(gadget.right);
        sound(inField(sum(left, scaled(right, -1))), 'a difference could wrap');
        sound(inField(sum(this.interval(gadget.output), scaled(right, -1))), 'a difference could wrap');
        const low = Math.max(left.low, right.low);
        this.determine(gadget.output, { low, high: Math.max(left.high, right.high) });
        return;
      }
      case 'step': {
        this.expression(gadget.input);
        sound(gadget.functions.length > 0, 'a step without functions');
        for (const f of gadget.functions) checkFunction(f);
        if (gadget.selector) this.selector(gadget.selector, gadget.functions.length);
        else sound(gadget.functions.length === 1, 'a step with functions that nothing selects');
        const ranges = gadget.functions.map(({ values }) => hull(values));
        this.determine(gadget.output, hull(ranges.flatMap(({ low, high }) => [low, high])));
        return;
      }
    }
  }

  private selector({ wire }: View, count: number): void {
    const { cells } = this.circuit.wires[wire] as { cells?: Int32Array };
    sound(cells !== undefined, 'a class selector is no constant');
    for (const cell of cells) sound(cell >= 0 && cell < count, 'a class selector names no function');
  }

  /** Bounds of every accumulator, from intervals and, where one operand is a constant, its actual cells. */
  private contract(contract: Contract): Interval {
    const { left, right, reduce } = contract;
    const operands = [this.operand(left), this.operand(right)] as const;
    const side = this.circuit.wires[right.wire]?.cells ? 1 : 0;
    const constant = side === 1 ? right : left;
    const other = operands[1 - side] as Interval;
    const cells = this.circuit.wires[constant.wire]?.cells;
    if (cells === undefined || constant.maps.some(({ kind }) => kind === 'window')) {
      const [a, b] = operands;
      const tap = hull([a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]);
      return sum(scaled(tap, boxCells(reduce)));
    }
    return weighted(constant, this.circuit.wires[constant.wire]?.sizes as number[], cells, contract, other);
  }

  /** cell − zero; positions of a window outside the tensor contribute 0. */
  private operand({ wire, zero, maps }: Operand): Interval {
    const { low, high } = sum(this.read(wire), { low: -zero, high: -zero });
    const windows = maps.some(({ kind }) => kind === 'window');
    return windows ? { low: Math.min(low, 0), high: Math.max(high, 0) } : { low, high };
  }
}

/** For every index of its output axes, Σ over its reduced axes of (cell − zero) times the other operand's interval. */
function weighted(
  { zero, maps }: Operand,
  sizes: readonly number[],
  cells: Int32Array,
  { box, reduce }: Contract,
  other: Interval,
): Interval {
  const sums: Interval[] = [];
  let repeated = boxCells(reduce);
  const strides = sizes.map((_, d) => boxCells(sizes.slice(d + 1)));
  let origin = 0;
  const outputs: { extent: number; stride: number }[] = [];
  const reduced: { extent: number; stride: number }[] = [];
  maps.forEach((map, d) => {
    const stride = strides[d] as number;
    if (map.kind === 'fixed') origin += map.index * stride;
    if (map.kind === 'output') outputs.push({ extent: box[map.axis] as number, stride });
    if (map.kind === 'reduce') {
      reduced.push({ extent: reduce[map.axis] as number, stride });
      repeated /= reduce[map.axis] as number;
    }
  });
  const visit = (axes: typeof outputs, at: number, f: (cell: number) => void): void => {
    const [axis, ...rest] = axes;
    if (axis === undefined) f(at);
    else for (let i = 0; i < axis.extent; i++) visit(rest, at + i * axis.stride, f);
  };
  visit(outputs, origin, (start) => {
    let low = 0;
    let high = 0;
    visit(reduced, start, (at) => {
      const weight = (cells[at] as number) - zero;
      low += weight >= 0 ? weight * other.low : weight * other.high;
      high += weight >= 0 ? weight * other.high : weight * other.low;
    });
    sums.push(sum(scaled({ low, high }, repeated)));
  });
  return hull(sums.flatMap(({ low, high }) => [low, high]));
}

/** Ordered, and covering integers inside (−p/2, p/2). */
function checkFunction({ starts, values, high }: StepFunction): void {
  sound(starts.length > 0 && starts.length === values.length, 'a step function without runs');
  for (let i = 1; i < starts.length; i++)
    sound((starts[i] as number) > (starts[i - 1] as number), 'a step function is not ordered');
  sound(high >= (starts.at(-1) as number), 'a step function is not ordered');
  sound((starts[0] as number) >= -largest && high <= largest, 'a step function covers integers outside the field');
  for (const value of values) sound(Math.abs(value) <= largest, 'a step function leaves the field');
}
