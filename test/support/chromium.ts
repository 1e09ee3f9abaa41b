/** An installed Chromium, driven with playwright-core, which brings no browser of its own. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function executable(): string {
  const named = process.env['PROVENN_CHROMIUM'];
  const found = named ?? usual.find((path) => existsSync(path));
  if (found !== undefined && existsSync(found)) return found;
  throw new Error(
    `No Chromium found${named === undefined ? '' : ` at ${named}`}. Install one (Debian: apt-get install chromium), or name one with PROVENN_CHROMIUM=/path/to/chrome`,
  );
}

export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable(),
    args: [
      '--no-sandbox', // the pages under test are our own
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
