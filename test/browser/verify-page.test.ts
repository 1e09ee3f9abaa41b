/** dist/pages/verify.html as its readers have it: from a disk, with no network. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { decodeProof, encodeProof } from '../../src/artifact/proof.ts';
import { readZip, writeZip } from '../../src/audit/zip.ts';
import { acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { openChromium } from '../support/chromium.ts';
import { complete, everyGadget } from '../support/circuits.ts';
import { type DemoFiles, demoFiles } from '../support/demo-files.ts';
import { fresh } from '../support/fresh.ts';

const address = new URL('../../dist/pages/verify.html', import.meta.url).href;

let browser: Browser;
let page: Page;
let files: DemoFiles;
/** What the page asked for or complained about. */
let requests: string[];
let complaints: string[];

beforeAll(async () => {
  files = demoFiles();
  browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
  if (files !== undefined) rmSync(files.folder, { recursive: true, force: true });
});
beforeEach(async () => {
  page = await browser.newPage();
  requests = [];
  complaints = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(address);
});
afterEach(async () => {
  expect(complaints).toEqual([]);
  expect(requests.filter((url) => url !== address && !url.startsWith('blob:'))).toEqual([]);
  await page.close();
});

const give = (...paths: string[]): Promise<void> => page.setInputFiles('input[type=file]', paths);
const verdict = async (): Promise<string> => (await page.textContent('.verdict h2')) ?? '';

async function outcomes(): Promise<string[]> {
  await page.waitForSelector('.judgement');
  await page.waitForSelector('.check:has-text("still at work")', { state: 'detached' });
  return page.$$eval('.check', (items) => items.map((item) => item.className.replace('check ', '')));
}

async function failure(): Promise<string> {
  return (await page.textContent('.check.fail .claim')) ?? '';
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(files.folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('the verifier page', () => {
  it('accepts the proof of the demo, and shows what it is about', async () => {
    await give(files.verifyingKey, files.proof, files.preprocessing);
    expect(await outcomes()).toEqual([
      'pass',
      'pass',
      'pass',
      'pass',
      'pass',
      'not-checked',
      'not-checked',
      'not-checked',
      'pass',
    ]);
    expect(await page.textContent('.check:last-child .claim')).toBe('A second, independent verifier agrees');
    expect(await verdict()).toBe('Accepted');
    expect(await page.textContent('.headline')).toContain('Ankle boot');
    expect(await page.textContent('.scores tr.best')).toMatch(/Ankle boot5\.125/);
    const pixel = "document.querySelector('.picture canvas').getContext('2d').getImageData(14, 20, 1, 1).data[0]";
    expect(await page.evaluate(pixel)).toBeGreaterThan(0);
    expect(await page.evaluate('document.activeElement.textContent.slice(0, 99)')).toBe('Accepted');
  });

  it('judges the proof of the demo in less than 300 ms', async () => {
    const times: number[] = [];
    for (let i = 0; i < 4; i++) {
      await page.reload();
      await give(files.verifyingKey, files.proof);
      await page.waitForSelector('.judgement.pass');
      times.push(Number((await page.textContent('.tally'))?.match(/judged in (\d+) ms/)?.[1]));
    }
    console.log(
      `verify.html: the demo's proof judged in ${times.join(', ')} ms, each in a fresh worker, kernels compiled`,
    );
    expect(Math.min(...times)).toBeLessThan(300); // the best: other programs may run beside the browser
  });

  it('compares what the reader expects', async () => {
    await give(files.verifyingKey, files.proof, files.preprocessing, files.image);
    expect((await outcomes()).slice(-2)).toEqual(['pass', 'pass']);
    const digest = (await page.textContent('.facts dd:nth-of-type(2)')) ?? '';
    await page.click('summary');
    await page.fill('#model', digest);
    await page.press('#model', 'Enter');
    await page.waitForSelector('.check.pass:nth-child(6)');
    await page.fill('#context', 'request 4711');
    await page.press('#context', 'Enter');
    await page.waitForSelector('.judgement.fail');
    expect(await failure()).toBe('The proof was made for you, and now');
  });

  it('rejects a proof of which one byte was flipped, with its digest made right or not', async () => {
    const bytes = Uint8Array.from(readFileSync(files.proof));
    const proof = decodeProof(bytes);
    const flip = (part: Uint8Array): Uint8Array => part.map((byte, i) => (i === part.length >> 1 ? byte ^ 1 : byte));
    await give(files.verifyingKey, written('damaged.proof', flip(bytes)));
    await page.waitForSelector('.judgement.fail');
    expect([await verdict(), await failure()]).toEqual(['Rejected', 'The proof file is whole']);
    expect(await page.$('.claims')).toBeNull();
    await give(written('forged.proof', encodeProof({ ...proof, body: flip(proof.body) })));
    await page.waitForSelector('.check.fail:nth-child(4)');
    expect([await verdict(), await failure()]).toEqual(['Rejected', 'The proof holds']);
  });

  it('rejects a proof that states another output', async () => {
    const proof = decodeProof(Uint8Array.from(readFileSync(files.proof)));
    const publics = proof.statement.publics.map((tensor, i) =>
      i === 0 ? tensor : tensor.map((value, j) => (j === 0 ? value ^ 1 : value)),
    );
    await give(
      files.verifyingKey,
      written('lie.proof', encodeProof({ ...proof, statement: { ...proof.statement, publics } })),
    );
    await page.waitForSelector('.judgement.fail');
    expect(await failure()).toBe('The proof holds');
  });

  it('rejects the key of another network, and a key that is damaged', async () => {
    await give(files.otherKey, files.proof);
    await page.waitForSelector('.judgement.fail');
    expect([await verdict(), await failure()]).toEqual(['Rejected', 'The proof was made under this key']);
    const key = Uint8Array.from(readFileSync(files.verifyingKey));
    await give(
      written(
        'damaged.key',
        key.map((byte, i) => (i === 5000 ? byte ^ 4 : byte)),
      ),
    );
    await page.waitForSelector('.check.fail:nth-child(1)');
    expect(await failure()).toBe('The verifying key is whole and sound');
  });

  it('checks an audit bundle as the command line does, signatures included', async () => {
    await give(files.bundle, files.signer);
    await page.waitForSelector('.judgement', { timeout: 60_000 });
    console.log(`verify.html: an audit bundle of the demo: ${await page.textContent('.tally')}`);
    expect(await verdict()).toBe('Accepted');
    expect(await page.textContent('.headline')).toContain('Ankle boot');
    const passed = await page.$$eval('.check.pass .claim', (items) => items.map((item) => item.textContent));
    expect(passed).toEqual(
      expect.arrayContaining([
        'The statement is signed',
        'The signer is who you expect',
        'The model is signed',
        'The circuit is the one the model compiles to',
        'The model, run again on the input, gives this output',
        'The picture is what the model read',
        'A second, independent verifier agrees',
      ]),
    );
  });

  it('names the member of a bundle that was changed', async () => {
    const members = readZip(Uint8Array.from(readFileSync(files.bundle)));
    for (const path of ['report.html', 'model/model.int8.onnx', 'statement.sigstore.json']) {
      const bytes = members.get(path) as Uint8Array;
      const changed = bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte));
      await page.reload();
      await give(written('changed.zip', writeZip(new Map([...members, [path, changed]]))));
      await page.waitForSelector('.judgement.fail', { timeout: 60_000 });
      const failed = await page.$$eval('.check.fail code', (items) => items.map((item) => item.textContent));
      expect(failed).toContain(path);
    }
    await give(written('cut.zip', Uint8Array.from(readFileSync(files.bundle)).subarray(0, -1)));
    await page.waitForSelector('.check.fail:has-text("truncated")');
  });

  it('shows names as they are written, and no more: they rewrite nothing', async () => {
    const plain = everyGadget();
    const name = `\u202e<img src=x onerror=alert(1)>${'a'.repeat(100)}`;
    const key = makeKey({ ...plain.circuit, name });
    const proof = proveWitness(acceptKey(key), complete(plain.circuit, plain.inputs), utf8(''), fresh());
    await give(written('hostile.key', encodeVerifyingKey(key)), written('hostile.proof', encodeProof(proof)));
    await page.waitForSelector('.judgement.pass');
    const headline = (await page.textContent('.headline')) ?? '';
    expect(headline).toContain('\ufffd<img src=x onerror');
    expect(headline).not.toContain('\u202e');
    expect(headline.length).toBeLessThan(130);
    expect(await page.$('img')).toBeNull();
  });

  it('says what it does not know', async () => {
    await give(written('notes.txt', new TextEncoder().encode('hello')));
    await page.waitForSelector('.notice:has-text("notes.txt")');
    await give(files.proof);
    await page.waitForSelector('.notice:has-text("verifying key")');
    expect(await page.$('.judgement')).toBeNull();
  });
});
