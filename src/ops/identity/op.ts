/** Identity: the same tensor under another name. */
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Wires } from '../../gadgets/builder.ts';
import type { Op, OpInput } from '../op.ts';
import { checkCount } from '../types.ts';
import { type IdentityAttrs, readIdentityAttrs } from './attrs.ts';

export const identity: Op<IdentityAttrs> = {
  name: 'Identity',
  attrs: readIdentityAttrs,
  shape: (inputs, _attrs, node) => {
    checkCount(inputs, 1, 1, node);
    const { dtype, dims } = inputs[0] as OpInput;
    return [{ dtype, dims }];
  },
  bound: ([x]) => [x as Interval],
  run: ([x]) => [x as IntTensor],
  constrain: (_build, [x]) => [x as Wires],
};
