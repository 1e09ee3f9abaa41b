/** Bytes of a circuit: the canonical encoding whose digest identifies the model. Layout in docs/formats.md. */
import { type ByteReader, BytesError, ByteWriter } from '../base/bytes.ts';
import { digest } from '../base/digest.ts';
import { readInts, writeInts } from '../base/int-array.ts';
import { type Dtype, dtypeRange, type Interval } from '../base/tensor.ts';
import type {
  AxisMap,
  Circuit,
  CircuitPort,
  Expression,
  Gadget,
  Operand,
  OperandMap,
  StepFunction,
  Table,
  View,
  Wire,
  WireRole,
} from './circuit.ts';
import { decodeCanonical, open, seal } from './envelope.ts';

const roles: readonly WireRole[] = ['witness', 'public', 'constant', 'committed'];
const dtypes = Object.keys(dtypeRange) as readonly Dtype[];
const axisKinds = ['axis', 'fixed', 'listed'] as const;
const operandKinds = ['output', 'reduce', 'window', 'fixed'] as const;
const gadgetKinds = ['contract', 'step', 'table', 'maximum', 'range', 'linear'] as const;

function pick<T>(list: readonly T[], code: number): T {
  const value = list[code];
  if (value === undefined) throw new BytesError(`unknown code ${code}`);
  return value;
}

function writeList<T>(out: ByteWriter, list: readonly T[], write: (item: T) => void): void {
  out.u32(list.length);
  for (const item of list) write(item);
}

function readList<T>(reader: ByteReader, read: () => T): T[] {
  return Array.from({ length: reader.count(1) }, read);
}

function writeSizes(out: ByteWriter, sizes: readonly number[]): void {
  writeList(out, sizes, (size) => out.u32(size));
}

function readSizes(reader: ByteReader): number[] {
  return readList(reader, () => reader.u32());
}

function readInterval(reader: ByteReader): Interval {
  return [reader.i32(), reader.i32()];
}

function writePort(out: ByteWriter, port: CircuitPort): void {
  out.text(port.name).text(port.tensor);
  writeSizes(out, port.dims);
  out.u8(dtypes.indexOf(port.dtype)).u8(port.quantization === null ? 0 : 1);
  if (port.quantization !== null) out.f32(port.quantization.scale).i32(port.quantization.zeroPoint);
  out.u32(port.wire);
}

function readPort(reader: ByteReader): CircuitPort {
  const name = reader.text();
  const tensor = reader.text();
  const dims = readSizes(reader);
  const dtype = pick(dtypes, reader.u8());
  const quantized = reader.u8() !== 0;
  const quantization = quantized ? { scale: reader.f32(), zeroPoint: reader.i32() } : null;
  return { name, tensor, dims, dtype, quantization, wire: reader.u32() };
}

function writeWire(out: ByteWriter, wire: Wire): void {
  out.text(wire.name).u8(roles.indexOf(wire.role));
  writeSizes(out, wire.sizes);
  out.i32(wire.interval[0]).i32(wire.interval[1]);
  if (wire.role === 'constant') writeInts(out, wire.data ?? []);
  if (wire.role === 'committed') out.text(wire.matrix ?? '');
}

function readWire(reader: ByteReader): Wire {
  const name = reader.text();
  const role = pick(roles, reader.u8());
  const sizes = readSizes(reader);
  const interval = readInterval(reader);
  if (role === 'committed') return { name, role, sizes, interval, data: null, matrix: reader.text() };
  return { name, role, sizes, interval, data: role === 'constant' ? readInts(reader) : null };
}

function writeView(out: ByteWriter, view: View): void {
  out.u32(view.wire);
  writeList(out, view.map, (entry) => {
    out.u8(axisKinds.indexOf(entry.kind));
    if (entry.kind === 'fixed') out.u32(entry.index);
    else if (entry.kind === 'axis') out.u32(entry.axis).i32(entry.stride).i32(entry.offset);
    else {
      writeSizes(out, entry.axes);
      writeInts(out, entry.indices);
    }
  });
}

function readView(reader: ByteReader): View {
  const wire = reader.u32();
  const map = readList(reader, (): AxisMap => {
    const kind = pick(axisKinds, reader.u8());
    if (kind === 'fixed') return { kind, index: reader.u32() };
    if (kind === 'listed') return { kind, axes: readSizes(reader), indices: readInts(reader) };
    return { kind, axis: reader.u32(), stride: reader.i32(), offset: reader.i32() };
  });
  return { wire, map };
}

function writeExpression(out: ByteWriter, expression: Expression): void {
  out.i32(expression.constant);
  writeList(out, expression.terms, (term) => {
    out.i32(term.coefficient);
    writeView(out, term.view);
  });
  writeSizes(out, expression.accumulators);
}

function readExpression(reader: ByteReader): Expression {
  const constant = reader.i32();
  const terms = readList(reader, () => ({ coefficient: reader.i32(), view: readView(reader) }));
  return { constant, terms, accumulators: readSizes(reader) };
}

function writeOperand(out: ByteWriter, operand: Operand): void {
  out.u32(operand.wire).i32(operand.zero);
  writeList(out, operand.map, (entry) => {
    out.u8(operandKinds.indexOf(entry.kind));
    if (entry.kind === 'fixed') out.u32(entry.index);
    else out.u32(entry.axis);
    if (entry.kind === 'window') out.u32(entry.reduce).u32(entry.stride).u32(entry.dilation).i32(entry.pad);
  });
}

function readOperand(reader: ByteReader): Operand {
  const wire = reader.u32();
  const zero = reader.i32();
  const map = readList(reader, (): OperandMap => {
    const kind = pick(operandKinds, reader.u8());
    const first = reader.u32();
    if (kind === 'fixed') return { kind, index: first };
    if (kind !== 'window') return { kind, axis: first };
    return { kind, axis: first, reduce: reader.u32(), stride: reader.u32(), dilation: reader.u32(), pad: reader.i32() };
  });
  return { wire, zero, map };
}

function writeStep(out: ByteWriter, step: StepFunction): void {
  out.i32(step.high);
  writeInts(out, step.starts);
  writeInts(out, step.values);
}

function readStep(reader: ByteReader): StepFunction {
  return { high: reader.i32(), starts: readInts(reader), values: readInts(reader) };
}

function writeGadget(out: ByteWriter, gadget: Gadget): void {
  out.u8(gadgetKinds.indexOf(gadget.kind)).text(gadget.name);
  if (gadget.kind === 'range') {
    out.u32(gadget.wire).i32(gadget.low).i32(gadget.high);
    return;
  }
  writeSizes(out, gadget.box);
  switch (gadget.kind) {
    case 'contract':
      writeSizes(out, gadget.reduce);
      out.u32(gadget.accumulator);
      writeOperand(out, gadget.left);
      writeOperand(out, gadget.right);
      return;
    case 'step':
      writeExpression(out, gadget.input);
      out.u32(gadget.output).u8(gadget.classes === null ? 0 : 1);
      if (gadget.classes !== null) writeView(out, gadget.classes);
      writeList(out, gadget.functions, (step) => writeStep(out, step));
      return;
    case 'table':
      out.u32(gadget.table);
      writeList(out, gadget.inputs, (input) => writeExpression(out, input));
      out.u32(gadget.output);
      return;
    case 'maximum':
      writeExpression(out, gadget.left);
      writeExpression(out, gadget.right);
      out.u32(gadget.output);
      return;
    case 'linear':
      writeExpression(out, gadget.input);
      out.u32(gadget.output);
  }
}

function readGadget(reader: ByteReader): Gadget {
  const kind = pick(gadgetKinds, reader.u8());
  const name = reader.text();
  if (kind === 'range') return { kind, name, wire: reader.u32(), low: reader.i32(), high: reader.i32() };
  const box = readSizes(reader);
  switch (kind) {
    case 'contract': {
      const reduce = readSizes(reader);
      const accumulator = reader.u32();
      const left = readOperand(reader);
      return { kind, name, box, reduce, accumulator, left, right: readOperand(reader) };
    }
    case 'step': {
      const input = readExpression(reader);
      const output = reader.u32();
      const classes = reader.u8() === 0 ? null : readView(reader);
      return { kind, name, box, input, output, classes, functions: readList(reader, () => readStep(reader)) };
    }
    case 'table': {
      const table = reader.u32();
      const inputs = readList(reader, () => readExpression(reader));
      return { kind, name, box, table, inputs, output: reader.u32() };
    }
    case 'maximum': {
      const left = readExpression(reader);
      const right = readExpression(reader);
      return { kind, name, box, left, right, output: reader.u32() };
    }
    case 'linear': {
      const input = readExpression(reader);
      return { kind, name, box, input, output: reader.u32() };
    }
  }
}

function writeTable(out: ByteWriter, table: Table): void {
  out.text(table.name);
  writeList(out, table.columns, (column) => writeInts(out, column));
}

/** Payload bytes of a circuit, without the envelope. */
export function writeCircuit(circuit: Circuit): Uint8Array {
  const out = new ByteWriter().text(circuit.name).text(circuit.profile);
  writeList(out, circuit.inputs, (port) => writePort(out, port));
  writeList(out, circuit.outputs, (port) => writePort(out, port));
  writeList(out, circuit.wires, (wire) => writeWire(out, wire));
  writeList(out, circuit.tables, (table) => writeTable(out, table));
  writeList(out, circuit.gadgets, (gadget) => writeGadget(out, gadget));
  return out.finish();
}

export function readCircuit(reader: ByteReader): Circuit {
  const name = reader.text();
  const profile = reader.text();
  const inputs = readList(reader, () => readPort(reader));
  const outputs = readList(reader, () => readPort(reader));
  const wires = readList(reader, () => readWire(reader));
  const tables = readList(reader, () => ({ name: reader.text(), columns: readList(reader, () => readInts(reader)) }));
  const gadgets = readList(reader, () => readGadget(reader));
  return { name, profile, inputs, outputs, wires, tables, gadgets };
}

export function encodeCircuit(circuit: Circuit): Uint8Array {
  return seal('circuit', writeCircuit(circuit));
}

/** Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`; says nothing about the circuit being sound (see `gadgets/check.ts`). */
export function decodeCircuit(bytes: Uint8Array): Circuit {
  return decodeCanonical('circuit', open('circuit', bytes), readCircuit, writeCircuit);
}

/** BLAKE3 of a circuit's payload: names the model when its weights are public, otherwise the architecture. */
export function circuitDigest(circuit: Circuit): Uint8Array {
  return digest(writeCircuit(circuit));
}
