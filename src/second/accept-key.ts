import { tensorsOf } from './descriptor.ts';
import { checkEvidence } from './evidence.ts';
import { matricesOf } from './facts.ts';
import { type Key, kinds, open, readKey, readParameters } from './files.ts';
import { demand, Refusal } from './refusal.ts';
import { bits } from './soundness.ts';
import { type Accepted, acceptSystem, protocol } from './system.ts';

/** A key that may be verified with: its circuit, its parameters and its evidence are accepted. */
export interface AcceptedKey {
  readonly key: Key;
  readonly system: Accepted;
  /** The errors of the evidence, which add to that of a proof. */
  readonly evidenceError: number;
}

const evidenceLimit = 2 ** 22;

export function acceptKey(bytes: Uint8Array): AcceptedKey {
  const key = readKey(open(bytes, kinds.key));
  if (key.backend === 'groth16/1')
    throw new Refusal('not-covered', 'this verifier covers the transparent proof system only, not groth16');
  demand(key.backend === protocol, 'key', `unknown proof system ${key.backend}`);
  const parameters = readParameters(key.parameters);
  const system = acceptSystem(key.circuit, parameters);
  const names = key.commitments.map(({ matrix }) => matrix);
  demand(
    names.length === system.fixed.length && names.every((name, i) => name === system.fixed[i]),
    'key',
    'the commitments are not those that the circuit imports',
  );
  let evidenceError = 0;
  let integers = 0;
  const members = new Map(matricesOf(key.circuit).map(({ name, wires }) => [name, wires]));
  for (const { matrix, root, previous, proof } of key.commitments) {
    const tensors = tensorsOf(key.circuit, members.get(matrix) as number[]);
    integers += tensors.reduce((sum, { interval }) => sum + interval.high - interval.low + 1, 0);
    demand(integers <= evidenceLimit, 'key', 'the intervals of the commitments have more than 2^22 integers');
    const before = previous ? { previous } : {};
    evidenceError += asKey(() =>
      checkEvidence({ name: matrix, tensors, root, ...before }, { ...parameters, h: 1 }, proof),
    );
  }
  demand(bits(system.error + evidenceError) >= 100, 'key', 'less than 100 bits of soundness with the evidence');
  return { key, system, evidenceError };
}

/** Evidence that does not hold makes the key unacceptable, whatever is wrong with it. */
function asKey<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('key', `evidence: ${error.message}`);
    throw error;
  }
}
