/** ValueInfoProto → declared name, element type and shape of a value. */
import type { Dimension, ElementType, ValueInfo } from '../artifact/graph.ts';
import type { ModelLimits } from './limits.ts';
import {
  dimensionField,
  elementTypeOf,
  shapeField,
  tensorTypeField,
  typeField,
  typeName,
  valueInfoField,
} from './schema.ts';
import { type FieldHandler, store, type WireReader } from './wire.ts';

/** A declared value. `otherType` names an element or container type that provenn does not read. */
export type RawValue = ValueInfo & { readonly otherType: string | undefined };

type Draft = {
  name: string;
  type: ElementType | undefined;
  otherType: string | undefined;
  dims: Dimension[] | undefined;
};

const containers = new Map<number, string>([
  [typeField.sequence, 'sequence'],
  [typeField.map, 'map'],
  [typeField.sparseTensor, 'sparse tensor'],
  [typeField.optional, 'optional'],
]);

export function readValueInfo(reader: WireReader, limits: ModelLimits): RawValue {
  const draft: Draft = { name: '', type: undefined, otherType: undefined, dims: undefined };
  reader.fields(
    new Map<number, FieldHandler>([
      [valueInfoField.name, store(draft, 'name', (r) => r.text(limits.maxNameBytes))],
      [valueInfoField.type, (r) => readType(draft, r.message(), limits)],
    ]),
  );
  return draft;
}

function readType(draft: Draft, reader: WireReader, limits: ModelLimits): void {
  const handlers = new Map<number, FieldHandler>([
    [typeField.tensor, (r) => readTensorType(draft, r.message(), limits)],
  ]);
  for (const [field, name] of containers) {
    handlers.set(field, (r) => {
      draft.otherType = name;
      r.skip();
    });
  }
  reader.fields(handlers);
}

function readTensorType(draft: Draft, reader: WireReader, limits: ModelLimits): void {
  reader.fields(
    new Map<number, FieldHandler>([
      [tensorTypeField.elemType, (r) => readElementType(draft, r.int32())],
      [tensorTypeField.shape, (r) => readShape(draft, r.message(), limits)],
    ]),
  );
}

function readElementType(draft: Draft, code: number): void {
  draft.type = elementTypeOf(code);
  draft.otherType = draft.type === undefined && code !== 0 ? typeName(code) : undefined;
}

function readShape(draft: Draft, reader: WireReader, limits: ModelLimits): void {
  const dims = draft.dims ?? [];
  draft.dims = dims;
  const each: FieldHandler = (r) => {
    if (dims.length >= limits.maxRank) throw r.fault(`a value has more than ${limits.maxRank} dimensions`);
    dims.push(readDimension(r.message(), limits));
  };
  reader.fields(new Map([[shapeField.dim, each]]));
}

/** A dimension with neither size nor name is symbolic, under the empty name. */
function readDimension(reader: WireReader, limits: ModelLimits): Dimension {
  const dimension: { is: Dimension } = { is: '' };
  reader.fields(
    new Map<number, FieldHandler>([
      [dimensionField.value, store(dimension, 'is', readSize)],
      [dimensionField.param, store(dimension, 'is', (r) => r.text(limits.maxNameBytes))],
    ]),
  );
  return dimension.is;
}

function readSize(reader: WireReader): number {
  const size = reader.int();
  if (size < 0) throw reader.fault(`a dimension is ${size}`);
  return size;
}
