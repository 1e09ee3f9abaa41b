/**
 * Evidence that the cells behind a commitment lie in the intervals their circuit declares. It is an ordinary proof under a
 * key that follows from the circuit: every cell looked up in its range; or, after re-keying, every cell of the earlier
 * commitment looked up and every new cell equal to the old one. Evidence is checked when a key is accepted, once.
 */
import type { Circuit, Wire } from '../../artifact/circuit.ts';
import type { CommittedTensor } from '../../artifact/commitment.ts';
import type { VerifyingKey } from '../../artifact/keys.ts';
import { matricesOf } from '../../artifact/matrices.ts';
import type { Statement } from '../../artifact/statement.ts';
import { Builder, identityMap } from '../../gadgets/builder.ts';
import { backendName, encodeParameters, type Parameters } from './config.ts';
import type { AcceptedKey } from './key.ts';

/** The matrix of the earlier commitment in the circuit of a link. */
export const previousMatrix = 'previous';

const evidenceProfile = 'provenn/evidence/1';

/** What a matrix of a circuit holds. */
export function tensorsOfMatrix(circuit: Circuit, matrix: string): readonly CommittedTensor[] {
  const ids = matricesOf(circuit).find(({ name }) => name === matrix)?.wires ?? [];
  return ids.map((id) => {
    const { name, sizes, interval } = circuit.wires[id] as Wire;
    return { name, sizes, interval };
  });
}

/** Every cell of the matrix lies in its interval. */
export function rangeCircuit(matrix: string, tensors: readonly CommittedTensor[]): Circuit {
  const build = new Builder();
  for (const { name, sizes, interval } of tensors) {
    const wire = build.committed(name, sizes, interval, matrix);
    build.range(name, wire, interval[0], interval[1]);
  }
  return build.finish(`ranges of ${matrix}`, evidenceProfile, [], []);
}

/** Every cell of the previous matrix lies in its interval, and every cell of the matrix equals it. */
export function linkCircuit(matrix: string, tensors: readonly CommittedTensor[]): Circuit {
  const build = new Builder();
  const previous = tensors.map(({ name, sizes, interval }) =>
    build.committed(`${name}:before`, sizes, interval, previousMatrix),
  );
  tensors.forEach(({ name, sizes, interval }, i) => {
    const before = previous[i] as number;
    const wire = build.committed(name, sizes, interval, matrix);
    build.range(`${name}:before`, before, interval[0], interval[1]);
    const view = { wire: before, map: identityMap(sizes) };
    build.linear(name, sizes, { constant: 0, terms: [{ coefficient: 1, view }], accumulators: [] }, wire);
  });
  return build.finish(`link of ${matrix}`, evidenceProfile, [], []);
}

/** The key of evidence: the same row format and queries as the key it belongs to, so that the same roots mean the same. */
export function evidenceKey(circuit: Circuit, parameters: Parameters): VerifyingKey {
  return {
    backend: backendName,
    parameters: encodeParameters({ ...parameters, pieceBits: 1 }),
    circuit,
    commitments: [],
  };
}

/** What evidence states: nothing but the commitments it is about. */
export function evidenceStatement(key: AcceptedKey, commitments: readonly Uint8Array[]): Statement {
  const { modelDigest, keyDigest } = key;
  return { modelDigest, keyDigest, context: new Uint8Array(0), publics: [], commitments };
}
