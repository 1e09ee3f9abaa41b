/** Witness and proof by circom's generator and snarkjs. */
import { ProvennError } from '../../../base/errors.ts';
import type { Groth16Key } from '../config.ts';
import type { Material } from '../material.ts';
import { decodeBody, encodeBody, type Groth16Proof } from '../proof.ts';
import { rerandomise } from '../rerandomise.ts';
import { drawElement } from './draw-element.ts';
import { type MemoryFile, type SnarkjsProof, withSnarkjs } from './packages.ts';

/** Values of the input signals by name, as decimal numbers. */
export type InputSignals = Readonly<Record<string, string | readonly string[]>>;

/** The witness file of some inputs. Throws `PROOF_SELF_CHECK` when they satisfy no witness. */
export async function calculateWitness(wasm: Uint8Array, inputs: InputSignals): Promise<Uint8Array> {
  return withSnarkjs(async ({ wtns }) => {
    const witness: MemoryFile = { type: 'mem' };
    try {
      await wtns.calculate(inputs, { type: 'mem', data: wasm }, witness);
    } catch (error) {
      throw new ProvennError('PROOF_SELF_CHECK', 'The witness does not satisfy the circuit.', {
        next: 'The proving key is damaged or provenn has a fault: compile again, and report it if it persists.',
        cause: error,
      });
    }
    return witness.data as Uint8Array;
  });
}

function pointsOf({ pi_a, pi_b, pi_c }: SnarkjsProof): Groth16Proof {
  const pair = (values: readonly string[] | undefined): [bigint, bigint] => [
    BigInt(values?.[0] as string),
    BigInt(values?.[1] as string),
  ];
  const [a, c] = [pair(pi_a), pair(pi_c)];
  return { a: { x: a[0], y: a[1] }, b: { x: pair(pi_b[0]), y: pair(pi_b[1]) }, c: { x: c[0], y: c[1] } };
}

/**
 * Three points from a witness file. snarkjs blinds them with points of the proving key, whose maker the prover need not trust:
 * they are blinded once more by the verifying key. Throws `BytesError` for points outside their groups.
 */
export async function provePoints(
  { zkey }: Pick<Material, 'zkey'>,
  key: Pick<Groth16Key, 'delta'>,
  witness: Uint8Array,
): Promise<Groth16Proof> {
  const made = await withSnarkjs(async ({ groth16 }) => {
    const { proof } = await groth16.prove({ type: 'mem', data: zkey }, { type: 'mem', data: witness });
    return pointsOf(proof);
  });
  return rerandomise(decodeBody(encodeBody(made)), key, { t: drawElement(), u: drawElement() });
}
