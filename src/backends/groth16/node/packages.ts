/** The packages of this backend, GPL-3.0 and optional: found when they are used, and named when they are missing. */
import { createRequire } from 'node:module';
import { ProvennError } from '../../../base/errors.ts';

const require = createRequire(import.meta.url);

/** A file in memory, as the functions of snarkjs read and write it. */
export type MemoryFile = { readonly type: 'mem'; data?: Uint8Array };

export type Logger = Readonly<Record<'info' | 'debug' | 'warn' | 'error', (text: string) => void>>;

/** One group of a curve; `F.n8` is the size of a coordinate. */
export type CurveGroup = { readonly F: { readonly n8: number } };

/** What is used of a curve of snarkjs: the exports of its WebAssembly module and their memory. */
export type Curve = {
  readonly G1: CurveGroup;
  readonly G2: CurveGroup;
  readonly tm: {
    readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
    readonly instance: { readonly exports: Readonly<Record<string, (...pointers: number[]) => void>> };
    readonly pG1gen: number;
    readonly pG2gen: number;
    u8: Uint8Array;
    u32: Uint32Array;
  };
  terminate(): Promise<void>;
};

/** Coordinates as decimal numbers, projective with a last coordinate of 1. */
export type SnarkjsProof = {
  readonly pi_a: readonly string[];
  readonly pi_b: readonly (readonly string[])[];
  readonly pi_c: readonly string[];
};

/** What is used of snarkjs, which comes without types. */
export type Snarkjs = {
  readonly curves: { getCurveFromName(name: string, options?: { readonly singleThread: boolean }): Promise<Curve> };
  readonly wtns: {
    calculate(input: unknown, wasm: MemoryFile, witness: MemoryFile): Promise<void>;
  };
  readonly groth16: {
    prove(
      zkey: MemoryFile,
      witness: MemoryFile,
      logger?: Logger,
    ): Promise<{ readonly proof: SnarkjsProof; readonly publicSignals: readonly string[] }>;
    verify(key: unknown, signals: readonly string[], proof: unknown): Promise<boolean>;
  };
  readonly powersOfTau: { verify(ptau: string, logger?: Logger): Promise<boolean> };
  readonly zKey: {
    newZKey(r1cs: MemoryFile, ptau: string, zkey: MemoryFile, logger?: Logger): Promise<Uint8Array | -1>;
    contribute(
      before: MemoryFile,
      after: MemoryFile,
      name: string,
      entropy: string,
      logger?: Logger,
    ): Promise<Uint8Array>;
    verifyFromR1cs(r1cs: MemoryFile, ptau: string, zkey: MemoryFile, logger?: Logger): Promise<boolean>;
    exportVerificationKey(zkey: MemoryFile): Promise<unknown>;
  };
};

function missing(name: string, cause: unknown): ProvennError {
  return new ProvennError(
    'DEPENDENCY_MISSING',
    `The groth16 backend needs the package ${name}, which is not installed.`,
    {
      next: `Run: npm install ${name} (its licence is GPL-3.0).`,
      cause,
    },
  );
}

/** Path of a file of a package. Throws `DEPENDENCY_MISSING`. */
export function resolvePackageFile(name: 'circom2' | 'circomlib', file: string): string {
  try {
    return require.resolve(`${name}/${file}`);
  } catch (error) {
    throw missing(name, error);
  }
}

/** Loads snarkjs. Throws `DEPENDENCY_MISSING`. */
async function loadSnarkjs(): Promise<Snarkjs> {
  try {
    // @ts-expect-error: snarkjs comes without types
    const loaded: unknown = await import('snarkjs');
    return loaded as Snarkjs;
  } catch (error) {
    throw missing('snarkjs', error);
  }
}

async function useAndEnd<T>(use: (snarkjs: Snarkjs) => Promise<T>): Promise<T> {
  const snarkjs = await loadSnarkjs();
  try {
    return await use(snarkjs);
  } finally {
    const { curve_bn128: curve } = globalThis as { curve_bn128?: Curve | null };
    if (curve) await curve.terminate();
  }
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs with snarkjs; its worker threads, which would keep the process alive, end afterwards. One use at a time: snarkjs keeps
 * them in a global variable, and the end of one use would take them from another.
 */
export function withSnarkjs<T>(use: (snarkjs: Snarkjs) => Promise<T>): Promise<T> {
  const mine = last.then(() => useAndEnd(use));
  last = mine.catch(() => {});
  return mine;
}
