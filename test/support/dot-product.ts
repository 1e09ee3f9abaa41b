/** y = Σ weights·x + bias over committed weights and a committed input: two long-lived matrices beside the witness. */
import type { Circuit } from '../../src/artifact/circuit.ts';
import type { VerifyingKey } from '../../src/artifact/keys.ts';
import type { Proof } from '../../src/artifact/proof.ts';
import { profile } from '../../src/artifact/quant-graph.ts';
import type { Witness } from '../../src/artifact/witness.ts';
import {
  type AcceptedKey,
  acceptKey,
  type CommittedMatrix,
  commitMatrix,
  keyParameters,
  makeKey,
  proveEvidence,
  proveWitness,
} from '../../src/backends/transparent/index.ts';
import { shapeOfMatrix } from '../../src/backends/transparent/matrix.ts';
import { Builder, identityMap } from '../../src/gadgets/builder.ts';
import { fresh } from './fresh.ts';

const sizes = [5];
const bias = 40;
const weights = Int32Array.of(3, -8, 7, 2, -1);
const input = Int32Array.of(200, 1, 255, 17, 4);

/** The input is confined here, the weights elsewhere. */
function build(): Circuit {
  const builder = new Builder();
  const w = builder.committed('w', [1, 5], [-8, 7], 'weights');
  const x = builder.committed('x', sizes, [0, 255], 'input:x');
  const b = builder.publicWire('bias', [1], [-100, 100]);
  builder.range('x:range', x, 0, 255);
  const accumulator = builder.contract(
    'dot',
    [1],
    sizes,
    { wire: x, zero: 0, map: [{ kind: 'reduce', axis: 0 }] },
    {
      wire: w,
      zero: 0,
      map: [
        { kind: 'output', axis: 0 },
        { kind: 'reduce', axis: 0 },
      ],
    },
  );
  const y = builder.publicWire('y', [1], [-20000, 20000]);
  const term = { coefficient: 1, view: { wire: b, map: identityMap([1]) } };
  builder.linear('sum', [1], { constant: 0, terms: [term], accumulators: [accumulator] }, y);
  const port = { quantization: null, dtype: 's32' as const, dims: [1] };
  return builder.finish(
    'dot product',
    profile,
    [{ ...port, name: 'bias', tensor: 'bias', wire: b }],
    [{ ...port, name: 'y', tensor: 'y', wire: y }],
  );
}

/** y follows, unless it is given. */
function witnessOf(circuit: Circuit, w: Int32Array, x: Int32Array, y?: number): Witness {
  const sum = w.reduce((total, value, i) => total + value * (x[i] as number), bias);
  const wires: Record<string, ArrayLike<number>> = { w, x, bias: [bias], y: [y ?? sum] };
  return { wires: circuit.wires.map(({ name }) => Float64Array.from(wires[name] as ArrayLike<number>)) };
}

export type DotProduct = {
  readonly circuit: Circuit;
  readonly key: AcceptedKey;
  readonly weights: Int32Array;
  readonly input: Int32Array;
  readonly openings: ReadonlyMap<string, CommittedMatrix>;
  /** The key that fixes these weights. */
  keyFor(opening: CommittedMatrix): VerifyingKey;
  commit(matrix: string, cells: Int32Array, fill: number): CommittedMatrix;
  witness(w: Int32Array, x: Int32Array, y?: number): Witness;
  prove(witness?: Witness, openings?: ReadonlyMap<string, CommittedMatrix>): Proof;
};

/** Everything about one key with matrices of that budget. */
export function dotProduct(budget: number): DotProduct {
  const circuit = build();
  const parameters = keyParameters(circuit, { budget });
  const commit = (matrix: string, cells: Int32Array, fill: number): CommittedMatrix =>
    commitMatrix(shapeOfMatrix(circuit, parameters, matrix), [cells], new Uint8Array(32).fill(fill));
  const openings = new Map([
    ['weights', commit('weights', weights, 1)],
    ['input:x', commit('input:x', input, 2)],
  ]);
  const keyFor = (opening: CommittedMatrix): VerifyingKey => {
    const evidence = proveEvidence({ circuit, parameters, matrix: 'weights', opening, cells: [weights], ...fresh() });
    return makeKey(circuit, { budget, commitments: [{ matrix: 'weights', root: opening.root, evidence }] });
  };
  const key = acceptKey(keyFor(openings.get('weights') as CommittedMatrix));
  const honest = witnessOf(circuit, weights, input);
  return {
    circuit,
    key,
    weights,
    input,
    openings,
    keyFor,
    commit,
    witness: (w, x, y) => witnessOf(circuit, w, x, y),
    prove: (witness = honest, opened = openings) =>
      proveWitness(key, witness, new Uint8Array(0), { ...fresh(), openings: opened }),
  };
}
