import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from './bytes.ts';
import { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.ts';

describe('canonicalJson', () => {
  it('serialises the sample of RFC 8785, section 3.2.2', () => {
    const text = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    const expected = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
    expect(canonicalJson(JSON.parse(text) as Json)).toBe(expected);
    expect(toHex(utf8(expected)).startsWith('7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c22')).toBe(
      true,
    );
  });

  it('sorts keys by UTF-16 code units, the sample of RFC 8785, section 3.2.3', () => {
    const text = String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`;
    const sorted = canonicalJson(JSON.parse(text) as Json);
    const positions = ['Carriage', 'One', 'Control', 'Latin Small', 'Euro Sign', 'Emoji', 'Hebrew'].map((value) =>
      sorted.indexOf(value),
    );
    expect(positions.every((at, i) => at > (positions[i - 1] ?? 0))).toBe(true);
  });

  it.each([
    [0, '0'],
    [-0, '0'],
    [5e-324, '5e-324'],
    [-5e-324, '-5e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [9007199254740992, '9007199254740992'],
    [-9007199254740992, '-9007199254740992'],
    [295147905179352830000, '295147905179352830000'],
    [9.999999999999997e22, '9.999999999999997e+22'],
    [1e23, '1e+23'],
    [1.0000000000000001e23, '1.0000000000000001e+23'],
    [999999999999999700000, '999999999999999700000'],
    [1e21, '1e+21'],
    [9.999999999999997e-7, '9.999999999999997e-7'],
    [0.000001, '0.000001'],
    [333333333.33333325, '333333333.33333325'],
    [Math.fround(0.1), '0.10000000149011612'],
  ])('writes the number %s as RFC 8785, appendix B, has it', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s', (value) => {
    expect(() => canonicalJson({ x: [value] })).toThrow(RangeError);
  });

  it('has one text per value, whatever the order of keys, and reads back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const text = canonicalJson(value as Json);
        const reversed = JSON.parse(JSON.stringify(value), (_, part: unknown) =>
          typeof part === 'object' && part !== null && !Array.isArray(part)
            ? Object.fromEntries(Object.entries(part).reverse())
            : part,
        ) as Json;
        expect(canonicalJson(reversed)).toBe(text);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('reading canonical JSON', () => {
  const read = (text: string): Json | undefined => parseCanonicalJson(utf8(text));

  it('takes what is written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const text = canonicalJson(value as Json);
        const parsed = parseCanonicalJson(utf8(text));
        expect(parsed === undefined ? undefined : canonicalJson(parsed)).toBe(text);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it.each([
    ['white space', '{"a": 1}'],
    ['a line feed at the end', '{}\n'],
    ['a byte order mark', '\ufeff{}'],
    ['keys in another order', '{"b":1,"a":2}'],
    ['a key twice', '{"a":1,"a":1}'],
    ['a needless escape', '["\\u0061"]'],
    ['another spelling of a number', '[1.0]'],
    ['minus zero', '[-0]'],
    ['a number beyond float64', '[1e999]'],
    ['half a surrogate pair', '["\\ud800"]'],
    ['half a surrogate pair in a key', '{"\\udc00":1}'],
    ['nothing', ''],
    ['two values', '{}{}'],
    ['deep nesting', '['.repeat(33) + ']'.repeat(33)],
    ['nesting that would exhaust the stack', '['.repeat(200_000)],
  ])('refuses %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('refuses bytes that are not UTF-8, and takes brackets in texts for what they are', () => {
    expect(parseCanonicalJson(Uint8Array.of(0x22, 0xff, 0x22))).toBeUndefined();
    expect(read(JSON.stringify('[{\\"'.repeat(50)))).toBe('[{\\"'.repeat(50));
    expect(read('['.repeat(32) + ']'.repeat(32))).toBeDefined();
  });
});
