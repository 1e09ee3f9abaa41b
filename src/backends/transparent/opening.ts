/**
 * The last sumcheck and the opening as the verifier sees them: claims about V at one point against one folded row, and the
 * row against the opened columns (steps 8 to 11 of docs/protocol.md).
 */
import { ByteReader, BytesError } from '../../base/bytes.ts';
import { digestLength } from '../../base/digest.ts';
import { add, at, type Ext, equal, multiply, subtract, toVector, zero } from '../../base/extension.ts';
import { isCanonical } from '../../base/field.ts';
import { Rejected, type VerifierChannel } from './channel.ts';
import type { ClaimTerm } from './claims.ts';
import { constantForm, type Form, foldRounds, maskedForm } from './forms.ts';
import { kernelAt } from './kernel-vectors.ts';
import { defaultKernels } from './kernels/choose.ts';
import type { AcceptedKey } from './key.ts';
import { addressOf, type Layout, paddedBits } from './layout.ts';
import { noiseRows, saltLength } from './mask.ts';
import { codeDimension } from './matrix.ts';
import { checkMultiproof, hashLeaf, multiproofLength } from './merkle.ts';
import { bitsFor, eqIndex, eqTable, weightedSum } from './polynomials.ts';
import { sumcheckRound } from './relations.ts';
import type { System, SystemTensor } from './system.ts';

/** Φ~(r): the batched claim vector at the point of the inner-product sumcheck. */
export function claimVectorAt(system: System, layout: Layout, terms: readonly ClaimTerm[], point: readonly Ext[]): Ext {
  let total = zero;
  for (const { coefficient, tensor, kernels } of terms) {
    const { sizes } = system.tensors[tensor] as SystemTensor;
    const bits = paddedBits(sizes);
    let value = multiply(coefficient, eqIndex(point.slice(bits), addressOf(layout, tensor) / 2 ** bits));
    let from = bits;
    sizes.forEach((size, dim) => {
      from -= bitsFor(size);
      value = multiply(
        value,
        kernelAt(kernels[dim] as (typeof kernels)[number], size, point.slice(from, from + bitsFor(size))),
      );
    });
    total = add(total, value);
  }
  return total;
}

/** What n rounds of the inner-product sumcheck make of a claim; message number k is hidden by element k of the row s. */
export function foldInnerProduct(claim: Ext, messages: readonly Form[], point: readonly Ext[]): Form {
  const rounds = point.map((z, bit) => sumcheckRound([messages[2 * bit] as Form, messages[2 * bit + 1] as Form], z));
  return foldRounds(constantForm(claim), rounds);
}

/**
 * Step 8: lowest variable first. What is left of the claim is a form over the first 2n elements of the row s: pads that were
 * cells of V could not hide a sumcheck about V itself.
 */
export function innerProduct(
  channel: VerifierChannel,
  logCells: number,
  claim: Ext,
  masked: boolean,
): { readonly point: readonly Ext[]; readonly value: Form } {
  const messages: Form[] = [];
  const point: Ext[] = [];
  for (let bit = 0; bit < logCells; bit++) {
    for (let i = 0; i < 2; i++) {
      const sent = channel.receive();
      messages.push(masked ? maskedForm(sent, messages.length) : constantForm(sent));
    }
    point.push(channel.drawOne());
  }
  return { point, value: foldInnerProduct(claim, messages, point) };
}

/** ⟨weights, row⟩ over the first `count` elements. */
export function pairing(weights: Uint32Array, row: Uint32Array, count: number): Ext {
  let total = zero;
  for (let i = 0; i < count; i++) total = add(total, multiply(at(weights, i), at(row, i)));
  return total;
}

/** ℓ₂: the weights that a form gives to the first `count` elements of the row s. */
export function padFunctional(value: Form, count: number): Uint32Array {
  return toVector(Array.from({ length: count }, (_, i) => value.pads.get(i) ?? zero));
}

/** How the folded row answers for the columns: w = X in the core protocol, w = m + γ₁(X + γ₂s) when masked. */
export type Folding = { readonly gamma1: Ext; readonly gamma2: Ext } | null;

/**
 * Steps 9 and 10 up to the folded row: V at the point against the row. The functionals of m, s and X are sent before γ₁ and
 * γ₂; a mask whose functional came together with the row would let every y pass.
 */
export function checkFoldedRow(
  key: AcceptedKey,
  channel: VerifierChannel,
  phi: Ext,
  point: readonly Ext[],
  value: Form,
): { readonly row: Uint32Array; readonly folding: Folding } {
  const { layout, parameters, system } = key;
  const width = 2 ** layout.logRow;
  const short = 2 * layout.logCells;
  const data = eqTable(point.slice(0, layout.logRow));
  const demand = (holds: boolean): void => {
    if (!holds) throw new Rejected('opening', 'The opened value does not match the claims.');
  };
  if (system.mask === null) {
    channel.begin(10);
    const row = channel.receiveVector(codeDimension(parameters));
    demand(equal(value.constant, multiply(phi, pairing(data, row, width))));
    return { row, folding: null };
  }
  channel.begin(9);
  const [y, x2, s1, f1, f2] = [1, 2, 3, 4, 5].map(() => channel.receive()) as [Ext, Ext, Ext, Ext, Ext];
  const [gamma1, gamma2] = channel.draw(2) as [Ext, Ext];
  channel.begin(10);
  const row = channel.receiveVector(codeDimension(parameters));
  const s2 = subtract(multiply(phi, y), value.constant);
  const combined = (f: Ext, x: Ext, s: Ext): Ext => add(f, multiply(gamma1, add(x, multiply(gamma2, s))));
  demand(equal(pairing(data, row, width), combined(f1, y, s1)));
  demand(equal(pairing(padFunctional(value, short), row, short), combined(f2, x2, s2)));
  return { row, folding: { gamma1, gamma2 } };
}

/** w(ω^j) at every position: one codeword per coordinate. */
function evaluateRow(row: Uint32Array, logCode: number): Uint32Array[] {
  const dimension = row.length / 4;
  const coordinates = new Uint32Array(row.length);
  for (let i = 0; i < dimension; i++)
    for (let k = 0; k < 4; k++) coordinates[k * dimension + i] = row[4 * i + k] as number;
  const words = defaultKernels().encodeRows(coordinates, 4, dimension, logCode);
  return [0, 1, 2, 3].map((k) => words.subarray(k * 2 ** logCode, (k + 1) * 2 ** logCode));
}

/** Reads the opened columns of one matrix, each `rows` cells after its salt, and their multiproof against `root`. */
function readMatrix(
  reader: ByteReader,
  root: Uint8Array,
  positions: readonly number[],
  logCode: number,
  rows: number,
  salt: number,
): Uint32Array[] {
  const leaves: Uint8Array[] = [];
  const columns = positions.map(() => {
    const bytes = reader.raw(salt + 4 * rows);
    leaves.push(hashLeaf(bytes));
    const cells = new ByteReader(bytes.subarray(salt)).words(rows);
    if (!cells.every(isCanonical)) throw new BytesError('a field element is not canonical');
    return cells;
  });
  const digests = Array.from({ length: multiproofLength(positions, logCode) }, () => reader.raw(digestLength));
  if (!checkMultiproof(root, logCode, positions, leaves, digests))
    throw new Rejected('commitment', 'The opened columns are not the committed ones.');
  return columns;
}

function elementAt(cells: Uint32Array, from: number): Ext {
  return [cells[from], cells[from + 1], cells[from + 2], cells[from + 3]] as unknown as Ext;
}

/** Steps 10 and 11: columns of every matrix, and the folded row against all of them at each position. */
export function checkColumns(
  key: AcceptedKey,
  reader: ByteReader,
  roots: readonly Uint8Array[],
  positions: readonly number[],
  point: readonly Ext[],
  { row, folding }: { readonly row: Uint32Array; readonly folding: Folding },
): void {
  const { layout, parameters } = key;
  const logCode = parameters.logRow + parameters.logBlowup;
  const salt = folding === null ? 0 : saltLength;
  const opened = layout.matrices.map(({ rows }, k) => {
    const noise = k === 0 && folding !== null ? noiseRows : 0;
    return readMatrix(reader, roots[k] as Uint8Array, positions, logCode, rows.length + noise, salt);
  });
  reader.end();
  const rowTable = eqTable(point.slice(layout.logRow));
  const weights = layout.matrices.map(({ rows }) => toVector(Array.from(rows, (number) => at(rowTable, number))));
  const values = evaluateRow(row, logCode);
  positions.forEach((position, i) => {
    let folded = zero;
    opened.forEach((columns, k) => {
      const count = layout.matrices[k]?.rows.length ?? 0;
      folded = add(folded, weightedSum(weights[k] as Uint32Array, columns[i] as Uint32Array, 0, count));
    });
    if (folding !== null) {
      // m and s are the last rows of the witness matrix, four coordinate rows each.
      const column = opened[0]?.[i] as Uint32Array;
      const [m, s] = [elementAt(column, column.length - 8), elementAt(column, column.length - 4)];
      folded = add(m, multiply(folding.gamma1, add(folded, multiply(folding.gamma2, s))));
    }
    const expected = values.map((coordinate) => coordinate[position]) as unknown as Ext;
    if (!equal(folded, expected))
      throw new Rejected('opening', `Column ${position} does not agree with the folded row.`);
  });
}
