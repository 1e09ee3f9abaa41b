/** What the pipeline asks of a proof system: whether it can prove a circuit, a key for it, and proofs. */
import type { Circuit, WireId } from '../artifact/circuit.ts';
import type { Opening } from '../artifact/commitment.ts';
import type { ProvingKey, VerifyingKey } from '../artifact/keys.ts';
import type { Proof } from '../artifact/proof.ts';
import type { Witness } from '../artifact/witness.ts';
import type { Accepted } from './verifying.ts';

/** Counts that say what a proof will cost, by name. */
export type Costs = { readonly [name: string]: number };

/** The answer before any work: the costs, and the reason when they are too high. */
export type Support =
  | { readonly supported: true; readonly costs: Costs }
  | { readonly supported: false; readonly costs: Costs; readonly reason: string; readonly next: string };

/** Where the secrets of a key come from, for backends that have some. */
export type SetupChoice =
  | { readonly kind: 'development' }
  /** A powers-of-tau file, and its BLAKE2b digest when it is none of the ceremonies that are known by name. */
  | { readonly kind: 'ceremony'; readonly ptau: string; readonly digest: string | null; readonly contributor: string };

/** Hidden weights of a circuit, and the randomness that hides them. */
export type KeySecrets = {
  readonly cells: ReadonlyMap<WireId, Int32Array>;
  /** Fresh bytes from the system's generator, 32 at a time. */
  readonly draw: () => Uint8Array;
};

export type KeyOptions = {
  readonly setup: SetupChoice | null;
  /** For circuits that hide their weights. */
  readonly secrets?: KeySecrets;
  /** Told what begins, and the share of the work that is done. */
  readonly onProgress: (what: string, share: number) => void;
};

/** What one gadget brings to a proof. */
export type GadgetCost = {
  readonly lookups: number;
  /** Committed integers, its output included. */
  readonly committed: number;
  /** Table rows of its own. */
  readonly rows: number;
  /** How a step is stated; null for other gadgets. */
  readonly step: string | null;
};

export type MadeKey = {
  readonly verifyingKey: VerifyingKey;
  /** What the prover needs besides the model: the backend's own bytes. */
  readonly material: Uint8Array;
  readonly costs: Costs;
  /** The same gadget by gadget, in the order of the circuit; null where a backend does not count so. */
  readonly gadgetCosts: readonly GadgetCost[] | null;
  readonly parameters: Costs;
  readonly soundness: {
    readonly bits: number;
    readonly terms: readonly { readonly name: string; readonly bits: number }[];
    /** −log₂ of the distance between a proof and a simulated one; absent where that is zero by construction. */
    readonly zeroKnowledgeBits?: number;
  };
  /** An upper bound. */
  readonly proofBytes: number;
  /** What a proof takes; null where nobody knows. */
  readonly resources: Resources | null;
  /** Openings of the commitments that the key fixes: the owner's secrets. One use of each is spent. */
  readonly openings: readonly Opening[];
  /** Files for those who check a key, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
};

/** An estimate of what one proof takes. */
export type Resources = {
  /** Memory of the whole process at its peak. */
  readonly bytes: number;
  /** On one thread; machines differ. */
  readonly milliseconds: number;
};

export type ProofOptions = {
  /** The verifying half of the key, when this backend accepted it already. */
  readonly accepted?: Accepted;
  /** 32 bytes from the system's generator, for this proof only; backends that draw their own do without. */
  readonly randomness: Uint8Array;
  /** Of every long-lived matrix of the circuit, by name; their uses are counted already. */
  readonly openings?: ReadonlyMap<string, Opening>;
  /** Told when a stage of this backend begins. */
  readonly onStage: (stage: BackendStage) => void;
};

/** A key after one more contribution to its setup, and the backend's files beside it that change with it. */
export type Contributed = { readonly provingKey: ProvingKey; readonly files: ReadonlyMap<string, Uint8Array> };

/** Stages of the backends, in the order of each. */
export type BackendStage = 'commit' | 'lookups' | 'contractions' | 'opening' | 'witness' | 'points';

/** A call of the contract that verifies proofs of a key. */
export type ContractCall = {
  /** The proof body, as the contract takes it. */
  readonly proof: Uint8Array;
  readonly signals: readonly bigint[];
  /** Selector and arguments by the rules of the contract ABI. */
  readonly calldata: Uint8Array;
};

/** Verification on a chain, for backends whose proofs are small enough. */
export type Contract = {
  /** Text of the Solidity contract of a key. Throws `KEY_REFUSED`. */
  source(key: VerifyingKey): string;
  /** The call that verifies a proof under a key, which nobody has verified here. */
  call(key: VerifyingKey, proof: Proof): ContractCall;
};

/** The proving half of a backend. */
export type Backend = {
  /** As users name it. */
  readonly name: string;
  /** As keys and proofs name it, with its version. */
  readonly system: string;
  /** Whether keys need secrets that somebody must destroy. */
  readonly needsSetup: boolean;
  supports(circuit: Circuit): Support;
  /** Throws what the backend cannot do, before any long work. */
  makeKey(circuit: Circuit, options: KeyOptions): Promise<MadeKey>;
  /** A proof from the witness as it stands, bound to `context`; nobody has verified it yet. */
  prove(key: ProvingKey, witness: Witness, context: Uint8Array, options: ProofOptions): Promise<Proof>;
  /** What a proof under an accepted key takes; null where nobody knows. */
  readonly resources: ((accepted: Accepted) => Resources) | null;
  /** Cells of hidden weights that the proving key itself holds, by wire; empty where openings hold them. */
  heldCells(key: ProvingKey): ReadonlyMap<WireId, Int32Array>;
  readonly contract: Contract | null;
  /** Adds a participant to the setup of a key; null for backends whose setups nobody can join. */
  readonly contribute: ((key: ProvingKey, transcript: Uint8Array, name: string) => Promise<Contributed>) | null;
};
