/**
 * A circuit as text: every wire and every relation in a notation close to the mathematics, for people who audit a model.
 *
 *   %4     witness   [6,28,28]         -128…127  relu1          wires by number, with their guaranteed range
 *   conv1  contract over x[6,28,28]                             relations by name, with the box they hold on
 *     acc0 = Σ r[1,5,5] (%0[0,r0,x1+r1−2,x2+r2−2] − 3) · %2[x0,r0,r1,r2]
 */
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
} from '../artifact/circuit.ts';
import type { Shape } from '../base/tensor.ts';

/** What is not seen, turns the direction of text, or ends a line or a quotation; and what separates names without quotes. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}"]/gu;
const separating = /\p{Zs}/gu;

function byNumber(character: string): string {
  return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
}

/** Strangers choose names: none may pass for a relation, or for a word of this listing. */
function quoted(name: string): string {
  return `"${name.replace(unseen, byNumber)}"`;
}

function bare(name: string): string {
  return name.replace(unseen, byNumber).replace(separating, byNumber);
}

function sizesText(sizes: Shape): string {
  return `[${sizes.join(',')}]`;
}

/** `factor·name + offset` without the parts that do nothing. */
function scaled(factor: number, name: string, offset: number): string {
  const product = factor === 1 ? name : `${factor}·${name}`;
  return offset === 0 ? product : `${product}${offset < 0 ? '−' : '+'}${Math.abs(offset)}`;
}

function axisText(entry: AxisMap): string {
  if (entry.kind === 'fixed') return `${entry.index}`;
  if (entry.kind === 'axis') return scaled(entry.stride, `x${entry.axis}`, entry.offset);
  return `list(${entry.axes.map((axis) => `x${axis}`).join(',')})`;
}

function viewText(view: View): string {
  return `%${view.wire}[${view.map.map(axisText).join(',')}]`;
}

function signed(text: string, first: boolean, negative: boolean): string {
  if (first) return negative ? `−${text}` : text;
  return negative ? ` − ${text}` : ` + ${text}`;
}

function expressionText(expression: Expression): string {
  let out = '';
  for (const accumulator of expression.accumulators) out += signed(`acc${accumulator}`, out === '', false);
  for (const { coefficient, view } of expression.terms) {
    const size = Math.abs(coefficient);
    out += signed(size === 1 ? viewText(view) : `${size}·${viewText(view)}`, out === '', coefficient < 0);
  }
  const { constant } = expression;
  if (constant !== 0 || out === '') out += signed(`${Math.abs(constant)}`, out === '', constant < 0);
  return out;
}

function operandMapText(entry: OperandMap): string {
  switch (entry.kind) {
    case 'fixed':
      return `${entry.index}`;
    case 'output':
      return `x${entry.axis}`;
    case 'reduce':
      return `r${entry.axis}`;
    case 'window':
      return `${scaled(entry.stride, `x${entry.axis}`, 0)}+${scaled(entry.dilation, `r${entry.reduce}`, -entry.pad)}`;
  }
}

function operandText(operand: Operand): string {
  const cell = `%${operand.wire}[${operand.map.map(operandMapText).join(',')}]`;
  if (operand.zero === 0) return cell;
  return `(${cell} ${operand.zero < 0 ? '+' : '−'} ${Math.abs(operand.zero)})`;
}

/** Range and size of a step function: enough to recognise it; the thresholds themselves are in the file. */
function stepText(step: StepFunction): string {
  const low = step.starts[0];
  const first = step.values[0];
  const last = step.values.at(-1);
  return `${step.values.length} steps ${first}…${last} on [${low}, ${step.high}]`;
}

function gadgetText(gadget: Gadget, tables: readonly Table[]): string {
  switch (gadget.kind) {
    case 'contract': {
      const product = `${operandText(gadget.left)} · ${operandText(gadget.right)}`;
      return `acc${gadget.accumulator} = Σ r${sizesText(gadget.reduce)} ${product}`;
    }
    case 'step': {
      const first = gadget.functions[0];
      const one = gadget.functions.length === 1 && first !== undefined;
      const what = one ? stepText(first) : `${gadget.functions.length} functions`;
      const chosen = gadget.classes === null ? 'step' : `step[${viewText(gadget.classes)}]`;
      return `%${gadget.output} = ${chosen}(${expressionText(gadget.input)})    ${what}`;
    }
    case 'table': {
      const name = tables[gadget.table]?.name ?? `#${gadget.table}`;
      return `%${gadget.output} = table ${quoted(name)}(${gadget.inputs.map(expressionText).join(', ')})`;
    }
    case 'maximum':
      return `%${gadget.output} = max(${expressionText(gadget.left)}, ${expressionText(gadget.right)})`;
    case 'range':
      return `${gadget.low} ≤ %${gadget.wire} ≤ ${gadget.high}`;
    case 'linear':
      return `%${gadget.output} = ${expressionText(gadget.input)}`;
  }
}

function wireText(wire: Wire, id: number): string {
  const [low, high] = wire.interval;
  const matrix = wire.matrix === undefined ? '' : `  in the commitment ${quoted(wire.matrix)}`;
  return `  ${`%${id}`.padEnd(6)} ${wire.role.padEnd(9)} ${sizesText(wire.sizes).padEnd(18)} ${low}…${high}  ${bare(wire.name)}${matrix}`;
}

function portText(kind: string, port: CircuitPort): string {
  const { name, dims, dtype, quantization } = port;
  const float = quantization === null ? '' : `  float32 = ${quantization.scale}·(q − ${quantization.zeroPoint})`;
  return `  ${kind.padEnd(6)} ${quoted(name)} ${dtype}${sizesText(dims)} on %${port.wire}${float}`;
}

/** The whole circuit, one relation after the other; `x` are the axes of a relation's box, `r` those it sums over. */
export function listCircuit(circuit: Circuit): string {
  const { gadgets, wires, tables } = circuit;
  const lines = [`circuit ${quoted(circuit.name)}, integers of ${circuit.profile}`, '', 'ports'];
  lines.push(...circuit.inputs.map((port) => portText('input', port)));
  lines.push(...circuit.outputs.map((port) => portText('output', port)));
  lines.push('', `wires (${wires.length})`, ...wires.map(wireText));
  if (tables.length > 0) lines.push('', `tables (${tables.length})`);
  for (const table of tables) {
    lines.push(`  ${quoted(table.name)} ${table.columns[0]?.length ?? 0} rows of ${table.columns.length} columns`);
  }
  lines.push('', `relations (${gadgets.length})`);
  for (const gadget of gadgets) {
    const box = gadget.kind === 'range' ? (wires[gadget.wire]?.sizes ?? []) : gadget.box;
    lines.push(`  ${bare(gadget.name)}  ${gadget.kind} over x${sizesText(box)}`, `    ${gadgetText(gadget, tables)}`);
  }
  return `${lines.join('\n')}\n`;
}
