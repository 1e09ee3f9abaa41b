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

type Members = { readonly [key: string]: unknown };

/** Deepest nesting of the structure: ports and attributes need far less. */
const maximumDepth = 32;

function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new BytesError(`the structure has ${what}`);
}

function members(value: unknown, what: string): Members {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} that is not an object`);
  return value as Members;
}

function listOf(value: unknown, what: string, check: (item: unknown) => void): void {
  demand(Array.isArray(value), `${what} that is not a list`);
  for (const item of value) check(item);
}

function text(value: unknown, what: string): void {
  demand(typeof value === 'string', `${what} that is not a text`);
}

function checkType(value: Members, what: string): void {
  text(value['name'], `${what} name`);
  demand(typeof value['dtype'] === 'string' && Object.hasOwn(dtypeRange, value['dtype']), `${what} of unknown type`);
  listOf(value['dims'], `${what} shape`, (size) => demand(Number.isSafeInteger(size), `${what} with a broken shape`));
}

function checkPort(item: unknown): void {
  const port = members(item, 'a port');
  checkType(port, 'a port');
  text(port['tensor'], 'a port tensor');
  if (port['quantization'] === null) return;
  const { scale, zeroPoint } = members(port['quantization'], 'a quantization');
  demand(Number.isFinite(scale) && Number.isSafeInteger(zeroPoint), 'a quantization without numbers');
}

/** JSON.parse turns 1e999 into Infinity, which has no canonical form. */
function checkJson(value: unknown): void {
  if (typeof value === 'number') demand(Number.isFinite(value), 'a number beyond float64');
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(checkJson);
}

function checkNode(item: unknown): void {
  const node = members(item, 'a node');
  text(node['name'], 'a node name');
  text(node['op'], 'an operator');
  for (const list of ['inputs', 'outputs']) listOf(node[list], `node ${list}`, (name) => text(name, 'a tensor name'));
  demand(node['attrs'] !== undefined, 'a node without attributes');
  checkJson(node['attrs']);
}

/** Brackets outside texts must not nest beyond the limit: everything later recurses. */
function checkDepth(json: string): void {
  let depth = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
    demand(depth <= maximumDepth, 'too many nested lists');
  }
}

function parseStructure(json: string): Structure {
  checkDepth(json);
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new BytesError('the structure is not JSON');
  }
  const structure = members(parsed, 'a body');
  text(structure['name'], 'a name');
  text(structure['profile'], 'a profile');
  listOf(structure['inputs'], 'inputs', checkPort);
  listOf(structure['outputs'], 'outputs', checkPort);
  listOf(structure['tensors'], 'tensors', (item) => checkType(members(item, 'a tensor'), 'a tensor'));
  listOf(structure['nodes'], 'nodes', checkNode);
  checkJson(parsed);
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
