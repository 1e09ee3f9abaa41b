/** Cast: the same integers under another integer type, where none can change. Costs nothing in a circuit. */
import { type Dtype, dtypeRange, type Interval, type IntTensor } from '../../base/tensor.ts';
import type { Wires } from '../../gadgets/builder.ts';
import type { Op, OpInput } from '../op.ts';
import { checkCount, refuse } from '../types.ts';
import { constantWires } from '../wires.ts';
import { type CastAttrs, readCastAttrs } from './attrs.ts';

/** Whether every integer of a type is one of the other; int64 never holds more than indices here, which int32 holds too. */
function holds(to: Dtype, from: Dtype): boolean {
  if (from === 's64') return to === 's64' || to === 's32';
  return dtypeRange[to][0] <= dtypeRange[from][0] && dtypeRange[from][1] <= dtypeRange[to][1];
}

export const cast: Op<CastAttrs> = {
  name: 'Cast',
  attrs: readCastAttrs,
  shape: (inputs, { to }, node) => {
    checkCount(inputs, 1, 1, node);
    const { dtype, dims } = inputs[0] as OpInput;
    if (!holds(to, dtype)) refuse('MODEL_UNSUPPORTED', node, `casts ${dtype} to ${to}, which changes integers`);
    return [{ dtype: to, dims }];
  },
  bound: ([x]) => [x as Interval],
  run: ([x], { to }) => [{ ...(x as IntTensor), dtype: to }],
  constrain: (_build, [x], _outputs, { to }) => {
    const { constant } = x as Wires;
    return [constant === null ? { ...(x as Wires), dtype: to } : constantWires({ ...constant, dtype: to })];
  },
};
