/**
 * Compiles wasm/ with AssemblyScript, once with SIMD and once without, into a module of two base64 texts: no file to find
 * at run time, in Node, a browser or a worker. Stale means that a source or the compiler changed.
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
const target = join(root, 'src', 'base', 'generated', 'kernels.ts');
const compiler = join(root, 'node_modules', 'assemblyscript');
const flavours = { simd: ['--enable', 'simd'], scalar: [] };

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

/** Compiles when something changed. Returns true when the module was written. */
export function buildWasm() {
  if (!existsSync(compiler)) throw new Error('wasm: the compiler is not installed. Run: npm run setup');
  const mark = `// Made by scripts/wasm.mjs from wasm/, ${fingerprint()}\n`;
  if (existsSync(target) && readFileSync(target, 'utf8').startsWith(mark)) return false;
  const scratch = mkdtempSync(join(tmpdir(), 'provenn-wasm-'));
  try {
    const texts = Object.keys(flavours).map(
      (flavour) => `export const ${flavour}: string =\n  '${compile(flavour, scratch)}';\n`,
    );
    mkdirSync(dirname(target), { recursive: true });
    const written = `${target}.${process.pid}.tmp`;
    writeFileSync(written, mark + texts.join(''));
    renameSync(written, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return true;
}

/** Vitest runs this once before any test, so that tests run from src find the module. */
export function setup() {
  buildWasm();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildWasm();
