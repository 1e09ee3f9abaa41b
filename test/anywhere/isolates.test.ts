/** `provenn/verify` outside Node's own realm: in an edge runtime's isolate, without WebAssembly, and in worker threads. */
import { Worker } from 'node:worker_threads';
import { EdgeVM } from '@edge-runtime/vm';
import { beforeAll, expect, it } from 'vitest';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import type { Verdict } from '../../src/artifact/verdict.ts';
import { acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { verify } from '../../src/verify/index.ts';
import { bundle } from '../support/bundle.ts';
import { complete, everyGadget } from '../support/circuits.ts';
import { fresh } from '../support/fresh.ts';

const { circuit, inputs } = everyGadget();
const key = makeKey(circuit);
const keyBytes = encodeVerifyingKey(key);
const proof = proveWitness(acceptKey(key), complete(circuit, inputs), utf8('request 4711'), fresh());
const proofBytes = encodeProof(proof);
const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte));
/** Its digest is right: only the proof system can tell. */
const forged = encodeProof({ ...proof, body: flip(proof.body) });

function codeOf(verdict: Verdict): string {
  return verdict.ok ? 'accepted' : verdict.reason.code;
}

type Files = readonly [key: Uint8Array, proof: Uint8Array];
const cases: readonly [string, Files, string][] = [
  ['a good proof', [keyBytes, proofBytes], 'accepted'],
  ['a damaged proof', [keyBytes, flip(proofBytes)], 'malformed'],
  ['a forged proof', [keyBytes, forged], codeOf(verify(keyBytes, forged))],
  ['files in the wrong order', [proofBytes, keyBytes], 'malformed'],
  ['no bytes at all', [keyBytes, new Uint8Array(0)], 'malformed'],
];

let script = '';
let module = '';
beforeAll(async () => {
  const source = "export { verify } from './src/verify/index.ts'";
  script = (await bundle(source, 'iife')).code;
  module = (await bundle(source)).code;
});

/** A realm that has the web's globals and none of Node's, with the bundle evaluated in it. */
function edge(wasm: boolean): EdgeVM {
  const vm = new EdgeVM({ codeGeneration: { strings: false, wasm } });
  vm.evaluate(script);
  return vm;
}

function verifyIn(vm: EdgeVM, [keyFile, proofFile]: Files, context = 'request 4711'): Verdict {
  Object.assign(vm.context, { keyFile, proofFile });
  const expectation = `{ context: new TextEncoder().encode(${JSON.stringify(context)}) }`;
  return vm.evaluate(`provenn.verify(keyFile, proofFile, { expect: ${expectation} })`);
}

it.each([
  ['', true],
  [' where compiling WebAssembly is forbidden', false],
])('an edge runtime%s gives the verdicts that Node gives', (_, wasm) => {
  const vm = edge(wasm);
  const globals = vm.evaluate('[typeof process, typeof Buffer, typeof require, typeof atob].join()');
  expect(globals).toBe('undefined,undefined,undefined,function');
  const compile = (): unknown => vm.evaluate('new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))');
  if (wasm) expect(compile).not.toThrow();
  else expect(compile).toThrow(/disallowed|WebAssembly/);
  const verdicts = cases.map(([, files]) => verifyIn(vm, files));
  expect(verdicts.filter(({ ok }) => ok)).toHaveLength(1);
  expect(verdicts.map(codeOf)).toEqual(cases.map(([, , code]) => code));
  expect(structuredClone(verdicts[0])).toEqual(verify(keyBytes, proofBytes));
  expect(codeOf(verifyIn(vm, [keyBytes, proofBytes], 'request 4712'))).toBe('context');
});

it('a worker thread gives them too', async () => {
  const body = `${module};import { parentPort } from 'node:worker_threads';
parentPort.on('message', (files) => parentPort.postMessage(files.map(([key, proof]) => ${module.match(/export\{(\w+) as verify\}/)?.[1]}(key, proof))));`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(body)}`));
  try {
    const verdicts = await new Promise<readonly Verdict[]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.postMessage(cases.map(([, files]) => files));
    });
    expect(verdicts.map(codeOf)).toEqual(cases.map(([, , code]) => code));
    expect(verdicts[0]).toEqual(verify(keyBytes, proofBytes));
  } finally {
    await worker.terminate();
  }
});
