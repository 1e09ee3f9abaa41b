/** Graph → bytes of an ONNX file. The bytes depend on the graph alone. */
import type { Attribute, Graph, GraphNode, GraphTensor, ValueInfo } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import {
  attributeField,
  attributeTypes,
  dataTypes,
  dimensionField,
  graphField,
  modelField,
  nodeField,
  opsetField,
  shapeField,
  tensorField,
  tensorTypeField,
  typeField,
  valueInfoField,
} from './schema.ts';
import { WireWriter } from './wire-writer.ts';

export type WriteOptions = {
  /** Values to add to the graph outputs, for instance every tensor of a trace; their types come from `graph.values`. */
  readonly extraOutputs?: readonly string[];
};

/**
 * Writes a model that `readModel` and onnxruntime read back. Numbers go to `raw_data`, always.
 * Throws `MODEL_INVALID` for an extra output that the graph does not define.
 */
export function writeModel(graph: Graph, options: WriteOptions = {}): Uint8Array {
  const model = new WireWriter().int(modelField.irVersion, graph.irVersion).text(modelField.producerName, 'provenn');
  for (const [domain, version] of graph.opsets) {
    model.message(
      modelField.opsetImport,
      new WireWriter().text(opsetField.domain, domain).int(opsetField.version, version),
    );
  }
  return model.message(modelField.graph, graphMessage(graph, allOutputs(graph, options.extraOutputs ?? []))).finish();
}

function allOutputs(graph: Graph, extra: readonly string[]): readonly ValueInfo[] {
  const outputs = new Map(graph.outputs.map((output) => [output.name, output]));
  const produced = new Set(graph.nodes.flatMap((node) => node.outputs));
  for (const name of extra) {
    if (outputs.has(name)) continue;
    if (!produced.has(name)) {
      throw new ProvennError('MODEL_INVALID', `No node of the graph makes the value '${name}'.`, { where: name });
    }
    outputs.set(name, graph.values.get(name) ?? { name, type: undefined, dims: undefined });
  }
  return [...outputs.values()];
}

function graphMessage(graph: Graph, outputs: readonly ValueInfo[]): WireWriter {
  const message = new WireWriter();
  for (const node of graph.nodes) message.message(graphField.node, nodeMessage(node));
  message.text(graphField.name, graph.name);
  for (const [name, tensor] of graph.initializers) message.message(graphField.initializer, tensorMessage(tensor, name));
  for (const input of graph.inputs) message.message(graphField.input, valueMessage(input));
  if (graph.irVersion < 4) {
    // Before IR version 4 every initializer had to be a graph input as well.
    for (const [name, { type, dims }] of graph.initializers) {
      message.message(graphField.input, valueMessage({ name, type, dims }));
    }
  }
  for (const output of outputs) message.message(graphField.output, valueMessage(output));
  const declared = new Set([...graph.inputs, ...outputs].map((value) => value.name));
  for (const value of graph.values.values()) {
    if (declared.has(value.name) || graph.initializers.has(value.name)) continue;
    message.message(graphField.valueInfo, valueMessage(value));
  }
  return message;
}

function nodeMessage(node: GraphNode): WireWriter {
  const message = new WireWriter();
  for (const input of node.inputs) message.text(nodeField.input, input);
  for (const output of node.outputs) message.text(nodeField.output, output);
  message.text(nodeField.name, node.name).text(nodeField.opType, node.op);
  for (const [name, attribute] of node.attributes) {
    message.message(nodeField.attribute, attributeMessage(name, attribute));
  }
  if (node.domain !== '') message.text(nodeField.domain, node.domain);
  return message;
}

function attributeMessage(name: string, attribute: Attribute): WireWriter {
  const message = new WireWriter().text(attributeField.name, name);
  if (attribute.kind === 'float') message.float(attributeField.float, attribute.value);
  else if (attribute.kind === 'int') message.int(attributeField.int, attribute.value);
  else if (attribute.kind === 'string') message.text(attributeField.string, attribute.value);
  else if (attribute.kind === 'tensor') message.message(attributeField.tensor, tensorMessage(attribute.value, null));
  else if (attribute.kind === 'floats')
    for (const value of attribute.value) message.float(attributeField.floats, value);
  else if (attribute.kind === 'ints') for (const value of attribute.value) message.int(attributeField.ints, value);
  else for (const value of attribute.value) message.text(attributeField.strings, value);
  return message.int(attributeField.type, attributeTypes[attribute.kind]);
}

function tensorMessage(tensor: GraphTensor, name: string | null): WireWriter {
  const message = new WireWriter();
  for (const size of tensor.dims) message.int(tensorField.dims, size);
  message.int(tensorField.dataType, dataTypes[tensor.type]);
  if (name !== null) message.text(tensorField.name, name);
  const { buffer, byteOffset, byteLength } = tensor.data;
  return message.blob(tensorField.rawData, new Uint8Array(buffer, byteOffset, byteLength));
}

function valueMessage(value: ValueInfo): WireWriter {
  const message = new WireWriter().text(valueInfoField.name, value.name);
  if (value.type === undefined && value.dims === undefined) return message;
  const tensor = new WireWriter();
  if (value.type !== undefined) tensor.int(tensorTypeField.elemType, dataTypes[value.type]);
  if (value.dims !== undefined) tensor.message(tensorTypeField.shape, shapeMessage(value.dims));
  return message.message(valueInfoField.type, new WireWriter().message(typeField.tensor, tensor));
}

function shapeMessage(dims: NonNullable<ValueInfo['dims']>): WireWriter {
  const shape = new WireWriter();
  for (const dim of dims) {
    const body = new WireWriter();
    if (typeof dim === 'number') body.int(dimensionField.value, dim);
    else if (dim !== '') body.text(dimensionField.param, dim);
    shape.message(shapeField.dim, body);
  }
  return shape;
}
