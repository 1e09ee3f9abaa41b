/** The proof systems by name. Those with optional packages are loaded when they are asked for. */
import type { Circuit } from '../artifact/circuit.ts';
import type { Backend, MadeKey } from '../backends/proving.ts';
import { backendName } from '../backends/transparent/config.ts';
import { acceptKey, keyFacts, makeKey, proveWitness } from '../backends/transparent/index.ts';
import { ProvennError } from '../base/errors.ts';

/** Key and costs of the transparent backend, which needs no setup and waits for nothing. */
export function transparentKey(circuit: Circuit): MadeKey {
  const verifyingKey = makeKey(circuit);
  const key = acceptKey(verifyingKey);
  const { parameters, lookups, tableRows, committedCells, proofBytes } = keyFacts(key);
  return {
    verifyingKey,
    material: new Uint8Array(0),
    costs: { lookups, tableRows, committedCells },
    parameters: { ...parameters },
    soundness: key.soundness,
    proofBytes,
    files: new Map(),
  };
}

const transparent: Backend = {
  name: 'transparent',
  system: backendName,
  needsSetup: false,
  supports: () => ({ supported: true, costs: {} }),
  makeKey: async (circuit) => transparentKey(circuit),
  prove: async ({ verifyingKey }, witness, context, { randomness, onStage }) =>
    proveWitness(acceptKey(verifyingKey), witness, context, { randomness, onStage }),
  contract: null,
  contribute: null,
};

const loaders: Readonly<Record<string, () => Promise<Backend>>> = {
  transparent: async () => transparent,
  groth16: async () => (await import('../backends/groth16/index.ts')).groth16,
};

export const backendNames: readonly string[] = Object.keys(loaders);

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
