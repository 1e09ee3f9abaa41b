/** What a prover asks of its own proof: that it verifies, and that what it claims is what the model computed. */
import type { CircuitPort } from '../artifact/circuit.ts';
import { modelInputs } from '../artifact/data-set.ts';
import type { Proof } from '../artifact/proof.ts';
import type { Port, QuantGraph } from '../artifact/quant-graph.ts';
import type { Trace } from '../artifact/trace.ts';
import type { Claims, PublicTensor } from '../artifact/verdict.ts';
import type { Witness } from '../artifact/witness.ts';
import type { Accepted } from '../backends/verifying.ts';
import { ProvennError } from '../base/errors.ts';
import { verifyProof } from '../verify/index.ts';

type Made = { readonly proof: Proof; readonly trace: Trace; readonly witness: Witness };

function failed(message: string): ProvennError {
  return new ProvennError('PROOF_SELF_CHECK', message, {
    next: 'The proving key is damaged or provenn has a fault: compile again, and report it if it persists.',
  });
}

/** Names of ports of one side whose integers, claimed or hidden, are not those of the run. */
function differing(
  ports: readonly Port[],
  claimed: readonly PublicTensor[],
  circuitPorts: readonly CircuitPort[],
  { trace, witness }: Made,
): string[] {
  return ports.flatMap(({ name, tensor }) => {
    const wire = circuitPorts.find((port) => port.name === name)?.wire ?? -1;
    const stated = claimed.find((port) => port.name === name)?.integers ?? witness.wires[wire];
    const computed = trace.tensors.get(tensor)?.data;
    const agrees = stated?.length === computed?.length && stated?.every((value, i) => value === computed?.[i]);
    return agrees === true ? [] : [name];
  });
}

/**
 * The claims of an own proof. A circuit that stands for another function than the model has proofs that verify, and claims
 * that are false of the model: they are compared with the run itself, which no circuit had a part in. Throws
 * `PROOF_SELF_CHECK`.
 */
export function selfCheck(model: QuantGraph, accepted: Accepted, made: Made): Claims {
  // Our own key: whoever made it is whoever proves, and `verify` judges its setup again.
  const verdict = verifyProof({ accepted }, made.proof, { allowInsecureSetup: true });
  if (!verdict.ok) throw failed(`The proof does not verify (${verdict.reason.code}): ${verdict.reason.message}`);
  const { claims } = verdict;
  const { circuit } = accepted;
  const wrong = [
    ...differing(model.inputs, claims.inputs, modelInputs(circuit), made),
    ...differing(model.outputs, claims.outputs, circuit.outputs, made),
  ];
  if (wrong.length === 0) return claims;
  throw failed(`The proof says something else of ${wrong.join(', ')} than the model computed.`);
}
