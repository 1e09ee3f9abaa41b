import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Graph, GraphNode, GraphTensor, ValueInfo } from '../../src/artifact/graph.ts';
import { memberPaths } from '../../src/audit/bundle.ts';
import { openStatement, sealStatement } from '../../src/audit/dsse.ts';
import { makeSigningKey, signerOf } from '../../src/audit/node/signatures.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { check, failing, outcomeOf, seal, signer, withMember, without } from './bundle-support.ts';
import { consistent, flipped, withNewManifest } from './mutations.ts';
import { hiddenSource, publicSource } from './source.ts';

const source = publicSource();
const sealed = seal(source);
const thief = signerOf(makeSigningKey('ecdsa-p256-sha256').secret);

describe('a changed byte', () => {
  // Every byte of every member: test/slow/audit-bytes.test.ts.
  const some = [
    memberPaths.manifest,
    memberPaths.statement,
    memberPaths.int8Model,
    memberPaths.values,
    memberPaths.report,
  ];

  it.each(some)('of %s fails, and the member is named', async (path) => {
    const bytes = sealed.get(path) as Uint8Array;
    const changed = withMember(sealed, path, flipped(bytes, bytes.length >> 1));
    const { findings, ok } = await check(changed, { signer: signer.key });
    expect(ok).toBe(false);
    expect(findings.some((finding) => finding.outcome === 'fail' && finding.member === path)).toBe(true);
  });

  it('of a signed member fails behind a new manifest, too', async () => {
    const labels = sealed.get(memberPaths.preprocessing) as Uint8Array;
    const changed = withNewManifest(withMember(sealed, memberPaths.preprocessing, flipped(labels, labels.length - 8)));
    expect(failing(await check(changed))).toContain(memberPaths.preprocessing);
  });
});

describe('whoever signs again', () => {
  it('cannot do it in the name of another', async () => {
    const stolen = withMember(sealed, memberPaths.signer, thief.key.pem);
    const members = consistent(sealed, stolen, thief);
    expect(failing(await check(members, { signer: signer.key }))).toContain(memberPaths.statement);
    // To a checker who expects nobody, it is a bundle whose model was signed by somebody else.
    expect(failing(await check(members))).toEqual([memberPaths.modelSignature, memberPaths.report]);
  });

  it('cannot state what the members do not show', async () => {
    const opened = openStatement(sealed.get(memberPaths.statement) as Uint8Array);
    const payload = new TextDecoder().decode(opened?.payload);
    const claims: [string, string][] = [
      ['"zeroKnowledge":true', '"zeroKnowledge":false'],
      ['"weights":"public"', '"weights":"committed"'],
      ['"createdAt":"2026-01-02T03:04:05Z"', '"createdAt":"2026-01-02"'],
      [source.claims.modelDigest, '0'.repeat(64)],
    ];
    for (const [from, to] of claims) {
      expect(payload).toContain(from);
      const statement = sealStatement(utf8(payload.replace(from, to)), signer);
      const members = withNewManifest(withMember(sealed, memberPaths.statement, statement));
      expect(failing(await check(members, { signer: signer.key }))).toContain(memberPaths.statement);
    }
  });
});

describe('a bundle of honest parts that do not belong together', () => {
  it('a proof under another key, and a key of another proof, are refused', async () => {
    const { proofBytes, keyBytes } = hiddenSource();
    for (const [path, bytes] of [
      [memberPaths.proof, proofBytes],
      [memberPaths.verifyingKey, keyBytes],
    ] as const) {
      const swapped = consistent(sealed, withMember(sealed, path, bytes), null);
      expect(outcomeOf(await check(swapped), 'the proof holds under the key')).toMatch(/^fail/);
    }
  });

  it('hidden weights are not beside their commitment', async () => {
    const hidden = seal(hiddenSource());
    const verdict = await check(hidden);
    expect(failing(verdict)).toEqual([]);
    expect(outcomeOf(verdict, 'the key is the one the circuit has')).toMatch(/^not-checked: .*pin it/);
    expect([...hidden.keys()].filter((path) => path.startsWith('model/'))).toEqual([]);
    const shown = consistent(hidden, withMember(hidden, memberPaths.int8Model, utf8('weights')), signer);
    expect(failing(await check(shown))).toContain(memberPaths.int8Model);
  });

  it('the picture of something else is not what the model read', async () => {
    const three = new Uint8Array(readFileSync('artifacts/digits-mlp/images/3.png'));
    const seven = new Uint8Array(readFileSync('artifacts/digits-mlp/images/7.png'));
    const claim = 'the picture is what the model read';
    expect(outcomeOf(await check(seal({ ...source, image: seven })), claim)).toMatch(/^pass/);
    expect(outcomeOf(await check(seal({ ...source, image: three })), claim)).toMatch(/^fail/);
    expect(outcomeOf(await check(seal({ ...source, image: utf8('GIF') })), claim)).toMatch(/^fail/);
    const bare = seal({ ...source, image: seven, preprocessing: null, labels: null });
    expect(outcomeOf(await check(bare), claim)).toMatch(/^fail/);
  });

  it('another model is not the proven one, however alike', async () => {
    const int8 = sealed.get(memberPaths.int8Model) as Uint8Array;
    // The last bytes of a small ONNX file are names; the weights are found by trying.
    const at = [...int8.keys()].find((i) => int8[i] === 127 && i > int8.length / 4) as number;
    const members = seal({ ...source, int8: flipped(int8, at, 0) });
    expect(failing(await check(members, { signer: signer.key }))).toContain(memberPaths.int8Model);
  });

  it('a model without measure is refused before it is compiled', async () => {
    const scalar = (data: Float32Array | Uint8Array, type: 'float32' | 'uint8'): GraphTensor =>
      ({ type, dims: [], data }) as GraphTensor;
    const node = (op: string, input: string, output: string): GraphNode => {
      return { name: output, op, domain: '', inputs: [input, 's', 'z'], outputs: [output], attributes: new Map() };
    };
    const value = (name: string): ValueInfo => ({ name, type: 'float32', dims: [1, 8192, 8192] });
    const huge: Graph = {
      name: 'huge',
      irVersion: 8,
      opsets: new Map([['', 13]]),
      inputs: [value('x')],
      outputs: [value('y')],
      nodes: [node('QuantizeLinear', 'x', 'q'), node('DequantizeLinear', 'q', 'y')],
      initializers: new Map([
        ['s', scalar(Float32Array.of(0.5), 'float32')],
        ['z', scalar(Uint8Array.of(0), 'uint8')],
      ]),
      values: new Map(),
    };
    const members = consistent(sealed, withMember(sealed, memberPaths.int8Model, writeModel(huge)), null);
    const claim = 'the circuit is the one the model compiles to';
    expect(outcomeOf(await check(members), claim)).toMatch(/^fail: It has far more integers/);
  });

  it('a model signature is demanded of whoever signs', async () => {
    const members = consistent(sealed, without(sealed, memberPaths.modelSignature), signer);
    expect(failing(await check(members))).toContain(memberPaths.modelSignature);
  });
});
