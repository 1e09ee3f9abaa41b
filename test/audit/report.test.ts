import { describe, expect, it } from 'vitest';
import type { QuantGraph } from '../../src/artifact/quant-graph.ts';
import type { AuditSource } from '../../src/audit/bundle.ts';
import { nothing } from '../../src/audit/layers.ts';
import { stepsOf } from '../../src/audit/report/flow.ts';
import { escapeText, html } from '../../src/audit/report/markup.ts';
import { reportPage } from '../../src/audit/report/page.ts';
import { base64, pictureOf } from '../../src/audit/report/picture.ts';
import { drawRow, laneCount, railsOf } from '../../src/audit/report/rails.ts';
import { termWords } from '../../src/audit/report/soundness.ts';
import { style } from '../../src/audit/report/style.ts';
import { verdictRows } from '../../src/audit/report/verdicts.ts';
import { brief, count, measure, power } from '../../src/audit/report/words.ts';
import { keySoundness } from '../../src/backends/groth16/config.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { sha256 } from '../../src/base/sha256.ts';
import { decodePng } from '../../src/pipeline/io/png.ts';
import { publicSource } from './source.ts';

function pageOf(source: AuditSource): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(reportPage(source));
}

/** The page without its one style, whose text is ours. */
function markupOf(source: AuditSource): string {
  return pageOf(source).replace(`<style>${style}</style>`, '');
}

/** Every tag with its attributes, as a browser would find them. */
function tagsOf(markup: string): { readonly name: string; readonly attributes: readonly [string, string][] }[] {
  return [...markup.matchAll(/<([a-zA-Z!][^\s/>]*)((?:[^>"]|"[^"]*")*)>/g)].map(([, name = '', rest = '']) => ({
    name: name.toLowerCase(),
    attributes: [...rest.matchAll(/([^\s="/]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [key, value]),
  }));
}

describe('report.html', () => {
  const page = pageOf(publicSource());

  it('is the same bytes every time', () => {
    expect(pageOf(publicSource())).toBe(page);
  });

  it('asks for nothing: no script, no reference, and a policy that allows its own style alone', () => {
    const tags = tagsOf(markupOf(publicSource()));
    const calling = ['script', 'link', 'iframe', 'object', 'embed', 'form', 'base', 'video', 'use', 'a'];
    expect(tags.filter(({ name }) => calling.includes(name))).toEqual([]);
    const attributes = tags.flatMap((tag) => tag.attributes);
    expect(attributes.filter(([key]) => /^on|^style$|^href$|^xlink|^action$|^srcset$/i.test(key))).toEqual([]);
    const sources = attributes.filter(([key]) => key === 'src');
    expect(sources).toHaveLength(1);
    expect(sources[0]?.[1]).toMatch(/^data:image\/bmp;base64,[A-Za-z0-9+/=]+$/);
    const others = attributes.filter(([key]) => key !== 'src');
    expect(others.filter(([, value]) => /^\s*(https?:|\/\/|javascript:|data:)/i.test(value))).toEqual([]);
    expect(page.match(/https?:|url\(|@import/g)).toBeNull();
    const policy = tags.flatMap(({ name, attributes }) => {
      const isPolicy = name === 'meta' && attributes.some(([, value]) => value === 'Content-Security-Policy');
      return isPolicy ? attributes.flatMap(([key, value]) => (key === 'content' ? [value] : [])) : [];
    });
    const hash = base64(sha256(utf8(style)));
    const rules = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
    expect(policy).toEqual([escapeText(rules)]);
    expect(page.match(/<style>([^<]*)<\/style>/)?.[1]).toBe(style);
  });

  it('closes what it opens', () => {
    const empty = ['meta', 'img', '!doctype', 'rect', 'circle', 'path'];
    const open: string[] = [];
    for (const [, slash, name = ''] of pageOf(publicSource()).matchAll(/<(\/?)([a-zA-Z!][^\s/>]*)/g)) {
      if (slash === '/') expect(open.pop()).toBe(name);
      else if (!empty.includes(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('has the answer, the digests in full, and every soundness term with its meaning', () => {
    const { claims, accepted } = publicSource();
    expect(page).toContain('this network answers <strong>7</strong>');
    expect(page).toContain('its name is the exporter’s word');
    expect(pageOf({ ...publicSource(), labels: null })).toContain('this network answers <strong>class 7</strong>');
    for (const digest of [claims.modelDigest, claims.keyDigest]) expect(page).toContain(digest);
    for (const { name } of [...accepted.soundness.terms, ...keySoundness.terms]) expect(termWords[name]).toBeDefined();
    for (const { name, bits } of accepted.soundness.terms) {
      expect(page).toContain(termWords[name]);
      expect(page).toContain(`<td>${name}<p>`);
      expect(page).toContain(bits.toFixed(1));
    }
  });
});

describe('names of strangers', () => {
  const hostile = [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `' onmouseover='x`,
    `\u202egnp.exe\u0000`,
  ];

  it('are text wherever they stand', () => {
    const [a, b, c, d] = hostile as [string, string, string, string];
    const base = publicSource();
    const graph = base.graph as QuantGraph;
    const rename = (name: string): string => `${c}${name}`;
    const source: AuditSource = {
      ...base,
      graph: { ...graph, nodes: graph.nodes.map((node) => ({ ...node, name: rename(node.name), op: a })) },
      claims: {
        ...base.claims,
        model: a,
        backend: b,
        inputs: base.claims.inputs.map((tensor) => ({ ...tensor, name: b })),
        outputs: base.claims.outputs.map((tensor) => ({ ...tensor, name: d })),
      },
      labels: base.labels?.map((label) => a + label) ?? null,
      events: [{ kind: b, time: null, digests: { [a]: b } }],
      environment: { ...base.environment, provenn: a, runtime: b, platform: c, processor: d, lockfileDigest: a },
      comparison: {
        calibrationDigest: a,
        samples: 3,
        agreement: 1,
        layers: [{ name: a, op: b, maxError: 1, meanError: 1, sqnr: 1 }],
      },
      signer: { keyId: a, algorithm: 'ed25519', pem: utf8(a) },
      createdAt: a,
    };
    const page = markupOf(source);
    const known = new Set(tagsOf(markupOf(base)).map(({ name }) => name));
    for (const { name, attributes } of tagsOf(page)) {
      expect(known).toContain(name);
      for (const [key] of attributes) expect(key).not.toMatch(/^on/i);
    }
    for (const text of hostile) expect(page).not.toContain(text);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('\\u{202e}gnp.exe\\u{0}');
  });

  it('are escaped by the template itself, however deep they come', () => {
    expect(html`<p title="${'"<&\''}">${['<i>', html`<b>${'<'}</b>`, null, 3]}</p>`.markup).toBe(
      '<p title="&quot;&lt;&amp;&#39;">&lt;i&gt;<b>&lt;</b>3</p>',
    );
    expect(escapeText('a\u200bb\ud800')).toBe('a\\u{200b}b\\u{d800}');
  });
});

describe('what a report says', () => {
  const kinds = (source: AuditSource): string[] => verdictRows(source).map(({ kind }) => kind);

  it('promises no opening of an answer without a commitment, and no secret that anybody can compute', () => {
    const source = publicSource();
    const { outputs } = source.claims;
    const report = (commitment: string | null, trace: AuditSource['trace']): string => {
      const hidden = outputs.map((tensor) => ({ ...tensor, side: 'output' as const, commitment }));
      return pageOf({ ...source, trace, claims: { ...source.claims, outputs: [], hidden } });
    };
    expect(report(null, source.trace)).not.toContain('holds its opening');
    expect(report(null, source.trace)).toContain('With model and input public, anybody can compute it.');
    expect(report('ab'.repeat(32), null)).toContain('holds its opening');
    expect(report('ab'.repeat(32), null)).not.toContain('anybody can compute');
  });

  it('depends on what is hidden, who signed, and how the key was made', () => {
    const base = publicSource();
    expect(kinds(base)).toEqual([
      ...Array(3).fill('proven'),
      ...Array(3).fill('repeatable'),
      'stated',
      'stated', // names of classes, times
      ...Array(5).fill('open'),
    ]);
    const signed = { ...base, signer: { keyId: 'ab', algorithm: 'ed25519' as const, pem: utf8('') } };
    expect(kinds(signed).filter((kind) => kind === 'stated')).toHaveLength(3);
    const insecure = { ...base, claims: { ...base.claims, setup: 'insecure' as const } };
    expect(kinds(insecure).slice(0, 4)).toEqual(['danger', 'danger', 'danger', 'proven']);
    expect(kinds(insecure).filter((kind) => kind === 'proven')).toHaveLength(1); // that the proof hides what it hides
    expect(pageOf(insecure)).not.toContain('was proven; that');
    expect(pageOf(insecure)).toContain('means nothing to others');
    expect(pageOf(insecure)).not.toContain('<b>The proof holds</b>');
    expect(kinds({ ...base, claims: { ...base.claims, context: '' } }).filter((kind) => kind === 'open')).toHaveLength(
      6,
    );
  });
});

describe('the picture', () => {
  it('has the pixels that were proven, whatever picture file came along', () => {
    const { claims, preprocessing, image } = publicSource();
    const [input] = claims.inputs;
    const picture = pictureOf(input as never, preprocessing);
    const bytes = Uint8Array.from(atob((picture?.dataUrl ?? '').replace(/^.*,/, '')), (c) => c.charCodeAt(0));
    const { data: pixels } = decodePng(image as Uint8Array, '7.png');
    const drawn = Array.from({ length: 64 }, (_, i) => bytes[54 + (7 - Math.floor(i / 8)) * 24 + 3 * (i % 8)]);
    expect(drawn).toEqual(Array.from(pixels));
    expect(bytes.length).toBe(54 + 8 * 24);
  });

  it('is left away where nothing says that the input is one', () => {
    const { claims, preprocessing } = publicSource();
    const [input] = claims.inputs;
    const bad = ['', '[]', 'null', '{"layout":"NCHW","scale":[0],"offset":[0]}', '{"layout":"x"}'];
    for (const text of bad) expect(pictureOf(input as never, utf8(text))).toBeNull();
    expect(pictureOf(input as never, null)).toBeNull();
    expect(pictureOf({ ...input, dims: [64] } as never, preprocessing)).toBeNull();
  });
});

describe('the drawing of the network', () => {
  it('keeps the main path in the first lane and puts a shortcut beside it', () => {
    const step = (name: string, reads: string[], makes: string[]) => ({
      ...{ name, reads, makes, ops: [], dims: null, nodes: 1, counts: nothing },
    });
    const rows = railsOf([
      step('input', [], ['x']),
      step('conv', ['x'], ['y']),
      step('conv', ['y'], ['z']),
      step('add', ['z', 'x'], ['s']),
      step('output', ['s'], []),
    ]);
    expect(rows).toEqual([
      { dot: 0, into: [], past: [], leaves: true },
      { dot: 0, into: [0], past: [[0, 1]], leaves: true },
      { dot: 0, into: [0], past: [[1, 1]], leaves: true },
      { dot: 0, into: [0, 1], past: [], leaves: true },
      { dot: 0, into: [0], past: [], leaves: false },
    ]);
    expect(laneCount(rows)).toBe(2);
    const checked = railsOf([step('input', [], ['x']), step('range', ['x'], []), step('conv', ['x'], ['y'])]);
    expect(checked.map(({ dot }) => dot)).toEqual([0, 0, 0]);
  });

  it('stays as narrow as a page when a step makes a thousand values', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `v${i}`);
    const counts = nothing;
    const bare = { ops: [], dims: null, nodes: 1, counts };
    const rows = railsOf([
      { ...bare, name: 'split', reads: [], makes: many },
      { ...bare, name: 'join', reads: many, makes: [] },
    ]);
    expect(rows[1]?.into).toHaveLength(1000);
    const drawing = drawRow(rows[1] as never, laneCount(rows), false).markup;
    expect(Number(/width="(\d+)"/.exec(drawing)?.[1])).toBeLessThan(250);
  });

  it('folds a long network without losing a product of it', () => {
    const { key, graph } = publicSource();
    const [node] = graph?.nodes ?? [];
    const long = Array.from({ length: 200 }, (_, i) => ({
      ...(node as never as QuantGraph['nodes'][number]),
      name: `n${i}`,
      inputs: [i === 0 ? 'image/quantized' : `t${i - 1}`],
      outputs: [`t${i}`],
    }));
    const deep = {
      ...(graph as QuantGraph),
      nodes: long,
      tensors: [
        ...(graph?.tensors ?? []),
        ...long.map(({ outputs }) => ({ name: outputs[0] as string, dtype: 'u8' as const, dims: [1] })),
      ],
    };
    const gadgets = key.circuit.gadgets.map((gadget, i) => ({ ...gadget, name: `t${i}` }));
    const steps = stepsOf({ ...key.circuit, gadgets }, deep);
    expect(steps.length).toBeLessThan(40);
    expect(steps.reduce((sum, { nodes, ops }) => sum + (ops.length === 0 ? 0 : nodes), 0)).toBe(200);
    expect(steps.reduce((sum, { counts }) => sum + counts.products, 0)).toBe(64 * 32 + 32 * 10);
  });
});

describe('words', () => {
  it('are the same everywhere', () => {
    expect([0, 999, 1000, 1234567].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([0.5, -2, 1.254e-8, -1e9].map(measure)).toEqual(['0.5', '−2', '1.25 · 10⁻⁸', '−1,000,000,000']);
    expect(power(2, -102)).toBe('2⁻¹⁰²');
    expect(brief('𝒳'.repeat(9), 4)).toBe('𝒳𝒳𝒳…');
  });
});
