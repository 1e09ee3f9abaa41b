/**
 * Is the local onnxruntime of the kind whose integers provenn proves?
 *
 * On x86 processors without VNNI the u8 by s8 kernels add pairs of products in saturating 16 bits (vpmaddubsw), so
 * 255·127 + 255·127 = 64770 comes out as 32767. A one-node model shows which kind this machine is.
 */
import { concatBytes, utf8 } from '../../base/bytes.ts';
import { loadOnnxruntime, sessionOptions } from '../../base/node/onnxruntime.ts';

export type OnnxruntimeKind = {
  readonly version: string;
  /** True when u8 by s8 products saturate here unless `session.x64quantprecision` is set. */
  readonly saturates: boolean;
};

/** Throws `DEPENDENCY_MISSING` without onnxruntime-node. */
export async function probeOnnxruntime(): Promise<OnnxruntimeKind> {
  const ort = await loadOnnxruntime();
  const session = await ort.InferenceSession.create(probeModel(), sessionOptions({}));
  try {
    const a = new ort.Tensor('uint8', new Uint8Array(length).fill(255), [1, length]);
    const b = new ort.Tensor('int8', new Int8Array(length).fill(127), [length, 1]);
    const { y } = await session.run({ a, b });
    return { version: ort.env.versions.node ?? 'unknown', saturates: y?.data[0] !== length * 255 * 127 };
  } finally {
    await session.release();
  }
}

const length = 32;

/** Protobuf fields of a small message: varints below 128 and nested messages or texts below 128 bytes. */
function varint(field: number, value: number): Uint8Array {
  return Uint8Array.of(field << 3, value);
}

function nested(field: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...parts);
  return concatBytes(Uint8Array.of((field << 3) | 2, (body.length & 127) | 128, body.length >> 7), body);
}

function text(field: number, value: string): Uint8Array {
  return nested(field, utf8(value));
}

/** ValueInfoProto: name, type { tensor_type { elem_type, shape } }. */
function value(field: number, name: string, elementType: number, dims: readonly number[]): Uint8Array {
  const shape = nested(2, ...dims.map((size) => nested(1, varint(1, size))));
  return nested(field, text(1, name), nested(2, nested(1, varint(1, elementType), shape)));
}

/** ModelProto with one MatMulInteger: y (int32) = a (uint8) · b (int8). */
function probeModel(): Uint8Array {
  const node = nested(1, text(1, 'a'), text(1, 'b'), text(2, 'y'), text(4, 'MatMulInteger'));
  const ports = [value(11, 'a', 2, [1, length]), value(11, 'b', 3, [length, 1]), value(12, 'y', 6, [1, 1])];
  const graph = nested(7, node, text(2, 'probe'), ...ports);
  return concatBytes(varint(1, 8), graph, nested(8, text(1, ''), varint(2, 17)));
}
