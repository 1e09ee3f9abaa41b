/** circom2, the circom compiler as WebAssembly, in a process of its own: it is synchronous and takes its time. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProvennError } from '../../../base/errors.ts';
import { resolvePackageFile } from './packages.ts';

export type Compiled = {
  readonly r1cs: Uint8Array;
  /** Witness generator. */
  readonly wasm: Uint8Array;
  /** Names of the wires, one a line: label, wire, component, name. */
  readonly symbols: string;
};

/** Folder of the templates, in the sources and, one level further up, from the compiled tree. */
function templatesFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'circuits', 'bits.circom'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new ProvennError('DEPENDENCY_MISSING', 'The circom templates of provenn are missing.', {
        next: 'Install provenn again.',
      });
    folder = parent;
  }
  return join(folder, 'circuits');
}

function run(folder: string): Promise<string> {
  const cli = resolvePackageFile('circom2', 'cli.js');
  const args = [cli, 'main.circom', '--r1cs', '--wasm', '--sym', '--O1'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text));
    child.stderr.on('data', (text: Buffer) => (said += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said);
      else
        reject(
          new ProvennError('INTERNAL', `circom2 ended with ${code ?? 'a signal'}: ${said.slice(-2000)}`, {
            next: 'Report this with the model that caused it.',
          }),
        );
    });
  });
}

/** Compiles a main template against `circuits/`, in a temporary folder. Throws `DEPENDENCY_MISSING`. */
export async function compileCircom(main: string): Promise<Compiled> {
  const templates = templatesFolder();
  const folder = mkdtempSync(join(tmpdir(), 'provenn-circom-'));
  try {
    writeFileSync(join(folder, 'main.circom'), main);
    for (const name of readdirSync(templates))
      if (name.endsWith('.circom')) copyFileSync(join(templates, name), join(folder, name));
    if (main.includes('"commit.circom"')) {
      for (const name of ['poseidon.circom', 'poseidon_constants.circom'])
        copyFileSync(resolvePackageFile('circomlib', `circuits/${name}`), join(folder, name));
    }
    await run(folder);
    return {
      r1cs: new Uint8Array(readFileSync(join(folder, 'main.r1cs'))),
      wasm: new Uint8Array(readFileSync(join(folder, 'main_js', 'main.wasm'))),
      symbols: readFileSync(join(folder, 'main.sym'), 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
