/** The verifier: a proof body against an accepted key and a statement. Throws `Rejected`, or `BytesError` when malformed. */
import type { Statement } from '../../artifact/statement.ts';
import { ByteReader, BytesError } from '../../base/bytes.ts';
import { digestLength } from '../../base/digest.ts';
import { add, at, type Ext, equal, multiply, negate, subtract, toVector, zero } from '../../base/extension.ts';
import { isCanonical } from '../../base/field.ts';
import { Rejected, VerifierChannel } from './channel.ts';
import { batchClaims, ClaimBook, type ClaimTerm } from './claims.ts';
import { transform, twiddles } from './code.ts';
import { kernelAt } from './kernel-vectors.ts';
import type { AcceptedKey } from './key.ts';
import { addressOf, type Layout, paddedBits } from './layout.ts';
import { checkMultiproof, hashLeaf, multiproofLength } from './merkle.ts';
import { bitsFor, eqIndex, eqTable, interpolate, weightedSum } from './polynomials.ts';
import { inverseOf, walkRelations } from './relations.ts';
import { openTranscript, publicDataOf } from './statement.ts';
import type { System, SystemTensor } from './system.ts';

export { Rejected } from './channel.ts';
export { type AcceptedKey, acceptKey } from './key.ts';

/** Φ~(r): the batched claim vector at the point of the inner-product sumcheck. */
function claimVectorAt(system: System, layout: Layout, terms: readonly ClaimTerm[], point: readonly Ext[]): Ext {
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

/** Step 8: n rounds, lowest variable first. Returns the point and what is left of the claim. */
function innerProduct(
  channel: VerifierChannel,
  logCells: number,
  claimed: Ext,
): { readonly point: Ext[]; readonly value: Ext } {
  let value = claimed;
  const point: Ext[] = [];
  for (let bit = 0; bit < logCells; bit++) {
    const h0 = channel.receive();
    const h2 = channel.receive();
    const z = channel.drawOne();
    value = interpolate([h0, subtract(value, h0), h2], z, inverseOf);
    point.push(z);
  }
  return { point, value };
}

/** w(ω^j) at every position: one transform per coordinate. */
function evaluateRow(row: Uint32Array, logCode: number): Uint32Array[] {
  const powers = twiddles(logCode);
  return [0, 1, 2, 3].map((k) => {
    const coefficients = new Uint32Array(2 ** logCode);
    for (let i = 0; i < row.length / 4; i++) coefficients[i] = row[4 * i + k] as number;
    transform(coefficients, logCode, powers);
    return coefficients;
  });
}

/** Reads the opened columns and checks each against the folded row. */
function readColumns(
  reader: ByteReader,
  key: AcceptedKey,
  positions: readonly number[],
  row: Uint32Array,
  rowWeights: Uint32Array,
): Uint8Array[] {
  const { parameters, layout } = key;
  const values = evaluateRow(row, parameters.logRow + parameters.logBlowup);
  return positions.map((position) => {
    const bytes = reader.raw(4 * layout.rows.length);
    const cells = new ByteReader(bytes).words(layout.rows.length);
    if (!cells.every(isCanonical)) throw new BytesError('a field element is not canonical');
    const total = weightedSum(rowWeights, cells, 0, cells.length);
    const expected = values.map((coordinate) => coordinate[position] as number) as unknown as Ext;
    if (!equal(total, expected))
      throw new Rejected('opening', `Column ${position} does not agree with the folded row.`);
    return hashLeaf(bytes);
  });
}

/** Rejects by throwing; returns when the proof establishes the statement. */
export function verifyBody(key: AcceptedKey, statement: Statement, body: Uint8Array): void {
  const { system, layout, parameters } = key;
  const channel = new VerifierChannel(openTranscript(key.keyDigest, statement), new ByteReader(body));
  channel.begin(2);
  const root = channel.receiveBytes(digestLength);
  const book = new ClaimBook(system, publicDataOf(system, statement.publics), (what) => {
    throw new Rejected('relation', `A relation does not hold: ${what}.`);
  });
  walkRelations({ system, channel, book }, parameters.lookupWork);

  channel.begin(8);
  const { terms, value: constant } = batchClaims(book.claims, channel.drawOne());
  const { point, value } = innerProduct(channel, layout.logCells, negate(constant.constant));

  channel.begin(10);
  const row = channel.receiveVector(2 ** layout.logRow);
  const weights = eqTable(point.slice(0, layout.logRow));
  let opened = zero;
  for (let i = 0; i < 2 ** layout.logRow; i++) opened = add(opened, multiply(at(row, i), at(weights, i)));
  if (!equal(value, multiply(claimVectorAt(system, layout, terms, point), opened))) {
    throw new Rejected('opening', 'The opened value does not match the claims.');
  }
  channel.checkWork(parameters.queryWork);
  const logCode = parameters.logRow + parameters.logBlowup;
  const positions = channel.positions(parameters.queries, logCode);
  const rowTable = eqTable(point.slice(layout.logRow));
  const rowWeights = toVector(Array.from(layout.rows, (number) => at(rowTable, number)));
  const { reader } = channel;
  const leaves = readColumns(reader, key, positions, row, rowWeights);
  const digests = Array.from({ length: multiproofLength(positions, logCode) }, () => reader.raw(digestLength));
  reader.end();
  if (!checkMultiproof(root, logCode, positions, leaves, digests))
    throw new Rejected('commitment', 'The opened columns are not the committed ones.');
}
