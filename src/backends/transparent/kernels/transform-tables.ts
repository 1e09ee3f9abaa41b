/** What the compiled transform reads: where each coefficient goes, and powers of the roots in the form it multiplies with. */
import { mul } from '../../../base/field.ts';
import { twiddles } from '../code.ts';

export type TransformTables = {
  /** Bit reversal of every index. */
  readonly order: Uint32Array;
  /** For each level from the lowest, the first half of the powers of its root, times 2^32 mod p. */
  readonly powers: Uint32Array;
};

const montgomery = 33554430; // 2^32 mod p
const kept = new Map<number, TransformTables>();
/** Larger tables are made anew each time. */
const largestKept = 18;

function make(logLength: number): TransformTables {
  const length = 2 ** logLength;
  const order = new Uint32Array(length);
  for (let i = 1; i < length; i++) order[i] = ((order[i >> 1] as number) >>> 1) | (i % 2 === 1 ? length / 2 : 0);
  const all = twiddles(logLength);
  const powers = new Uint32Array(length - 1);
  for (let half = 1; half < length; half *= 2) {
    const step = length / 2 / half;
    for (let k = 0; k < half; k++) powers[half - 1 + k] = mul(all[k * step] as number, montgomery);
  }
  return { order, powers };
}

export function transformTables(logLength: number): TransformTables {
  const known = kept.get(logLength);
  if (known !== undefined) return known;
  const tables = make(logLength);
  if (logLength <= largestKept) kept.set(logLength, tables);
  return tables;
}
