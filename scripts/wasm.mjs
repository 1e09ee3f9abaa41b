/**
 * Compiles wasm/ with AssemblyScript into modules of base64 texts, so that no file is to be found at run time, in Node, a
 * browser or a worker: once with SIMD and once without, and once for threads on one memory, in a module of its own because
 * verifiers do without. Stale means that a source or the compiler changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'wasm');
const generated = join(root, 'src', 'base', 'generated');
const compiler = join(root, 'node_modules', 'assemblyscript');
const threads = ['--enable', 'threads', '--sharedMemory', '--importMemory', '--maximumMemory', '65536'];
const flavours = { simd: ['--enable', 'simd'], scalar: [], shared: ['--enable', 'simd', ...threads] };
const modules = { 'kernels.ts': ['simd', 'scalar'], 'shared-kernels.ts': ['shared'] };

function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(compiler, 'package.json')));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  for (const file of readdirSync(folder, { recursive: true }).sort())
    if (file.endsWith('.ts')) hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}

function compile(flavour, scratch) {
  const out = join(scratch, `${flavour}.wasm`);
  const asc = join(compiler, 'bin', 'asc.js');
  const args = [asc, join('wasm', flavour, 'index.ts'), ...flavours[flavour], '--outFile', out];
  args.push('--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--use', 'abort=');
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`wasm: ${flavour} does not compile; the messages of asc are above`);
  return readFileSync(out).toString('base64');
}

/** Compiles when something changed. Returns true when a module was written. */
export function buildWasm() {
  if (!existsSync(compiler)) throw new Error('wasm: the compiler is not installed. Run: npm run setup');
  const mark = `// Made by scripts/wasm.mjs from wasm/, ${fingerprint()}\n`;
  const fresh = (path) => existsSync(path) && readFileSync(path, 'utf8').startsWith(mark);
  const stale = Object.keys(modules).filter((name) => !fresh(join(generated, name)));
  const scratch = mkdtempSync(join(tmpdir(), 'provenn-wasm-'));
  try {
    for (const name of stale) {
      const texts = modules[name].map(
        (flavour) => `export const ${flavour}: string =\n  '${compile(flavour, scratch)}';\n`,
      );
      mkdirSync(generated, { recursive: true });
      const target = join(generated, name);
      writeFileSync(`${target}.${process.pid}.tmp`, mark + texts.join(''));
      renameSync(`${target}.${process.pid}.tmp`, target);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return stale.length > 0;
}

/** Vitest runs this once before any test, so that tests run from src find the module. */
export function setup() {
  buildWasm();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildWasm();
