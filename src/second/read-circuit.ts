import type {
  Circuit,
  Expression,
  Gadget,
  Operand,
  OperandMap,
  Port,
  Role,
  StepFunction,
  Table,
  View,
  ViewMap,
  Wire,
} from './circuit.ts';
import type { Reader } from './reader.ts';
import { refuse } from './refusal.ts';

const roles: readonly Role[] = ['witness', 'public', 'constant', 'committed'];

/** docs/formats.md, "Circuit". Whether it makes sense is judged elsewhere (`acceptCircuit`). */
export function readCircuit(r: Reader): Circuit {
  return {
    name: r.text(),
    profile: r.text(),
    inputs: r.list(() => readPort(r)),
    outputs: r.list(() => readPort(r)),
    wires: r.list(() => readWire(r)),
    tables: r.list((): Table => ({ name: r.text(), columns: r.list(() => r.integers()) })),
    gadgets: r.list(() => readGadget(r)),
  };
}

function readPort(r: Reader): Port {
  const head = { name: r.text(), tensor: r.text(), dims: r.sizes(), dtype: r.u8() };
  if (head.dtype > 3) refuse('malformed', 'a port has an unknown type');
  const quantized = r.flag() ? { quantized: { scale: r.f32(), zero: r.i32() } } : {};
  return { ...head, ...quantized, wire: r.u32() };
}

function readWire(r: Reader): Wire {
  const name = r.text();
  const role = roles[r.u8()] ?? refuse('malformed', 'a wire has an unknown role');
  const wire = { name, role, sizes: r.sizes(), interval: { low: r.i32(), high: r.i32() } };
  if (role === 'constant') return { ...wire, cells: r.integers() };
  return role === 'committed' ? { ...wire, matrix: r.text() } : wire;
}

function readView(r: Reader): View {
  return { wire: r.u32(), maps: r.list(() => readViewMap(r)) };
}

function readViewMap(r: Reader): ViewMap {
  const kind = r.u8();
  if (kind === 0) return { kind: 'axis', axis: r.u32(), stride: r.i32(), offset: r.i32() };
  if (kind === 1) return { kind: 'fixed', index: r.u32() };
  if (kind === 2) return { kind: 'listed', axes: r.sizes(), indices: r.integers() };
  return refuse('malformed', 'a view has an unknown map');
}

function readExpression(r: Reader): Expression {
  return {
    constant: r.i32(),
    terms: r.list(() => ({ coefficient: r.i32(), view: readView(r) })),
    accumulators: r.sizes(),
  };
}

function readOperand(r: Reader): Operand {
  return { wire: r.u32(), zero: r.i32(), maps: r.list(() => readOperandMap(r)) };
}

function readOperandMap(r: Reader): OperandMap {
  const kind = r.u8();
  if (kind === 0) return { kind: 'output', axis: r.u32() };
  if (kind === 1) return { kind: 'reduce', axis: r.u32() };
  if (kind === 2)
    return { kind: 'window', axis: r.u32(), reduce: r.u32(), stride: r.u32(), dilation: r.u32(), pad: r.i32() };
  if (kind === 3) return { kind: 'fixed', index: r.u32() };
  return refuse('malformed', 'an operand has an unknown map');
}

function readStepFunction(r: Reader): StepFunction {
  return { high: r.i32(), starts: r.integers(), values: r.integers() };
}

function readGadget(r: Reader): Gadget {
  const kind = r.u8();
  const name = r.text();
  if (kind === 4) return { kind: 'range', name, wire: r.u32(), low: r.i32(), high: r.i32() };
  const box = r.sizes();
  switch (kind) {
    case 0:
      return {
        ...{ kind: 'contract', name, box, reduce: r.sizes(), accumulator: r.u32() },
        ...{ left: readOperand(r), right: readOperand(r) },
      };
    case 1: {
      const head = { kind: 'step', name, box, input: readExpression(r), output: r.u32() } as const;
      const selector = r.flag() ? { selector: readView(r) } : {};
      return { ...head, ...selector, functions: r.list(() => readStepFunction(r)) };
    }
    case 2:
      return { kind: 'table', name, box, table: r.u32(), inputs: r.list(() => readExpression(r)), output: r.u32() };
    case 3:
      return { kind: 'maximum', name, box, left: readExpression(r), right: readExpression(r), output: r.u32() };
    case 5:
      return { kind: 'linear', name, box, input: readExpression(r), output: r.u32() };
    default:
      return refuse('malformed', 'a gadget of unknown kind');
  }
}
