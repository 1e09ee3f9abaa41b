/** Random functions of a byte, monotone and not. */
import { dtypeRange } from '../../base/tensor.ts';
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { UnaryTableAttrs } from './attrs.ts';
import { unaryTable } from './op.ts';

function sample(random: Random): OpCase<UnaryTableAttrs> {
  const [inputDtype, outputDtype] = [random.byteDtype(), random.byteDtype()];
  const table = random.list(256, () => random.integer(...dtypeRange[outputDtype]));
  if (random.chance(0.5)) table.sort((a, b) => a - b);
  const dims = random.list(random.integer(1, 3), () => random.integer(1, 4));
  const attrs = { table, inputDtype, outputDtype, label: 'random' };
  return { attrs, inputs: [random.tensor(inputDtype, dims)], constants: [random.chance(0.1)] };
}

export const unaryTableVectors: OpVectors<UnaryTableAttrs> = { op: unaryTable, sample };
