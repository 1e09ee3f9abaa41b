/** Attributes of UnaryTable. */
import type { Json } from '../../base/canonical-json.ts';
import { ProvennError } from '../../base/errors.ts';
import { dtypeRange } from '../../base/tensor.ts';
import { AttributeReader, type ByteDtype } from '../attributes.ts';

/**
 * Any function of one byte: Relu, Clip, LeakyRelu, Sigmoid, or a requantization; input [x] of `inputDtype`, any shape.
 *
 * `table` has 256 entries in increasing order of the input: table[x − lowest] is the output for input x, where lowest is
 * 0 for u8 and −128 for s8. Entries are integers of `outputDtype`. `label` says what the table computes, for people only.
 */
export type UnaryTableAttrs = {
  readonly table: readonly number[];
  readonly inputDtype: ByteDtype;
  readonly outputDtype: ByteDtype;
  readonly label: string;
};

const keys = ['table', 'inputDtype', 'outputDtype', 'label'];

export function readUnaryTableAttrs(raw: Json, node: string): UnaryTableAttrs {
  const read = new AttributeReader(raw, node, keys);
  const outputDtype = read.byteDtype('outputDtype');
  const table = read.integers('table', ...dtypeRange[outputDtype]);
  if (table.length !== 256)
    throw new ProvennError('MODEL_INVALID', `node ${node}: a table of one byte has 256 entries`, { where: node });
  return { table, inputDtype: read.byteDtype('inputDtype'), outputDtype, label: read.text('label') };
}
