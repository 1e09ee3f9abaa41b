/**
 * The simulator of docs/protocol.md: transcripts that a verifier accepts, made from the statement alone. It programs the
 * oracle: challenges are chosen before the messages they should depend on. What it needs of the witness is nothing.
 */
import type { Proof } from '../../src/artifact/proof.ts';
import type { Statement } from '../../src/artifact/statement.ts';
import { VerifierChannel } from '../../src/backends/transparent/channel.ts';
import { batchClaims, ClaimBook } from '../../src/backends/transparent/claims.ts';
import { transform, twiddles } from '../../src/backends/transparent/code.ts';
import { backendName } from '../../src/backends/transparent/config.ts';
import type { AcceptedKey } from '../../src/backends/transparent/index.ts';
import { noiseRows, saltLength } from '../../src/backends/transparent/mask.ts';
import { codeDimension } from '../../src/backends/transparent/matrix.ts';
import { buildTree, hashLeaf, multiproof, rootOf } from '../../src/backends/transparent/merkle.ts';
import { claimVectorAt, innerProduct, padFunctional, pairing } from '../../src/backends/transparent/opening.ts';
import { eqTable, weightedSum } from '../../src/backends/transparent/polynomials.ts';
import { RandomStream } from '../../src/backends/transparent/randomness.ts';
import { walkRelations } from '../../src/backends/transparent/relations.ts';
import { publicDataOf } from '../../src/backends/transparent/statement.ts';
import { Transcript } from '../../src/backends/transparent/transcript.ts';
import { ByteReader, ByteWriter, concatBytes } from '../../src/base/bytes.ts';
import { add, at, type Ext, multiply, put, subtract, toVector, zero } from '../../src/base/extension.ts';
import { underOracle } from './frozen.ts';

export type Simulated = {
  readonly proof: Proof;
  /** What the oracle has to answer. */
  readonly draws: readonly (readonly Ext[])[];
  readonly positions: readonly number[];
  /** Made-up roots of all long-lived matrices, those that a key would fix included. */
  readonly roots: readonly Uint8Array[];
};

/** Distinct columns, increasing, uniform. */
function somePositions(random: RandomStream, count: number, bits: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.element() & (2 ** bits - 1));
  return [...chosen].sort((a, b) => a - b);
}

/** What the checks demand of the messages that are not free: f₁, f₂, and the fold of the columns. */
type Demands = {
  readonly draws: Ext[][];
  readonly point: readonly Ext[];
  readonly f1: Ext;
  readonly f2: Ext;
  readonly gammas: readonly [Ext, Ext];
};

/** Walks the verifier's own way over free messages, choosing each challenge as it comes. */
function demandsOf(
  key: AcceptedKey,
  statement: Statement,
  prefix: Uint8Array,
  opening: readonly [y: Ext, x2: Ext, s1: Ext],
  row: Uint32Array,
  random: RandomStream,
): Demands {
  const { system, layout, parameters } = key;
  const draws: Ext[][] = [];
  const draw = (count: number): Ext[] => {
    draws.push(random.extensions(count));
    return draws.at(-1) as Ext[];
  };
  return underOracle(draw, [], () => {
    const channel = new VerifierChannel(new Transcript(), new ByteReader(prefix), true);
    const book = new ClaimBook(system, publicDataOf(system, statement.publics), () => {});
    channel.receiveBytes(32);
    walkRelations({ system, channel, book }, parameters.lookupWork);
    const { terms, value: claim } = batchClaims(system, book.claims, channel.drawOne());
    const { point, value } = innerProduct(channel, layout.logCells, claim, true);
    const phi = claimVectorAt(system, layout, terms, point);
    const [gamma1, gamma2] = channel.draw(2) as [Ext, Ext];
    const [y, x2, s1] = opening;
    const s2 = subtract(multiply(phi, y), value.constant);
    const rest = (folded: Ext, x: Ext, s: Ext): Ext => subtract(folded, multiply(gamma1, add(x, multiply(gamma2, s))));
    const short = 2 * layout.logCells;
    return {
      draws,
      point,
      f1: rest(pairing(eqTable(point.slice(0, layout.logRow)), row, 2 ** layout.logRow), y, s1),
      f2: rest(pairing(padFunctional(value, short), row, short), x2, s2),
      gammas: [gamma1, gamma2] as const,
    };
  });
}

/** Values of the folded row at the opened positions. */
function rowAt(row: Uint32Array, logCode: number, positions: readonly number[]): Ext[] {
  const coordinates = [0, 1, 2, 3].map((q) => {
    const cells = new Uint32Array(2 ** logCode);
    for (let i = 0; i < row.length / 4; i++) cells[i] = row[4 * i + q] as number;
    transform(cells, logCode, twiddles(logCode));
    return cells;
  });
  return positions.map((position) => coordinates.map((cells) => cells[position]) as unknown as Ext);
}

/** Columns and tree of a matrix: opened leaves are honest, the others any digests. */
function treeOf(columns: readonly Uint8Array[], positions: readonly number[], logCode: number, random: RandomStream) {
  const leaves = new Uint8Array(32 * 2 ** logCode);
  for (let i = 0; i < leaves.length; i++) leaves[i] = random.element() & 255;
  positions.forEach((position, i) => leaves.set(hashLeaf(columns[i] as Uint8Array), 32 * position));
  return buildTree(leaves);
}

/**
 * A transcript for the public integers of a statement, true or not. Long-lived matrices are made up too: a commitment that
 * nobody made from any cells is part of what the simulator shows.
 */
export function simulate(key: AcceptedKey, publics: readonly Int32Array[], seed: Uint8Array): Simulated {
  const { system, layout, parameters } = key;
  const random = new RandomStream(seed, 'simulator');
  const logCode = parameters.logRow + parameters.logBlowup;
  const plan = system.mask?.plan;
  if (plan === undefined) throw new Error('only masked proofs can be simulated');

  const words = (elements: readonly Ext[]): Uint8Array => new ByteWriter().words(toVector(elements)).finish();
  const nonce = (bits: number): Uint8Array => new Uint8Array(bits > 0 ? 8 : 0);
  const hidden = words(random.extensions(plan.messages + 2 + 2 * layout.logCells));
  const free = random.extensions(3) as [Ext, Ext, Ext];
  const row = random.elements(4 * codeDimension(parameters));
  const head = concatBytes(nonce(parameters.lookupWork), hidden);
  const statement = {
    modelDigest: key.modelDigest,
    keyDigest: key.keyDigest,
    context: new Uint8Array(0),
    publics: [...publics],
    commitments: [] as Uint8Array[],
  };
  const prefix = concatBytes(new Uint8Array(32), head);
  const { draws, point, f1, f2, gammas } = demandsOf(key, statement, prefix, free, row, random);

  const positions = somePositions(random, parameters.queries, logCode);
  const eqRows = eqTable(point.slice(layout.logRow));
  const cells = layout.matrices.map(({ rows }) => positions.map(() => random.elements(rows.length)));
  const values = rowAt(row, logCode, positions);
  const columns = layout.matrices.map((_, k) =>
    positions.map((__, i) => {
      const out = new ByteWriter();
      for (let byte = 0; byte < saltLength; byte++) out.u8(random.element() & 255);
      out.words(cells[k]?.[i] as Uint32Array);
      if (k > 0) return out.finish();
      const s = random.elements(noiseRows / 2);
      let folded = multiply(gammas[1], at(s, 0));
      layout.matrices.forEach(({ rows }, matrix) => {
        const weights = toVector(Array.from(rows, (number) => at(eqRows, number)));
        folded = add(folded, weightedSum(weights, cells[matrix]?.[i] as Uint32Array, 0, rows.length));
      });
      const m = new Uint32Array(4);
      put(m, 0, subtract(values[i] ?? zero, multiply(gammas[0], folded)));
      return out.words(m).words(s).finish();
    }),
  );
  const trees = columns.map((opened) => treeOf(opened, positions, logCode, random));
  const [root, ...long] = trees.map(rootOf) as [Uint8Array, ...Uint8Array[]];
  const body = concatBytes(
    root,
    head,
    words([...free, f1, f2]),
    new ByteWriter().words(row).finish(),
    nonce(parameters.queryWork),
    ...trees.flatMap((tree, k) => [...(columns[k] as Uint8Array[]), ...multiproof(tree, positions)]),
  );
  const commitments = long.filter((_, k) => key.matrices[k]?.root === null);
  const proof: Proof = { backend: backendName, statement: { ...statement, commitments }, body };
  return { proof, draws, positions, roots: long };
}
