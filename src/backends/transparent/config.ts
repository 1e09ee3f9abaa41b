/** Parameters of the transparent proof system: what a key fixes, how they are chosen, and what is never accepted. */
import { ByteReader, ByteWriter } from '../../base/bytes.ts';
import { digestLength } from '../../base/digest.ts';
import { requiredBits } from '../verifying.ts';
import { type Layout, layOut } from './layout.ts';
import { noiseRows, saltLength, withMask } from './mask.ts';
import { codeDimension, type RowFormat } from './matrix.ts';
import { queryBits, type Soundness, soundness } from './soundness.ts';
import type { System } from './system.ts';

export { requiredBits } from '../verifying.ts';

export const backendName = 'transparent/1';

/** The same protocol without masking, for tests and explanation: `acceptKey` and `verify` know no such backend. */
export const coreBackendName = 'transparent-core/1';

/**
 * The protocol of proofs whose randomness is not fresh. The name is absorbed before anything else, so such a proof cannot
 * be passed off as an ordinary one.
 */
export function seededName(backend: string): string {
  return `${backend}+seeded`;
}

export type Parameters = RowFormat & {
  /** Q: columns opened. */
  readonly queries: number;
  /** g₁: proof-of-work bits before the lookup challenges. */
  readonly lookupWork: number;
  /** g₂: proof-of-work bits before the opened positions. */
  readonly queryWork: number;
  /** h: widest piece of a step function, in bits. */
  readonly pieceBits: number;
  /** B: proofs that may open each long-lived matrix; 1 when there is none. */
  readonly budget: number;
};

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
    .u32(p.tail)
    .u32(p.budget)
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
    tail: reader.u32(),
    budget: reader.u32(),
  };
  reader.end();
  return parameters;
}

/** Why parameters are out of range whatever the circuit, or null. Checked before any other arithmetic. */
export function refuseParameters(p: Parameters): string | null {
  const logCode = p.logRow + p.logBlowup;
  if (p.logRow < minimumLogRow) return `rows of 2^${p.logRow} cells are shorter than 2^${minimumLogRow}`;
  if (p.logBlowup < 1) return 'the code has rate 1';
  if (logCode > maximumLogCode) return `codewords of 2^${logCode} symbols exceed the field's roots of unity`;
  if (p.queries < 1) return 'no column is opened';
  if (p.queries > 2 ** logCode) return 'more columns are opened than there are';
  if (4 * codeDimension(p) > 3 * 2 ** logCode) return 'the code has a rate above 3/4';
  if (p.lookupWork > 40 || p.queryWork > 40) return 'more than 40 bits of proof of work are claimed';
  if (p.pieceBits < 1 || p.pieceBits > 20) return 'the pieces of step functions have an impossible width';
  return null;
}

/** Why parameters do not hide what they should, or null: every proof opens Q columns, which t random coefficients hide. */
export function refuseHiding(p: Parameters): string | null {
  if (p.budget < 1) return 'no proof may be made';
  return p.tail < p.budget * p.queries
    ? `${p.tail} random coefficients per row do not hide ${p.budget} times ${p.queries} opened columns`
    : null;
}

/** Why parameters do not fit a lowered system, or null; the system as it is proven, its layout and its soundness. */
export function judge(
  lowered: System,
  p: Parameters,
): {
  readonly system: System;
  readonly layout: Layout;
  readonly soundness: Soundness;
  readonly refusal: string | null;
} {
  const system = p.tail > 0 ? withMask(lowered, p.logRow) : lowered;
  const layout = layOut(system, p.logRow);
  const found = soundness(system, layout, p);
  return { system, layout, soundness: found, refusal: refuseFit(system, layout, found, p) };
}

function refuseFit(system: System, layout: Layout, found: Soundness, p: Parameters): string | null {
  if (2 * layout.logCells > 2 ** (p.logRow - 1)) return 'the rows are too short for the inner-product sumcheck';
  if (system.lookups.length === 0) return 'the circuit has no lookup';
  if (p.budget > 1 && layout.matrices.length === 1) return 'it has a budget but no long-lived matrix';
  if (!(found.bits >= requiredBits))
    return `the soundness is ${found.bits.toFixed(2)} bits; at least ${requiredBits} are required`;
  if (system.mask !== null && !(found.zeroKnowledgeBits >= requiredBits))
    return `the zero-knowledge distance is ${found.zeroKnowledgeBits.toFixed(2)} bits; at least ${requiredBits} are required`;
  return null;
}

/** Bytes of columns, salts, Merkle paths and folded row that parameters lead to; paths are estimated from above. */
export function openingBytes(layout: Layout, p: Parameters): number {
  const logCode = p.logRow + p.logBlowup;
  const masked = p.tail > 0;
  const paths = Math.max(1, logCode - Math.floor(Math.log2(p.queries))) * digestLength;
  const perMatrix = paths + (masked ? saltLength : 0);
  const rows = layout.rows.length + (masked ? noiseRows : 0);
  return p.queries * (4 * rows + layout.matrices.length * perMatrix) + 16 * codeDimension(p);
}

export type ParameterChoice = {
  /** B; every long-lived matrix may be opened by this many proofs. */
  readonly budget: number;
  /** The row format of a matrix that exists already, when the key is to use one. */
  readonly format?: RowFormat;
  /** κ to try; by default 2, and 3 too when random coefficients weigh on the rate. */
  readonly logBlowups?: readonly number[];
};

/** The parameters with the smallest proof. `pieceBits` comes from the step gadgets. */
export function chooseParameters(lowered: System, choice: ParameterChoice): Parameters | null {
  const { budget, format } = choice;
  const logBlowups = choice.logBlowups ?? (budget > 1 ? [2, 3] : [2]);
  const formats: readonly (Omit<RowFormat, 'tail'> & { tail?: number })[] =
    format === undefined
      ? logBlowups.flatMap((logBlowup) =>
          Array.from({ length: 21 - logBlowup - minimumLogRow }, (_, i) => ({ logRow: minimumLogRow + i, logBlowup })),
        )
      : [format];
  let best: { readonly parameters: Parameters; readonly bytes: number } | null = null;
  for (const each of formats) {
    const base = { ...each, lookupWork: 12, queryWork: 16, pieceBits: lowered.pieceBits, budget };
    const parameters = withQueries(base, (queries) => each.tail ?? budget * queries);
    if (parameters === null || refuseHiding(parameters) !== null) continue;
    const { layout, refusal } = judge(lowered, parameters);
    if (refusal !== null) continue;
    const bytes = openingBytes(layout, parameters);
    if (best === null || bytes < best.bytes) best = { parameters, bytes };
  }
  return best?.parameters ?? null;
}

/**
 * The least Q with 102 bits in the query term, two more than required so that the other terms fit beside it. Random
 * coefficients lower the rate: Q and t are found together.
 */
export function withQueries(
  p: Omit<Parameters, 'queries' | 'tail'>,
  tailFor: (queries: number) => number,
): Parameters | null {
  for (let queries = 1; queries <= 2 ** (p.logRow + p.logBlowup); queries++) {
    const parameters = { ...p, queries, tail: tailFor(queries) };
    if (refuseParameters(parameters) !== null) return null;
    if (queryBits(parameters) >= requiredBits + 2) return parameters;
  }
  return null;
}
