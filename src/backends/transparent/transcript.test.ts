import { describe, expect, it } from 'vitest';
import { concatBytes, toHex, utf8 } from '../../base/bytes.ts';
import { digest, extendedDigest } from '../../base/digest.ts';
import { isCanonical, P } from '../../base/field.ts';
import { Transcript } from './transcript.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

function u64(value: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value), true);
  return out;
}

/** The protocol text once more, on plain bytes. */
function absorbed(state: Uint8Array, label: string, data: Uint8Array): Uint8Array {
  return digest(concatBytes(bytes(0), state, u64(label.length), utf8(label), u64(data.length), data));
}

function drawn(state: Uint8Array, count: number): { readonly elements: number[]; readonly next: Uint8Array } {
  const stream = extendedDigest(concatBytes(bytes(1), state), 32 + 64 * count);
  const view = new DataView(stream.buffer, stream.byteOffset);
  const elements: number[] = [];
  for (let at = 32; elements.length < 4 * count; at += 4) {
    const candidate = view.getUint32(at, true) & 0x7fffffff;
    if (candidate < P) elements.push(candidate);
  }
  return { elements, next: stream.slice(0, 32) };
}

function challenge(transcript: Transcript): string {
  return transcript.drawOne().join(',');
}

describe('Transcript', () => {
  it('follows the protocol: labelled absorbs, then draws from the extended output', () => {
    const transcript = new Transcript();
    let state = digest(utf8('provenn/transcript/1'));
    transcript.absorb('vk', bytes(1, 2, 3));
    transcript.absorb('3', new Uint8Array(0));
    state = absorbed(absorbed(state, 'vk', bytes(1, 2, 3)), '3', new Uint8Array(0));
    for (const count of [1, 3, 40, 1]) {
      const expected = drawn(state, count);
      expect(transcript.draw(count).flat()).toEqual(expected.elements);
      state = expected.next;
    }
    transcript.absorb('4', bytes(9));
    expect(transcript.drawOne()).toEqual(drawn(absorbed(state, '4', bytes(9)), 1).elements);
  });

  it('no byte of a draw is part of the state behind it', () => {
    const state = digest(utf8('provenn/transcript/1'));
    const { next } = drawn(state, 1);
    const stream = extendedDigest(concatBytes(bytes(1), state), 32 + 256).slice(32);
    expect(toHex(stream)).not.toContain(toHex(next).slice(0, 16));
  });

  it('frames labels and data: moving a byte between them changes every challenge', () => {
    const seen = new Set<string>();
    const histories: (readonly (readonly [string, string])[])[] = [
      [['a', 'bc']],
      [['ab', 'c']],
      [['abc', '']],
      [['', 'abc']],
      [
        ['a', 'b'],
        ['', 'c'],
      ],
      [
        ['a', ''],
        ['', 'bc'],
      ],
      [['a', 'bc\0']],
      [],
    ];
    for (const history of histories) {
      const transcript = new Transcript();
      for (const [label, data] of history) transcript.absorb(label, utf8(data));
      seen.add(challenge(transcript));
    }
    expect(seen.size).toBe(histories.length);
  });

  it('depends on the order of absorbs and on every bit of the data', () => {
    const one = new Transcript();
    one.absorb('x', bytes(1));
    one.absorb('y', bytes(2));
    const other = new Transcript();
    other.absorb('y', bytes(2));
    other.absorb('x', bytes(1));
    expect(challenge(one)).not.toBe(challenge(other));
    const seen = new Set<string>();
    for (let bit = 0; bit < 16; bit++) {
      const transcript = new Transcript();
      transcript.absorb('x', bytes(bit < 8 ? 1 << bit : 0, bit < 8 ? 0 : 1 << (bit - 8)));
      seen.add(challenge(transcript));
    }
    expect(seen.size).toBe(16);
  });

  it('one draw of two differs from two draws of one', () => {
    const together = new Transcript().draw(2);
    const apart = new Transcript();
    expect(apart.drawOne()).toEqual(together[0]);
    expect(apart.drawOne()).not.toEqual(together[1]);
  });

  it('a draw advances the state even when it draws nothing', () => {
    const transcript = new Transcript();
    expect(transcript.draw(0)).toEqual([]);
    expect(challenge(transcript)).not.toBe(challenge(new Transcript()));
  });

  it('draws canonical elements, uniform over the field', () => {
    const cells = new Transcript().draw(5000).flat();
    expect(cells.length).toBe(20000);
    expect(cells.every(isCanonical)).toBe(true);
    const buckets = new Array<number>(16).fill(0);
    for (const cell of cells) {
      const bucket = Math.floor((16 * cell) / P);
      buckets[bucket] = (buckets[bucket] as number) + 1;
    }
    // 1250 each, standard deviation 34: six of them on either side.
    for (const count of buckets) expect(Math.abs(count - 1250)).toBeLessThan(206);
  });

  it('extends its stream as far as a draw needs, without repeating itself', () => {
    const cells = new Transcript().draw(3000).flat();
    expect(new Set(cells).size).toBeGreaterThan(11990);
  });
});

describe('positions', () => {
  it.each([
    [1, 9],
    [130, 11],
    [200, 8],
    [256, 8],
    [1, 0],
    [1, 24],
  ])('%i below 2^%i are distinct, increasing and in range', (count, bits) => {
    const found = new Transcript().positions(count, bits);
    expect(found.length).toBe(count);
    for (const [i, position] of found.entries()) {
      expect(Number.isInteger(position) && position >= 0 && position < 2 ** bits).toBe(true);
      if (i > 0) expect(position).toBeGreaterThan(found[i - 1] as number);
    }
  });

  it('are uniform: every position of a small code is met about equally often', () => {
    const transcript = new Transcript();
    const counts = new Array<number>(64).fill(0);
    for (let i = 0; i < 800; i++)
      for (const position of transcript.positions(8, 6)) counts[position] = (counts[position] as number) + 1;
    // 100 each, standard deviation below 10.
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(55);
  });

  it('change with what was absorbed', () => {
    const other = new Transcript();
    other.absorb('10', bytes(1));
    expect(new Transcript().positions(20, 20)).not.toEqual(other.positions(20, 20));
  });
});

describe('proof of work', () => {
  function leadingZeros(state: Uint8Array, nonce: number): number {
    const hash = toHex(digest(concatBytes(bytes(2), state, u64(nonce))).slice(0, 8));
    return 64 - BigInt(`0x${hash}`).toString(2).replace(/^0$/, '').length;
  }

  it.each([1, 5, 10])('grind(%i) finds the least nonce below the target', (bits) => {
    const state = digest(utf8('provenn/transcript/1'));
    const nonce = new Transcript().grind(bits);
    expect(leadingZeros(state, nonce)).toBeGreaterThanOrEqual(bits);
    for (let smaller = 0; smaller < nonce; smaller++) expect(leadingZeros(state, smaller)).toBeLessThan(bits);
  });

  it('the verifier accepts the nonce and both sides draw the same afterwards', () => {
    const prover = new Transcript();
    const verifier = new Transcript();
    const nonce = prover.grind(8);
    expect(verifier.checkNonce(u64(nonce), 8)).toBe(true);
    expect(challenge(verifier)).toBe(challenge(prover));
  });

  it('is refused under another history, and with every smaller nonce', () => {
    const nonce = new Transcript().grind(8);
    const other = new Transcript();
    other.absorb('1', bytes(1));
    expect(other.checkNonce(u64(nonce), 8)).toBe(false);
    for (let smaller = 0; smaller < nonce; smaller++) expect(new Transcript().checkNonce(u64(smaller), 8)).toBe(false);
  });

  it('binds all eight bytes of the nonce into later challenges', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const nonce = new Uint8Array(8);
      nonce[i] = 1;
      const transcript = new Transcript();
      transcript.checkNonce(nonce, 0);
      seen.add(challenge(transcript));
    }
    expect(seen.size).toBe(8);
  });
});
