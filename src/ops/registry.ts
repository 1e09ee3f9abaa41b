/** Every operator of the integer network, one line each. */
import { ProvennError } from '../base/errors.ts';
import { argExtreme } from './arg-extreme/op.ts';
import { cast } from './cast/op.ts';
import { concat } from './concat/op.ts';
import { convInteger } from './conv-integer/op.ts';
import { identity } from './identity/op.ts';
import { matMulInteger } from './matmul-integer/op.ts';
import { maxPool } from './max-pool/op.ts';
import type { Op } from './op.ts';
import { pad } from './pad/op.ts';
import { pairTable } from './pair-table/op.ts';
import { qgemm } from './qgemm/op.ts';
import { qlinearAdd } from './qlinear-add/op.ts';
import { qlinearAveragePool } from './qlinear-average-pool/op.ts';
import { qlinearConv } from './qlinear-conv/op.ts';
import { qlinearGlobalAveragePool } from './qlinear-global-average-pool/op.ts';
import { qlinearMatMul } from './qlinear-matmul/op.ts';
import { qlinearMul } from './qlinear-mul/op.ts';
import { reduceExtreme } from './reduce-extreme/op.ts';
import { reshape } from './reshape/op.ts';
import { select } from './select/op.ts';
import { transpose } from './transpose/op.ts';
import { unaryTable } from './unary-table/op.ts';

export const operators: readonly Op[] = [
  argExtreme,
  cast,
  concat,
  convInteger,
  identity,
  matMulInteger,
  maxPool,
  pad,
  pairTable,
  qgemm,
  qlinearAdd,
  qlinearAveragePool,
  qlinearConv,
  qlinearGlobalAveragePool,
  qlinearMatMul,
  qlinearMul,
  reduceExtreme,
  reshape,
  select,
  transpose,
  unaryTable,
];

const byName = new Map(operators.map((op) => [op.name, op]));

/** The operator of that registry name; `MODEL_UNSUPPORTED` when there is none. */
export function lookupOp(name: string): Op {
  const op = byName.get(name);
  if (op !== undefined) return op;
  throw new ProvennError('MODEL_UNSUPPORTED', `operator ${name} is not supported`, {
    next: `Supported operators: ${operators.map((known) => known.name).join(', ')}.`,
  });
}
