import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formatsPlugin, { type FormatsPlugin } from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { type AuditSource, type Finding, type Members, memberPaths } from '../../src/audit/bundle.ts';
import { layersOf } from '../../src/audit/layers.ts';
import { bomMember, uuidOf } from '../../src/audit/members/bom.ts';
import { circuitMembers } from '../../src/audit/members/circuit.ts';
import { environmentMember, readEnvironment } from '../../src/audit/members/environment.ts';
import { eventLines, eventsMember, readEvents } from '../../src/audit/members/events.ts';
import { memberGroups } from '../../src/audit/members/index.ts';
import { float32Bits, quantizationMember, readComparison } from '../../src/audit/members/quantization.ts';
import { utf8 } from '../../src/base/bytes.ts';
import type { Json } from '../../src/base/canonical-json.ts';
import { sha256Hex } from '../../src/base/sha256.ts';
import { everything, failures, publicSource, textOf } from './source.ts';

function outcomes(findings: readonly Finding[]): string[] {
  return findings.map(({ outcome }) => outcome);
}

describe('derived members', () => {
  const source = publicSource();
  const members = everything(source);

  it('are the same bytes every time, and pass or say why they are not checked', () => {
    expect(everything(source)).toEqual(members);
    for (const group of memberGroups) {
      expect(failures(source, members, group)).toEqual([]);
      for (const { detail } of group.check(members, source)) expect(detail).toMatch(/^[A-Z0-9].*[.]$/s);
    }
  });

  it.each(memberGroups.flatMap((group) => group.paths.map((path) => [path, group] as const)))(
    'of which %s fails when any one of its bytes is another',
    (path, group) => {
      const bytes = members.get(path) as Uint8Array;
      const stride = Math.max(1, Math.floor(bytes.length / 5));
      for (let at = 0; at < bytes.length; at += stride) {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ 1;
        expect(failures(source, new Map([...members, [path, changed]]), group)).toContain(path);
      }
      const without = new Map([...members].filter(([name]) => name !== path));
      expect(failures(source, without, group)).toContain(path);
    },
  );
});

describe('quantization.json', () => {
  const source = publicSource();
  const record = JSON.parse(textOf(quantizationMember.make(source), memberPaths.quantization)) as {
    readonly network: { readonly activations: readonly { readonly name: string; readonly quantizations: Json }[] };
    readonly inputs: readonly { readonly quantization: Json }[];
  };

  it('writes a scale by the bits of its float32', () => {
    expect([1, -2, 0.1, 2 ** -149].map(float32Bits)).toEqual(['3f800000', 'c0000000', '3dcccccd', '00000001']);
    const [port] = source.key.circuit.inputs;
    expect(record.inputs[0]?.quantization).toEqual({
      scales: [float32Bits(port?.quantization?.scale as number)],
      zeroPoints: [port?.quantization?.zeroPoint],
    });
  });

  it('gives every activation a scale that its neighbours agree on', () => {
    expect(record.network.activations.length).toBeGreaterThan(2);
    for (const { quantizations } of record.network.activations) expect(quantizations).toHaveLength(1);
  });

  it('returns what was measured against the float model', () => {
    const bytes = quantizationMember.make(source).get(memberPaths.quantization) as Uint8Array;
    expect(readComparison(bytes)).toEqual(source.comparison);
    const none = quantizationMember.make({ ...source, comparison: null });
    expect(readComparison(none.get(memberPaths.quantization) as Uint8Array)).toBeNull();
  });

  it('is not checked where it takes data that the bundle has not', () => {
    const members = quantizationMember.make(source);
    expect(outcomes(quantizationMember.check(members, source))).toEqual(['pass', 'not-checked']);
  });
});

describe('circuit/', () => {
  it('counts by layer what adds up to the whole', () => {
    const { key, graph } = publicSource();
    const layers = layersOf(key.circuit, graph);
    expect(layers.map(({ op }) => op)).toEqual(graph?.nodes.map(({ op }) => op));
    const relations = layers.flatMap((layer) => Object.values(layer.relations)).reduce((a, b) => a + b, 0);
    expect(relations).toBe(key.circuit.gadgets.length);
    const products = 64 * 32 + 32 * 10; // the two dense layers of the network
    expect(layers.reduce((sum, layer) => sum + layer.products, 0)).toBe(products);
    expect(layersOf(key.circuit, null).reduce((sum, layer) => sum + layer.products, 0)).toBe(products);
  });

  it('is refused when it is another circuit than that of the key', () => {
    const source = publicSource();
    const other = { ...source.key, circuit: { ...source.key.circuit, name: 'another' } };
    const members = circuitMembers.make({ ...source, key: other });
    expect(outcomes(circuitMembers.check(members, source))).toEqual(['pass', 'fail', 'fail', 'fail']);
  });
});

describe('bom.cdx.json', () => {
  const schema = (name: string): object =>
    JSON.parse(readFileSync(`test/fixtures/cyclonedx/${name}.SNAPSHOT.schema.json`, 'utf8')) as object;
  const ajv = new Ajv({ strict: false });
  for (const name of ['spdx', 'jsf-0.82'])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  (formatsPlugin as unknown as FormatsPlugin)(ajv);
  ajv.addFormat('iri-reference', true).addFormat('idn-email', true);
  const validate = ajv.compile(schema('bom-1.6'));
  const billOf = (source: AuditSource): { [key: string]: Json } =>
    JSON.parse(textOf(bomMember.make(source), memberPaths.bom)) as { [key: string]: Json };

  it('is valid by the schema of CycloneDX 1.6, with and without what may be missing', () => {
    const source = publicSource();
    const bare = { ...source, comparison: null, float: null, int8: null };
    for (const each of [source, bare, { ...source, float: utf8('floats') }]) {
      validate(billOf(each));
      expect(validate.errors).toBeNull();
    }
    expect(validate({ ...billOf(source), specVersion: '1.6', components: [{ name: 'without a type' }] })).toBe(false);
  });

  it('has a number that follows from what it says', () => {
    const source = publicSource();
    const { serialNumber } = billOf(source);
    expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(billOf({ ...source, createdAt: '2026-01-02T03:04:06Z' })['serialNumber']).not.toBe(serialNumber);
    expect(uuidOf(utf8('abc'))).toBe('ba7816bf-8f01-8fea-8141-40de5dae2223');
  });
});

describe('environment.json', () => {
  it('is read back as it was written, and refused in any other form', () => {
    const { environment } = publicSource();
    const bytes = environmentMember.make(publicSource()).get(memberPaths.environment) as Uint8Array;
    expect(readEnvironment(bytes)).toEqual(environment);
    const text = new TextDecoder().decode(bytes);
    for (const bad of [
      text.slice(0, -1),
      text.replace('{', '{ '),
      text.replace('"provenn":"0.1.0"', '"provenn":1'),
      text.replace('{', '{"a":1,'),
      '[]\n',
      '{"__proto__":null}\n',
      'x',
    ])
      expect(() => readEnvironment(utf8(bad))).toThrow(expect.objectContaining({ code: 'ARTIFACT_TAMPERED' }));
  });
});

describe('events.jsonl', () => {
  const source = publicSource();
  const members = everything(source);
  const judge = (events: Members): string[] => {
    const found = new Map([...members, ...events]);
    const bytes = found.get(memberPaths.events) as Uint8Array;
    return outcomes(eventsMember.check(found, { ...source, events: readEvents(bytes) }));
  };

  it('chains every line to the one before it', () => {
    const lines = eventLines(source.events);
    const previous = lines.map((line) => (JSON.parse(line) as { readonly previous: string }).previous);
    expect(previous).toEqual(['0'.repeat(64), ...lines.slice(0, -1).map((line) => sha256Hex(utf8(line)))]);
    expect(judge(new Map())).toEqual(['pass', 'pass', 'not-checked']);
  });

  it('fails when an event is changed, dropped, repeated or put elsewhere, whatever its reader makes of it', () => {
    const lines = eventLines(source.events);
    const [a, b, c] = lines as [string, string, string];
    for (const bad of [
      [b, a, c],
      [a, c],
      [a, a, b, c],
      [a, b.replace('proof made', 'proof seen'), c],
      [b, c],
    ]) {
      const log = utf8(bad.map((line) => `${line}\n`).join(''));
      expect(judge(new Map([[memberPaths.events, log]]))[0]).toBe('fail');
    }
  });

  it('fails when a digest is not that of what is in the bundle, and says which it cannot know', () => {
    const withDigests = (digests: { readonly [name: string]: string }): string[] =>
      judge(eventsMember.make({ ...source, events: [{ kind: 'exported', time: null, digests }] }));
    const proof = sha256Hex(source.proofBytes);
    expect(withDigests({ [memberPaths.proof]: proof })).toEqual(['pass', 'pass', 'not-checked']);
    expect(withDigests({ [memberPaths.proof]: proof.replace(/^./, (c) => (c === '0' ? '1' : '0')) })[1]).toBe('fail');
    expect(withDigests({ somewhere: proof })[1]).toBe('not-checked');
  });

  it('fails when time runs backwards, and refuses what is no time', () => {
    const at = (...times: string[]): AuditSource => ({
      ...source,
      events: times.map((time) => ({ kind: 'seen', time, digests: {} })),
    });
    expect(judge(eventsMember.make(at('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5Z')))[2]).toBe('not-checked');
    expect(judge(eventsMember.make(at('2026-01-01T00:00:01Z', '2026-01-01T00:00:00.5Z')))[2]).toBe('fail');
    expect(() => judge(eventsMember.make(at('yesterday')))).toThrow(/not a time/);
  });
});
