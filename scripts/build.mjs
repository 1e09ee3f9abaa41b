/**
 * Compiles src to dist with tsc, and src/page to dist/pages with esbuild. A stamp in dist remembers path, size and modification time of every file that went in,
 * so that `upToDate` also notices deletions and checkouts of older files. Everything is printed on stderr.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPages } from './pages.mjs';
import { bundleVerifyMjs } from './verify-mjs.mjs';
import { buildWasm } from './wasm.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'dist', '.stamp');

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function currentStamp() {
  const inputs = ['tsconfig.json', 'package.json', 'scripts/pages.mjs', 'node_modules/.package-lock.json'];
  const isSource = (file) => /\.(ts|css)$/.test(file) && !file.endsWith('.test.ts');
  const files = [...inputs.map((path) => join(root, path)), ...filesUnder(join(root, 'src')).filter(isSource)];
  return files
    .filter((file) => existsSync(file))
    .map((file) => `${relative(root, file).split(sep).join('/')} ${statSync(file).size} ${statSync(file).mtimeMs}\n`)
    .join('');
}

export function upToDate() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === currentStamp();
}

/** Removes compiled files whose source is gone, so that a stale module can never be imported. */
function prune() {
  const compiled = /(?:\.d\.ts|\.js)(?:\.map)?$/;
  for (const file of filesUnder(join(root, 'dist', 'src'))) {
    const source = join(root, relative(join(root, 'dist'), file)).replace(compiled, '.ts');
    if (compiled.test(file) && !existsSync(source)) rmSync(file, { force: true });
  }
}

/** Returns the exit code of tsc; a page that cannot be made throws. */
export function build() {
  buildWasm();
  const stamp = currentStamp(); // taken first: an edit made while tsc runs must count as new
  rmSync(stampFile, { force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) return status ?? 1;
  prune();
  buildPages();
  bundleVerifyMjs();
  writeFileSync(stampFile, stamp);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = build();
