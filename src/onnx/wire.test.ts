import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProvennError } from '../base/errors.ts';
import { type FieldHandler, store, WireReader } from './wire.ts';
import { WireWriter } from './wire-writer.ts';

/** Reads field 1 of a message with one handler. */
function read(bytes: readonly number[] | Uint8Array, handler: FieldHandler, depth = 4): void {
  new WireReader(Uint8Array.from(bytes), depth).fields(new Map([[1, handler]]));
}

function refusal(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvennError && error.code === 'MODEL_MALFORMED') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

const ignore: FieldHandler = (reader) => reader.skip();

describe('varints', () => {
  test('round trip with the writer', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        let got: number | undefined;
        read(new WireWriter().int(1, value).finish(), (r) => {
          got = r.int();
        });
        expect(got).toBe(value);
      }),
      { seed: 1 },
    );
  });

  test('read negative integers from ten bytes', () => {
    const minusOne = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    const values: (number | bigint)[] = [];
    read(minusOne, (r) => void values.push(r.int()));
    read(minusOne, (r) => void values.push(r.int32()));
    read(minusOne, (r) => void values.push(r.int64()));
    expect(values).toEqual([-1, -1, -1n]);
  });

  test('read the extreme 64-bit integers', () => {
    const values: bigint[] = [];
    const most = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    const least = [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
    read([...most, ...least], (r) => void values.push(r.int64()));
    expect(values).toEqual([2n ** 63n - 1n, -(2n ** 63n)]);
    expect(refusal(() => read(most, (r) => void r.int()))).toContain('±2^53 (byte 1)');
  });

  test('truncate enums to 32 bits as protobuf does', () => {
    let got: number | undefined;
    read([0x08, 0x87, 0x80, 0x80, 0x80, 0x10], (r) => {
      got = r.int32();
    });
    expect(got).toBe(7);
  });

  test('refuse more than 64 bits', () => {
    const tooLong = [0x08, ...new Array<number>(10).fill(0x80), 0x01];
    const tooWide = [0x08, ...new Array<number>(9).fill(0xff), 0x02];
    for (const bytes of [tooLong, tooWide]) {
      expect(refusal(() => read(bytes, ignore))).toContain('a varint does not fit in 64 bits (byte 1)');
    }
  });

  test('refuse an end in the middle', () => {
    expect(refusal(() => read([0x08, 0xff], ignore))).toContain('(byte 2)');
  });
});

describe('tags', () => {
  test.each([
    [[0x0b], 'wire type 3'],
    [[0x0c], 'wire type 4'],
    [[0x0e], 'wire type 6'],
    [[0x0f], 'wire type 7'],
    [[0x00], 'field number 0'],
    [[0x88, 0x80, 0x80, 0x80, 0x80, 0x01], 'field number is out of range'],
  ])('%j is refused', (bytes, why) => {
    expect(refusal(() => read(bytes, ignore))).toContain(why);
  });

  test('of unknown fields are skipped whatever their type', () => {
    const unknown = [0x10, 0x96, 0x01, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x22, 2, 9, 9, 0x2d, 1, 2, 3, 4];
    const seen: number[] = [];
    read([...unknown, 0x08, 0x05, ...unknown], (r) => void seen.push(r.int()));
    expect(seen).toEqual([5]);
  });

  test('with the wrong type for a known field are refused', () => {
    expect(refusal(() => read([0x0a, 0x00], (r) => void r.int()))).toContain(
      'length-delimited where varint is expected',
    );
    expect(refusal(() => read([0x08, 0x00], (r) => void r.blob()))).toContain(
      'varint where length-delimited is expected',
    );
    expect(refusal(() => read([0x08, 0x00], (r) => r.floats(() => undefined)))).toContain('fixed32 is expected');
  });
});

describe('lengths', () => {
  test('beyond the end are refused', () => {
    expect(refusal(() => read([0x0a, 0x05, 1, 2], ignore))).toContain(
      '5 bytes are announced but only 2 are left (byte 2)',
    );
    expect(refusal(() => read([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], ignore))).toContain('announced');
    expect(refusal(() => read([0x0a, 0x80, 0x80, 0x80, 0x80, 0x10], ignore))).toContain('a length is out of range');
    expect(refusal(() => read([0x0d, 1, 2, 3], ignore))).toContain('announced');
  });

  test('beyond the enclosing message are refused although the file goes on', () => {
    const inner = [0x0a, 0x02, 0x0a, 0x03, 1, 2, 3];
    expect(refusal(() => read(inner, (r) => read2(r.message())))).toContain(
      '3 bytes are announced but only 0 are left',
    );
  });
});

function read2(reader: WireReader): void {
  reader.fields(new Map([[1, (r: WireReader) => void r.blob()]]));
}

describe('repeated numbers', () => {
  test('come packed, unpacked or mixed', () => {
    const values: number[] = [];
    read([0x0a, 0x03, 0x01, 0x96, 0x01, 0x08, 0x07, 0x0a, 0x00], (r) => r.ints((value) => void values.push(value)));
    expect(values).toEqual([1, 150, 7]);
    const floats: number[] = [];
    read([0x0a, 0x04, 0, 0, 0x80, 0x3f, 0x0d, 0, 0, 0, 0xc0], (r) => r.floats((value) => void floats.push(value)));
    expect(floats).toEqual([1, -2]);
    const doubles: number[] = [];
    read([0x0a, 0x08, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f], (r) => r.doubles((value) => void doubles.push(value)));
    expect(doubles).toEqual([1]);
  });

  test('are refused when a packed run ends inside an element', () => {
    expect(refusal(() => read([0x0a, 0x03, 1, 2, 3], (r) => r.floats(() => undefined)))).toContain('announced');
    expect(refusal(() => read([0x0a, 0x01, 0x80], (r) => r.int32s(() => undefined)))).toContain('announced');
  });
});

describe('texts and messages', () => {
  test('take the last of repeated scalars', () => {
    const target = { text: '' };
    read(
      new WireWriter().text(1, 'first').text(1, 'last').finish(),
      store(target, 'text', (r) => r.text(10)),
    );
    expect(target.text).toBe('last');
  });

  test('must be UTF-8 and short enough', () => {
    expect(refusal(() => read([0x0a, 0x01, 0xff], (r) => void r.text(9)))).toContain('not valid UTF-8 (byte 1)');
    expect(refusal(() => read([0x0a, 0x02, 0x61, 0x61], (r) => void r.text(1)))).toContain('longer than 1');
  });

  test('nest only as deep as allowed', () => {
    const nest = (levels: number): Uint8Array => {
      let bytes = new Uint8Array();
      for (let i = 0; i < levels; i++) bytes = new WireWriter().blob(1, bytes).finish() as Uint8Array<ArrayBuffer>;
      return bytes;
    };
    const descend: FieldHandler = (r) => r.message().fields(new Map([[1, descend]]));
    expect(() => read(nest(4), descend)).not.toThrow();
    expect(refusal(() => read(nest(5), descend))).toContain('nested too deeply');
  });
});
