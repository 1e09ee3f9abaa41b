import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';
import { BytesError, utf8 } from './bytes.ts';

describe('base64', () => {
  // RFC 4648, section 10.
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('of "%s" is %s', (text, encoded) => {
    expect(toBase64(utf8(text))).toBe(encoded);
    expect(fromBase64(encoded)).toEqual(utf8(text));
  });

  it('agrees with the engine on all bytes', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  });

  it.each(['Zg', 'Zg=', 'Zg===', 'Z===', '====', 'Zm=v', 'Zh==', 'Zm9=', 'Zm9v\n', 'Zm_v', 'Zm 9v===', '=m9v'])(
    'refuses %j',
    (text) => {
      expect(() => fromBase64(text)).toThrow(BytesError);
    },
  );
});
