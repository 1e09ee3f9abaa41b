/**
 * `provenn/verify` in workerd, the runtime of Cloudflare Workers. It compiles no WebAssembly from bytes, so this is the
 * verifier in plain JavaScript. workerd has 160 MB and is installed only for this test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import { acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { verify } from '../../src/verify/index.ts';
import { bundle } from '../support/bundle.ts';
import { complete, everyGadget } from '../support/circuits.ts';
import { fresh } from '../support/fresh.ts';

const install = 'npm install --no-save --ignore-scripts workerd@1.20261117.1';

function workerd(): string {
  const named = process.env['PROVENN_WORKERD'];
  if (named !== undefined) return named;
  const name = 'workerd'; // not a dependency: see above
  try {
    return createRequire(import.meta.url)(name).default;
  } catch {
    throw new Error(`workerd is not installed. Run: ${install}\nor name one with PROVENN_WORKERD=/path/to/workerd`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'provenn-workerd-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const worker = `
import { verify } from './src/verify/index.ts';
import { sharedWasm } from './src/base/wasm.ts';
import key from './key';
import proof from './proof';
import forged from './forged';
const codeOf = (verdict) => verdict.ok ? 'accepted' : verdict.reason.code;
const bytes = (data) => new Uint8Array(data);
export default {
  test() {
    const expect = { context: new TextEncoder().encode('request 4711') };
    const good = verify(bytes(key), bytes(proof), { expect });
    console.log('result ' + JSON.stringify({
      kernels: sharedWasm() === null ? 'plain' : 'wasm',
      good: codeOf(good),
      claims: { ...good.claims, inputs: [], outputs: good.claims.outputs.map(({ integers }) => [...integers]) },
      forged: codeOf(verify(bytes(key), bytes(forged))),
      swapped: codeOf(verify(bytes(proof), bytes(key))),
      context: codeOf(verify(bytes(key), bytes(proof), { expect: { context: new Uint8Array(1) } })),
    }));
  },
};`;

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .main)]);
const main :Workerd.Worker = (
  modules = [
    (name = "worker", esModule = embed "worker.js"),
    (name = "key", data = embed "key"), (name = "proof", data = embed "proof"), (name = "forged", data = embed "forged"),
  ],
  compatibilityDate = "2026-01-01",
);`;

it('workerd gives the verdicts that Node gives', async () => {
  const { circuit, inputs } = everyGadget();
  const key = makeKey(circuit);
  const proof = proveWitness(acceptKey(key), complete(circuit, inputs), utf8('request 4711'), fresh());
  const forged = { ...proof, body: proof.body.map((byte, i) => (i === proof.body.length >> 1 ? byte ^ 1 : byte)) };
  const files = { key: encodeVerifyingKey(key), proof: encodeProof(proof), forged: encodeProof(forged) };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const { code } = await bundle(worker, 'esm', ['./key', './proof', './forged']);
  writeFileSync(join(folder, 'worker.js'), code);
  writeFileSync(join(folder, 'config.capnp'), config);
  const { stdout, stderr, status } = spawnSync(workerd(), ['test', join(folder, 'config.capnp')], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const line = `${stdout}\n${stderr}`.match(/result (\{.*\})/)?.[1];
  const result = JSON.parse(line ?? 'null');
  console.log(`workerd: ${result.kernels} kernels, good proof ${result.good}, forged one ${result.forged}`);
  const here = verify(files.key, files.proof);
  const bad = verify(files.key, files.forged);
  if (!here.ok || bad.ok) throw new Error('Node disagrees with itself');
  const claims = {
    ...here.claims,
    inputs: [],
    outputs: here.claims.outputs.map(({ integers }) => [...integers]),
    // A logarithm, whose last digit engines do not agree on.
    soundnessBits: expect.closeTo(here.claims.soundnessBits, 9),
  };
  expect(result).toEqual({
    kernels: 'plain',
    good: 'accepted',
    claims,
    forged: bad.reason.code,
    swapped: 'malformed',
    context: 'context',
  });
});
