/** `provenn/verify` in a Web Worker, as an application would use it there. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import { acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { bundle } from '../support/bundle.ts';
import { openChromium } from '../support/chromium.ts';
import { complete, everyGadget } from '../support/circuits.ts';
import { fresh } from '../support/fresh.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser?.close());

const worker = `
import { verify } from './src/verify/index.ts';
import { sharedWasm } from './src/base/wasm.ts';
self.onmessage = ({ data: [key, proof] }) => {
  const verdict = verify(Uint8Array.from(key), Uint8Array.from(proof));
  self.postMessage([verdict.ok ? 'accepted' : verdict.reason.code, sharedWasm() === null ? 'plain' : 'wasm']);
};`;

/** Runs in the page. */
const ask = `([code, key, proof]) => new Promise((resolve, reject) => {
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage([key, proof]);
})`;

it('a Web Worker accepts a proof and rejects a forged one', async () => {
  const { circuit, inputs } = everyGadget();
  const key = makeKey(circuit);
  const proof = proveWitness(acceptKey(key), complete(circuit, inputs), utf8(''), fresh());
  const forged = { ...proof, body: proof.body.map((byte, i) => (i === proof.body.length >> 1 ? byte ^ 1 : byte)) };
  const { code } = await bundle(worker);
  const page = await browser.newPage();
  const answers = [];
  for (const file of [proof, forged]) {
    const argument = JSON.stringify([code, [...encodeVerifyingKey(key)], [...encodeProof(file)]]);
    answers.push(await page.evaluate(`(${ask})(${argument})`));
  }
  await page.close();
  expect(answers[0]).toEqual(['accepted', 'wasm']);
  expect(answers[1]).not.toEqual(answers[0]);
  expect(answers[1]).toEqual([
    expect.stringMatching(/^(relation|opening|commitment|proof-of-work|malformed)$/),
    'wasm',
  ]);
});
