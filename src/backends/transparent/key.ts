/** Accepting a verifying key: everything that must hold of it before any proof is looked at, and what is derived from it. */
import type { Circuit, StepGadget } from '../../artifact/circuit.ts';
import { circuitDigest } from '../../artifact/circuit-codec.ts';
import { type VerifyingKey, verifyingKeyDigest } from '../../artifact/keys.ts';
import { BytesError } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { CircuitProblem, checkCircuit } from '../../gadgets/check.ts';
import { backendName, decodeParameters, judge, type Parameters, refuseParameters } from './config.ts';
import { countPieces } from './gadgets/pieces.ts';
import type { Layout } from './layout.ts';
import { lower } from './lower.ts';
import type { Soundness } from './soundness.ts';
import type { System } from './system.ts';

export type AcceptedKey = {
  readonly circuit: Circuit;
  readonly parameters: Parameters;
  readonly system: System;
  readonly layout: Layout;
  readonly soundness: Soundness;
  readonly modelDigest: Uint8Array;
  readonly keyDigest: Uint8Array;
};

const maximumTableRows = 2 ** 24;

function refuse(message: string): never {
  throw new ProvennError('KEY_REFUSED', `The verifying key is refused: ${message}.`, {
    next: 'Use the key published by whoever compiled the model, or compile it again.',
  });
}

function segmentRows(circuit: Circuit, pieceBits: number): number {
  const steps = circuit.gadgets.filter((gadget): gadget is StepGadget => gadget.kind === 'step');
  return steps.reduce(
    (total, gadget) => total + gadget.functions.reduce((rows, step) => rows + countPieces(step, pieceBits), 0),
    0,
  );
}

/** Throws `KEY_REFUSED` for a key that is malformed, whose integers could wrap, or whose soundness is below 100 bits. */
export function acceptKey(key: VerifyingKey): AcceptedKey {
  if (key.backend !== backendName) refuse(`it belongs to the backend "${key.backend}"`);
  try {
    const parameters = decodeParameters(key.parameters);
    const early = refuseParameters(parameters);
    if (early !== null) refuse(early);
    checkCircuit(key.circuit);
    if (segmentRows(key.circuit, parameters.pieceBits) > maximumTableRows)
      refuse('its step functions need more than 2^24 table rows');
    const system = lower(key.circuit, parameters.pieceBits);
    const { layout, soundness, refusal } = judge(system, parameters);
    if (refusal !== null) refuse(refusal);
    return {
      circuit: key.circuit,
      parameters,
      system,
      layout,
      soundness,
      modelDigest: circuitDigest(key.circuit),
      keyDigest: verifyingKeyDigest(key),
    };
  } catch (error) {
    if (error instanceof BytesError || error instanceof CircuitProblem) refuse(error.message);
    throw error;
  }
}
