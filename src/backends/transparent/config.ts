/** Parameters of the transparent proof system: what a key fixes, how they are chosen, and what is never accepted. */
import { ByteReader, ByteWriter } from '../../base/bytes.ts';
import { type Layout, layOut } from './layout.ts';
import { queryBits, type Soundness, soundness } from './soundness.ts';
import type { System } from './system.ts';

export const backendName = 'transparent/1';

export type Parameters = {
  /** c: a row holds 2^c cells. */
  readonly logRow: number;
  /** κ: the code has rate 2^−κ. */
  readonly logBlowup: number;
  /** Q: columns opened. */
  readonly queries: number;
  /** g₁: proof-of-work bits before the lookup challenges. */
  readonly lookupWork: number;
  /** g₂: proof-of-work bits before the opened positions. */
  readonly queryWork: number;
  /** h: widest piece of a step function, in bits. */
  readonly pieceBits: number;
};

/** Soundness below which no key is made or accepted, in bits. */
export const requiredBits = 100;

const minimumLogRow = 9;
const maximumLogCode = 24;

export function encodeParameters(p: Parameters): Uint8Array {
  return new ByteWriter()
    .u8(p.logRow)
    .u8(p.logBlowup)
    .u32(p.queries)
    .u8(p.lookupWork)
    .u8(p.queryWork)
    .u8(p.pieceBits)
    .finish();
}

/** Throws `BytesError` when malformed; ranges are judged by `refuseParameters`. */
export function decodeParameters(bytes: Uint8Array): Parameters {
  const reader = new ByteReader(bytes);
  const parameters = {
    logRow: reader.u8(),
    logBlowup: reader.u8(),
    queries: reader.u32(),
    lookupWork: reader.u8(),
    queryWork: reader.u8(),
    pieceBits: reader.u8(),
  };
  reader.end();
  return parameters;
}

/** Why parameters are out of range whatever the circuit, or null. Checked before any other arithmetic. */
export function refuseParameters(p: Parameters): string | null {
  if (p.logRow < minimumLogRow) return `rows of 2^${p.logRow} cells are shorter than 2^${minimumLogRow}`;
  if (p.logBlowup < 1) return 'the code has rate 1';
  if (p.logRow + p.logBlowup > maximumLogCode)
    return `codewords of 2^${p.logRow + p.logBlowup} symbols exceed the field's roots of unity`;
  if (p.queries < 1) return 'no column is opened';
  if (p.queries > 2 ** (p.logRow + p.logBlowup)) return 'more columns are opened than there are';
  if (p.lookupWork > 40 || p.queryWork > 40) return 'more than 40 bits of proof of work are claimed';
  if (p.pieceBits < 1 || p.pieceBits > 20) return 'the pieces of step functions have an impossible width';
  return null;
}

/** Why parameters do not fit a system, or null; the layout and the soundness they give. */
export function judge(
  system: System,
  p: Parameters,
): { readonly layout: Layout; readonly soundness: Soundness; readonly refusal: string | null } {
  const layout = layOut(system, p.logRow);
  const found = soundness(system, layout, p);
  const refusal =
    2 * layout.logCells > 2 ** (p.logRow - 1)
      ? 'the rows are too short for the inner-product sumcheck'
      : system.lookups.length === 0
        ? 'the circuit has no lookup'
        : !(found.bits >= requiredBits)
          ? `the soundness is ${found.bits.toFixed(2)} bits; at least ${requiredBits} are required`
          : null;
  return { layout, soundness: found, refusal };
}

/** Bytes of columns, Merkle paths and folded row that parameters lead to; paths are estimated from above. */
function openingBytes(layout: Layout, p: Parameters): number {
  const logCode = p.logRow + p.logBlowup;
  const shared = Math.ceil(Math.log2(p.queries));
  return p.queries * layout.rows.length * 4 + p.queries * Math.max(1, logCode - shared) * 32 + 2 ** p.logRow * 16;
}

/** The parameters with the smallest proof at rate 2^−κ. `pieceBits` comes from the step gadgets. */
export function chooseParameters(system: System, options: { readonly logBlowup?: number } = {}): Parameters | null {
  const logBlowup = options.logBlowup ?? 2;
  let best: { readonly parameters: Parameters; readonly bytes: number } | null = null;
  for (let logRow = minimumLogRow; logRow + logBlowup <= Math.min(maximumLogCode, 20); logRow++) {
    const base = { logRow, logBlowup, lookupWork: 12, queryWork: 16, pieceBits: system.pieceBits };
    const parameters = { ...base, queries: leastQueries(base) };
    const { layout, refusal } = judge(system, parameters);
    if (refusal !== null) continue;
    const bytes = openingBytes(layout, parameters);
    if (best === null || bytes < best.bytes) best = { parameters, bytes };
  }
  return best?.parameters ?? null;
}

/** The least Q with 102 bits in the query term: two more than required, so that the other terms fit beside it. */
function leastQueries(p: Omit<Parameters, 'queries'>): number {
  let queries = 1;
  while (queryBits({ ...p, queries }) < requiredBits + 2) queries++;
  return queries;
}
