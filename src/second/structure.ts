import type { Circuit, Gadget, Operand, Port, Table, View, Wire } from './circuit.ts';
import { confinedBy, expressionsOf, inField, joinedAxes, matricesOf, sound } from './facts.ts';
import { boxCells } from './multilinear.ts';

/** §9, "Form": that everything named exists and is indexed as it may be. Nothing here follows an integer. */

const mostParts = 2 ** 16;
const mostReads = 2 ** 14;
const mostCells = 2 ** 28;
const mostDimensions = 8;
const longestMatrixName = 512;
export function checkStructure(circuit: Circuit): void {
  const { wires, gadgets, tables, inputs, outputs } = circuit;
  for (const parts of [wires, gadgets, tables, inputs, outputs])
    sound(parts.length <= mostParts, 'more than 2^16 parts of a kind');
  const reads = gadgets.flatMap(expressionsOf).reduce((sum, e) => sum + e.terms.length + e.accumulators.length, 0);
  sound(reads <= mostReads, 'the expressions read more than 2^14 things');
  for (const wire of wires) checkWire(wire);
  for (const table of tables) checkTable(table);
  checkPorts(circuit);
  const accumulators = new Map<number, readonly number[]>();
  for (const gadget of gadgets) checkGadget(gadget, circuit, accumulators);
}

function checkSizes(sizes: readonly number[], what: string): void {
  sound(sizes.length <= mostDimensions && sizes.every((size) => size > 0), `${what} has no box`);
  sound(boxCells(sizes) <= mostCells, `${what} has more than 2^28 cells`);
}

function checkWire({ name, sizes, interval, role, cells, matrix }: Wire): void {
  checkSizes(sizes, `wire ${name}`);
  sound(inField(interval), `wire ${name} has no interval inside (-p/2, p/2)`);
  if (role === 'committed') {
    const length = matrix?.length ?? 0;
    sound(length > 0 && length <= longestMatrixName, `wire ${name} belongs to no matrix`);
  }
  if (role !== 'constant') return;
  sound(cells?.length === boxCells(sizes), `constant ${name} has another number of cells than its sizes say`);
  sound(
    cells.every((cell) => cell >= interval.low && cell <= interval.high),
    `constant ${name} leaves its interval`,
  );
}

/** Tables are functions: no two rows with the same inputs and different values. */
function checkTable({ name, columns }: Table): void {
  const rows = columns[0]?.length ?? 0;
  sound(rows > 0 && columns.every((column) => column.length === rows), `table ${name} is no table`);
  for (const column of columns)
    sound(
      column.every((cell) => inField({ low: cell, high: cell })),
      `table ${name} leaves the field`,
    );
  const values = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const inputs = columns
      .slice(0, -1)
      .map((column) => column[row])
      .join();
    const value = columns.at(-1)?.[row] as number;
    sound((values.get(inputs) ?? value) === value, `table ${name} is no function`);
    values.set(inputs, value);
  }
}

function checkPorts(circuit: Circuit): void {
  const { inputs, outputs, wires, gadgets } = circuit;
  const committed = wires.some(({ role }) => role === 'committed');
  sound(committed || (inputs.length > 0 && outputs.length > 0), 'the circuit has no input or no output');
  const fixed = new Set(matricesOf(circuit).flatMap((matrix) => (matrix.fixed ? matrix.wires : [])));
  for (const port of [...inputs, ...outputs]) checkPort(port, wires[port.wire], fixed);
  for (const ports of [inputs, outputs])
    sound(new Set(ports.map(({ name }) => name)).size === ports.length, 'two ports of a side have the same name');
  const ports = new Set([...inputs, ...outputs].map(({ wire }) => wire));
  wires.forEach(({ role }, wire) => {
    sound(role !== 'public' || ports.has(wire), 'a public wire belongs to no port');
  });
  const determined = new Set(inputs.map(({ wire }) => wire));
  for (const gadget of gadgets)
    if (gadget.kind !== 'contract' && gadget.kind !== 'range') determined.add(gadget.output);
  for (const { name, wire } of outputs) sound(determined.has(wire), `nothing determines the output ${name}`);
}

function checkPort({ name, dims, quantized, wire: number }: Port, wire: Wire | undefined, fixed: Set<number>): void {
  sound(wire !== undefined && wire.role !== 'constant', `port ${name} has no wire that may vary`);
  sound(!fixed.has(number), `nothing confines the port ${name}`);
  sound(boxCells(wire.sizes) === boxCells(dims), `port ${name} has other dimensions than its wire`);
  sound(
    !quantized || (Number.isFinite(quantized.scale) && quantized.scale > 0),
    `port ${name} has an impossible scale`,
  );
}

function checkGadget(gadget: Gadget, circuit: Circuit, accumulators: Map<number, readonly number[]>): void {
  const what = `${gadget.kind} ${gadget.name}`;
  if (gadget.kind === 'contract') {
    checkSizes(gadget.box, what);
    checkContract(gadget, circuit, what);
    sound(!accumulators.has(gadget.accumulator), `${what} states an accumulator twice`);
    sound(gadget.accumulator < circuit.gadgets.length, `${what} has an impossible number`);
    accumulators.set(gadget.accumulator, gadget.box);
    return;
  }
  const written = circuit.wires[confinedBy(gadget) as number];
  sound(written !== undefined && written.role !== 'constant', `${what} writes no wire`);
  if (gadget.kind === 'range') {
    sound(inField(gadget) && gadget.high - gadget.low < 2 ** 22, `${what} has an impossible range`);
    return;
  }
  checkSizes(gadget.box, what);
  const joined = gadget.kind === 'linear' && joinedAxes(written.sizes, gadget.box) !== undefined;
  sound(joined || sameSizes(written.sizes, gadget.box), `${what} has another box than its output`);
  for (const expression of expressionsOf(gadget)) {
    for (const { view } of expression.terms) checkView(view, gadget.box, circuit, what);
    for (const number of expression.accumulators)
      sound(sameSizes(accumulators.get(number) ?? [0], gadget.box), `${what} reads an accumulator of another box`);
  }
  if (gadget.kind === 'maximum') sound(gadget.right.accumulators.length === 0, `${what} subtracts an accumulator`);
  if (gadget.kind === 'step' && gadget.selector) checkView(gadget.selector, gadget.box, circuit, what);
  if (gadget.kind === 'table')
    sound(circuit.tables[gadget.table]?.columns.length === gadget.inputs.length + 1, `${what} does not fit its table`);
}

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** A claim vector is a product over dimensions only if no axis is read by two of them. */
function checkView({ wire, maps }: View, box: readonly number[], circuit: Circuit, what: string): void {
  const sizes = circuit.wires[wire]?.sizes;
  sound(sizes !== undefined && sizes.length === maps.length, `${what} reads a wire of other dimensions`);
  const read: number[] = [];
  maps.forEach((map, d) => {
    const size = sizes[d] as number;
    if (map.kind === 'fixed') sound(map.index < size, `${what} reads outside a wire`);
    else if (map.kind === 'listed') {
      read.push(...map.axes);
      const cells = boxCells(map.axes.map((axis) => box[axis] ?? 0));
      sound(map.axes.length > 0 && map.indices.length === cells, `${what} lists too few or too many cells`);
      sound(
        map.indices.every((index) => index >= -1 && index < size),
        `${what} reads outside a wire`,
      );
    } else {
      read.push(map.axis);
      const modest = map.stride >= 1 && map.stride <= mostCells && Math.abs(map.offset) <= mostCells;
      sound(modest, `${what} has an impossible stride`);
    }
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

/** An axis that no operand has would be summed over its padding, or left out of the claim. */
function checkContract(gadget: Extract<Gadget, { kind: 'contract' }>, circuit: Circuit, what: string): void {
  const { box, reduce, left, right } = gadget;
  checkSizes(reduce, what);
  const axes = [left, right].map((operand) => checkOperand(operand, box, reduce, circuit, what)) as [Axes, Axes];
  for (const axis of box.keys()) {
    const [inLeft, inRight] = axes.map(({ output }) => output.includes(axis));
    sound(inLeft || inRight || false, `${what} has an axis that no operand has`);
    const windows = axes.some(({ windows: windowed }) => windowed.includes(axis));
    sound(!(inLeft && inRight && windows), `${what} shares the axis of a window`);
  }
}

interface Axes {
  readonly output: number[];
  readonly windows: number[];
}

function checkOperand(
  { wire, maps }: Operand,
  box: readonly number[],
  reduce: readonly number[],
  circuit: Circuit,
  what: string,
): Axes {
  const sizes = circuit.wires[wire]?.sizes;
  sound(sizes !== undefined && sizes.length === maps.length, `${what} reads a wire of other dimensions`);
  const axes = { output: [] as number[], reduce: [] as number[], windows: [] as number[] };
  maps.forEach((map, d) => {
    if (map.kind === 'fixed') sound(map.index < (sizes[d] as number), `${what} reads outside a wire`);
    else if (map.kind === 'window') {
      axes.output.push(map.axis);
      axes.windows.push(map.axis);
      axes.reduce.push(map.reduce);
      const modest = [map.stride, map.dilation].every((n) => n >= 1 && n <= mostCells);
      sound(modest && Math.abs(map.pad) <= mostCells, `${what} has an impossible window`);
    } else {
      axes[map.kind].push(map.axis);
      sound((map.kind === 'output' ? box : reduce)[map.axis] === sizes[d], `${what} does not fit a wire`);
    }
  });
  checkAxes(axes.output, box.length, what);
  checkAxes(axes.reduce, reduce.length, what);
  sound(axes.reduce.length === reduce.length, `${what} has an operand without one of the reduced axes`);
  return axes;
}
