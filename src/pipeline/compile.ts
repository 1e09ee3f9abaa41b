/** Compile: quantized model → circuit and keys, with a report of what a proof will cost. */
import type { Circuit, Gadget } from '../artifact/circuit.ts';
import { circuitDigest } from '../artifact/circuit-codec.ts';
import type { Opening } from '../artifact/commitment.ts';
import { dataSetsOf } from '../artifact/data-set.ts';
import { modelDigest, type ProvingKey, type VerifyingKey, verifyingKeyDigest } from '../artifact/keys.ts';
import type { QuantGraph } from '../artifact/quant-graph.ts';
import type { Backend, Costs, GadgetCost, KeyOptions, MadeKey, Resources } from '../backends/proving.ts';
import { toHex } from '../base/bytes.ts';
import { invariant, ProvennError } from '../base/errors.ts';
import { product } from '../base/tensor.ts';
import { type Built, buildCircuit, buildWithSecrets } from '../compile/circuit.ts';
import { allPublic, portName, type Visibility, weightsMatrix } from '../compile/visibility.ts';
import { backendNamed, transparentKey } from './backends.ts';
import type { Draw } from './openings.ts';

/** What one node of the model becomes. */
export type CompileRow = {
  readonly node: string;
  readonly op: string;
  /** Elements of its outputs. */
  readonly elements: number;
  readonly relations: { readonly contract: number; readonly lookup: number; readonly linear: number };
  /** What they cost; null where the backend does not say. */
  readonly costs: RowCosts | null;
};

export type RowCosts = Omit<GadgetCost, 'step'> & {
  /** How its steps are stated, each way once. */
  readonly steps: readonly string[];
};

export type CompileReport = {
  readonly model: string;
  /** Proof system and version. */
  readonly backend: string;
  readonly circuitDigest: string;
  /** The circuit digest, unless weights are hidden. */
  readonly modelDigest: string;
  readonly keyDigest: string;
  /** What proofs do not show: `input:NAME`, `output:NAME`, `weights`, each with `private` or `committed`. */
  readonly hidden: readonly (readonly [what: string, how: string])[];
  readonly rows: readonly CompileRow[];
  readonly parameters: Costs;
  readonly soundness: {
    readonly bits: number;
    readonly terms: readonly { readonly name: string; readonly bits: number }[];
    /** −log₂ of the distance between a proof and a simulated one; absent where that is zero by construction. */
    readonly zeroKnowledgeBits?: number;
  };
  /** What the backend counts: lookups, table rows, committed integers; or constraints and signals. */
  readonly costs: Costs;
  /** An estimate from above. */
  readonly estimatedProofBytes: number;
  /** What one proof takes; null where nobody knows. */
  readonly estimatedProving: Resources | null;
};

export type Compilation = {
  readonly circuit: Circuit;
  readonly verifyingKey: VerifyingKey;
  readonly provingKey: ProvingKey;
  readonly report: CompileReport;
  /** Files of the backend for those who check a key, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Secrets that open the commitments of the key. The first use of each is spent on the evidence in the key. */
  readonly openings: readonly Opening[];
};

/** Relations by node: a gadget's name begins with the name of the tensor its node produces. */
function rowsOf(model: QuantGraph, circuit: Circuit, costs: readonly GadgetCost[] | null): CompileRow[] {
  return model.nodes.map((node) => {
    const belongs = ({ name: gadget }: Gadget): boolean =>
      node.outputs.some((name) => gadget === name || gadget.startsWith(`${name}:`));
    const own = circuit.gadgets.filter(belongs);
    const count = (kinds: readonly string[]): number => own.filter((gadget) => kinds.includes(gadget.kind)).length;
    const elements = model.tensors
      .filter((tensor) => node.outputs.includes(tensor.name))
      .reduce((sum, tensor) => sum + product(tensor.dims), 0);
    return {
      node: node.name,
      op: node.op,
      elements,
      relations: {
        contract: count(['contract']),
        lookup: count(['step', 'table', 'maximum', 'range']),
        linear: count(['linear']),
      },
      costs: costs === null ? null : rowCosts(costs.filter((_, i) => belongs(circuit.gadgets[i] as Gadget))),
    };
  });
}

function rowCosts(costs: readonly GadgetCost[]): RowCosts {
  const total = (of: 'lookups' | 'committed' | 'rows'): number => costs.reduce((sum, cost) => sum + cost[of], 0);
  const steps = new Set(costs.flatMap(({ step }) => (step === null ? [] : [step])));
  return { lookups: total('lookups'), committed: total('committed'), rows: total('rows'), steps: [...steps] };
}

/** What proofs of a circuit do not show. */
function hiddenParts(circuit: Circuit): [string, string][] {
  const { inputs, outputs, wires } = circuit;
  const dataSets = dataSetsOf(circuit);
  const stacked = dataSets.map(({ port, samples, isSampleShown }): [string, string] => [
    portName('input', port.name),
    `${isSampleShown ? 'a stated one' : 'one'} of ${samples} committed samples`,
  ]);
  const ports = [
    ...inputs.map(({ name, wire }) => [portName('input', name), wire] as const),
    ...outputs.map(({ name, wire }) => [portName('output', name), wire] as const),
  ];
  const hidden = ports.flatMap(([name, wire]): [string, string][] => {
    const role = wires[wire]?.role;
    const isKnown = role === 'public' || dataSets.some(({ port }) => port.wire === wire);
    return isKnown ? [] : [[name, role === 'committed' ? 'committed' : 'private']];
  });
  const weights = wires.some(({ matrix }) => matrix === weightsMatrix);
  return [...stacked, ...hidden, ...(weights ? [[weightsMatrix, 'committed'] as [string, string]] : [])];
}

function compilationOf(model: QuantGraph, circuit: Circuit, made: MadeKey): Compilation {
  const { verifyingKey, material, costs, parameters, soundness, proofBytes, resources, files, openings } = made;
  return {
    circuit,
    verifyingKey,
    provingKey: { verifyingKey, model, material },
    files,
    openings,
    report: {
      model: circuit.name,
      backend: verifyingKey.backend,
      circuitDigest: toHex(circuitDigest(circuit)),
      modelDigest: toHex(modelDigest(verifyingKey)),
      keyDigest: toHex(verifyingKeyDigest(verifyingKey)),
      hidden: hiddenParts(circuit),
      rows: rowsOf(model, circuit, made.gadgetCosts),
      parameters,
      soundness,
      costs,
      estimatedProofBytes: proofBytes,
      estimatedProving: resources,
    },
  };
}

/**
 * Compiles for the transparent backend. The same model gives byte-identical circuit and keys everywhere. Throws
 * `MODEL_UNSUPPORTED`, `MODEL_UNSAFE` or `PARAMETERS_REFUSED`.
 */
export function compileModel(model: QuantGraph): Compilation {
  const circuit = buildCircuit(model);
  return compilationOf(model, circuit, transparentKey(circuit));
}

/** The same with other visibilities. `draw` gives fresh random bytes: two keys with hidden weights are never the same. */
export function compileHidden(model: QuantGraph, visibility: Visibility, draw: Draw): Compilation {
  const { circuit, secrets } = buildWithSecrets(model, visibility);
  return compilationOf(model, circuit, transparentKey(circuit, { cells: secrets, draw }));
}

/** The circuit of a model for a backend that has said it can prove it. Throws `BACKEND_UNSUPPORTED`. */
function supported(backend: Backend, model: QuantGraph, visibility: Visibility): Built & { readonly costs: Costs } {
  const built = buildWithSecrets(model, visibility);
  const support = backend.supports(built.circuit);
  if (!support.supported) throw new ProvennError('BACKEND_UNSUPPORTED', support.reason, { next: support.next });
  return { ...built, costs: support.costs };
}

/** What a proof would cost, before any work. Throws `BACKEND_UNSUPPORTED` and what `compileModel` throws. */
export async function estimateFor(
  name: string,
  model: QuantGraph,
  visibility: Visibility = allPublic,
): Promise<{ readonly circuitDigest: string; readonly costs: Costs }> {
  const { circuit, costs } = supported(await backendNamed(name), model, visibility);
  return { circuitDigest: toHex(circuitDigest(circuit)), costs };
}

/**
 * Compiles for the backend of that name. Throws what `compileModel` throws, `BACKEND_UNSUPPORTED` before any long work when
 * the circuit is not for this backend, `SETUP_REFUSED`, and `DEPENDENCY_MISSING`.
 */
export async function compileFor(
  name: string,
  model: QuantGraph,
  options: Omit<KeyOptions, 'secrets'> & { readonly visibility?: Visibility; readonly draw?: Draw },
): Promise<Compilation> {
  const backend = await backendNamed(name);
  if (!backend.needsSetup && options.setup !== null) {
    throw new ProvennError('USAGE', `The ${name} backend has no setup, so none can be chosen.`, {
      next: 'Leave --ptau and --dev-setup away.',
    });
  }
  const { visibility = allPublic, draw, setup, onProgress } = options;
  const { circuit, secrets } = supported(backend, model, visibility);
  invariant(secrets.size === 0 || draw !== undefined, 'hidden weights need fresh randomness');
  const hidden = draw === undefined ? {} : { secrets: { cells: secrets, draw } };
  const made = await backend.makeKey(circuit, { setup, onProgress, ...hidden });
  return compilationOf(model, circuit, made);
}
