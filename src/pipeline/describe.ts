/** Says what a file is: every provenn artefact, ONNX models, and input files. What it tells about a proof is unchecked. */

import type { Circuit } from '../artifact/circuit.ts';
import { circuitDigest, decodeCircuit } from '../artifact/circuit-codec.ts';
import { type Commitment, decodeCommitment, decodeOpening } from '../artifact/commitment.ts';
import { dataSetsOf } from '../artifact/data-set.ts';
import { isEnvelope, type Kind, openAny } from '../artifact/envelope.ts';
import type { Dimension, Graph, ValueInfo } from '../artifact/graph.ts';
import { decodeProvingKey, decodeVerifyingKey, type VerifyingKey, verifyingKeyDigest } from '../artifact/keys.ts';
import { decodeLink, type Link } from '../artifact/link.ts';
import { decodeProof } from '../artifact/proof.ts';
import type { Port, QuantGraph } from '../artifact/quant-graph.ts';
import { decodeQuantGraph } from '../artifact/quant-graph-codec.ts';
import { type Members, memberPaths } from '../audit/bundle.ts';
import { bundleFacts } from '../audit/describe.ts';
import { toHex } from '../base/bytes.ts';
import type { Json } from '../base/canonical-json.ts';
import { digest } from '../base/digest.ts';
import { listCircuit } from '../gadgets/listing.ts';
import { readModel } from '../onnx/index.ts';
import { contextText } from './context-text.ts';
import { isFloatModel } from './import.ts';
import type { FileArray } from './io/array.ts';
import { parseJson } from './io/bounded-json.ts';
import { decodeJsonArrays } from './io/json-input.ts';
import { decodeNpy, isNpy } from './io/npy.ts';
import { decodeNpz } from './io/npz.ts';
import { decodePng, isPng } from './io/png.ts';
import { isZip } from './io/zip.ts';

/** Facts in the order in which people want them; values are JSON so that programs get the same. */
export type Description = {
  readonly kind: Kind | 'onnx-model' | 'input' | 'result' | 'image' | 'audit-bundle';
  /** Format version of provenn files. */
  readonly version: number | null;
  /** BLAKE3 of the whole file; of a bundle, of its manifest. */
  readonly fileDigest: string;
  readonly bytes: number;
  readonly facts: readonly (readonly [name: string, value: Json])[];
  /** Readable relations, for circuits. */
  readonly listing: string | null;
};

type Body = Pick<Description, 'facts'> & { readonly listing?: string };

/** Counts of equal words, most frequent first. */
function histogram(words: readonly string[]): Json {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}

function portText(port: Port): string {
  const { name, dims, dtype, quantization } = port;
  const integers = `${name} ${dtype}[${dims.join(',')}]`;
  return quantization === null
    ? integers
    : `${integers}, float32 by scale ${quantization.scale}, zero ${quantization.zeroPoint}`;
}

function modelFacts(model: QuantGraph): Description['facts'] {
  return [
    ['name', model.name],
    ['integers', model.profile],
    ['inputs', model.inputs.map(portText)],
    ['outputs', model.outputs.map(portText)],
    ['operators', histogram(model.nodes.map((node) => node.op))],
    ['constants', [...model.constants.values()].reduce((sum, { data }) => sum + data.length, 0)],
  ];
}

function circuitFacts(circuit: Circuit): Description['facts'] {
  return [
    ['model', circuit.name],
    ['circuit digest', toHex(circuitDigest(circuit))],
    ['integers', circuit.profile],
    ['inputs', circuit.inputs.map(portText)],
    ['outputs', circuit.outputs.map(portText)],
    ...dataSetsOf(circuit).map(({ port, samples, isSampleShown }) => {
      const which = isSampleShown ? 'a stated one' : 'one';
      return ['data set', `${port.name} is ${which} of ${samples} committed samples`] as const;
    }),
    ['wires', histogram(circuit.wires.map((wire) => wire.role))],
    ['relations', histogram(circuit.gadgets.map((gadget) => gadget.kind))],
  ];
}

function keyFacts(key: VerifyingKey): Description['facts'] {
  return [['backend', key.backend], ['key digest', toHex(verifyingKeyDigest(key))], ...circuitFacts(key.circuit)];
}

function proofFacts(bytes: Uint8Array): Description['facts'] {
  const { backend, statement, body } = decodeProof(bytes);
  return [
    ['backend', backend],
    ['model digest', toHex(statement.modelDigest)],
    ['key digest', toHex(statement.keyDigest)],
    ['context', contextText(statement.context)],
    ['public tensors', statement.publics.map((values) => `${values.length} integers`)],
    ['proof bytes', body.length],
    ['checked', 'no: run provenn verify'],
  ];
}

function commitmentFacts(commitment: Commitment): Description['facts'] {
  const { backend, matrix, label, format, budget, tensors, root, descriptor } = commitment;
  return [
    ['commitment', toHex(descriptor)],
    ['matrix', matrix],
    ['label', label],
    ['backend', backend],
    ['tensors', tensors.map(({ name, sizes, interval }) => `${name} [${sizes.join(',')}] in ${interval.join('…')}`)],
    ['root', toHex(root)],
    ['rows', `2^${format.logRow} cells and ${format.tail} random ones, code 2^${format.logRow + format.logBlowup}`],
    ['budget', budget],
  ];
}

function linkFacts(link: Link): Description['facts'] {
  const { backend, matrix, tensors, from, to, proof } = link;
  return [
    ['from', toHex(from)],
    ['to', toHex(to)],
    ['matrix', matrix],
    ['backend', backend],
    ['tensors', tensors.map(({ name, sizes }) => `${name} [${sizes.join(',')}]`)],
    ['proof bytes', proof.length],
    ['checked', 'no: run provenn verify with --chain'],
  ];
}

function describeArtefact(kind: Kind, bytes: Uint8Array, payload: Uint8Array): Body {
  switch (kind) {
    case 'quantized-model':
      return { facts: modelFacts(decodeQuantGraph(bytes)) };
    case 'circuit': {
      const circuit = decodeCircuit(bytes);
      return { facts: circuitFacts(circuit), listing: listCircuit(circuit) };
    }
    case 'verifying-key':
      return { facts: keyFacts(decodeVerifyingKey(bytes)) };
    case 'proving-key': {
      const { verifyingKey, model } = decodeProvingKey(bytes);
      return { facts: [...keyFacts(verifyingKey), ['operators', histogram(model.nodes.map((node) => node.op))]] };
    }
    case 'proof':
      return { facts: proofFacts(bytes) };
    case 'commitment':
      return { facts: commitmentFacts(decodeCommitment(bytes)) };
    case 'opening': {
      const { commitment, lease } = decodeOpening(bytes);
      return {
        facts: [...commitmentFacts(commitment), ['secret', 'yes: it reveals what is committed'], ['lease', lease.kind]],
      };
    }
    case 'link':
      return { facts: linkFacts(decodeLink(bytes)) };
    case 'trace':
      return { facts: [['payload bytes', payload.length]] };
  }
}

function dimsText(dims: readonly Dimension[] | undefined): string {
  return dims === undefined ? '[?]' : `[${dims.join(',')}]`;
}

function valueText(value: ValueInfo): string {
  return `${value.name} ${value.type ?? '?'}${dimsText(value.dims)}`;
}

function onnxFacts(graph: Graph): Description['facts'] {
  const opsets = [...graph.opsets].map(([domain, version]) => `${domain === '' ? 'ai.onnx' : domain} ${version}`);
  return [
    ['name', graph.name],
    ['arithmetic', isFloatModel(graph) ? 'float' : 'int8'],
    ['IR version', graph.irVersion],
    ['operator sets', opsets],
    ['inputs', graph.inputs.map(valueText)],
    ['outputs', graph.outputs.map(valueText)],
    ['operators', histogram(graph.nodes.map((node) => node.op))],
    ['weights', [...graph.initializers.values()].reduce((sum, tensor) => sum + tensor.data.length, 0)],
  ];
}

function arrayFacts(arrays: readonly FileArray[]): Description['facts'] {
  return arrays.map(({ name, dims, type, values }, index) => {
    const shape = dims === null ? `${values.length} values` : `[${dims.join(',')}]`;
    return [name ?? `array ${index}`, `${type ?? 'number'} ${shape}`];
  });
}

function describeJson(bytes: Uint8Array, where: string): [Description['kind'], Body] {
  const document = parseJson(bytes, where);
  const isResult = typeof document === 'object' && document !== null && Object.hasOwn(document, 'outputs');
  const arrays = decodeJsonArrays(document, where, isResult ? 'outputs' : 'inputs');
  return [isResult ? 'result' : 'input', { facts: arrayFacts(arrays) }];
}

function describeForeign(bytes: Uint8Array, where: string): [Description['kind'], Body] {
  if (isNpy(bytes)) return ['input', { facts: arrayFacts([decodeNpy(bytes, where)]) }];
  if (isZip(bytes)) return ['input', { facts: arrayFacts(decodeNpz(bytes, where)) }];
  if (isPng(bytes)) {
    const { width, height, channels } = decodePng(bytes, where);
    return [
      'image',
      {
        facts: [
          ['size', `${width} × ${height}`],
          ['channels', channels],
        ],
      },
    ];
  }
  const first = bytes.find((byte) => byte > 32);
  if (first === 123 || first === 91) return describeJson(bytes, where);
  return ['onnx-model', { facts: onnxFacts(readModel(bytes)) }];
}

/** Throws the error of whatever is wrong with the file: `ARTIFACT_TAMPERED`, `ARTIFACT_VERSION`, `FILE_MALFORMED`, `MODEL_…`. */
export function describeFile(bytes: Uint8Array, where: string): Description {
  const common = { fileDigest: toHex(digest(bytes)), bytes: bytes.length };
  if (isEnvelope(bytes)) {
    const { kind, version, payload } = openAny(bytes);
    const { facts, listing = null } = describeArtefact(kind, bytes, payload);
    return { ...common, kind, version, facts, listing };
  }
  const [kind, { facts, listing = null }] = describeForeign(bytes, where);
  return { ...common, kind, version: null, facts, listing };
}

/** Says what an audit bundle is and claims; nothing of it is checked. */
export function describeBundle(members: Members): Description {
  const bytes = [...members.values()].reduce((sum, { length }) => sum + length, 0);
  const fileDigest = toHex(digest(members.get(memberPaths.manifest) ?? new Uint8Array(0)));
  return { kind: 'audit-bundle', version: 1, fileDigest, bytes, facts: bundleFacts(members), listing: null };
}
