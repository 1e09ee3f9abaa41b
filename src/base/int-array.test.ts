import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, BytesError, ByteWriter, equalBytes } from './bytes.ts';
import { readInts, writeInts } from './int-array.ts';

const low = -(2 ** 31);
const high = 2 ** 31 - 1;

function encode(values: ArrayLike<number>): Uint8Array {
  const out = new ByteWriter();
  writeInts(out, values);
  return out.finish();
}

function decode(bytes: Uint8Array): Int32Array {
  const reader = new ByteReader(bytes);
  const values = readInts(reader);
  reader.end();
  return values;
}

/** Bytes of an encoding chosen by hand: tag, count, body. */
function raw(tag: number, count: number, body: readonly number[]): Uint8Array {
  return new ByteWriter().u8(tag).u32(count).raw(Uint8Array.from(body)).finish();
}

const anyInts = fc.oneof(
  fc.array(fc.integer({ min: -128, max: 127 })),
  fc.array(fc.integer({ min: 0, max: 255 })),
  fc.array(fc.integer({ min: -40000, max: 40000 })),
  fc.array(fc.integer({ min: low, max: high })),
  fc.array(fc.constantFrom(low, high, -1, 0, 1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32768, -32769)),
  fc.array(fc.integer({ min: low, max: high })).map((list) => [...list].sort((a, b) => a - b)),
);

describe('writeInts and readInts', () => {
  it('round trip every int32 array', () => {
    fc.assert(
      fc.property(anyInts, (values) => {
        expect(Array.from(decode(encode(values)))).toEqual(values);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it.each([
    ['empty', [], 1, 0],
    ['bytes with sign', [-128, 127, 0], 1, 3],
    ['bytes without sign', [255, 0, 200], 2, 3],
    ['bytes that fit both ways', [0, 127, 3], 1, 3],
    ['16 bits', [-32768, 32767, -32768], 3, 6],
    ['32 bits', [high, low, high], 4, 12],
    ['a slow ramp of large numbers, as differences', [1000000, 1000001, 1000003, 1000002], 5, 6],
    ['a step function, as differences', Array.from({ length: 256 }, (_, i) => -90000 + 700 * i), 5, 3 + 255 * 2],
  ])('writes %s in the shortest form', (_, values, tag, length) => {
    const bytes = encode(values);
    expect(bytes[0]).toBe(tag);
    expect(bytes.length).toBe(5 + length);
  });

  it('never uses more than the fixed width that holds all values', () => {
    fc.assert(
      fc.property(anyInts, (values) => {
        const inside = (a: number, b: number): boolean => values.every((x) => x >= a && x <= b);
        const width = inside(-128, 127) || inside(0, 255) ? 1 : inside(-32768, 32767) ? 2 : 4;
        expect(encode(values).length).toBeLessThanOrEqual(5 + width * values.length);
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it('raises BytesError at every truncation', () => {
    for (const values of [[1, 2], [200], [-300, 5], [high, low], [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3]]) {
      const bytes = encode(values);
      for (let length = 0; length < bytes.length; length++)
        expect(() => decode(bytes.slice(0, length))).toThrow(BytesError);
    }
  });

  it.each([
    ['an unknown tag', raw(6, 1, [0])],
    ['tag 0', raw(0, 1, [0])],
    ['a count beyond the file', raw(1, 0xffffffff, [0])],
    ['a varint without end', raw(5, 1, [255, 255, 255, 255, 255, 255, 255])],
    ['a difference that leaves 32 bits', raw(5, 1, [0x80, 0x80, 0x80, 0x80, 0x10])],
    ['differences that together leave 32 bits', raw(5, 2, [0xfe, 0xff, 0xff, 0xff, 0x0f, 2])],
  ])('refuses %s', (_, bytes) => {
    expect(() => decode(bytes)).toThrow(BytesError);
  });

  it.each([
    ['wider than needed: 16 bits', raw(3, 1, [7, 0])],
    ['wider than needed: 32 bits', raw(4, 1, [7, 0, 0, 0])],
    ['without sign where signed bytes do', raw(2, 1, [7])],
    ['as differences where bytes do', raw(5, 1, [14])],
    ['with an overlong varint', raw(5, 4, [0x80, 0x89, 0x7a, 0x82, 0x00, 2, 2])],
    ['with an empty array of another tag', raw(4, 0, [])],
  ])('reads %s, but would not have written it', (_, bytes) => {
    const values = decode(bytes);
    expect(equalBytes(encode(values), bytes)).toBe(false);
  });

  it('answers any bytes with an array or BytesError, and re-encodes what it accepts no longer than it was', () => {
    const hostile = fc
      .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }), fc.uint8Array({ maxLength: 30 }))
      .map(([tag, count, body]) => raw(tag, count, Array.from(body)));
    let accepted = 0;
    fc.assert(
      fc.property(hostile, (bytes) => {
        const reader = new ByteReader(bytes);
        let values: Int32Array;
        try {
          values = readInts(reader);
        } catch (error) {
          expect(error).toBeInstanceOf(BytesError);
          return;
        }
        accepted++;
        expect(encode(values).length).toBeLessThanOrEqual(reader.offset);
      }),
      { numRuns: 2000, seed: 3 },
    );
    expect(accepted).toBeGreaterThan(300);
  });
});
