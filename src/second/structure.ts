import type { Circuit, Expression, Gadget, Interval, Operand, Table, View } from './circuit.ts';
import { boxBits, boxCells } from './multilinear.ts';
import { demand } from './refusal.ts';

/** The form of a circuit: that everything named exists and is read within its bounds. Nothing here knows an integer. */

const cellLimit = 2 ** 27;
export const largest = 1065353216; // (p − 1)/2: the integers of a circuit stay inside (−p/2, p/2)

function sound(condition: boolean, message: string): asserts condition {
  demand(condition, 'key', message);
}

export function inField({ low, high }: Interval): boolean {
  return low <= high && low >= -largest && high <= largest;
}

export function within(inner: Interval, outer: Interval): boolean {
  return inner.low >= outer.low && inner.high <= outer.high;
}

export function checkStructure(circuit: Circuit): void {
  checkWires(circuit);
  for (const table of circuit.tables) checkTable(table);
  for (const port of [...circuit.inputs, ...circuit.outputs]) {
    const wire = circuit.wires[port.wire];
    sound(wire !== undefined, `port ${port.name} has no wire`);
    sound(boxCells(wire.sizes) === boxCells(port.dims), `port ${port.name} has other dimensions than its wire`);
  }
  const accumulators = new Map<number, readonly number[]>();
  for (const gadget of circuit.gadgets) checkGadget(gadget, circuit, accumulators);
}

function checkWires({ wires }: Circuit): void {
  let padded = 0;
  for (const { name, sizes, interval, role, cells } of wires) {
    sound(sizes.length <= 255 && sizes.every((size) => size > 0), `wire ${name} has no cells`);
    padded += 2 ** boxBits(sizes);
    sound(padded <= cellLimit, 'the wires have more than 2^27 padded cells');
    sound(inField(interval), `wire ${name} has no interval inside (-p/2, p/2)`);
    if (role !== 'constant') continue;
    sound(cells?.length === boxCells(sizes), `constant ${name} has another number of cells than its sizes say`);
    for (const cell of cells)
      sound(cell >= interval.low && cell <= interval.high, `constant ${name} leaves its interval`);
  }
}

/** Tables are functions: no two rows with the same inputs and different values. */
function checkTable({ name, columns }: Table): void {
  const rows = columns[0]?.length ?? 0;
  sound(rows > 0 && columns.every((column) => column.length === rows), `table ${name} is no table`);
  for (const column of columns)
    for (const cell of column) sound(Math.abs(cell) <= largest, `table ${name} leaves the field`);
  const values = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const inputs = columns.slice(0, -1).map((column) => column[row]);
    const value = columns[columns.length - 1]?.[row] as number;
    sound((values.get(inputs.join()) ?? value) === value, `table ${name} is no function`);
    values.set(inputs.join(), value);
  }
}

function checkBox(box: readonly number[], what: string): void {
  sound(box.length <= 255 && box.every((size) => size > 0), `${what} has an empty box`);
  sound(2 ** boxBits(box) <= cellLimit, `${what} has more than 2^27 padded cells`);
}

function checkGadget(gadget: Gadget, circuit: Circuit, accumulators: Map<number, readonly number[]>): void {
  const what = `${gadget.kind} ${gadget.name}`;
  if (gadget.kind === 'range') {
    sound(circuit.wires[gadget.wire] !== undefined, `${what} has no wire`);
    sound(inField(gadget), `${what} has no range inside (-p/2, p/2)`);
    return;
  }
  checkBox(gadget.box, what);
  const expression = (e: Expression): void => checkExpression(e, gadget.box, circuit, accumulators, what);
  if (gadget.kind === 'contract') {
    checkContract(gadget, circuit, what);
    sound(!accumulators.has(gadget.accumulator), `${what} states an accumulator twice`);
    accumulators.set(gadget.accumulator, gadget.box);
    return;
  }
  const output = circuit.wires[gadget.output];
  sound(output !== undefined && sameSizes(output.sizes, gadget.box), `${what} has another box than its output`);
  if (gadget.kind === 'maximum') {
    expression(gadget.left);
    expression(gadget.right);
    sound(gadget.right.accumulators.length === 0, `${what} subtracts an accumulator`);
  } else if (gadget.kind === 'table') {
    gadget.inputs.forEach(expression);
    const columns = circuit.tables[gadget.table]?.columns.length;
    sound(columns === gadget.inputs.length + 1, `${what} does not fit its table`);
  } else {
    expression(gadget.input);
    if (gadget.kind === 'step' && gadget.selector) checkView(gadget.selector, gadget.box, circuit, what);
  }
}

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

function checkExpression(
  { terms, accumulators }: Expression,
  box: readonly number[],
  circuit: Circuit,
  known: ReadonlyMap<number, readonly number[]>,
  what: string,
): void {
  for (const { view } of terms) checkView(view, box, circuit, what);
  for (const number of accumulators)
    sound(sameSizes(known.get(number) ?? [0], box), `${what} reads an accumulator of another box`);
}

/** A claim vector is a product over dimensions only if no axis is read by two of them. */
function checkView({ wire, maps }: View, box: readonly number[], circuit: Circuit, what: string): void {
  const sizes = circuit.wires[wire]?.sizes;
  sound(sizes !== undefined && sizes.length === maps.length, `${what} reads a wire of other dimensions`);
  const read: number[] = [];
  maps.forEach((map, d) => {
    const size = sizes[d] as number;
    const inside = (index: number): boolean => index >= 0 && index < size;
    if (map.kind === 'fixed') return sound(inside(map.index), `${what} reads outside a wire`);
    if (map.kind === 'listed') {
      read.push(...map.axes);
      const cells = boxCells(map.axes.map((axis) => box[axis] ?? 0));
      sound(map.indices.length === cells, `${what} lists another number of cells than its axes have`);
      return sound(map.indices.every(inside), `${what} reads outside a wire`);
    }
    read.push(map.axis);
    const last = (box[map.axis] ?? 0) - 1;
    sound(inside(map.offset) && inside(map.offset + last * map.stride), `${what} reads outside a wire`);
  });
  checkAxes(read, box.length, what);
}

function checkAxes(read: readonly number[], rank: number, what: string): void {
  sound(
    read.every((axis) => axis < rank),
    `${what} reads along an axis that is not there`,
  );
  sound(new Set(read).size === read.length, `${what} reads one axis in two dimensions`);
}

function checkContract(
  { box, reduce, left, right }: Extract<Gadget, { kind: 'contract' }>,
  circuit: Circuit,
  what: string,
): void {
  checkBox(reduce, what);
  const seen = [left, right].map((operand) => checkOperand(operand, box, reduce, circuit, what));
  // An axis that neither operand has would be summed over its padding, or left out of the claim.
  for (const axis of box.keys())
    sound(
      seen.some(({ output }) => output.includes(axis)),
      `${what} ignores an axis`,
    );
  for (const axis of reduce.keys())
    sound(
      seen.some((axes) => axes.reduce.includes(axis)),
      `${what} ignores an axis`,
    );
}

function checkOperand(
  { wire, zero, maps }: Operand,
  box: readonly number[],
  reduce: readonly number[],
  circuit: Circuit,
  what: string,
): { output: number[]; reduce: number[] } {
  const sizes = circuit.wires[wire]?.sizes;
  sound(sizes !== undefined && sizes.length === maps.length, `${what} reads a wire of other dimensions`);
  sound(Math.abs(zero) <= largest, `${what} has a zero point outside the field`);
  const axes = { output: [] as number[], reduce: [] as number[] };
  maps.forEach((map, d) => {
    const size = sizes[d] as number;
    if (map.kind === 'fixed') sound(map.index < size, `${what} reads outside a wire`);
    else if (map.kind === 'window') {
      axes.output.push(map.axis);
      axes.reduce.push(map.reduce);
    } else {
      axes[map.kind].push(map.axis);
      const extent = (map.kind === 'output' ? box : reduce)[map.axis] ?? 0;
      sound(extent <= size, `${what} reads outside a wire`);
    }
  });
  checkAxes(axes.output, box.length, what);
  checkAxes(axes.reduce, reduce.length, what);
  return axes;
}
