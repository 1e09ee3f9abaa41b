/** The proof systems by name. Those with optional packages are loaded when they are asked for. */
import type { Circuit } from '../artifact/circuit.ts';
import type { Opening } from '../artifact/commitment.ts';
import type { KeyCommitment } from '../artifact/keys.ts';
import { matricesOf } from '../artifact/matrices.ts';
import type { Backend, KeySecrets, MadeKey, Resources } from '../backends/proving.ts';
import { backendName, type Parameters } from '../backends/transparent/config.ts';
import {
  type AcceptedKey,
  acceptKey,
  type CommittedMatrix,
  gadgetCosts,
  keyFacts,
  keyParameters,
  makeKey,
  proveEvidence,
  proverResources,
  proveWitness,
} from '../backends/transparent/index.ts';
import type { Accepted } from '../backends/verifying.ts';
import { invariant, ProvennError } from '../base/errors.ts';
import { makeOpening, openMatrix } from './openings.ts';

/** Commits to the hidden weights of a circuit and proves their ranges. */
function commitWeights(
  circuit: Circuit,
  { cells, draw }: KeySecrets,
): { readonly commitments: KeyCommitment[]; readonly openings: Opening[] } {
  const parameters = keyParameters(circuit);
  const imported = matricesOf(circuit).filter((matrix) => matrix.imported);
  const made = imported.map(({ name, wires }) => {
    const tensors = wires.map((wire) => cells.get(wire) as Int32Array);
    const { opening, committed } = makeOpening(circuit, parameters, name, tensors, circuit.name, draw);
    const request = { circuit, parameters, matrix: name, opening: committed, cells: tensors, randomness: draw() };
    return { opening, commitment: { matrix: name, root: committed.root, evidence: proveEvidence(request) } };
  });
  return { commitments: made.map(({ commitment }) => commitment), openings: made.map(({ opening }) => opening) };
}

/** Key and costs of the transparent backend, which needs no setup and waits for nothing. */
export function transparentKey(circuit: Circuit, secrets?: KeySecrets): MadeKey {
  const { commitments, openings } =
    secrets === undefined || secrets.cells.size === 0
      ? { commitments: [], openings: [] }
      : commitWeights(circuit, secrets);
  const verifyingKey = makeKey(circuit, { commitments });
  const key = acceptKey(verifyingKey);
  const { parameters, lookups, tableRows, committedCells, proofBytes } = keyFacts(key);
  return {
    verifyingKey,
    material: new Uint8Array(0),
    costs: { lookups, tableRows, committedCells },
    gadgetCosts: gadgetCosts(key.system),
    parameters: { ...parameters },
    soundness: key.soundness,
    proofBytes,
    resources: proverResources(key),
    openings,
    files: new Map(),
  };
}

/** The parameters of an accepted key whose circuit has long-lived matrices: it belongs to the transparent backend. */
export function parametersOf(accepted: Accepted): Parameters {
  invariant(accepted.backend === backendName, 'only the transparent backend has commitments');
  return (accepted as AcceptedKey).parameters;
}

/** The matrices that openings open, as the prover needs them. */
export function openAll(openings: ReadonlyMap<string, Opening>): Map<string, CommittedMatrix> {
  return new Map([...openings].map(([matrix, opening]) => [matrix, openMatrix(opening)]));
}

/** What a proof under an accepted key of the transparent backend takes. */
export function transparentResources(accepted: Accepted): Resources {
  return proverResources(accepted as AcceptedKey);
}

const transparent: Backend = {
  name: 'transparent',
  system: backendName,
  needsSetup: false,
  supports: () => ({ supported: true, costs: {} }),
  makeKey: async (circuit, { secrets }) => transparentKey(circuit, secrets),
  prove: async ({ verifyingKey }, witness, context, { accepted = acceptKey(verifyingKey), ...options }) => {
    const { randomness, onStage, openings } = options;
    return proveWitness(accepted as AcceptedKey, witness, context, {
      randomness,
      onStage,
      openings: openAll(openings ?? new Map()),
    });
  },
  resources: transparentResources,
  heldCells: () => new Map(),
  contract: null,
  contribute: null,
};

const loaders: Readonly<Record<string, () => Promise<Backend>>> = {
  transparent: async () => transparent,
  groth16: async () => (await import('../backends/groth16/index.ts')).groth16,
};

// Pure, so that bundles that ask for no backend by name leave the loaders out, and what they would load.
export const backendNames: readonly string[] = /* @__PURE__ */ Object.keys(loaders);

/** Throws `USAGE` for a name that is none. */
export async function backendNamed(name: string): Promise<Backend> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  if (load !== undefined) return load();
  throw new ProvennError('USAGE', `There is no backend "${name}".`, { next: `Choose ${backendNames.join(' or ')}.` });
}

/** The backend that proves under a key. Throws `KEY_REFUSED`. */
export async function backendOf(system: string): Promise<Backend> {
  for (const load of Object.values(loaders)) {
    const backend = await load();
    if (backend.system === system) return backend;
  }
  throw new ProvennError('KEY_REFUSED', `The key belongs to the backend "${system}", which is not known.`, {
    next: 'Compile the model again with this version.',
  });
}

/** Whether keys of a backend need a setup. */
export async function needsSetup(name: string): Promise<boolean> {
  return (await backendNamed(name)).needsSetup;
}
