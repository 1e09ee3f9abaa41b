import { describe, expect, it } from 'vitest';
import { memberPaths } from '../../src/audit/bundle.ts';
import type { SecondOpinion } from '../../src/audit/checks/context.ts';
import { makeManifest } from '../../src/audit/manifest.ts';
import { makeSigningKey, signerOf } from '../../src/audit/node/signatures.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { describeBundle } from '../../src/pipeline/describe.ts';
import { check, failing, outcomeOf, seal, signer, withMember, without } from './bundle-support.ts';
import { publicSource } from './source.ts';

const source = publicSource();
const sealed = seal(source);
const { keyBytes, claims } = source;

describe('an honest bundle', () => {
  it('passes whole when the checker knows whom and what to expect', async () => {
    const verdict = await check(sealed, {
      signer: signer.key,
      key: keyBytes,
      model: claims.modelDigest,
      context: utf8('audit 7'),
    });
    expect(failing(verdict)).toEqual([]);
    expect(verdict.ok).toBe(true);
    const open = verdict.findings.flatMap(({ outcome, claim }) => (outcome === 'not-checked' ? [claim] : []));
    expect(open).toEqual([
      'a second, independent verifier agrees',
      'the classes are called what the bundle calls them',
      'the int8 model is this close to the float model',
      'the bundle was made with these versions on this machine',
      'the events happened at these times',
    ]);
  });

  it('says what the checker did not say', async () => {
    const verdict = await check(sealed);
    expect(verdict.ok).toBe(true);
    expect(outcomeOf(verdict, 'the signer is who you expect')).toMatch(/^not-checked: The key came with the bundle/);
    expect(outcomeOf(verdict, 'the model is the one you mean')).toMatch(/^not-checked: .*[0-9a-f]{64}/);
    expect(outcomeOf(verdict, 'the proof was made for your request')).toMatch(/^not-checked: .*6175646974/);
    expect(outcomeOf(verdict, 'the key is the one the circuit has')).toMatch(/^pass: /);
  });

  it('is the same bundle from the same source, signature apart', () => {
    expect(seal(source, null)).toEqual(seal(source, null));
  });

  it('holds no opening', () => {
    expect([...sealed.keys()].filter((path) => /opening|secret|proving/.test(path))).toEqual([]);
  });
});

describe('inspection', () => {
  it('tells what a bundle says of itself, and that nobody checked it', () => {
    const facts = new Map(describeBundle(sealed).facts);
    expect(facts.get('signed')).toBe(`by a key named ${signer.key.keyId}`);
    expect(facts.get('made')).toBe('2026-01-02T03:04:05Z');
    expect(facts.get('checked')).toBe('no: run provenn audit check');
    expect(facts.get('members')).toHaveLength(sealed.size);
    const bare = new Map(describeBundle(without(seal(source, null), memberPaths.statement)).facts);
    expect(bare.get('signed')).toBe('by nobody');
    expect(bare.get('statement')).toBe('none that can be read');
  });
});

describe('what the checker knows', () => {
  const stranger = signerOf(makeSigningKey('ed25519').secret);

  it.each([
    ['another signer', { signer: stranger.key }, memberPaths.statement],
    ['another key', { key: keyBytes.slice(0, -1) }, memberPaths.verifyingKey],
    ['another model', { model: '0'.repeat(64) }, memberPaths.verifyingKey],
    ['another context', { context: utf8('audit 8') }, memberPaths.proof],
    ['an audience', { audience: 'regulator' }, memberPaths.statement],
  ])('%s is a failure', async (_, expected, member) => {
    expect(failing(await check(sealed, expected))).toEqual([member]);
  });

  it('an expected signer refuses what nobody signed, and what somebody else signed again', async () => {
    expect(failing(await check(seal(source, null), { signer: signer.key }))).toEqual([memberPaths.statement]);
    const resigned = seal(source, stranger);
    expect((await check(resigned)).ok).toBe(true);
    expect(failing(await check(resigned, { signer: signer.key }))).toEqual([memberPaths.statement]);
  });

  it('a bundle cannot bring one key and be signed with another', async () => {
    const swapped = withMember(sealed, memberPaths.signer, stranger.key.pem);
    swapped.set(memberPaths.manifest, makeManifest(swapped));
    expect(failing(await check(swapped, { signer: signer.key }))).toContain(memberPaths.signer);
    expect(failing(await check(swapped))).toContain(memberPaths.statement);
  });

  it('an unsigned bundle passes, and says that nobody signed', async () => {
    const verdict = await check(seal(source, null));
    expect(verdict.ok).toBe(true);
    expect(outcomeOf(verdict, 'the statement is signed')).toMatch(/^not-checked: Nobody signed/);
  });
});

describe('time', () => {
  it.each([
    ['before it was made', '2026-01-01T00:00:00Z', ['statement.sigstore.json']],
    ['while it is meant', '2026-06-01T00:00:00Z', []],
    ['when it has expired', '2027-01-01T00:00:00Z', ['statement.sigstore.json']],
  ])('%s', async (_, now, failed) => {
    const members = seal({ ...source, expiresAt: '2027-01-01T00:00:00Z' });
    expect(failing(await check(members, {}, { now }))).toEqual(failed);
  });
});

describe('a second opinion', () => {
  const claim = 'a second, independent verifier agrees';
  const { keyDigest, modelDigest } = claims;

  it.each<[SecondOpinion, RegExp]>([
    [{ ok: true, keyDigest, modelDigest }, /^pass/],
    [{ ok: true, keyDigest, modelDigest: keyDigest }, /^fail: .*another model/],
    [{ ok: false, reason: 'No.' }, /^fail: .*No\.$/],
    [{ ok: null, reason: 'Not mine.' }, /^not-checked: Not mine\.$/],
  ])('%j counts', async (opinion, outcome) => {
    expect(outcomeOf(await check(sealed, {}, { secondVerifier: () => opinion }), claim)).toMatch(outcome);
  });

  it('is asked about the files, and cannot end the check', async () => {
    const asked: Uint8Array[] = [];
    const secondVerifier = (key: Uint8Array, proof: Uint8Array): never => {
      asked.push(key, proof);
      throw new Error('broken');
    };
    expect(outcomeOf(await check(sealed, {}, { secondVerifier }), claim)).toBe('fail: broken.');
    expect(asked).toEqual([source.keyBytes, source.proofBytes]);
  });
});

describe('a bundle without a member', () => {
  it.each([
    memberPaths.manifest,
    memberPaths.statement,
    memberPaths.proof,
    memberPaths.verifyingKey,
    memberPaths.int8Model,
  ])('%s is named', async (path) => {
    expect(failing(await check(without(sealed, path)))).toContain(path);
  });

  it('nothing at all is a verdict, too', async () => {
    expect((await check(new Map())).ok).toBe(false);
  });
});
