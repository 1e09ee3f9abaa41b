/**
 * Transcript: Fiat–Shamir with BLAKE3. Every absorb is labelled and length-framed; a draw never shares bytes with another
 * draw nor with a state.
 */
import { leadingZeros } from '../../base/blake3.ts';
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

/** The nonce follows one byte and the state. */
const nonceAt = 33;

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
  grind(bits: number, search: (work: Work) => number = searchNonce): number {
    const nonce = search({ input: this.powInput(), nonceAt, bits });
    this.absorbNonce(nonce);
    return nonce;
  }

  /** Checks and absorbs a nonce. */
  checkNonce(nonce: Uint8Array, bits: number): boolean {
    const input = this.powInput();
    input.set(nonce, nonceAt);
    const good = leadingZeros(input) >= bits;
    this.absorb('pow', nonce);
    return good;
  }
}

/** A search of the least nonce whose hash has `bits` leading zero bits. */
export type Work = {
  /** One block of at most 64 bytes; the nonce is a little-endian u64 of zeros in it. */
  readonly input: Uint8Array;
  readonly nonceAt: number;
  readonly bits: number;
};

export function searchNonce({ input, nonceAt, bits }: Work): number {
  const bytes = input.slice();
  const view = new DataView(bytes.buffer);
  for (let nonce = 0; ; nonce++) {
    view.setUint32(nonceAt, nonce >>> 0, true);
    view.setUint32(nonceAt + 4, Math.floor(nonce / 2 ** 32), true);
    if (leadingZeros(bytes) >= bits) return nonce;
  }
}
