import { describe, expect, it } from 'vitest';
import {
  makeSigningKey,
  signerKeyOf as nodeKeyOf,
  verifySignature as nodeVerify,
  signerOf,
} from '../audit/node/signatures.ts';
import { utf8 } from '../base/bytes.ts';
import { rawSignature, signerKeyOf, withSignatures } from './signatures.ts';

type Signed = readonly [pem: Uint8Array, message: Uint8Array, signature: Uint8Array];

/** Asks everything in one run, as a check of a bundle does. */
function statesOf(all: readonly Signed[]): Promise<string[]> {
  return withSignatures(async (verify) => all.map((signed) => verify(...signed)));
}

describe.each(['ecdsa-p256-sha256', 'ed25519'] as const)('signatures with %s', (algorithm) => {
  const pair = makeSigningKey(algorithm);
  const message = utf8('a statement');
  const signature = signerOf(pair.secret).sign(message);

  it('have the keys that Node reads', () => {
    expect(signerKeyOf(pair.pem)).toEqual(nodeKeyOf(pair.pem));
    const windows = utf8(new TextDecoder().decode(pair.pem).replaceAll('\n', '\r\n'));
    expect(signerKeyOf(windows)).toEqual(nodeKeyOf(pair.pem));
    for (const wrong of [pair.secret, utf8('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'), utf8('')])
      expect(() => signerKeyOf(wrong)).toThrow(expect.objectContaining({ code: 'FILE_MALFORMED' }) as Error);
  });

  it('are valid for their message under their key, and for nothing else', async () => {
    const other = makeSigningKey(algorithm).pem;
    const states = await statesOf([
      [pair.pem, message, signature],
      [pair.pem, utf8('another statement'), signature],
      [other, message, signature],
      [pair.pem, message, new Uint8Array(0)],
      [utf8('no key'), message, signature],
    ]);
    expect(states).toEqual(['valid', 'invalid', 'invalid', 'invalid', 'unusable']);
  });

  it('are valid in no second form: whatever byte changes, the answer is that of Node', async () => {
    const mutants = Array.from(signature, (_, at): Signed => {
      const changed = signature.map((byte, i) => (i === at ? byte ^ 1 : byte));
      return [pair.pem, message, changed];
    });
    const states = await statesOf(mutants);
    expect(new Set(states)).toEqual(new Set(['invalid']));
    expect(mutants.map((signed) => nodeVerify(...signed))).toEqual(states);
  });
});

describe('the verifier of signatures', () => {
  it('answers questions that only an answer leads to, and stops', async () => {
    const pair = makeSigningKey('ed25519');
    const sign = signerOf(pair.secret).sign;
    const chain = Array.from({ length: 9 }, (_, i) => utf8(`step ${i}`));
    let runs = 0;
    const reached = await withSignatures(async (verify) => {
      runs++;
      const end = chain.findIndex((step) => verify(pair.pem, step, sign(step)) !== 'valid');
      return end;
    });
    expect({ reached, runs }).toEqual({ reached: 3, runs: 4 });
  });
});

describe('the numbers of an ECDSA signature', () => {
  const der = (...bytes: readonly number[]): Uint8Array => Uint8Array.of(0x30, bytes.length, ...bytes);

  it('are read from DER', () => {
    const raw = new Uint8Array(64);
    raw.set([1], 31);
    raw.set([0x80], 63);
    expect(rawSignature(der(2, 1, 1, 2, 2, 0, 0x80))).toEqual(raw);
  });

  it.each([
    ['a negative number', der(2, 1, 0x81, 2, 1, 1)],
    ['a needless zero', der(2, 2, 0, 1, 2, 1, 1)],
    ['an empty number', der(2, 0, 2, 1, 1)],
    ['a number too long', der(2, 33, ...Array(33).fill(1), 2, 1, 1)],
    ['one number', der(2, 1, 1)],
    ['something after', der(2, 1, 1, 2, 1, 1, 0)],
    ['another length', Uint8Array.of(0x30, 7, 2, 1, 1, 2, 1, 1)],
    ['another type', der(3, 1, 1, 2, 1, 1)],
    ['nothing', new Uint8Array(0)],
  ])('are not read from %s', (_, bytes) => {
    expect(rawSignature(bytes)).toBeNull();
  });
});
