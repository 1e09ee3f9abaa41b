import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, BytesError, ByteWriter } from '../base/bytes.ts';
import { readStatement, type Statement, writeStatement } from './statement.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const integers = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 8 });
const statements: fc.Arbitrary<Statement> = fc.record({
  modelDigest: hash,
  keyDigest: hash,
  context: fc.uint8Array({ maxLength: 50 }),
  publics: fc.array(
    integers.map((list) => Int32Array.from(list)),
    { maxLength: 4 },
  ),
  commitments: fc.array(hash, { maxLength: 3 }),
});

function bytesOf(statement: Statement): Uint8Array {
  const out = new ByteWriter();
  writeStatement(out, statement);
  return out.finish();
}

describe('writeStatement and readStatement', () => {
  it('round trip, and read no further than the statement', () => {
    fc.assert(
      fc.property(statements, (statement) => {
        const bytes = bytesOf(statement);
        const reader = new ByteReader(new ByteWriter().raw(bytes).u8(9).finish());
        expect(readStatement(reader)).toEqual(statement);
        expect(reader.remaining).toBe(1);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('raise BytesError wherever the bytes are cut off', () => {
    const bytes = bytesOf({
      modelDigest: new Uint8Array(32).fill(1),
      keyDigest: new Uint8Array(32).fill(2),
      context: Uint8Array.of(3),
      publics: [Int32Array.of(1, 2), Int32Array.of(-70000)],
      commitments: [new Uint8Array(32).fill(4)],
    });
    for (let length = 0; length < bytes.length; length++)
      expect(() => readStatement(new ByteReader(bytes.slice(0, length)))).toThrow(BytesError);
  });

  it('refuse more public tensors than the bytes can hold', () => {
    const head = new ByteWriter().raw(new Uint8Array(64)).u32(0);
    const bytes = head.u32(0xffffffff).raw(new Uint8Array(100)).finish();
    expect(() => readStatement(new ByteReader(bytes))).toThrow(BytesError);
  });
});
