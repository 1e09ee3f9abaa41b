/** What can be done with the setup of a key: join its ceremony, and carry its verifier to a chain. */
import type { ProvingKey, VerifyingKey } from '../artifact/keys.ts';
import type { Proof } from '../artifact/proof.ts';
import type { Contract, ContractCall, Contributed } from '../backends/proving.ts';
import { ProvennError } from '../base/errors.ts';
import { verifierOf } from '../verify/backends.ts';
import { backendOf } from './backends.ts';

/** One more contribution to the ceremony of a key. Throws `BACKEND_UNSUPPORTED` where there is none, and `SETUP_REFUSED`. */
export async function contributeTo(key: ProvingKey, transcript: Uint8Array, name: string): Promise<Contributed> {
  const { contribute, name: backend } = await backendOf(key.verifyingKey.backend);
  if (contribute !== null) return contribute(key, transcript, name);
  throw new ProvennError('BACKEND_UNSUPPORTED', `Keys of the ${backend} backend have no ceremony.`, {
    next: 'Nothing needs to be contributed: there are no secrets.',
  });
}

async function contractOf(key: VerifyingKey): Promise<Contract> {
  const { contract, name } = await backendOf(key.backend);
  if (contract !== null) return contract;
  throw new ProvennError('BACKEND_UNSUPPORTED', `Proofs of the ${name} backend are too large for a contract.`, {
    next: 'Compile a small network with --backend groth16.',
  });
}

/**
 * Source of the contract that verifies proofs of a key. Throws `BACKEND_UNSUPPORTED`, `KEY_REFUSED`, and `USAGE` for a key of a
 * development setup unless that is allowed.
 */
export async function exportSolidity(key: VerifyingKey, allowInsecureSetup: boolean): Promise<string> {
  const contract = await contractOf(key);
  const verifier = verifierOf(key.backend);
  if (verifier.setup(verifier.accept(key)) === 'insecure' && !allowInsecureSetup) {
    throw new ProvennError(
      'USAGE',
      'The key comes from a development setup: its maker could forge what a contract accepts.',
      {
        next: 'Compile with --ptau, or add --allow-insecure-setup to try it on a test chain.',
      },
    );
  }
  return contract.source(key);
}

/** The call of that contract for a proof. Verify the proof first: a contract that rejects it costs gas all the same. */
export async function contractCallOf(key: VerifyingKey, proof: Proof): Promise<ContractCall> {
  return (await contractOf(key)).call(key, proof);
}
