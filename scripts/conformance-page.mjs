/** Writes docs/conformance.md from the records in docs/data; `--check` only compares. */
import { readFileSync } from 'node:fs';
import { page, render, writePage } from './conformance/page.mjs';

if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== render())
    throw new Error('docs/conformance.md is stale: run node scripts/conformance-page.mjs');
} else writePage();
