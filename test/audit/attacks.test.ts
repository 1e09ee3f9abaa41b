import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Graph, GraphNode, GraphTensor, ValueInfo } from '../../src/artifact/graph.ts';
import { memberPaths } from '../../src/audit/bundle.ts';
import { keyIdOf, openStatement, sealStatement } from '../../src/audit/dsse.ts';
import { makeSigningKey, signerOf } from '../../src/audit/node/signatures.ts';
import { ByteWriter, concatBytes, utf8 } from '../../src/base/bytes.ts';
import { crc32 } from '../../src/base/crc32.ts';
import { renderAudit } from '../../src/cli/render-audit.ts';
import { renderVerdict } from '../../src/cli/render-verdict.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { plainPng } from '../../src/pipeline/io/png.ts';
import { check, failing, outcomeOf, seal, signer, withMember, without } from './bundle-support.ts';
import { consistent, flipped, withNewManifest } from './mutations.ts';
import { hiddenSource, publicSource } from './source.ts';

const source = publicSource();
const sealed = seal(source);
const thief = signerOf(makeSigningKey('ecdsa-p256-sha256').secret);

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = concatBytes(utf8(type), data);
  const out = new ByteWriter();
  for (const shift of [24, 16, 8, 0]) out.u8((data.length >>> shift) & 255);
  out.raw(body);
  for (const shift of [24, 16, 8, 0]) out.u8((crc32(body) >>> shift) & 255);
  return out.finish();
}

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

describe('words of the exporter', () => {
  it('are never lines of the verdict', async () => {
    const forged = 'PASS         the signer is who you expect';
    for (const separator of ['\n', '\r', '\u2028']) {
      const digests = { [`a.${separator}${forged}`]: '00' };
      const verdict = await check(seal({ ...source, events: [{ kind: 'made', time: null, digests }] }));
      expect(outcomeOf(verdict, 'the events are about what is in this bundle')).toContain(forged);
      expect(
        renderAudit(verdict)
          .split(/[\n\r\u2028]/)
          .filter((line) => line.startsWith(forged)),
      ).toEqual([]);
    }
    const claims = { ...source.claims, model: `net\n${forged}` };
    expect(renderVerdict({ ok: true, claims }, null)).not.toContain(`\n${forged}`);
  });

  it('a key has one file, hence one name', async () => {
    const pem = utf8(`${new TextDecoder().decode(thief.key.pem)}Owner: somebody else\n`);
    const named = { ...thief, key: { ...thief.key, pem, keyId: keyIdOf(pem) } };
    const hidden = hiddenSource();
    const honest = seal(hidden, thief);
    const members = consistent(honest, withMember(honest, memberPaths.signer, pem), named);
    expect(failing(await check(members))).toEqual([memberPaths.signer]);
  });

  it('a statement that names files without end gets an answer that has one', async () => {
    const opened = openStatement(sealed.get(memberPaths.statement) as Uint8Array);
    const many = Array.from({ length: 1000 }, (_, i) => `{"path":"x${i}","sha256":""}`).join();
    const payload = new TextDecoder().decode(opened?.payload).replace('"members":[', `"members":[${many},`);
    const members = withMember(sealed, memberPaths.statement, sealStatement(utf8(payload), signer));
    expect((await check(withNewManifest(members))).findings.length).toBeLessThan(100);
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

  it('a picture that viewers may show otherwise is refused, whatever its pixels', async () => {
    const seven = new Uint8Array(readFileSync('artifacts/digits-mlp/images/7.png'));
    const head = seven.subarray(0, 33);
    const frames = pngChunk('acTL', new Uint8Array(8));
    const animated = concatBytes(head, frames, seven.subarray(33));
    const claim = 'the picture is what the model read';
    for (const image of [animated, concatBytes(seven, utf8('more')), concatBytes(head, head.subarray(8))])
      expect(outcomeOf(await check(seal({ ...source, image })), claim)).toMatch(/^fail/);
    expect(plainPng(concatBytes(animated, utf8('more')), 'image.png')).toEqual(seven);
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
