import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, BytesError, ByteWriter, concatBytes, equalBytes, fromHex, toHex, utf8 } from './bytes.ts';

type Item =
  | { readonly kind: 'u8' | 'u32' | 'i32' | 'u64' | 'f32'; readonly value: number }
  | { readonly kind: 'raw' | 'blob'; readonly value: Uint8Array }
  | { readonly kind: 'text'; readonly value: string };

const unsigned = 2 ** 32 - 1;
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ kind: fc.constant('u8' as const), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('u32' as const), value: fc.integer({ min: 0, max: unsigned }) }),
  fc.record({ kind: fc.constant('i32' as const), value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) }),
  fc.record({ kind: fc.constant('u64' as const), value: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }) }),
  fc.record({ kind: fc.constant('f32' as const), value: fc.float() }),
  fc.record({ kind: fc.constant('raw' as const), value: fc.uint8Array({ maxLength: 600 }) }),
  fc.record({ kind: fc.constant('blob' as const), value: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'binary', maxLength: 12 }) }),
);

function write(items: readonly Item[]): Uint8Array {
  const out = new ByteWriter();
  for (const { kind, value } of items) (out[kind] as (value: unknown) => ByteWriter)(value);
  return out.finish();
}

function read(reader: ByteReader, { kind, value }: Item): unknown {
  return kind === 'raw' ? reader.raw(value.length) : reader[kind]();
}

describe('ByteWriter and ByteReader', () => {
  it('give back what was written, in order and to the last byte', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        const reader = new ByteReader(write(items));
        for (const one of items) expect(read(reader, one)).toEqual(one.value);
        expect(() => reader.end()).not.toThrow();
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('raise BytesError wherever the bytes are cut off', () => {
    const items: Item[] = [
      { kind: 'u8', value: 7 },
      { kind: 'u32', value: unsigned },
      { kind: 'i32', value: -5 },
      { kind: 'u64', value: 2 ** 40 },
      { kind: 'f32', value: 0.5 },
      { kind: 'raw', value: Uint8Array.of(1, 2, 3) },
      { kind: 'blob', value: Uint8Array.of(4, 5) },
      { kind: 'text', value: 'héllo' },
    ];
    const bytes = write(items);
    for (let length = 0; length < bytes.length; length++) {
      const reader = new ByteReader(bytes.slice(0, length));
      expect(() => {
        for (const one of items) read(reader, one);
      }).toThrow(BytesError);
    }
  });

  it('are little-endian', () => {
    const bytes = new ByteWriter().u32(0x01020304).i32(-2).u64(0x0102030405n).f32(1).words([0xa0b0c0d0]).finish();
    expect(toHex(bytes)).toBe('04030201feffffff05040302010000000000803fd0c0b0a0');
  });

  it('read a window of a larger buffer', () => {
    const whole = Uint8Array.of(9, 1, 0, 0, 0, 9);
    const reader = new ByteReader(whole.subarray(1, 5));
    expect(reader.u32()).toBe(1);
    expect(() => reader.u8()).toThrow(BytesError);
  });

  it('hand out copies: changing them changes no file', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    new ByteReader(bytes).raw(3).fill(0);
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('finish gives a snapshot that later writing leaves alone', () => {
    const out = new ByteWriter().u8(1);
    const first = out.finish();
    out.raw(new Uint8Array(5000).fill(2));
    expect(first).toEqual(Uint8Array.of(1));
    expect(out.finish().length).toBe(5001);
  });
});

describe('ByteReader', () => {
  it('refuses a u64 beyond the safe integers', () => {
    const safe = new ByteWriter().u64(Number.MAX_SAFE_INTEGER).finish();
    expect(new ByteReader(safe).u64()).toBe(Number.MAX_SAFE_INTEGER);
    for (const value of [2n ** 53n, 2n ** 64n - 1n])
      expect(() => new ByteReader(new ByteWriter().u64(value).finish()).u64()).toThrow(BytesError);
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong encoding', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a cut-off sequence', [0xe2, 0x82]],
    ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('refuses %s as text', (_, bytes) => {
    const reader = new ByteReader(new ByteWriter().blob(Uint8Array.from(bytes)).finish());
    expect(() => reader.text()).toThrow(BytesError);
  });

  it('keeps a byte order mark, so that text round trips', () => {
    const bytes = new ByteWriter().text('\ufeffa').finish();
    expect(new ByteReader(bytes).text()).toBe('\ufeffa');
  });

  it('bounds a count by the bytes left, whatever it promises', () => {
    const bytes = new ByteWriter().u32(3).raw(new Uint8Array(12)).finish();
    expect(new ByteReader(bytes).count(4)).toBe(3);
    expect(() => new ByteReader(bytes).count(5)).toThrow(BytesError);
    const hostile = new ByteWriter().u32(unsigned).raw(new Uint8Array(12)).finish();
    expect(() => new ByteReader(hostile).count(1)).toThrow(BytesError);
    expect(() => new ByteReader(hostile).blob()).toThrow(BytesError);
  });

  it('refuses to read a negative or an excessive number of bytes, and then stands where it stood', () => {
    const reader = new ByteReader(new Uint8Array(8));
    expect(() => reader.raw(-1)).toThrow(BytesError);
    expect(() => reader.words(3)).toThrow(BytesError);
    expect(reader.offset).toBe(0);
    expect(reader.words(2)).toEqual(new Uint32Array(2));
  });

  it('refuses trailing bytes', () => {
    const reader = new ByteReader(new Uint8Array(2));
    reader.u8();
    expect(() => reader.end()).toThrow(BytesError);
    reader.u8();
    expect(() => reader.end()).not.toThrow();
  });
});

describe('helpers', () => {
  it('concatBytes joins in order', () => {
    expect(concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    expect(concatBytes()).toEqual(new Uint8Array(0));
  });

  it('equalBytes compares length and every byte', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect(equalBytes(bytes, bytes.slice())).toBe(true);
    expect(equalBytes(bytes, bytes.slice(0, 3))).toBe(false);
    expect(equalBytes(bytes.slice(0, 3), bytes)).toBe(false);
    for (let i = 0; i < 4; i++)
      expect(
        equalBytes(
          bytes,
          Uint8Array.from(bytes, (byte, k) => (k === i ? 9 : byte)),
        ),
      ).toBe(false);
  });

  it('hexadecimal round trips in lower case', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(toHex(bytes)).toMatch(/^([0-9a-f]{2})*$/);
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
      { seed: 2 },
    );
  });

  it.each(['0', 'AB', '0x', ' 00', 'zz', '00\n'])('fromHex refuses %j', (text) =>
    expect(() => fromHex(text)).toThrow(BytesError),
  );

  it('utf8 encodes beyond the basic plane', () => expect(toHex(utf8('é€😀'))).toBe('c3a9e282acf09f9880'));
});
