/** dist/pages/prove.html: a real network, drawn and dropped inputs, and no network connection. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import { type Verdict, verify } from '../../src/verify/index.ts';
import { openChromium } from '../support/chromium.ts';
import { compileLeNet, type DemoFiles, demoFiles } from '../support/demo-files.ts';

const address = new URL('../../dist/pages/prove.html', import.meta.url).href;

let browser: Browser;
let context: BrowserContext;
let page: Page;
let files: DemoFiles;
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
  context = await browser.newContext();
  page = await context.newPage();
  requests = [];
  complaints = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(address);
  await context.setOffline(true);
});
afterEach(async () => {
  expect(complaints).toEqual([]);
  // The page itself, its worker, and files it hands out: nothing that leaves the tab.
  expect(requests.filter((url) => url !== address && !url.startsWith('blob:'))).toEqual([]);
  await context.close();
});

const give = (...paths: string[]): Promise<void> => page.setInputFiles('input[type=file]', paths);
const text = async (selector: string): Promise<string> => (await page.textContent(selector)) ?? '';

/** Draws a stroke through points of the unit square. */
async function draw(points: readonly (readonly [number, number])[]): Promise<void> {
  await page.locator('.sketch').scrollIntoViewIfNeeded();
  const box = await page.locator('.sketch').boundingBox();
  if (box === null) throw new Error('no sketch');
  const at = ([x, y]: readonly [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(points[0] as [number, number]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 5 });
  await page.mouse.up();
}

/** The grey values on the canvas. */
function pixels(): Promise<number[]> {
  return page.evaluate(
    "Array.from(document.querySelector('.sketch').getContext('2d').getImageData(0, 0, 28, 28).data).filter((_, i) => i % 4 === 0)",
  );
}

async function kept(button: string): Promise<Uint8Array> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`text=${button}`)]);
  return Uint8Array.from(readFileSync(await download.path()));
}

async function prove(): Promise<void> {
  await page.click('button.main:has-text("Prove")');
  await page.waitForSelector('.judgement', { timeout: 60_000 });
}

/** What Node says to the files that the page hands out. */
async function verdictElsewhere(bound: string): Promise<Verdict> {
  const proof = await kept('Keep the proof');
  const key = await kept('Keep the verifying key');
  expect(key).toEqual(Uint8Array.from(readFileSync(files.verifyingKey)));
  return verify(key, proof, { expect: { context: utf8(bound) } });
}

describe('the prover page', () => {
  it('proves what is drawn, exactly as it is seen', async () => {
    await give(files.provingKey, files.preprocessing);
    await draw([
      [0.3, 0.3],
      [0.3, 0.85],
      [0.7, 0.85],
      [0.7, 0.3],
      [0.3, 0.35],
    ]);
    await page.waitForSelector('.live .scores tr.best');
    const answer = await text('.live .scores tr.best th');
    await page.fill('#context', 'request 4711');
    await prove();
    console.log(`prove.html: LeNet-5. ${await text('.made')}`);
    expect(await text('.verdict h2')).toBe('Accepted');
    expect(await text('.headline')).toContain(answer);
    const seconds = await text('.made').then((made) => made.match(/in ([\d.]+) (ms|s)/) ?? []);
    expect(Number(seconds[1]) * (seconds[2] === 's' ? 1000 : 1)).toBeLessThan(10_000);
    const verdict = await verdictElsewhere('request 4711');
    if (!verdict.ok) throw new Error(verdict.reason.message);
    const drawn = await pixels();
    expect(drawn.filter((value) => value > 0).length).toBeGreaterThan(50);
    const [input] = verdict.claims.inputs;
    const scale = input?.quantization?.scale as number;
    const zero = input?.quantization?.zeroPoint as number;
    const expected = drawn.map((value) => Math.round(Math.fround(Math.fround(value / 255) / scale)) + zero);
    expect(Array.from(input?.integers ?? [])).toEqual(expected);
  });

  it('proves a dropped picture with its own pixels, and says when it had to scale one', async () => {
    await give(files.provingKey, files.preprocessing, files.image);
    await page.waitForSelector('.live .scores tr.best');
    expect(await text('.live .scores tr.best')).toMatch(/Ankle boot5\.125/);
    expect(await text('.notice')).toBe('');
    await prove();
    expect(await text('.headline')).toContain('Ankle boot');
    const large = join(files.folder, 'large.png');
    const data = Uint8Array.from({ length: 90 * 60 * 3 }, (_, i) => (i * 7) % 256);
    writeFileSync(large, encode({ width: 90, height: 60, channels: 3, depth: 8, data }));
    await give(large);
    await page.waitForSelector('.notice:has-text("cut and scaled to 28 × 28")');
  });

  it('draws with the keyboard', async () => {
    await give(files.provingKey, files.preprocessing);
    await page.focus('.sketch');
    for (const key of ['Space', 'ArrowUp', 'Space', 'ArrowUp', 'Space']) await page.keyboard.press(key);
    expect((await pixels()).filter((value) => value > 0).length).toBeGreaterThan(5);
  });

  it('can be cancelled, and proves afterwards', async () => {
    await give(files.provingKey, files.preprocessing, files.image);
    await page.waitForSelector('.live .scores');
    await page.evaluate(
      "document.querySelector('button.main').click(); document.querySelector('.progress button').click()",
    );
    await page.waitForSelector('.notice:has-text("Cancelled.")');
    expect(await page.$('.judgement')).toBeNull();
    await prove();
    expect(await text('.verdict h2')).toBe('Accepted');
  });

  it('keeps a private input out of the proof, and says so', async () => {
    await give(compileLeNet(files.folder, 'hidden', 'input=private'), files.preprocessing, files.image);
    expect(await text('.facts dd.private')).toContain('says nothing about it');
    await prove();
    expect(await text('.headline')).toContain('for a hidden input');
    expect(await page.$('.judgement canvas')).toBeNull();
  });

  it('refuses keys whose uses somebody must count', async () => {
    await give(compileLeNet(files.folder, 'weights', 'weights=committed'));
    await page.waitForSelector('.notice:has-text("cannot count")');
    expect(await page.$('.sketch')).toBeNull();
  });

  it('refuses a damaged key', async () => {
    const path = join(files.folder, 'damaged.key');
    writeFileSync(
      path,
      readFileSync(files.provingKey).map((byte, i) => (i === 9999 ? byte ^ 1 : byte)),
    );
    await give(path);
    await page.waitForSelector('.notice:has-text("altered")');
  });
});
