/** UnaryTable: any function of one byte, as a 256-row table. */

import type { TableId } from '../../artifact/circuit.ts';
import { ByteWriter, toHex } from '../../base/bytes.ts';
import { digest } from '../../base/digest.ts';
import { dtypeRange, type Interval, type IntTensor } from '../../base/tensor.ts';
import { type Builder, boxOf, expressionOf, type Wires } from '../../gadgets/builder.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkCount, refuse } from '../types.ts';
import { hull, intervalOf, laidOut, wholeWire } from '../wires.ts';
import { readUnaryTableAttrs, type UnaryTableAttrs } from './attrs.ts';

function shape(inputs: readonly OpInput[], attrs: UnaryTableAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const [x] = inputs as [OpInput];
  if (x.dtype !== attrs.inputDtype)
    refuse('MODEL_INVALID', node, `its input is ${x.dtype}, its table is for ${attrs.inputDtype}`);
  return [{ dtype: attrs.outputDtype, dims: x.dims }];
}

/** Smallest and largest table entry over the inputs that can occur. */
function image(attrs: UnaryTableAttrs, [low, high]: Interval): Interval {
  const [lowest] = dtypeRange[attrs.inputDtype];
  return hull(attrs.table.slice(low - lowest, high - lowest + 1).map((value): Interval => [value, value]));
}

function run(x: IntTensor, attrs: UnaryTableAttrs): IntTensor {
  const [lowest] = dtypeRange[attrs.inputDtype];
  return { dtype: attrs.outputDtype, dims: x.dims, data: x.data.map((value) => attrs.table[value - lowest] as number) };
}

/**
 * Only the rows whose input can occur. The name of a table is the digest of its rows: equal functions share one table,
 * different ones never do.
 */
function tableOf(build: Builder, attrs: UnaryTableAttrs, [low, high]: Interval): TableId {
  const [lowest] = dtypeRange[attrs.inputDtype];
  const values = attrs.table.slice(low - lowest, high - lowest + 1);
  const writer = new ByteWriter().i32(low);
  for (const value of values) writer.i32(value);
  const inputs = Int32Array.from(values, (_, i) => low + i);
  return build.table(`unary:${toHex(digest(writer.finish()))}`, [inputs, Int32Array.from(values)]);
}

function constrain(build: Builder, input: Wires, output: OutputSpec, attrs: UnaryTableAttrs): Wires {
  const x = laidOut(build, `${output.name}:input`, input);
  const box = boxOf(x);
  const range = intervalOf(build, x);
  const wire = build.witness(output.name, box, image(attrs, range));
  build.lookup(output.name, box, tableOf(build, attrs, range), [expressionOf(x)], wire);
  return wholeWire(output.dtype, output.dims, x.axes, wire);
}

export const unaryTable: Op<UnaryTableAttrs> = {
  name: 'UnaryTable',
  attrs: readUnaryTableAttrs,
  shape,
  bound: ([x], attrs) => [image(attrs, x as Interval)],
  run: ([x], attrs) => [run(x as IntTensor, attrs)],
  constrain: (build, [x], [output], attrs) => [constrain(build, x as Wires, output as OutputSpec, attrs)],
};
