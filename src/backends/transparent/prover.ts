/** The prover: cells of an accepted key's system → proof body. It never judges the witness; the verifier does. */
import type { Statement } from '../../artifact/statement.ts';
import { ByteReader, ByteWriter } from '../../base/bytes.ts';
import { digestLength } from '../../base/digest.ts';
import { add, at, type Ext, multiply, put } from '../../base/extension.ts';
import { fromInteger } from '../../base/field.ts';
import type { Cells } from './assign.ts';
import { ProverChannel, VerifierChannel } from './channel.ts';
import { batchClaims, ClaimBook, type ClaimTerm, type LinearClaim } from './claims.ts';
import { accumulatorValue, proveContractions } from './contraction-prover.ts';
import { linearVariables } from './contraction-shape.ts';
import { accumulatorClaims, stack } from './instances.ts';
import { kernelVector } from './kernel-vectors.ts';
import { defaultKernels } from './kernels/choose.ts';
import type { Kernels } from './kernels/kernels.ts';
import type { AcceptedKey } from './key.ts';
import { addressOf, forEachRun, type Layout, paddedBits } from './layout.ts';
import { proveLookups } from './lookup-prover.ts';
import { buildTree, multiproof, rootOf } from './merkle.ts';
import { eqTable } from './polynomials.ts';
import { accumulatorPoint, walkRelations } from './relations.ts';
import { openTranscript, publicDataOf } from './statement.ts';
import type { System, SystemTensor } from './system.ts';

export type ProverOptions = {
  readonly kernels?: Kernels;
  /** Told when a stage begins. */
  readonly onStage?: (stage: 'commit' | 'lookups' | 'contractions' | 'opening') => void;
};

/** V as stored rows, one after another. */
function storedRows(system: System, layout: Layout, cells: Cells): Uint32Array {
  const width = 2 ** layout.logRow;
  const place = new Map(Array.from(layout.rows, (row, i) => [row, i]));
  const out = new Uint32Array(layout.rows.length * width);
  system.tensors.forEach((tensor, id) => {
    if (tensor.kind !== 'committed') return;
    const data = cells.tensors[id] as Float64Array;
    const address = addressOf(layout, id);
    forEachRun(tensor.sizes, (first, offset, length) => {
      for (let i = 0; i < length; i++) {
        const cell = address + offset + i;
        const row = Math.floor(cell / width);
        out[(place.get(row) as number) * width + (cell - row * width)] = fromInteger(data[first + i] as number);
      }
    });
  });
  return out;
}

/** Φ: adds the batched claim vector over all of V to zeros. */
function addClaimVector(system: System, layout: Layout, terms: readonly ClaimTerm[], out: Uint32Array): void {
  for (const { coefficient, tensor, kernels } of terms) {
    const { sizes } = system.tensors[tensor] as SystemTensor;
    const vectors = sizes.map((size, dim) => kernelVector(kernels[dim] as (typeof kernels)[number], size));
    const shifts = sizes.map((_, dim) => 2 ** paddedBits(sizes.slice(dim + 1)));
    const spread = (dim: number, address: number, weight: Ext): void => {
      if (dim === sizes.length) {
        put(out, address, add(at(out, address), weight));
        return;
      }
      const vector = vectors[dim] as Uint32Array;
      for (let i = 0; i < (sizes[dim] as number); i++) {
        const factor = at(vector, i);
        if ((factor[0] | factor[1] | factor[2] | factor[3]) !== 0)
          spread(dim + 1, address + i * (shifts[dim] as number), multiply(weight, factor));
      }
    };
    spread(0, addressOf(layout, tensor), coefficient);
  }
}

/** V widened to extension elements into zeros, which stay where no row is stored. */
function widen(layout: Layout, rows: Uint32Array, out: Uint32Array): void {
  const width = 2 ** layout.logRow;
  layout.rows.forEach((row, i) => {
    for (let column = 0; column < width; column++) out[4 * (row * width + column)] = rows[i * width + column] as number;
  });
}

/** Step 8, prover's side. Returns the point. */
function proveInnerProduct(
  channel: ProverChannel,
  kernels: Kernels,
  phi: Uint32Array,
  cells: Uint32Array,
  logCells: number,
): Ext[] {
  const point: Ext[] = [];
  for (let half = 2 ** (logCells - 1); point.length < logCells; half /= 2) {
    channel.send(...kernels.innerProductRound(phi, cells, half));
    const z = channel.drawOne();
    kernels.foldLow(phi, half, z);
    kernels.foldLow(cells, half, z);
    point.push(z);
  }
  return point;
}

/** The claims the verifier will have after step 6, read off our own messages. */
function claimsOf(key: AcceptedKey, statement: Statement, proof: Uint8Array): readonly LinearClaim[] {
  const channel = new VerifierChannel(openTranscript(key.keyDigest, statement), new ByteReader(proof));
  const book = new ClaimBook(key.system, publicDataOf(key.system, statement.publics), () => {});
  channel.begin(2);
  channel.receiveBytes(digestLength);
  walkRelations({ system: key.system, channel, book }, key.parameters.lookupWork);
  return book.claims;
}

/** Steps 2 to 10 of docs/protocol.md. Deterministic. */
export function proveBody(
  key: AcceptedKey,
  statement: Statement,
  cells: Cells,
  options: ProverOptions = {},
): Uint8Array {
  const { system, layout, parameters } = key;
  const kernels = options.kernels ?? defaultKernels();
  const logCode = parameters.logRow + parameters.logBlowup;
  const channel = new ProverChannel(openTranscript(key.keyDigest, statement));

  options.onStage?.('commit');
  const rows = storedRows(system, layout, cells);
  const codewords = kernels.encodeRows(rows, layout.rows.length, 2 ** layout.logRow, logCode);
  const leaves = kernels.hashColumns(codewords, layout.rows.length, logCode, new Uint8Array(0));
  const tree = buildTree(leaves, kernels.hashPairs);
  channel.begin(2);
  channel.sendBytes(rootOf(tree));

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
  channel.send(...values);
  proveContractions(channel, system, cells, leaf, tau, values);

  options.onStage?.('opening');
  const claims = claimsOf(key, statement, channel.bytes());
  channel.begin(8);
  const { terms } = batchClaims(claims, channel.drawOne());
  const length = 4 * 2 ** layout.logCells;
  const point = kernels.arena(2 * length, (allocate) => {
    const [phi, wide] = [allocate(length), allocate(length)];
    addClaimVector(system, layout, terms, phi);
    widen(layout, rows, wide);
    return proveInnerProduct(channel, kernels, phi, wide, layout.logCells);
  });
  channel.begin(10);
  const rowTable = eqTable(point.slice(layout.logRow));
  const folded = new Uint32Array(4 * 2 ** layout.logRow);
  layout.rows.forEach((row, i) =>
    kernels.accumulateBase(folded, at(rowTable, row), rows, i * 2 ** layout.logRow, 2 ** layout.logRow),
  );
  channel.sendCells(folded);
  channel.grind(parameters.queryWork, kernels.grind);
  const positions = channel.positions(parameters.queries, logCode);
  const columns = new ByteWriter();
  for (const position of positions)
    for (let row = 0; row < layout.rows.length; row++) columns.u32(codewords[row * 2 ** logCode + position] as number);
  channel.append(columns.finish());
  for (const digest of multiproof(tree, positions)) channel.append(digest);
  return channel.bytes();
}
