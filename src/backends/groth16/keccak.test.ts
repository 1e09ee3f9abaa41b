import { keccak_256 } from '@noble/hashes/sha3.js';
import { expect, test } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { keccak256 } from './keccak.ts';

test.each(['', 'verify(bytes,uint256[4])', 'x'.repeat(135)])('keccak-256 of "%s"', (text) => {
  expect(keccak256(text)).toEqual(keccak_256(utf8(text)));
});

test('longer texts are no selectors', () => {
  expect(() => keccak256('x'.repeat(136))).toThrow(RangeError);
});
