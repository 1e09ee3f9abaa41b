/** Bytes of a quantized model: canonical JSON for the structure, compact arrays for the constants. */
import { type ByteReader, BytesError, ByteWriter } from '../base/bytes.ts';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { readInts, writeInts } from '../base/int-array.ts';
import { type Dtype, dtypeRange, type IntTensor, product } from '../base/tensor.ts';
import { decodeCanonical, open, seal } from './envelope.ts';
import type { Port, QuantGraph, QuantNode, QuantTensor } from './quant-graph.ts';

type Structure = {
  readonly name: string;
  readonly profile: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly tensors: readonly QuantTensor[];
  readonly nodes: readonly QuantNode[];
};

export function writeQuantGraph(graph: QuantGraph): Uint8Array {
  const { name, profile, inputs, outputs, tensors, nodes } = graph;
  const structure: Structure = { name, profile, inputs, outputs, tensors, nodes };
  const out = new ByteWriter().text(canonicalJson(structure as unknown as Json)).u32(graph.constants.size);
  for (const [constant, tensor] of graph.constants) {
    out.text(constant).text(tensor.dtype).u32(tensor.dims.length);
    for (const size of tensor.dims) out.u32(size);
    writeInts(out, tensor.data);
  }
  return out.finish();
}

function parseStructure(text: string): Structure {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BytesError('the structure is not JSON');
  }
  const lists = ['inputs', 'outputs', 'tensors', 'nodes'] as const;
  const record = parsed as { readonly [key: string]: unknown };
  if (typeof parsed !== 'object' || parsed === null || lists.some((list) => !Array.isArray(record[list]))) {
    throw new BytesError('the structure lacks its lists');
  }
  return parsed as Structure;
}

export function readQuantGraph(reader: ByteReader): QuantGraph {
  const structure = parseStructure(reader.text());
  const constants = new Map<string, IntTensor>();
  const count = reader.count(1);
  for (let i = 0; i < count; i++) {
    const name = reader.text();
    const dtype = reader.text();
    if (!Object.hasOwn(dtypeRange, dtype)) throw new BytesError(`unknown element type in constant ${name}`);
    const dims = Array.from({ length: reader.count(4) }, () => reader.u32());
    const data = readInts(reader);
    if (data.length !== product(dims)) throw new BytesError(`constant ${name} has the wrong number of elements`);
    constants.set(name, { dtype: dtype as Dtype, dims, data });
  }
  return { ...structure, constants };
}

export function encodeQuantGraph(graph: QuantGraph): Uint8Array {
  return seal('quantized-model', writeQuantGraph(graph));
}

/** Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`. */
export function decodeQuantGraph(bytes: Uint8Array): QuantGraph {
  return decodeCanonical('quantized-model', open('quantized-model', bytes), readQuantGraph, writeQuantGraph);
}
