/** A prover that lies about its cells and is honest about everything else. */
import type { Circuit } from '../../src/artifact/circuit.ts';
import type { Proof } from '../../src/artifact/proof.ts';
import type { Verdict } from '../../src/artifact/verdict.ts';
import type { Witness } from '../../src/artifact/witness.ts';
import type { Cells } from '../../src/backends/transparent/assign.ts';
import { decodeParameters, encodeParameters, type Parameters } from '../../src/backends/transparent/config.ts';
import { type AcceptedKey, acceptKey, assign, makeKey, proveCells } from '../../src/backends/transparent/index.ts';
import { verifyProof } from '../../src/verify/index.ts';

export const noContext: Uint8Array = new Uint8Array(0);

/** The key of a circuit with other parameters. */
export function keyWith(circuit: Circuit, change: Partial<Parameters>): AcceptedKey {
  const key = makeKey(circuit);
  return acceptKey({ ...key, parameters: encodeParameters({ ...decodeParameters(key.parameters), ...change }) });
}

/** A key without proof of work, as sound by more queries: forging is then quick to try. */
export function keyWithoutWork(circuit: Circuit): AcceptedKey {
  return keyWith(circuit, { lookupWork: 0, queryWork: 0, queries: 151 });
}

export function judgeCells(key: AcceptedKey, cells: Cells): Verdict {
  return verifyProof({ accepted: key }, proveCells(key, cells, noContext));
}

/** Verdict on a witness as it stands, everything derived from it computed honestly. */
export function judgeWitness(key: AcceptedKey, witness: Witness): Verdict {
  return judgeCells(key, assign(key.system, witness));
}

/** A copy of the witness with one cell changed. */
export function forge(witness: Witness, wire: number, cell: number, change: (value: number) => number): Witness {
  return {
    wires: witness.wires.map((values, id) => {
      if (id !== wire) return values;
      const out = Float64Array.from(values);
      out[cell] = change(out[cell] as number);
      return out;
    }),
  };
}

/** A copy of the proof with another body. */
export function withBody(proof: Proof, body: Uint8Array): Proof {
  return { ...proof, body };
}
