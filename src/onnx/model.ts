/** ModelProto → the graph as the file has it: nothing is judged beyond the wire format, limits and supported types. */
import type { Attribute } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import { type AttributeDraft, finishAttribute, readAttribute } from './attribute.ts';
import { enforceLimit, type ModelLimits } from './limits.ts';
import { functionField, graphField, modelField, nodeField, opsetField, sparseTensorField } from './schema.ts';
import { type NamedTensor, readTensor } from './tensor.ts';
import { type RawValue, readValueInfo } from './value-info.ts';
import { type FieldHandler, store, WireReader } from './wire.ts';

/** One node; `name` may be empty or shared. */
export type RawNode = {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
};

/** The file's own order and names, duplicates included. */
export type RawModel = {
  name: string;
  irVersion: number;
  readonly opsets: { readonly domain: string; readonly version: number }[];
  readonly inputs: RawValue[];
  readonly outputs: RawValue[];
  readonly values: RawValue[];
  readonly nodes: RawNode[];
  readonly initializers: NamedTensor[];
};

/**
 * Parses the bytes of an ONNX file.
 *
 * Throws `MODEL_MALFORMED` (with the byte offset), `MODEL_UNSUPPORTED`, `MODEL_EXTERNAL_DATA`, `MODEL_INVALID` (an
 * attribute without value) or `RESOURCE_LIMIT`; no other exception, whatever the bytes.
 */
export function parseModel(bytes: Uint8Array, limits: ModelLimits): RawModel {
  enforceLimit(bytes.length, limits.maxFileBytes, 'bytes');
  const model: RawModel = {
    name: '',
    irVersion: 0,
    opsets: [],
    inputs: [],
    outputs: [],
    values: [],
    nodes: [],
    initializers: [],
  };
  let hasGraph = false;
  const reader = new WireReader(bytes, limits.maxDepth);
  reader.fields(
    new Map<number, FieldHandler>([
      [modelField.irVersion, store(model, 'irVersion', (r) => r.int())],
      [
        modelField.opsetImport,
        (r) => pushLimited(model.opsets, readOpset(r.message(), limits), limits, 'opset imports'),
      ],
      [modelField.functions, (r) => refuseFunction(r.message(), limits)],
      [
        modelField.graph,
        (r) => {
          hasGraph = true;
          readGraph(model, r.message(), limits);
        },
      ],
    ]),
  );
  if (!hasGraph) throw reader.fault('it holds no graph');
  return model;
}

function pushLimited<T>(list: T[], item: T, limits: ModelLimits, what: string): void {
  enforceLimit(list.length + 1, limits.maxInitializers, what);
  list.push(item);
}

function readOpset(reader: WireReader, limits: ModelLimits): { domain: string; version: number } {
  const opset = { domain: '', version: 0 };
  reader.fields(
    new Map<number, FieldHandler>([
      [opsetField.domain, store(opset, 'domain', (r) => r.text(limits.maxNameBytes))],
      [opsetField.version, store(opset, 'version', (r) => r.int())],
    ]),
  );
  return opset;
}

function refuseFunction(reader: WireReader, limits: ModelLimits): never {
  const definition = { name: '' };
  reader.fields(new Map([[functionField.name, store(definition, 'name', (r) => r.text(limits.maxNameBytes))]]));
  throw new ProvennError('MODEL_UNSUPPORTED', `The model defines its own function '${definition.name}'.`, {
    where: definition.name,
    next: 'Inline the functions: onnx.inliner.inline_local_functions(model).',
  });
}

/** Appends to the model, because protobuf merges a graph that occurs twice. */
function readGraph(model: RawModel, reader: WireReader, limits: ModelLimits): void {
  const value = (list: RawValue[], what: string): FieldHandler => {
    return (r) => pushLimited(list, readValueInfo(r.message(), limits), limits, what);
  };
  reader.fields(
    new Map<number, FieldHandler>([
      [graphField.name, store(model, 'name', (r) => r.text(limits.maxNameBytes))],
      [
        graphField.node,
        (r) => {
          enforceLimit(model.nodes.length + 1, limits.maxNodes, 'nodes');
          model.nodes.push(readNode(r.message(), model.nodes.length, limits));
        },
      ],
      [
        graphField.initializer,
        (r) => pushLimited(model.initializers, readTensor([r.message()], limits, null), limits, 'initializers'),
      ],
      [graphField.input, value(model.inputs, 'inputs')],
      [graphField.output, value(model.outputs, 'outputs')],
      [graphField.valueInfo, value(model.values, 'value declarations')],
      [graphField.sparseInitializer, (r) => refuseSparse(r.message(), limits)],
    ]),
  );
}

function refuseSparse(reader: WireReader, limits: ModelLimits): never {
  const sparse = { name: '' };
  const values = store(sparse, 'name', (r) => readTensor([r.message()], limits, null).name);
  reader.fields(new Map([[sparseTensorField.values, values]]));
  throw new ProvennError('MODEL_UNSUPPORTED', `Initializer '${sparse.name}' is a sparse tensor.`, {
    where: sparse.name,
    next: 'Store it as a dense initializer.',
  });
}

function readNode(reader: WireReader, index: number, limits: ModelLimits): RawNode {
  const node = { name: '', op: '', domain: '', inputs: [] as string[], outputs: [] as string[] };
  const drafts: AttributeDraft[] = [];
  reader.fields(
    new Map<number, FieldHandler>([
      [nodeField.input, (r) => pushLimited(node.inputs, r.text(limits.maxNameBytes), limits, 'inputs of a node')],
      [nodeField.output, (r) => pushLimited(node.outputs, r.text(limits.maxNameBytes), limits, 'outputs of a node')],
      [nodeField.name, store(node, 'name', (r) => r.text(limits.maxNameBytes))],
      [nodeField.opType, store(node, 'op', (r) => r.text(limits.maxNameBytes))],
      [nodeField.domain, store(node, 'domain', (r) => r.text(limits.maxNameBytes))],
      [
        nodeField.attribute,
        (r) => pushLimited(drafts, readAttribute(r.message(), limits), limits, 'attributes of a node'),
      ],
    ]),
  );
  const label = node.name === '' ? `${node.op}_${index}` : node.name;
  const attributes = new Map<string, Attribute>();
  for (const draft of drafts) {
    if (attributes.has(draft.name)) {
      throw new ProvennError('MODEL_INVALID', `Node '${label}' has the attribute '${draft.name}' twice.`, {
        where: label,
      });
    }
    attributes.set(draft.name, finishAttribute(draft, label, limits));
  }
  const { name, op, domain, inputs, outputs } = node;
  return { name, op, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}
