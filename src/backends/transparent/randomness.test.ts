import { describe, expect, it } from 'vitest';
import { toHex } from '../../base/bytes.ts';
import { P } from '../../base/field.ts';
import { RandomStream, streamKey } from './randomness.ts';

const fresh = new Uint8Array(32).fill(9);

describe('streamKey', () => {
  it('depends on purpose, fresh bytes and everything the randomness will hide', () => {
    const rows = Uint8Array.of(1, 2, 3);
    const keys = [
      streamKey('a', fresh, rows),
      streamKey('b', fresh, rows),
      streamKey('a', new Uint8Array(32), rows),
      streamKey('a', fresh, Uint8Array.of(1, 2, 4)),
      streamKey('a', fresh, rows, new Uint8Array(0)),
      streamKey('a', fresh, Uint8Array.of(1, 2), Uint8Array.of(3)),
      streamKey('a', fresh),
    ];
    expect(new Set(keys.map(toHex)).size).toBe(keys.length);
    expect(streamKey('a', fresh, rows)).toEqual(keys[0]);
  });
});

describe('a random stream', () => {
  const key = streamKey('test', fresh);

  it('is another one under every label and key', () => {
    const first = [
      new RandomStream(key, 'm'),
      new RandomStream(key, 's'),
      new RandomStream(streamKey('test', new Uint8Array(32)), 'm'),
    ].map((stream) => Array.from(stream.elements(50)));
    expect(new Set(first.flat()).size).toBe(150);
    expect(Array.from(new RandomStream(key, 'm').elements(50))).toEqual(first[0]);
  });

  it('does not repeat over chunks, and gives the same however it is asked', () => {
    const one = new RandomStream(key, 'x');
    const all = Array.from(new RandomStream(key, 'x').elements(20_000));
    expect([
      ...one.elements(7),
      ...one.elements(9_993),
      ...Array.from({ length: 10_000 }, () => one.element()),
    ]).toEqual(all);
    expect(new Set(all).size).toBeGreaterThan(19_990);
    expect(new RandomStream(key, 'x').bytes(40_000).subarray(0, 17)).toEqual(new RandomStream(key, 'x').bytes(17));
  });

  it('is uniform over the field: every element below p, all sixteenths of it hit alike', () => {
    const elements = new RandomStream(key, 'uniform').elements(160_000);
    const counts = new Uint32Array(16);
    for (const x of elements) {
      expect(x < P).toBe(true);
      const bin = Math.floor((16 * x) / P);
      counts[bin] = (counts[bin] as number) + 1;
    }
    const statistic = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 15 degrees of freedom; the stream is fixed, so this is no matter of chance.
    expect(statistic).toBeLessThan(40);
  });
});
