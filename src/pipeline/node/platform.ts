/** What this machine offers: read for `doctor`, never for anything that decides a result. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** Folder of provenn's package.json, some folders up in the sources and one more in the compiled tree; null when repacked. */
export function packageRoot(): string | null {
  for (const up of ['../../..', '../../../..']) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    try {
      const text = readFileSync(join(folder, 'package.json'), 'utf8');
      if ((JSON.parse(text) as { readonly name?: unknown }).name === 'provenn') return folder;
    } catch {
      // Not at this height.
    }
  }
  return null;
}

export function packageVersion(): string {
  const root = packageRoot();
  if (root === null) return 'unknown';
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}

/** Version of the installed onnxruntime-node and whether its native part loads. */
export type OnnxRuntimeState =
  | { readonly state: 'ready'; readonly version: string }
  | { readonly state: 'absent' }
  | { readonly state: 'broken'; readonly version: string; readonly reason: string };

export async function probeOnnxRuntime(): Promise<OnnxRuntimeState> {
  let version = 'unknown';
  try {
    version = (require('onnxruntime-node/package.json') as { readonly version: string }).version;
  } catch {
    return { state: 'absent' };
  }
  try {
    await import('onnxruntime-node');
    return { state: 'ready', version };
  } catch (error) {
    return { state: 'broken', version, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A module with one function that adds two v128 values: valid exactly where WebAssembly SIMD is. */
const simdModule = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** WebAssembly as far as Node's type declarations do not describe it. */
type WasmValidate = { readonly validate: (bytes: Uint8Array) => boolean };

export function hasWasmSimd(): boolean {
  const wasm = (globalThis as { readonly WebAssembly?: WasmValidate }).WebAssembly;
  return wasm?.validate(simdModule) === true;
}

export type Processor = {
  readonly architecture: string;
  readonly model: string;
  /** Cores this process may use. */
  readonly cores: number;
  /** Feature names as Linux spells them; null where they cannot be read. */
  readonly features: ReadonlySet<string> | null;
};

function readFeatures(): ReadonlySet<string> | null {
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8');
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1];
    return line === undefined ? null : new Set(line.split(/\s+/));
  } catch {
    return null;
  }
}

export function probeProcessor(): Processor {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  return { architecture: process.arch, model, cores: availableParallelism(), features: readFeatures() };
}

/** Bytes of memory: of the machine, free now, and what the JavaScript heap may grow to. */
export type Memory = { readonly total: number; readonly free: number };

export function probeMemory(): Memory {
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { total, free: Math.min(freemem(), total) };
}

export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export function nodeVersion(): string {
  return process.versions.node;
}
