/**
 * Circuit → circom: a main template that instantiates one template of `circuits/` per cell of every gadget. Nothing is decided
 * by an input; the same circuit gives the same text.
 */
import type {
  Circuit,
  ContractGadget,
  Expression,
  Gadget,
  StepFunction,
  StepGadget,
  Wire,
} from '../../artifact/circuit.ts';
import { ProvennError } from '../../base/errors.ts';
import { type Interval, product, type Shape } from '../../base/tensor.ts';
import { outputOf } from '../../gadgets/facts.ts';
import { operandAddresses } from '../../gadgets/operand-addresses.ts';
import { forEachAddress, readView } from '../../gadgets/views.ts';
import { commitmentTemplate, committedOf } from './commitment.ts';
import { countSignals, packsOf } from './layout.ts';
import { type Realisation, realiseStep } from './realise-step.ts';

/** A linear expression of one cell: text of a circom expression and the integers it can take. */
type Cell = { readonly text: string; readonly interval: Interval };

/** The files of `circuits/` that a main template includes. */
const includes = ['contract', 'step', 'table', 'maximum', 'range', 'statement'] as const;

export type Program = {
  /** Text of the main file. */
  readonly main: string;
  /** Wires whose cells the witness generator takes, by signal name. */
  readonly inputs: readonly { readonly signal: string; readonly wire: number }[];
  /** Number of public signals: the binding, then the packed statement. */
  readonly signals: number;
};

function scaled(coefficient: number, [low, high]: Interval): Interval {
  return coefficient >= 0 ? [coefficient * low, coefficient * high] : [coefficient * high, coefficient * low];
}

function term(coefficient: number, signal: string): string {
  if (coefficient === 1) return `+${signal}`;
  return coefficient === -1 ? `-${signal}` : `${coefficient < 0 ? '-' : '+'}${Math.abs(coefficient)}*${signal}`;
}

const list = (values: Iterable<number | bigint | string>): string => `[${[...values].join(',')}]`;

class Emitter {
  readonly lines: string[] = [];
  private readonly circuit: Circuit;
  /** Intervals of accumulator cells, by accumulator. */
  private readonly accumulators: Interval[][] = [];

  constructor(circuit: Circuit) {
    this.circuit = circuit;
  }

  private wire(id: number): Wire {
    return this.circuit.wires[id] as Wire;
  }

  /** The expression at every cell of a box; constants of the circuit become numbers. */
  private cells(expression: Expression, box: Shape): Cell[] {
    const size = product(box);
    const constant = new Float64Array(size).fill(expression.constant);
    const low = new Float64Array(size);
    const high = new Float64Array(size);
    const texts = Array.from({ length: size }, () => '');
    const add = (cell: number, coefficient: number, signal: string, interval: Interval): void => {
      const [least, most] = scaled(coefficient, interval);
      low[cell] = (low[cell] as number) + least;
      high[cell] = (high[cell] as number) + most;
      texts[cell] += term(coefficient, signal);
    };
    for (const { coefficient, view } of expression.terms) {
      const { data, sizes, interval } = this.wire(view.wire);
      forEachAddress(view.map, sizes, box, (cell, address) => {
        if (address < 0 || coefficient === 0) return;
        if (data !== null) constant[cell] = (constant[cell] as number) + coefficient * (data[address] as number);
        else add(cell, coefficient, `w${view.wire}[${address}]`, interval);
      });
    }
    for (const id of expression.accumulators)
      for (let cell = 0; cell < size; cell++)
        add(cell, 1, `a${id}[${cell}]`, (this.accumulators[id] as Interval[])[cell] as Interval);
    return texts.map((text, cell) => {
      const offset = constant[cell] as number;
      const shown = offset === 0 && text !== '' ? '' : `${offset < 0 ? '-' : '+'}${Math.abs(offset)}`;
      return {
        text: `${text}${shown}`.replace(/^\+/, ''),
        interval: [(low[cell] as number) + offset, (high[cell] as number) + offset],
      };
    });
  }

  private emit(target: string, template: string, args: readonly string[]): void {
    this.lines.push(`  ${target} <== ${template}(${args.join(', ')});`);
  }

  declare(gadget: Gadget): void {
    if (gadget.kind === 'contract') this.lines.push(`  signal a${gadget.accumulator}[${product(gadget.box)}];`);
    const output = outputOf(gadget);
    if (output >= 0) this.lines.push(`  signal w${output}[${product(this.wire(output).sizes)}];`);
  }

  /** Σ left · right; with a constant side a linear equation, otherwise a product per term. */
  contract(gadget: ContractGadget): void {
    const { box, reduce } = gadget;
    const leftAt = operandAddresses(gadget.left, this.wire(gadget.left.wire).sizes, box, reduce);
    const rightAt = operandAddresses(gadget.right, this.wire(gadget.right.wire).sizes, box, reduce);
    const [left, right] = [this.wire(gadget.left.wire), this.wire(gadget.right.wire)];
    const intervals: Interval[] = [];
    for (let o = 0; o < product(box); o++) {
      const [a, b] = [leftAt(o), rightAt(o)];
      const target = `a${gadget.accumulator}[${o}]`;
      if (left.data !== null)
        intervals.push(this.constantDot(target, [b, a], [gadget.right, gadget.left], [right, left]));
      else if (right.data !== null)
        intervals.push(this.constantDot(target, [a, b], [gadget.left, gadget.right], [left, right]));
      else intervals.push(this.privateDot(target, a, b, gadget));
    }
    this.accumulators[gadget.accumulator] = intervals;
  }

  private constantDot(
    target: string,
    cells: readonly [Float64Array, Float64Array],
    operands: readonly [{ readonly wire: number; readonly zero: number }, { readonly zero: number }],
    wires: readonly [Wire, Wire],
  ): Interval {
    const [variable, fixed] = cells;
    const weights: number[] = [];
    const signals: string[] = [];
    let [constant, low, high] = [0, 0, 0];
    variable.forEach((cell, r) => {
      const at = fixed[r] as number;
      if (cell < 0 || at < 0) return;
      const weight = ((wires[1].data as Int32Array)[at] as number) - operands[1].zero;
      if (weight === 0) return;
      if (wires[0].data !== null) {
        constant += weight * ((wires[0].data[cell] as number) - operands[0].zero);
        return;
      }
      constant -= weight * operands[0].zero;
      const [least, most] = scaled(weight, wires[0].interval);
      low += least;
      high += most;
      weights.push(weight);
      signals.push(`w${operands[0].wire}[${cell}]`);
    });
    if (weights.length === 0) this.lines.push(`  ${target} <== ${constant};`);
    else this.emit(target, `ConstantDot(${weights.length}, ${list(weights)}, ${constant})`, [list(signals)]);
    return [low + constant, high + constant];
  }

  private privateDot(target: string, a: Float64Array, b: Float64Array, { left, right }: ContractGadget): Interval {
    const pairs = [...a.keys()].filter((r) => (a[r] as number) >= 0 && (b[r] as number) >= 0);
    const side = (cells: Float64Array, { wire, zero }: typeof left): string[] =>
      pairs.map((r) => `w${wire}[${cells[r]}]${zero === 0 ? '' : term(-zero, '1')}`);
    if (pairs.length === 0) {
      this.lines.push(`  ${target} <== 0;`);
      return [0, 0];
    }
    this.emit(target, `PrivateDot(${pairs.length})`, [list(side(a, left)), list(side(b, right))]);
    const most = ({ wire, zero }: typeof left): number =>
      Math.max(...this.wire(wire).interval.map((end) => Math.abs(end - zero)));
    const bound = pairs.length * most(left) * most(right);
    return [-bound, bound];
  }

  private step(gadget: StepGadget): void {
    const cells = this.cells(gadget.input, gadget.box);
    const realised = gadget.functions.map(realiseStep);
    const { classes } = gadget;
    const selector =
      classes === null
        ? null
        : readView(classes, this.wire(classes.wire), this.wire(classes.wire).data as Int32Array, gadget.box);
    cells.forEach(({ text, interval }, cell) => {
      const index = selector === null ? 0 : (selector[cell] as number);
      const step = gadget.functions[index] as StepFunction;
      const [first, last] = [step.starts[0] as number, step.high];
      // A step is defined on its range only: an input that could leave it is kept inside.
      if (interval[0] < first || interval[1] > last) this.range(text, first, last);
      const target = `w${gadget.output}[${cell}]`;
      const realisation = realised[index] as Realisation;
      if (realisation.kind === 'constant') this.lines.push(`  ${target} <== ${realisation.value};`);
      else this.emit(target, stepTemplate(step, realisation), [text]);
    });
  }

  private range(text: string, low: number, high: number): void {
    this.lines.push(`  Range(${low}, ${high})(${text});`);
  }

  gadget(gadget: Gadget): void {
    this.lines.push('', `  // ${gadget.kind}: ${gadget.name.replace(/[^\x20-\x7e]/g, '?')}`);
    this.declare(gadget);
    switch (gadget.kind) {
      case 'contract':
        this.contract(gadget);
        return;
      case 'step':
        this.step(gadget);
        return;
      case 'table': {
        const table = this.circuit.tables[gadget.table];
        const columns = table?.columns ?? [];
        const template = `Table(${columns[0]?.length}, ${columns.length}, ${list(columns.map(list))})`;
        const inputs = gadget.inputs.map((input) => this.cells(input, gadget.box));
        for (let cell = 0; cell < product(gadget.box); cell++)
          this.emit(`w${gadget.output}[${cell}]`, template, [
            list(inputs.map((column) => (column[cell] as Cell).text)),
          ]);
        return;
      }
      case 'maximum': {
        const left = this.cells(gadget.left, gadget.box);
        const right = this.cells(gadget.right, gadget.box);
        left.forEach(({ text }, cell) =>
          this.emit(`w${gadget.output}[${cell}]`, 'Maximum(8)', [text, (right[cell] as Cell).text]),
        );
        return;
      }
      case 'linear':
        this.cells(gadget.input, gadget.box).forEach(({ text }, cell) =>
          this.lines.push(`  w${gadget.output}[${cell}] <== ${text};`),
        );
        return;
      case 'range':
        for (let cell = 0; cell < product(this.wire(gadget.wire).sizes); cell++)
          this.range(`w${gadget.wire}[${cell}]`, gadget.low, gadget.high);
    }
  }
}

function stepTemplate(step: StepFunction, realisation: Exclude<Realisation, { kind: 'constant' }>): string {
  if (realisation.kind === 'runs') {
    const ends = Array.from(step.starts, (_, run) => (step.starts[run + 1] ?? step.high + 1) - 1);
    return `Runs(${step.values.length}, ${list(step.starts)}, ${list(ends)}, ${list(step.values)}, ${realisation.width})`;
  }
  const { multiplier, shift, low, high, below, above, corrections } = realisation;
  const at = corrections.length === 0 ? [0] : corrections.map(({ x }) => x);
  const by = corrections.length === 0 ? [0] : corrections.map((correction) => correction.by);
  const numbers = [multiplier.m, multiplier.c, multiplier.s, shift, low, high, below, above, corrections.length];
  return `Requantize(${numbers.join(', ')}, ${list(at)}, ${list(by)})`;
}

/** Wires that no gadget determines: the circuit's inputs, and private ones that a range alone confines. */
function inputsOf(circuit: Circuit): Program['inputs'] {
  const determined = new Set(circuit.gadgets.map(outputOf));
  return circuit.wires.flatMap(({ role }, wire) =>
    role === 'constant' || determined.has(wire) ? [] : [{ signal: `w${wire}`, wire }],
  );
}

/** The main template of a circuit that `supports` has accepted. */
export function lower(circuit: Circuit): Program {
  const packs = packsOf(circuit);
  const inputs = inputsOf(circuit);
  const emitter = new Emitter(circuit);
  for (const gadget of circuit.gadgets) emitter.gadget(gadget);
  const cellsOf = (wire: number): number => product((circuit.wires[wire] as Wire).sizes);
  const statement = packs.flatMap((pack, i) => {
    const [lows, widths] = [pack.map(({ low }) => low), pack.map(({ width }) => width)];
    const cells = pack.map(({ wire, cell }) => `w${wire}[${cell}]`);
    return [
      `  signal packed${i} <== Packed(${pack.length}, ${list(lows)}, ${list(widths)})(${list(cells)});`,
      `  statement[${i}] === packed${i};`,
    ];
  });
  const committed = committedOf(circuit);
  const commitments = committed.flatMap((one, i) => {
    // Digits confine a cell to a power of two; the interval is what the gadgets rely on.
    const ranges = one.cells.flatMap(({ wire, cell, low, width }) => {
      const high = (circuit.wires[wire] as Wire).interval[1];
      return high - low + 1 === 2 ** width ? [] : [`  Range(${low}, ${high})(w${wire}[${cell}]);`];
    });
    const cells = one.cells.map(({ wire, cell }) => `w${wire}[${cell}]`);
    return [
      ...ranges,
      `  signal committed${i} <== ${commitmentTemplate(one)}(${list(cells)}, salt[${i}]);`,
      `  commitment[${i}] === committed${i};`,
    ];
  });
  if (packs.length === 0) throw new ProvennError('INTERNAL', 'a circuit without public wires has no statement');
  const main = [
    'pragma circom 2.2.0;',
    '',
    ...[...includes, ...(committed.length > 0 ? ['commit'] : [])].map((name) => `include "${name}.circom";`),
    '',
    'template Inference() {',
    '  signal input binding;',
    `  signal input statement[${packs.length}];`,
    ...(committed.length > 0
      ? [`  signal input commitment[${committed.length}];`, `  signal input salt[${committed.length}];`]
      : []),
    ...inputs.map(({ signal, wire }) => `  signal input ${signal}[${cellsOf(wire)}];`),
    ...emitter.lines,
    '',
    '  Bound()(binding);',
    ...statement,
    ...commitments,
    '}',
    '',
    `component main {public [binding, statement${committed.length > 0 ? ', commitment' : ''}]} = Inference();`,
    '',
  ].join('\n');
  return { main, inputs, signals: countSignals(circuit) };
}
