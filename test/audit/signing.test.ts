import { readFileSync } from 'node:fs';
import { bundleFromJSON, isBundleWithDsseEnvelope, isBundleWithPublicKey } from '@sigstore/bundle';
import { describe, expect, it } from 'vitest';
import { checkSignature, openStatement, preAuthenticationEncoding, sealStatement } from '../../src/audit/dsse.ts';
import { modelStatement } from '../../src/audit/model-signing.ts';
import {
  makeSigningKey,
  signatureAlgorithms,
  signerKeyOf,
  signerOf,
  verifySignature,
} from '../../src/audit/node/signatures.ts';
import { fromBase64 } from '../../src/base/base64.ts';
import { concatBytes, utf8 } from '../../src/base/bytes.ts';
import { sha256Hex } from '../../src/base/sha256.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** r and s as an ASN.1 sequence of two integers. */
function derOf(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): Uint8Array => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const trimmed = bytes.subarray(start);
    const padded = (trimmed[0] as number) > 127 ? concatBytes(Uint8Array.of(0), trimmed) : trimmed;
    return concatBytes(Uint8Array.of(2, padded.length), padded);
  };
  const body = concatBytes(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}

describe('DSSE', () => {
  // The vector of the DSSE specification, protocol.md.
  const payload = utf8('hello world');
  const type = 'http://example.com/HelloWorld';
  const point = [
    46950820868899156662930047687818585632848591499744589407958293238635476079160n,
    5640078356564379163099075877009565129882514886557779369047442380624545832820n,
  ].map((coordinate) => coordinate.toString(16).padStart(64, '0'));
  const spki = Buffer.from(`3059301306072a8648ce3d020106082a8648ce3d03010703420004${point.join('')}`, 'hex');
  const pem = utf8(
    `-----BEGIN PUBLIC KEY-----\n${(spki.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END PUBLIC KEY-----\n`,
  );
  const signature = fromBase64(
    'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==',
  );

  it('encodes what is signed as the specification does', () => {
    expect(text(preAuthenticationEncoding(type, payload))).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  it('counts bytes, not characters', () => {
    expect(text(preAuthenticationEncoding('é', utf8('€')))).toBe('DSSEv1 2 é 3 €');
  });

  it("accepts the specification's signature, and no other", () => {
    const message = preAuthenticationEncoding(type, payload);
    expect(verifySignature(pem, message, derOf(signature))).toBe('valid');
    expect(verifySignature(pem, preAuthenticationEncoding(type, utf8('hello world!')), derOf(signature))).toBe(
      'invalid',
    );
    expect(verifySignature(pem, message, derOf(signature.map((byte, i) => (i === 9 ? byte ^ 1 : byte))))).toBe(
      'invalid',
    );
    expect(verifySignature(pem, message, signature)).toBe('invalid');
  });
});

describe.each(signatureAlgorithms)('a statement signed with %s', (algorithm) => {
  const { secret, pem } = makeSigningKey(algorithm);
  const signer = signerOf(secret);
  const payload = utf8('{"_type":"https://in-toto.io/Statement/v1"}');
  const sealed = sealStatement(payload, signer);

  it('is signed under its own key alone, whose name is the digest of its file', () => {
    expect(signer.key).toEqual(signerKeyOf(pem));
    expect(signer.key).toMatchObject({ algorithm, keyId: sha256Hex(pem) });
    const opened = openStatement(sealed);
    if (opened === null) throw new Error('not opened');
    expect(opened.payload).toEqual(payload);
    expect(checkSignature(opened, pem, verifySignature)).toBe('valid');
    const other = makeSigningKey(algorithm).pem;
    expect(checkSignature(opened, other, verifySignature)).toBe('invalid');
    // Neither a changed name nor a changed payload helps.
    expect(checkSignature({ ...opened, hint: signerKeyOf(other).keyId }, other, verifySignature)).toBe('invalid');
    expect(checkSignature({ ...opened, payload: utf8('{}') }, pem, verifySignature)).toBe('invalid');
  });

  it('has no byte that may be another one', () => {
    for (let at = 0; at < sealed.length; at++) {
      const opened = openStatement(sealed.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte)));
      if (opened !== null) expect(checkSignature(opened, pem, verifySignature), `byte ${at}`).not.toBe('valid');
    }
  });

  it('is a bundle to Sigstore', () => {
    const bundle = bundleFromJSON(JSON.parse(text(sealed)));
    expect(isBundleWithDsseEnvelope(bundle) && isBundleWithPublicKey(bundle)).toBe(true);
    if (!isBundleWithDsseEnvelope(bundle)) return;
    expect(new Uint8Array(bundle.content.dsseEnvelope.payload)).toEqual(payload);
    expect(bundle.content.dsseEnvelope.signatures).toHaveLength(1);
  });
});

describe('keys', () => {
  it.each([
    ['nothing', ''],
    ['a text', 'hello'],
    ['a key of another kind', '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAAAAA\n-----END PUBLIC KEY-----\n'],
    ['a secret key', text(makeSigningKey('ed25519').secret)],
  ])('%s is no public key', (_, pem) => {
    expect(() => signerKeyOf(utf8(pem))).toThrow(expect.objectContaining({ code: 'FILE_MALFORMED' }) as Error);
    expect(verifySignature(utf8(pem), utf8('x'), new Uint8Array(64))).toBe('unusable');
  });

  it('every encoding of a point is the same key, under the same name', () => {
    const { pem, keyId } = signerOf(makeSigningKey('ecdsa-p256-sha256').secret).key;
    const der = fromBase64(text(pem).replace(/-----[A-Z ]+-----|\n/g, ''));
    const parity = (der[90] as number) & 1;
    const hybrid = Uint8Array.from(der, (byte, i) => (i === 26 ? 6 + parity : byte));
    const prefix = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
    const compressed = concatBytes(prefix, Uint8Array.of(2 + parity), der.subarray(27, 59));
    for (const other of [hybrid, compressed]) {
      const base64 =
        Buffer.from(other)
          .toString('base64')
          .match(/.{1,64}/g) ?? [];
      const file = utf8(['-----BEGIN PUBLIC KEY-----', ...base64, '-----END PUBLIC KEY-----', ''].join('\n'));
      expect(sha256Hex(file)).not.toBe(keyId);
      expect(signerKeyOf(file)).toEqual({ keyId, algorithm: 'ecdsa-p256-sha256', pem });
    }
  });

  it('a public key signs nothing', () => {
    expect(() => signerOf(makeSigningKey('ed25519').pem)).toThrow(
      expect.objectContaining({ code: 'FILE_MALFORMED' }) as Error,
    );
  });
});

describe('OpenSSF Model Signing', () => {
  const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(`test/fixtures/model-signing/${name}`));
  /** The files that scripts/model-signing-vector.py signed with the reference tool. */
  const members = new Map([
    ['model/weights/b.bin', utf8('layer two\n')],
    ['model/config.json', utf8('{"name":"tiny"}\n')],
    ['model/weights/a.bin', utf8('layer one\n')],
    ['model/model.sig', fixture('model.sig')],
    ['report.html', utf8('no part of the model')],
  ]);
  type Statement = {
    readonly subject: unknown;
    readonly predicateType: string;
    readonly predicate: { readonly serialization: Record<string, unknown>; readonly resources: unknown };
  };

  it('states of a model what the reference tool states', () => {
    const { dsseEnvelope } = JSON.parse(text(fixture('model.sig'))) as { dsseEnvelope: { payload: string } };
    const theirs = JSON.parse(text(fromBase64(dsseEnvelope.payload))) as Statement;
    const ours = JSON.parse(text(modelStatement('model', members))) as Statement;
    expect(ours.subject).toEqual(theirs.subject);
    expect(ours.predicateType).toBe(theirs.predicateType);
    expect(ours.predicate.resources).toEqual(theirs.predicate.resources);
    const { ignore_paths, ...serialization } = theirs.predicate.serialization;
    expect(ignore_paths).toContain('model.sig');
    expect(ours.predicate.serialization).toEqual({ ...serialization, ignore_paths: ['model.sig'] });
  });

  it('signs as the reference tool signs: its signature is valid here', () => {
    const opened = openStatement(fixture('model.sig'));
    // The tool does not sort its keys, so its file is none of ours; what it signed is judged alone.
    expect(opened).toBeNull();
    const { dsseEnvelope, verificationMaterial } = JSON.parse(text(fixture('model.sig'))) as {
      dsseEnvelope: { payload: string; signatures: { sig: string }[] };
      verificationMaterial: { publicKey: { hint: string } };
    };
    const statement = {
      payload: fromBase64(dsseEnvelope.payload),
      hint: verificationMaterial.publicKey.hint,
      signature: fromBase64(dsseEnvelope.signatures[0]?.sig ?? ''),
    };
    expect(checkSignature(statement, fixture('signer.pem'), verifySignature)).toBe('valid');
    expect(checkSignature({ ...statement, payload: utf8('{}') }, fixture('signer.pem'), verifySignature)).toBe(
      'invalid',
    );
  });
});
