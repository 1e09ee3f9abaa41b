/**
 * The prover's randomness: everything masking adds to a proof or to a long-lived matrix, expanded from a few uniform bytes in
 * separate streams by purpose. Nothing here draws those bytes: whoever calls the prover does, from the system's generator.
 */
import { ByteWriter, concatBytes, utf8 } from '../../base/bytes.ts';
import { digest, extendedDigest, keyedDigest } from '../../base/digest.ts';
import type { Ext } from '../../base/extension.ts';
import { P } from '../../base/field.ts';

const chunkLength = 1 << 14;

/** Bytes or uniform field elements of one purpose; a stream serves one of the two. */
export class RandomStream {
  private readonly key: Uint8Array;
  private readonly label: Uint8Array;
  private chunk: Uint8Array = new Uint8Array(0);
  private view: DataView = new DataView(this.chunk.buffer);
  private chunks = 0;
  private offset = 0;

  constructor(key: Uint8Array, label: string) {
    this.key = key;
    this.label = utf8(label);
  }

  private next(): Uint8Array {
    const counter = new ByteWriter().u32(this.chunks++).finish();
    return extendedDigest(keyedDigest(this.key, concatBytes(this.label, counter)), chunkLength);
  }

  bytes(count: number): Uint8Array {
    const out = new Uint8Array(count);
    for (let at = 0; at < count; at += chunkLength) out.set(this.next().subarray(0, count - at), at);
    return out;
  }

  /** 31 bits, rejected when not below p: uniform. */
  element(): number {
    for (;;) {
      if (this.offset === this.chunk.length) {
        this.chunk = this.next();
        this.view = new DataView(this.chunk.buffer);
        this.offset = 0;
      }
      const candidate = this.view.getUint32(this.offset, true) & 0x7fffffff;
      this.offset += 4;
      if (candidate < P) return candidate;
    }
  }

  elements(count: number): Uint32Array {
    const out = new Uint32Array(count);
    for (let i = 0; i < count; i++) out[i] = this.element();
    return out;
  }

  extensions(count: number): Ext[] {
    return Array.from({ length: count }, () => [this.element(), this.element(), this.element(), this.element()]);
  }
}

/**
 * The key of all streams of one proof or matrix. `fresh` alone suffices while it is used once; hashing in what the randomness
 * will hide keeps two different proofs from sharing pads even when a broken generator repeats itself.
 */
export function streamKey(purpose: string, fresh: Uint8Array, ...hidden: readonly Uint8Array[]): Uint8Array {
  const out = new ByteWriter().text(purpose).blob(fresh);
  for (const bytes of hidden) out.raw(digest(bytes));
  return digest(out.finish());
}

/** The bytes of cells, for hashing. */
export function bytesOf(cells: Uint32Array): Uint8Array {
  return new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
}
