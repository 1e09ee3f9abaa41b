import { extended, hash, type Output } from './blake3.ts';
import { concat, u8, u64, utf8 } from './bytes.ts';
import type { Ext } from './extension.ts';
import { P } from './field.ts';

/** §3: the state that challenges are drawn from. */
export class Transcript {
  private state: Uint8Array = hash(utf8('provenn/transcript/1'));

  absorb(label: string, bytes: Uint8Array): void {
    const name = utf8(label);
    this.state = hash(concat(u8(0), this.state, u64(name.length), name, u64(bytes.length), bytes));
  }

  draw(): Draw {
    const output = extended(concat(u8(1), this.state));
    this.state = output(0, 32);
    return new Draw(output);
  }

  /** One draw of a single element. */
  element(): Ext {
    return this.draw().element();
  }

  /** Whether H(0x02 ‖ state ‖ nonce), its first 8 bytes read big-endian, is below 2^(64−g). The nonce is then absorbed. */
  work(nonce: Uint8Array, g: number): boolean {
    const digest = hash(concat(u8(2), this.state, nonce));
    this.absorb('pow', nonce);
    let value = 0n;
    for (let i = 0; i < 8; i++) value = value * 256n + BigInt(digest[i] as number);
    return value < 1n << BigInt(64 - g);
  }
}

/** The stream of one draw. */
export class Draw {
  private readonly output: Output;
  private at = 32;

  constructor(output: Output) {
    this.output = output;
  }

  private word(): number {
    const [b0, b1, b2, b3] = this.output(this.at, 4) as unknown as [number, number, number, number];
    this.at += 4;
    return b0 + b1 * 2 ** 8 + b2 * 2 ** 16 + b3 * 2 ** 24;
  }

  private coordinate(): number {
    for (;;) {
      const value = this.word() % 2 ** 31;
      if (value < P) return value;
    }
  }

  element(): Ext {
    return [this.coordinate(), this.coordinate(), this.coordinate(), this.coordinate()];
  }

  elements(count: number): Ext[] {
    return Array.from({ length: count }, () => this.element());
  }

  /** `count` different positions below 2^bits, sorted. */
  positions(bits: number, count: number): number[] {
    const found = new Set<number>();
    while (found.size < count) found.add(this.word() % 2 ** bits);
    return [...found].sort((a, b) => a - b);
  }
}
