/**
 * Bounded reader of the protobuf wire format (https://protobuf.dev/programming-guides/encoding/).
 *
 * A `WireReader` is a window on the file: it never reads past its end, never copies what it skips, and reports every
 * fault as `MODEL_MALFORMED` with the byte offset in the file. Groups, deprecated since proto2, are refused.
 */
import { ProvennError } from '../base/errors.ts';

export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const wireNames = new Map<number, string>([
  [wireType.varint, 'varint'],
  [wireType.fixed64, 'fixed64'],
  [wireType.bytes, 'length-delimited'],
  [wireType.fixed32, 'fixed32'],
]);

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Consumes the value of one known field. */
export type FieldHandler = (reader: WireReader) => void;

/** A handler that keeps the value under a key; of repeated occurrences the last one wins. */
export function store<T, K extends keyof T>(target: T, key: K, read: (reader: WireReader) => T[K]): FieldHandler {
  return (reader) => {
    target[key] = read(reader);
  };
}

export class WireReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly end: number;
  private readonly depth: number;
  private offset: number;
  /** Field number and wire type of the tag read last. */
  private field = 0;
  private type = 0;
  /** The varint read last, as two unsigned 32-bit halves. */
  private low = 0;
  private high = 0;

  /** `depth` is how many more levels of messages may follow. */
  constructor(bytes: Uint8Array, depth: number, start: number = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = start;
    this.end = end;
    this.depth = depth;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  /** A second reader at the same place. */
  clone(): WireReader {
    return new WireReader(this.bytes, this.depth, this.offset, this.end);
  }

  /** Reads the whole message: known fields go to their handler, unknown ones are skipped. */
  fields(handlers: ReadonlyMap<number, FieldHandler>): void {
    while (this.offset < this.end) {
      this.tag();
      const handler = handlers.get(this.field);
      if (handler === undefined) this.skip();
      else handler(this);
    }
  }

  /** An int64 that must be a safe integer. */
  int(): number {
    const at = this.offset;
    this.expect(wireType.varint);
    this.varint();
    return this.safeInteger(at);
  }

  int64(): bigint {
    this.expect(wireType.varint);
    this.varint();
    return this.bigInteger();
  }

  /** An int32 or enum: longer varints are truncated to their low 32 bits, as protobuf has it. */
  int32(): number {
    this.expect(wireType.varint);
    this.varint();
    return this.low | 0;
  }

  float(): number {
    this.expect(wireType.fixed32);
    return this.view.getFloat32(this.advance(4), true);
  }

  /** The payload of a length-delimited field, as a view on the file. */
  blob(): Uint8Array {
    const start = this.delimited();
    return this.bytes.subarray(start, this.offset);
  }

  text(maxBytes: number): string {
    const at = this.offset;
    const bytes = this.blob();
    if (bytes.length > maxBytes) throw malformed(at, `a text of ${bytes.length} bytes is longer than ${maxBytes}`);
    try {
      return decoder.decode(bytes);
    } catch {
      throw malformed(at, 'a text is not valid UTF-8');
    }
  }

  /** A reader of the embedded message. */
  message(): WireReader {
    const at = this.offset;
    const start = this.delimited();
    if (this.depth <= 0) throw malformed(at, 'messages are nested too deeply');
    return new WireReader(this.bytes, this.depth - 1, start, this.offset);
  }

  /** Calls `each` for one element, or for all of a packed run of float32. */
  floats(each: (value: number) => void): void {
    this.repeated(wireType.fixed32, (reader) => each(reader.view.getFloat32(reader.advance(4), true)));
  }

  /** The same for float64. */
  doubles(each: (value: number) => void): void {
    this.repeated(wireType.fixed64, (reader) => each(reader.view.getFloat64(reader.advance(8), true)));
  }

  /** The same for int32. */
  int32s(each: (value: number) => void): void {
    this.repeated(wireType.varint, (reader) => {
      reader.varint();
      each(reader.low | 0);
    });
  }

  /** The same for int64 values that must be safe integers. */
  ints(each: (value: number) => void): void {
    this.repeated(wireType.varint, (reader) => {
      const at = reader.offset;
      reader.varint();
      each(reader.safeInteger(at));
    });
  }

  /** The same for any int64. */
  bigInts(each: (value: bigint) => void): void {
    this.repeated(wireType.varint, (reader) => {
      reader.varint();
      each(reader.bigInteger());
    });
  }

  /** A fault at the current place, for callers that judge what they have read. */
  fault(message: string): ProvennError {
    return malformed(this.offset, message);
  }

  private advance(count: number): number {
    if (count > this.end - this.offset) {
      throw malformed(this.offset, `${count} bytes are announced but only ${this.end - this.offset} are left`);
    }
    const at = this.offset;
    this.offset += count;
    return at;
  }

  /** Up to ten bytes of seven bits, low bits first; the tenth may only hold the top bit of a 64-bit integer. */
  private varint(): void {
    const start = this.offset;
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.bytes[this.advance(1)] as number;
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 0x80) {
        if (i === 9 && byte > 1) break;
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw malformed(start, 'a varint does not fit in 64 bits');
  }

  /** The varint read last, as a signed integer. */
  private safeInteger(at: number): number {
    const value = (this.high | 0) * 2 ** 32 + this.low;
    if (!Number.isSafeInteger(value)) throw malformed(at, 'an integer is out of the range ±2^53');
    return value;
  }

  private bigInteger(): bigint {
    return (BigInt(this.high | 0) << 32n) | BigInt(this.low);
  }

  private tag(): void {
    const at = this.offset;
    this.varint();
    if (this.high !== 0) throw malformed(at, 'a field number is out of range');
    this.field = this.low >>> 3;
    this.type = this.low & 7;
    if (this.field === 0) throw malformed(at, 'field number 0 does not exist');
    if (!wireNames.has(this.type))
      throw malformed(at, `field ${this.field} has the unsupported wire type ${this.type}`);
  }

  private expect(type: number): void {
    if (this.type === type) return;
    throw malformed(
      this.offset,
      `field ${this.field} is ${wireNames.get(this.type)} where ${wireNames.get(type)} is expected`,
    );
  }

  /** Steps over a length-delimited payload; returns its start. */
  private delimited(): number {
    this.expect(wireType.bytes);
    const at = this.offset;
    this.varint();
    if (this.high !== 0) throw malformed(at, 'a length is out of range');
    return this.advance(this.low);
  }

  private repeated(element: number, read: (reader: WireReader) => void): void {
    if (this.type !== wireType.bytes) {
      this.expect(element);
      read(this);
      return;
    }
    const start = this.delimited();
    const packed = new WireReader(this.bytes, 0, start, this.offset);
    while (packed.offset < packed.end) read(packed);
  }

  /** Steps over the value, whatever it is. */
  skip(): void {
    if (this.type === wireType.varint) this.varint();
    else if (this.type === wireType.fixed64) this.advance(8);
    else if (this.type === wireType.fixed32) this.advance(4);
    else this.delimited();
  }
}

function malformed(offset: number, message: string): ProvennError {
  return new ProvennError('MODEL_MALFORMED', `Not a well-formed ONNX file: ${message} (byte ${offset}).`, {
    next: 'Export the model again, or check that the file was copied completely.',
  });
}
