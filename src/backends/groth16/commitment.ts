/**
 * Hidden weights: which cells a commitment is made to, how they are packed, and which field element separates its use from
 * every other. `Commitment` in circuits/commit.circom is the relation.
 */
import type { Circuit } from '../../artifact/circuit.ts';
import { circuitDigest } from '../../artifact/circuit-codec.ts';
import { type CircuitMatrix, matricesOf } from '../../artifact/matrices.ts';
import { BytesError, ByteWriter } from '../../base/bytes.ts';
import { keyedDigest, labelKey } from '../../base/digest.ts';
import { product } from '../../base/tensor.ts';
import { widthOf } from './layout.ts';
import { elementBytes, fromBytes, R, toBytes } from './prime-field.ts';

/** One committed cell and its digits, as in a packed statement. */
export type CommittedCell = {
  readonly wire: number;
  readonly cell: number;
  readonly low: number;
  readonly width: number;
};

export type Committed = {
  readonly matrix: CircuitMatrix;
  /** Separates this matrix of this circuit from all others. */
  readonly domain: bigint;
  readonly cells: readonly CommittedCell[];
};

const domainKey = labelKey('provenn/groth16/commitment/1');

/** The commitments of a circuit, in the order of their first wires. */
export function committedOf(circuit: Circuit): Committed[] {
  const matrices = matricesOf(circuit);
  if (matrices.length === 0) return [];
  const digest = circuitDigest(circuit);
  return matrices.map((matrix) => {
    const bytes = new ByteWriter().raw(digest).text(matrix.name).finish();
    const cells = matrix.wires.flatMap((wire) => {
      const { sizes, interval } = circuit.wires[wire] as Circuit['wires'][number];
      const [low, high] = interval;
      return Array.from({ length: product(sizes) }, (_, cell) => ({ wire, cell, low, width: widthOf(low, high) }));
    });
    return { matrix, domain: fromBytes(keyedDigest(domainKey, bytes).subarray(0, 31)), cells };
  });
}

const list = (values: readonly number[]): string => `[${values.join(',')}]`;

/** The instance of the template for a commitment. */
export function commitmentTemplate({ domain, cells }: Committed): string {
  const lows = list(cells.map(({ low }) => low));
  const widths = list(cells.map(({ width }) => width));
  return `Commitment(${cells.length}, ${domain}, ${lows}, ${widths})`;
}

/** A main file that computes the commitment and nothing else. */
export function commitmentMain(committed: Committed): string {
  return `pragma circom 2.2.0;\ninclude "commit.circom";\ncomponent main = ${commitmentTemplate(committed)};\n`;
}

export function rootBytes(root: bigint): Uint8Array {
  return toBytes(root);
}

/** The field element of a root. Throws `BytesError` when it is none. */
export function rootOf(bytes: Uint8Array): bigint {
  const root = fromBytes(bytes);
  if (bytes.length !== elementBytes || root >= R) throw new BytesError('a commitment is not canonical');
  return root;
}
