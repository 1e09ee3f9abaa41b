/**
 * Transcript: Fiat–Shamir with BLAKE3. Every absorb is labelled and length-framed; a draw never shares bytes with another
 * draw nor with a state.
 */
import { blake3Prefix } from '../../base/blake3.ts';
import { ByteWriter, concatBytes, utf8 } from '../../base/bytes.ts';
import { digest, extendedDigest, labelKey } from '../../base/digest.ts';
import type { Ext } from '../../base/extension.ts';
import { P } from '../../base/field.ts';

/** Bytes of one draw, extended on demand. A BLAKE3 output extends: a longer one begins with the shorter one. */
class Stream {
  private readonly seed: Uint8Array;
  private bytes: Uint8Array;
  private offset = 32;

  constructor(seed: Uint8Array, expected: number) {
    this.seed = seed;
    this.bytes = extendedDigest(seed, 32 + expected);
  }

  get nextState(): Uint8Array {
    return this.bytes.slice(0, 32);
  }

  word(): number {
    if (this.offset + 4 > this.bytes.length) this.bytes = extendedDigest(this.seed, 2 * this.bytes.length);
    const b = this.bytes;
    const i = this.offset;
    this.offset += 4;
    return (
      ((b[i] as number) | ((b[i + 1] as number) << 8) | ((b[i + 2] as number) << 16) | ((b[i + 3] as number) << 24)) >>>
      0
    );
  }

  /** A uniform field element: 31 bits, rejected when not below p. */
  element(): number {
    for (;;) {
      const candidate = this.word() & 0x7fffffff;
      if (candidate < P) return candidate;
    }
  }

  extension(): Ext {
    return [this.element(), this.element(), this.element(), this.element()];
  }
}

export class Transcript {
  private state: Uint8Array = labelKey('provenn/transcript/1');

  absorb(label: string, bytes: Uint8Array): void {
    const name = utf8(label);
    this.state = digest(
      new ByteWriter().u8(0).raw(this.state).u64(name.length).raw(name).u64(bytes.length).raw(bytes).finish(),
    );
  }

  private stream(expected: number): Stream {
    const stream = new Stream(concatBytes(Uint8Array.of(1), this.state), expected);
    this.state = stream.nextState;
    return stream;
  }

  /** `count` uniform elements of E, in one draw. */
  draw(count: number): Ext[] {
    const stream = this.stream(16 * count + 32);
    return Array.from({ length: count }, () => stream.extension());
  }

  drawOne(): Ext {
    return this.draw(1)[0] as Ext;
  }

  /** `count` distinct positions below 2^bits, increasing. `count` must be at most 2^bits. */
  positions(count: number, bits: number): number[] {
    const stream = this.stream(4 * count + 64);
    const chosen = new Set<number>();
    const mask = 2 ** bits - 1;
    while (chosen.size < count) chosen.add(stream.word() & mask);
    return [...chosen].sort((a, b) => a - b);
  }

  private powInput(): Uint8Array {
    return concatBytes(Uint8Array.of(2), this.state, new Uint8Array(8));
  }

  private absorbNonce(nonce: number): void {
    this.absorb('pow', new ByteWriter().u64(nonce).finish());
  }

  /** Searches the least nonce whose hash has `bits` leading zero bits, absorbs it and returns it. */
  grind(bits: number): number {
    const input = this.powInput();
    const view = new DataView(input.buffer);
    const work = new WorkHash();
    for (let nonce = 0; ; nonce++) {
      view.setUint32(33, nonce >>> 0, true);
      view.setUint32(37, Math.floor(nonce / 2 ** 32), true);
      if (work.leadingZeros(input) >= bits) {
        this.absorbNonce(nonce);
        return nonce;
      }
    }
  }

  /** Checks and absorbs a nonce. */
  checkNonce(nonce: Uint8Array, bits: number): boolean {
    const input = this.powInput();
    input.set(nonce, 33);
    const good = new WorkHash().leadingZeros(input) >= bits;
    this.absorb('pow', nonce);
    return good;
  }
}

/** The hash of the proof of work, with its scratch. */
class WorkHash {
  private readonly block = new Int32Array(16);
  private readonly out = new Int32Array(16);

  /** Leading zero bits of the first 8 bytes of the hash, read as a big-endian number. */
  leadingZeros(input: Uint8Array): number {
    blake3Prefix(input, this.block, this.out);
    const high = this.out[0] as number;
    const low = this.out[1] as number;
    return high !== 0 ? Math.clz32(reverseBytes(high)) : 32 + Math.clz32(reverseBytes(low));
  }
}

function reverseBytes(word: number): number {
  return ((word & 255) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
