/** Proving on several threads in a page: a worker of an isolated page, its own workers, one memory. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeProof } from '../../src/artifact/proof.ts';
import { compileModel, importModel, proveInference } from '../../src/pipeline/index.ts';
import { bundle } from '../support/bundle.ts';
import { openChromium } from '../support/chromium.ts';

const model = readFileSync(new URL('../fixtures/models/tiny-cnn.qdq.onnx', import.meta.url));
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** What runs in the worker: the same proof on one thread and on several. */
const program = `
import { encodeProof } from './src/artifact/proof.ts';
import { openWebThreads } from './src/base/threads/web.ts';
import { compileModel } from './src/pipeline/compile.ts';
import { importModel } from './src/pipeline/import.ts';
import { proveInference } from './src/pipeline/prove.ts';

onmessage = async ({ data: { model, counts } }) => {
  const imported = importModel(model).model;
  const { provingKey } = compileModel(imported);
  const inputs = new Map(imported.inputs.map(({ name, dtype, dims }) => {
    const cells = dims.reduce((total, size) => total * size, 1);
    return [name, { dtype, dims, data: Int32Array.from({ length: cells }, (_, i) => (37 * i) % 100) }];
  }));
  const randomness = new Uint8Array(32).fill(5);
  const answers = [];
  for (const count of counts) {
    const threads = count === 1 ? null : await openWebThreads(count, { quantum: 200 });
    const { proof } = proveInference(provingKey, inputs, { randomness, threads });
    answers.push({ count: threads === null ? 1 : 1 + threads.ready(), proof: Array.from(encodeProof(proof)) });
    threads?.close();
  }
  postMessage(answers);
};
`;

let browser: Browser;
let server: Server;
let code: string;

beforeAll(async () => {
  browser = await openChromium();
  code = (await bundle(program, 'iife', ['node:*', 'snarkjs', 'circom2', 'circomlib'])).code;
  server = createServer(({ url }, response) => {
    const script = url === '/worker.js';
    const headers = url === '/open' ? {} : isolation;
    response.writeHead(200, { ...headers, 'Content-Type': script ? 'text/javascript' : 'text/html' });
    response.end(script ? code : '<!doctype html><title>threads</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

type Answer = { readonly count: number; readonly proof: readonly number[] };

async function proveIn(path: string, counts: readonly number[]): Promise<readonly Answer[]> {
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    const bytes = JSON.stringify([...model]);
    return await page.evaluate<readonly Answer[]>(`new Promise((resolve, reject) => {
      const worker = new Worker('/worker.js');
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage({ model: Uint8Array.from(${bytes}), counts: ${JSON.stringify(counts)} });
    })`);
  } finally {
    await page.close();
  }
}

function proofHere(): number[] {
  const imported = importModel(model).model;
  const inputs = new Map(
    imported.inputs.map(({ name, dtype, dims }) => {
      const cells = dims.reduce((total, size) => total * size, 1);
      return [name, { dtype, dims, data: Int32Array.from({ length: cells }, (_, i) => (37 * i) % 100) }];
    }),
  );
  const randomness = new Uint8Array(32).fill(5);
  return [...encodeProof(proveInference(compileModel(imported).provingKey, inputs, { randomness }).proof)];
}

describe('threads in a page', () => {
  it('make the proof that one thread makes, and that Node makes', async () => {
    const answers = await proveIn('/', [1, 2, 3]);
    expect(answers.map(({ count }) => count)).toEqual([1, 2, 3]);
    const expected = Buffer.from(proofHere());
    for (const { proof } of answers) expect(Buffer.compare(Buffer.from(proof), expected)).toBe(0);
  });

  it('are one where the page is not isolated', async () => {
    const [answer] = await proveIn('/open', [2]);
    expect(answer?.count).toBe(1);
    expect(Buffer.compare(Buffer.from(answer?.proof ?? []), Buffer.from(proofHere()))).toBe(0);
  });
});
