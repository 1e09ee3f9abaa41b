/** PairTable: any function of two bytes, or of a byte and a constant class, as a table of all pairs or cheaper where exact. */
import { dtypeRange, extent, type Interval, type IntTensor } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import type { PairFormula } from '../affine-form.ts';
import { addresses, alignOperands, broadcast, checkBroadcast } from '../broadcast.ts';
import { cannotHide } from '../hidden.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { pairImage, relatePair } from '../pair-relation.ts';
import { checkByte, checkCount, refuse } from '../types.ts';
import { wholeWire } from '../wires.ts';
import { type PairTableAttrs, readPairTableAttrs } from './attrs.ts';

const rows = 256;

function shape(inputs: readonly OpInput[], attrs: PairTableAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 3, 3, node);
  const [a, b, table] = inputs as [OpInput, OpInput, OpInput];
  if (a.dtype !== attrs.aType) refuse('MODEL_INVALID', node, `its left operand is ${a.dtype}, not ${attrs.aType}`);
  if (table.constant === null || table.dtype !== attrs.yType || table.dims.length !== 2 || table.dims[0] !== rows)
    refuse('MODEL_INVALID', node, `its table is not a constant ${attrs.yType} of ${rows} rows`);
  checkRight(b, table.dims[1] as number, node);
  return [{ dtype: attrs.yType, dims: checkBroadcast(a, b, node) }];
}

function checkRight(b: OpInput, width: number, node: string): void {
  if (b.dtype !== 's32') {
    checkByte(b, 'its right operand', node);
    if (width !== 256) refuse('MODEL_INVALID', node, `its table has ${width} columns for a byte`);
    return;
  }
  if (b.constant === null) refuse('MODEL_INVALID', node, 'its classes are not constant');
  const [low, high] = extent(b.constant.data);
  if (low < 0 || high >= width)
    refuse('MODEL_INVALID', node, `its classes reach ${low} to ${high} of ${width} columns`);
}

function lowestOf(dtype: IntTensor['dtype']): number {
  return dtype === 's32' ? 0 : dtypeRange[dtype][0];
}

function formula(aType: IntTensor['dtype'], bType: IntTensor['dtype'], table: IntTensor): PairFormula {
  const width = table.dims[1] as number;
  const [lowA, lowB] = [lowestOf(aType), lowestOf(bType)];
  return (a, b) => table.data[(a - lowA) * width + b - lowB] as number;
}

function bound(intervals: readonly Interval[], types: readonly OpInput[]): Interval {
  const [a, b, table] = types as [OpInput, OpInput, OpInput];
  return pairImage(
    formula(a.dtype, b.dtype, table.constant as IntTensor),
    intervals[0] as Interval,
    intervals[1] as Interval,
  );
}

function run([a, b, table]: readonly IntTensor[]): IntTensor {
  const [left, right, values] = [a, b, table] as [IntTensor, IntTensor, IntTensor];
  const f = formula(left.dtype, right.dtype, values);
  const dims = broadcast(left.dims, right.dims) as number[];
  const atB = addresses(right.dims, dims);
  const data = addresses(left.dims, dims).map((at, i) =>
    f(left.data[at] as number, right.data[atB[i] as number] as number),
  );
  return { dtype: values.dtype, dims, data };
}

function constrain(build: Builder, inputs: readonly Wires[], output: OutputSpec, attrs: PairTableAttrs): Wires {
  const [left, right, table] = inputs as [Wires, Wires, Wires];
  const { name, dims } = output;
  // Hidden classes could be any integer of their type: there is no table of all pairs to look at.
  if (build.hidesWeights && right.dtype === 's32') cannotHide(name, 'its table depends on them');
  const operands = alignOperands(build, name, left, right, dims.length);
  const f = formula(left.dtype, right.dtype, table.constant as IntTensor);
  const wire = relatePair(build, { name, operands, f, ratio: attrs.ratio });
  return wholeWire(output.dtype, dims, operands.axes, wire);
}

export const pairTable: Op<PairTableAttrs> = {
  name: 'PairTable',
  attrs: readPairTableAttrs,
  shape,
  bound: (inputs, _attrs, types) => [bound(inputs, types)],
  run: (inputs) => [run(inputs)],
  constrain: (build, inputs, [output], attrs) => [constrain(build, inputs, output as OutputSpec, attrs)],
};
