/** Writer of the protobuf wire format: fields in the order of the calls, minimal varints. */
import { utf8 } from '../base/bytes.ts';
import { wireType } from './wire.ts';

export class WireWriter {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  /** An int64 field from a safe integer. */
  int(field: number, value: number): this {
    return this.push(varint(tag(field, wireType.varint)), varint(BigInt.asUintN(64, BigInt(value))));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.push(varint(tag(field, wireType.fixed32)), bytes);
  }

  blob(field: number, bytes: Uint8Array): this {
    return this.push(varint(tag(field, wireType.bytes)), varint(BigInt(bytes.length)), bytes);
  }

  text(field: number, value: string): this {
    return this.blob(field, utf8(value));
  }

  message(field: number, body: WireWriter): this {
    return this.blob(field, body.finish());
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  private push(...parts: readonly Uint8Array[]): this {
    for (const part of parts) {
      this.parts.push(part);
      this.length += part.length;
    }
    return this;
  }
}

function tag(field: number, type: number): bigint {
  return BigInt(field) * 8n + BigInt(type);
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
