/** Attributes of PairTable. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader, type ByteDtype } from '../attributes.ts';

/**
 * Any function of two small integers: Sub, Div, Max, a comparison, a scale and shift per channel.
 *
 * Inputs [a, b, table]. `a` is u8 or s8; `b` is u8 or s8, or a constant s32 of classes 0, 1, …; their shapes broadcast. `table`
 * is a constant u8 or s8 of 256 rows: table[a − lowest][b − lowest] is the output, where lowest is that of the operand's
 * type and 0 for classes.
 *
 * `ratio`: b's slope against a's where the function is a rounded sum or difference, else 0. A hint for the relation that
 * changes no integer. `label` says what the table computes, for people only.
 */
export type PairTableAttrs = {
  readonly aType: ByteDtype;
  readonly yType: ByteDtype;
  readonly ratio: number;
  readonly label: string;
};

const keys = ['aType', 'yType', 'ratio', 'label'];

export function readPairTableAttrs(raw: Json, node: string): PairTableAttrs {
  const read = new AttributeReader(raw, node, keys);
  return {
    aType: read.byteDtype('aType'),
    yType: read.byteDtype('yType'),
    ratio: read.float('ratio'),
    label: read.text('label'),
  };
}
