/** Compile: quantized model → circuit and keys, with a report of what a proof will cost. */
import type { Circuit } from '../artifact/circuit.ts';
import { circuitDigest } from '../artifact/circuit-codec.ts';
import { type ProvingKey, type VerifyingKey, verifyingKeyDigest } from '../artifact/keys.ts';
import type { QuantGraph } from '../artifact/quant-graph.ts';
import { acceptKey, keyFacts, makeKey } from '../backends/transparent/index.ts';
import { toHex } from '../base/bytes.ts';
import { product } from '../base/tensor.ts';
import { buildCircuit } from '../compile/circuit.ts';

/** What one node of the model becomes. */
export type CompileRow = {
  readonly node: string;
  readonly op: string;
  /** Elements of its outputs. */
  readonly elements: number;
  readonly relations: { readonly contract: number; readonly lookup: number; readonly linear: number };
};

export type CompileReport = {
  readonly model: string;
  readonly circuitDigest: string;
  readonly keyDigest: string;
  readonly rows: readonly CompileRow[];
  readonly parameters: { readonly [name: string]: number };
  readonly soundness: {
    readonly bits: number;
    readonly terms: readonly { readonly name: string; readonly bits: number }[];
  };
  /** Looked-up tuples, table rows, committed integers. */
  readonly lookups: number;
  readonly tableRows: number;
  readonly committedCells: number;
  /** An estimate from above. */
  readonly estimatedProofBytes: number;
};

export type Compilation = {
  readonly circuit: Circuit;
  readonly verifyingKey: VerifyingKey;
  readonly provingKey: ProvingKey;
  readonly report: CompileReport;
};

/** Relations by node: a gadget's name begins with the name of the tensor its node produces. */
function rowsOf(model: QuantGraph, circuit: Circuit): CompileRow[] {
  return model.nodes.map((node) => {
    const own = circuit.gadgets.filter((gadget) =>
      node.outputs.some((name) => gadget.name === name || gadget.name.startsWith(`${name}:`)),
    );
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
    };
  });
}

/**
 * Compiles for the transparent backend. The same model gives byte-identical circuit and keys everywhere. Throws
 * `MODEL_UNSUPPORTED`, `MODEL_UNSAFE` or `PARAMETERS_REFUSED`.
 */
export function compileModel(model: QuantGraph): Compilation {
  const circuit = buildCircuit(model);
  const verifyingKey = makeKey(circuit);
  const key = acceptKey(verifyingKey);
  const { parameters, lookups, tableRows, committedCells, proofBytes } = keyFacts(key);
  return {
    circuit,
    verifyingKey,
    provingKey: { verifyingKey, model },
    report: {
      model: circuit.name,
      circuitDigest: toHex(circuitDigest(circuit)),
      keyDigest: toHex(verifyingKeyDigest(verifyingKey)),
      rows: rowsOf(model, circuit),
      parameters: { ...parameters },
      soundness: key.soundness,
      lookups,
      tableRows,
      committedCells,
      estimatedProofBytes: proofBytes,
    },
  };
}
