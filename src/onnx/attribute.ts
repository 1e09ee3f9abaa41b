/** AttributeProto → Attribute. Sub-graphs, sparse tensors and type attributes are recognised and refused. */
import type { Attribute } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import { enforceLimit, type ModelLimits } from './limits.ts';
import { attributeTypes, attributeField as field } from './schema.ts';
import { readTensor } from './tensor.ts';
import { type FieldHandler, store, type WireReader } from './wire.ts';

type Kind = Attribute['kind'];

type Draft = {
  name: string;
  type: number;
  float: number;
  int: number;
  string: string;
  readonly floats: number[];
  readonly ints: number[];
  readonly strings: string[];
  readonly tensor: WireReader[];
  /** Kinds of which a field occurs. */
  readonly present: Set<Kind>;
  /** What makes the attribute unsupported, as a noun phrase. */
  refused: string | null;
};

const refusals = new Map<number, string>([
  [field.graph, 'a sub-graph'],
  [field.graphs, 'sub-graphs'],
  [field.tensors, 'a list of tensors'],
  [field.typeProto, 'a type'],
  [field.typeProtos, 'a list of types'],
  [field.sparseTensor, 'a sparse tensor'],
  [field.sparseTensors, 'sparse tensors'],
  [field.refAttrName, 'a reference to a function attribute'],
]);

const kindOfType = new Map<number, Kind>(Object.entries(attributeTypes).map(([kind, code]) => [code, kind as Kind]));

/** An attribute as read, before the name of its node is known. */
export type AttributeDraft = Draft;

export function readAttribute(reader: WireReader, limits: ModelLimits): AttributeDraft {
  const draft: Draft = {
    name: '',
    type: 0,
    float: 0,
    int: 0,
    string: '',
    floats: [],
    ints: [],
    strings: [],
    tensor: [],
    present: new Set(),
    refused: null,
  };
  const values: readonly (readonly [number, Kind, FieldHandler])[] = [
    [field.float, 'float', store(draft, 'float', (r) => r.float())],
    [field.int, 'int', store(draft, 'int', (r) => safe(draft, r.int64()))],
    [field.string, 'string', store(draft, 'string', (r) => r.text(r.remaining))],
    [field.tensor, 'tensor', (r) => void draft.tensor.push(r.message())],
    [field.floats, 'floats', (r) => r.floats((value) => push(draft.floats, value, limits))],
    [field.ints, 'ints', (r) => r.bigInts((value) => push(draft.ints, safe(draft, value), limits))],
    [field.strings, 'strings', (r) => push(draft.strings, r.text(r.remaining), limits)],
  ];
  const handlers = new Map<number, FieldHandler>([
    [field.name, store(draft, 'name', (r) => r.text(limits.maxNameBytes))],
    [field.type, store(draft, 'type', (r) => r.int32())],
  ]);
  for (const [number, kind, read] of values) {
    handlers.set(number, (r) => {
      draft.present.add(kind);
      read(r);
    });
  }
  for (const [number, what] of refusals) {
    handlers.set(number, (r) => {
      draft.refused = what;
      r.skip();
    });
  }
  reader.fields(handlers);
  return draft;
}

function push<T>(list: T[], value: T, limits: ModelLimits): void {
  enforceLimit(list.length + 1, limits.maxAttributeElements, 'values in one attribute');
  list.push(value);
}

function safe(draft: Draft, value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) draft.refused = 'an integer beyond ±2^53';
  return number;
}

/** Throws `MODEL_UNSUPPORTED` or `MODEL_INVALID` naming the node, or what reading the tensor of the attribute throws. */
export function finishAttribute(draft: AttributeDraft, node: string, limits: ModelLimits): Attribute {
  const name = `Attribute '${draft.name}' of node '${node}'`;
  if (draft.refused !== null) {
    throw new ProvennError('MODEL_UNSUPPORTED', `${name} is ${draft.refused}.`, {
      where: node,
      next: 'Export the model without control flow, functions, sparse tensors and 64-bit infinities in attributes.',
    });
  }
  const kind = kindOf(draft, name, node);
  if (kind === 'tensor') {
    const { tensor } = readTensor(draft.tensor, limits, `${node}.${draft.name}`);
    return { kind, value: tensor };
  }
  if ((kind === 'float' && Number.isNaN(draft.float)) || (kind === 'floats' && draft.floats.some(Number.isNaN))) {
    throw new ProvennError('MODEL_INVALID', `${name} is not a number.`, {
      where: node,
      next: 'Set the attribute to a finite number when exporting the model.',
    });
  }
  return { kind, value: draft[kind] } as Attribute;
}

function kindOf(draft: AttributeDraft, name: string, node: string): Kind {
  const declared = kindOfType.get(draft.type);
  if (draft.type !== 0 && declared === undefined) {
    throw new ProvennError('MODEL_UNSUPPORTED', `${name} has the unsupported attribute type ${draft.type}.`, {
      where: node,
      next: 'Supported kinds are float, int, string, tensor and lists of the first three.',
    });
  }
  // Files from before the type field, and files that omit a default value, leave one of the two to be inferred.
  const [first, second] = draft.present;
  const kind = declared ?? first;
  if (kind === undefined || second !== undefined || (first !== undefined && first !== kind)) {
    throw new ProvennError('MODEL_INVALID', `${name} does not hold exactly one value of its type.`, {
      where: node,
      next: 'Export the model again; onnx.checker.check_model reports such faults too.',
    });
  }
  if (kind === 'tensor' && first === undefined) {
    throw new ProvennError('MODEL_INVALID', `${name} holds no tensor.`, {
      where: node,
      next: 'Export the model again; onnx.checker.check_model reports such faults too.',
    });
  }
  return kind;
}
