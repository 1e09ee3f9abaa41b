/** The prover: cells of an accepted key's system → proof body. It never judges the witness; the verifier does. */
import { type Statement, writeStatement } from '../../artifact/statement.ts';
import { ByteReader, ByteWriter, concatBytes } from '../../base/bytes.ts';
import { digest, digestLength } from '../../base/digest.ts';
import { invariant } from '../../base/errors.ts';
import { add, at, type Ext, multiply, put, subtract, toVector, zero } from '../../base/extension.ts';
import type { Cells } from './assign.ts';
import { ProverChannel, VerifierChannel } from './channel.ts';
import { addClaimVector } from './claim-vector.ts';
import { batchClaims, ClaimBook, type LinearClaim } from './claims.ts';
import {
  type CommittedMatrix,
  type EncodedRows,
  encodeAndHash,
  fillRows,
  fillTails,
  openColumns,
} from './commitment.ts';
import { seededName } from './config.ts';
import { accumulatorValue, proveContractions } from './contraction-prover.ts';
import { linearVariables } from './contraction-shape.ts';
import { maskedForm } from './forms.ts';
import { accumulatorClaims, stack } from './instances.ts';
import { defaultKernels } from './kernels/choose.ts';
import type { Allocate, Kernels } from './kernels/kernels.ts';
import type { AcceptedKey } from './key.ts';
import { addressOf, type Layout, type MatrixPlace, tensorsOf } from './layout.ts';
import { lookupCells, proveLookups } from './lookup-prover.ts';
import { noiseRows } from './mask.ts';
import { codeDimension, descriptorsOf, rootsOf } from './matrix.ts';
import { rootOf } from './merkle.ts';
import { elementsOfRows, interpolateAt, makeNoise, type Noise } from './noise.ts';
import { foldInnerProduct, padFunctional, pairing } from './opening.ts';
import { eqTable } from './polynomials.ts';
import { bytesOf, streamKey } from './randomness.ts';
import { accumulatorPoint, walkRelations } from './relations.ts';
import { openTranscript, publicDataOf } from './statement.ts';
import { type SystemTensor, type TensorId, witnessMatrix } from './system.ts';
import type { Transcript } from './transcript.ts';

export type ProverOptions = {
  /**
   * 32 bytes from the system's generator, used for this proof and never again. There is no default: whoever repeats them
   * for another witness gives both away.
   */
  readonly randomness: Uint8Array;
  /** Marks the proof as made from bytes that are not fresh; no verifier accepts it as a proof of its backend. */
  readonly seeded?: boolean;
  /** The long-lived matrices of the circuit, by name. Each proof spends one opening of every one of them. */
  readonly openings?: ReadonlyMap<string, CommittedMatrix>;
  readonly kernels?: Kernels;
  /** Told when a stage begins. */
  readonly onStage?: (stage: 'commit' | 'lookups' | 'contractions' | 'opening') => void;
};

/** The protocol that a proof with these options speaks. */
export function protocolOf(key: AcceptedKey, options: ProverOptions): string {
  return options.seeded === true ? seededName(key.backend) : key.backend;
}

/** V widened to extension elements into zeros, which stay where no row is stored. */
function widen(layout: Layout, encoded: readonly EncodedRows[], dimension: number, out: Uint32Array): void {
  const width = 2 ** layout.logRow;
  layout.matrices.forEach(({ rows }, k) => {
    const cells = encoded[k]?.rows as Uint32Array;
    rows.forEach((row, i) => {
      for (let column = 0; column < width; column++)
        out[4 * (row * width + column)] = cells[i * dimension + column] as number;
    });
  });
}

/** Cells of the witness matrix as they are committed: V rows with their random coefficients, then m and s. */
type Committed = { readonly encoded: EncodedRows; readonly noise: Noise | null };

/** Columns into which cells are dealt for hashing. */
const logDigestColumns = 9;

/** A digest of at least 512 cells by the kernel that hashes columns, which is many times faster than hashing them as bytes. */
function digestOfCells(kernels: Kernels, cells: Uint32Array): Uint8Array {
  const rows = Math.floor(cells.length / 2 ** logDigestColumns);
  const dealt = rows * 2 ** logDigestColumns;
  const columns = kernels.hashColumns(cells.subarray(0, dealt), rows, logDigestColumns, new Uint8Array(0));
  return digest(concatBytes(columns, bytesOf(cells.subarray(dealt))));
}

function commitWitness(
  key: AcceptedKey,
  statement: Statement,
  cells: Cells,
  kernels: Kernels,
  allocate: Allocate,
  options: ProverOptions,
): Committed {
  const { system, layout, parameters } = key;
  const { mask } = system;
  const [place] = layout.matrices as [MatrixPlace];
  const dimension = codeDimension(parameters);
  const logCode = parameters.logRow + parameters.logBlowup;
  const rows = allocate((place.rows.length + (mask === null ? 0 : noiseRows)) * dimension);
  const fill = (tensors: readonly TensorId[], data: (id: TensorId) => ArrayLike<number>): void =>
    fillRows(
      rows,
      place.rows,
      layout.logRow,
      dimension,
      tensors.map((id) => ({
        sizes: (system.tensors[id] as SystemTensor).sizes,
        address: addressOf(layout, id),
        cells: data(id),
      })),
    );
  const own = tensorsOf(system, witnessMatrix).filter((id) => id !== mask?.pads && id !== mask?.blinding);
  fill(own, (id) => cells.tensors[id] as Float64Array);
  if (mask === null)
    return { encoded: encodeAndHash(kernels, rows, dimension, logCode, new Uint8Array(0), allocate), noise: null };
  invariant(options.randomness.length === 32, 'a proof is made with 32 fresh random bytes');
  const purpose = `provenn/proof-randomness/1 ${protocolOf(key, options)}`;
  const claimed = new ByteWriter();
  writeStatement(claimed, statement);
  const noise = makeNoise(
    streamKey(purpose, options.randomness, digestOfCells(kernels, rows), claimed.finish()),
    mask.plan,
    dimension,
    layout.logRow,
    logCode,
  );
  fill([mask.pads], () => toVector(noise.elements));
  fill([mask.blinding], () => noise.blinding);
  fillTails(rows, place.rows.length, layout.logRow, dimension, noise.tails);
  rows.set(noise.rows, place.rows.length * dimension);
  return { encoded: encodeAndHash(kernels, rows, dimension, logCode, noise.salts, allocate), noise };
}

/** The opened form of a long-lived matrix. Whether it is the committed one is the verifier's to say. */
export function openingOf(options: ProverOptions, matrix: string): CommittedMatrix {
  const opening = options.openings?.get(matrix);
  invariant(opening !== undefined, `the opening of ${matrix} is missing`);
  return opening;
}

/** Step 7, prover's side: A(ζ) and B(ζ). */
function proveProducts(channel: ProverChannel, noise: Noise): void {
  channel.begin(7);
  const zeta = channel.drawOne();
  channel.send(interpolateAt(noise.left, zeta), interpolateAt(noise.right, zeta));
}

/** Step 8, prover's side: its messages minus the first elements of the row s. Returns the point. */
function proveInnerProduct(
  channel: ProverChannel,
  kernels: Kernels,
  phi: Uint32Array,
  cells: Uint32Array,
  logCells: number,
  s: Uint32Array | null,
): Ext[] {
  const point: Ext[] = [];
  for (let half = 2 ** (logCells - 1); point.length < logCells; half /= 2) {
    kernels.innerProductRound(phi, cells, half).forEach((value, i) => {
      channel.send(s === null ? value : subtract(value, at(s, 2 * point.length + i)));
    });
    const z = channel.drawOne();
    kernels.foldLow(phi, half, z);
    kernels.foldLow(cells, half, z);
    point.push(z);
  }
  return point;
}

/** X = Σ eq(r_high, row)·row over all stored rows of all matrices, random coefficients included. */
function foldRows(
  kernels: Kernels,
  layout: Layout,
  encoded: readonly EncodedRows[],
  dimension: number,
  point: readonly Ext[],
): Uint32Array {
  const weights = eqTable(point.slice(layout.logRow));
  const folded = new Uint32Array(4 * dimension);
  layout.matrices.forEach(({ rows }, k) => {
    const cells = encoded[k]?.rows as Uint32Array;
    rows.forEach((row, i) => kernels.accumulateBase(folded, at(weights, row), cells, i * dimension, dimension));
  });
  return folded;
}

/** Step 9: functionals of X, s and m before the challenges that fold them; then w = m + γ₁(X + γ₂s). */
function maskFolded(
  channel: ProverChannel,
  folded: Uint32Array,
  noise: Noise,
  layout: Layout,
  point: readonly Ext[],
): Uint32Array {
  const dimension = folded.length / 4;
  const [m, s] = [elementsOfRows(noise.rows, 0, dimension), elementsOfRows(noise.rows, 4, dimension)];
  const width = 2 ** layout.logRow;
  const short = 2 * layout.logCells;
  const data = eqTable(point.slice(0, layout.logRow));
  const messages = Array.from({ length: short }, (_, i) => maskedForm(zero, i));
  const pads = padFunctional(foldInnerProduct(zero, messages, point), short);
  channel.begin(9);
  channel.send(pairing(data, folded, width), pairing(pads, folded, short));
  channel.send(pairing(data, s, width), pairing(data, m, width), pairing(pads, m, short));
  const [gamma1, gamma2] = channel.draw(2) as [Ext, Ext];
  for (let i = 0; i < dimension; i++)
    put(m, i, add(at(m, i), multiply(gamma1, add(at(folded, i), multiply(gamma2, at(s, i))))));
  return m;
}

/** The claims the verifier will have after step 7, read off our own messages. */
function claimsOf(
  key: AcceptedKey,
  transcript: Transcript,
  statement: Statement,
  proof: Uint8Array,
): readonly LinearClaim[] {
  const { system } = key;
  const channel = new VerifierChannel(transcript, new ByteReader(proof), system.mask !== null);
  const book = new ClaimBook(system, publicDataOf(system, statement.publics), () => {});
  channel.begin(2);
  channel.receiveBytes(digestLength);
  walkRelations({ system, channel, book }, key.parameters.lookupWork);
  return book.claims;
}

/** Steps 3 to 7. */
function proveRelations(
  channel: ProverChannel,
  kernels: Kernels,
  key: AcceptedKey,
  cells: Cells,
  noise: Noise | null,
  options: ProverOptions,
): void {
  const { system, parameters } = key;
  options.onStage?.('lookups');
  channel.begin(3);
  channel.grind(parameters.lookupWork, kernels.grind);
  const [beta, alpha] = channel.draw(2) as [Ext, Ext];
  const leaf = proveLookups(channel, kernels, system, stack(system), cells, alpha, beta);
  options.onStage?.('contractions');
  channel.begin(5);
  const coordinates = linearVariables(system);
  const tau = coordinates > 0 ? channel.draw(coordinates) : [];
  const values = accumulatorClaims(system).map((claim) =>
    accumulatorValue(
      cells.accumulators[claim.accumulator] as Float64Array,
      system.contractions[claim.accumulator]?.box ?? [],
      accumulatorPoint(system, claim, leaf, tau),
    ),
  );
  channel.sendHidden(...values);
  proveContractions(channel, kernels, system, cells, leaf, tau, values);
  if (noise !== null) proveProducts(channel, noise);
}

/** Cells of the vectors of a whole proof: the witness matrix, and the larger of what lookups and opening take for a while. */
export function arenaCells({ system, layout, parameters }: AcceptedKey): number {
  const rows = (layout.matrices[0] as MatrixPlace).rows.length + noiseRows;
  const encoded = rows * (codeDimension(parameters) + 2 ** (parameters.logRow + parameters.logBlowup));
  return encoded + Math.max(lookupCells(stack(system)), 8 * 2 ** layout.logCells) + 64;
}

/** Steps 2 to 10 of docs/protocol.md. Deterministic given the randomness. */
export function proveBody(key: AcceptedKey, statement: Statement, cells: Cells, options: ProverOptions): Uint8Array {
  const kernels = options.kernels ?? defaultKernels();
  return kernels.arena(arenaCells(key), (allocate) => proveIn(kernels, allocate, key, statement, cells, options));
}

function proveIn(
  kernels: Kernels,
  room: Allocate,
  key: AcceptedKey,
  statement: Statement,
  cells: Cells,
  options: ProverOptions,
): Uint8Array {
  const { system, layout, parameters } = key;
  const logCode = parameters.logRow + parameters.logBlowup;
  const dimension = codeDimension(parameters);
  const protocol = protocolOf(key, options);

  options.onStage?.('commit');
  const longLived = key.matrices.map(({ name }) => openingOf(options, name));
  const descriptors = descriptorsOf(key.matrices, rootsOf(key.matrices, statement.commitments));
  const transcript = (): Transcript => openTranscript(protocol, key.keyDigest, descriptors, statement);
  const { encoded: witness, noise } = commitWitness(key, statement, cells, kernels, room, options);
  const encoded = [witness, ...longLived];
  const channel = new ProverChannel(transcript(), noise?.pads ?? null);
  channel.begin(2);
  channel.sendBytes(rootOf(witness.tree));
  proveRelations(channel, kernels, key, cells, noise, options);

  options.onStage?.('opening');
  const claims = claimsOf(key, transcript(), statement, channel.bytes());
  channel.begin(8);
  const { terms } = batchClaims(system, claims, channel.drawOne());
  const s = noise === null ? null : elementsOfRows(noise.rows, 4, dimension);
  const length = 4 * 2 ** layout.logCells;
  const point = kernels.arena(2 * length, (allocate) => {
    const [phi, wide] = [allocate(length), allocate(length)];
    addClaimVector(kernels, system, layout, terms, phi);
    widen(layout, encoded, dimension, wide);
    return proveInnerProduct(channel, kernels, phi, wide, layout.logCells, s);
  });
  const folded = foldRows(kernels, layout, encoded, dimension, point);
  const row = noise === null ? folded : maskFolded(channel, folded, noise, layout, point);
  channel.begin(10);
  channel.sendCells(row);
  channel.grind(parameters.queryWork, kernels.grind);
  const positions = channel.positions(parameters.queries, logCode);
  for (const matrix of encoded) channel.append(openColumns(matrix, positions, logCode));
  return channel.bytes();
}
