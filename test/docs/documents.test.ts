import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import { operators } from '../../src/ops/registry.ts';
import { benchPictures } from '../../src/pipeline/bench/page.ts';
import { resultsPage } from '../../src/pipeline/bench/results.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const json = (name: string) =>
  existsSync(new URL(`docs/data/${name}`, root)) ? JSON.parse(read(`docs/data/${name}`)) : {};

test('the operators page is the registry', () => {
  execFileSync(process.execPath, [fileURLToPath(new URL('scripts/operators-table.mjs', root)), '--check']);
  const page = read('docs/operators.md');
  for (const op of operators) expect(page).toContain(`| ${op.name} |`);
});

test('the conformance page shows its records', () => {
  execFileSync(process.execPath, [fileURLToPath(new URL('scripts/conformance-page.mjs', root)), '--check']);
});

test('the results page shows its figures', () => {
  const report = JSON.parse(read('docs/data/bench.json'));
  const page = resultsPage(report, json('bench-notes.json'), json('costs.json'), [...benchPictures(report).keys()]);
  expect(read('docs/results.md'), 'node bench/results.mjs --page writes it again').toBe(page);
});

test('every link of the README leads somewhere', () => {
  const links = [...read('README.md').matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path as string);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) if (link !== 'artifacts/lenet5') expect(read(link).length, link).toBeGreaterThan(100);
});

test('the library exports what it promises, and nothing else', () => {
  expect(Object.keys(library).sort()).toMatchSnapshot();
});
