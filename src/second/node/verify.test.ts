/** verify.mjs as a user runs it: one file, plain Node, nothing installed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seal } from '../../../test/audit/bundle-support.ts';
import { withNewManifest } from '../../../test/audit/mutations.ts';
import { publicSource } from '../../../test/audit/source.ts';
import { encodeVerifyingKey } from '../../artifact/keys.ts';
import { encodeProof } from '../../artifact/proof.ts';
import type { QuantGraph } from '../../artifact/quant-graph.ts';
import { intTensor } from '../../base/tensor.ts';
import { compileModel, proveInference } from '../../pipeline/index.ts';
import { freshRandomness } from '../../pipeline/node/randomness.ts';

const folder = mkdtempSync(join(tmpdir(), 'verify-mjs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(folder, 'verify.mjs');
spawnSync(process.execPath, ['scripts/verify-mjs.mjs', program]);
const members = seal(publicSource());
for (const [path, bytes] of members) write(path, bytes);
const key = join(folder, 'bundle/keys/verifying.key');
const proof = join(folder, 'bundle/proof/answer.proof');

function write(path: string, bytes: Uint8Array): void {
  const file = join(folder, 'bundle', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

function run(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

test('a good proof is accepted with its claims, another one rejected, what is no command line explained', () => {
  const good = run('--key', key, '--proof', proof, '--json');
  expect(good.code).toBe(0);
  expect(JSON.parse(good.out)).toMatchObject({ ok: true, circuit: 'digits-mlp', outputs: [{ name: 'logits' }] });
  expect(run('--key', proof, '--proof', key)).toMatchObject({ code: 1, err: '' });
  expect(run('--key', key)).toMatchObject({ code: 2, out: '' });
  expect(run('--key', key, '--proof', join(folder, 'none'))).toMatchObject({ code: 5, out: '' });
});

test('a bundle is checked against its manifest and signature; a changed, added or missing file is noticed', () => {
  const bundle = join(folder, 'bundle');
  const good = run('--bundle', bundle, '--key', key);
  expect(good.code, good.out + good.err).toBe(0);
  expect(good.out).toContain('ACCEPTED');
  expect(good.out).toContain('NOT CHECKED');
  write('io/values.json', new TextEncoder().encode('{}'));
  expect(run('--bundle', bundle)).toMatchObject({ code: 1 });
  write('io/values.json', members.get('io/values.json') as Uint8Array);
  write('another.txt', new Uint8Array(1));
  expect(run('--bundle', bundle).out).toContain('manifest.json');
});

test('what is signed as another kind of statement is none', () => {
  const path = 'statement.sigstore.json';
  const bytes = members.get(path) as Uint8Array;
  const text = new TextDecoder().decode(bytes);
  const rewrite = (from: string, to: string): void => {
    expect(text).toContain(from);
    const changed = new Map([...members, [path, new TextEncoder().encode(text.replace(from, to))]]);
    for (const [name, content] of withNewManifest(changed)) write(name, content);
  };
  rmSync(join(folder, 'bundle/another.txt'), { force: true });
  rewrite('vnd.in-toto+json', 'vnd.in-toto+jso');
  expect(run('--bundle', join(folder, 'bundle')).out).toContain('of another kind');
  rewrite('"signatures":[', '"signatures":[{"keyid":"","sig":""},');
  expect(run('--bundle', join(folder, 'bundle')).out).toContain('more than one signature');
});

test('the name of a network is never a line of the answer, nor an order to the terminal', () => {
  const { graph, claims } = publicSource();
  const { verifyingKey, provingKey } = compileModel({ ...(graph as QuantGraph), name: 'net\nACCEPTED: \u001b[2J' });
  const inputs = new Map(
    claims.inputs.map(({ name, dtype, dims, integers }) => [name, intTensor(dtype, dims, integers)]),
  );
  const made = proveInference(provingKey, inputs, { randomness: freshRandomness(), context: new Uint8Array(0) });
  write('named.key', encodeVerifyingKey(verifyingKey));
  write('named.proof', encodeProof(made.proof));
  const named = (file: string): string => join(folder, 'bundle', file);
  const { code, out } = run('--key', named('named.key'), '--proof', named('named.proof'));
  expect(code).toBe(0);
  expect(out.split('\n').filter((line) => line.startsWith('ACCEPTED'))).toHaveLength(1);
  expect(out).not.toContain('\u001b');
});
