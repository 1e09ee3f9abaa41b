/**
 * The compiled kernels of wasm/, with SIMD where the engine has it. They come as text inside the package, so nothing is read
 * or fetched. Exported functions take byte addresses in `memory`.
 */
import { scalar, simd } from './generated/kernels.ts';
import { Stack, type WasmMemory } from './wasm-memory.ts';

export type WasmExports = {
  readonly memory: WasmMemory;
  heap(): number;
  clear(at: number, bytes: number): void;
  foldHigh(vector: number, half: number, factor: number, count: number): void;
  foldLow(out: number, from: number, count: number, factor: number): void;
  addScaled(a: number, b: number, factor: number, count: number): void;
  accumulateBase(out: number, factor: number, cells: number, count: number): void;
  weightedSums(weights: number, integers: number, size: number, count: number, out: number): void;
  applyAlong(
    data: number,
    wide: number,
    outer: number,
    size: number,
    inner: number,
    entries: number,
    weights: number,
    many: number,
    out: number,
    count: number,
    columns: number,
  ): void;
  prepareWeights(weights: number, many: number): void;
  addHalves(vector: number, half: number, count: number): void;
  extendEq(vector: number, half: number, factor: number, count: number): void;
  fractionLayer(p: number, q: number, half: number, outP: number, outQ: number, count: number): void;
  fractionLeaves(p: number, q: number, half: number, outP: number, outQ: number, count: number): void;
  pairing(a: number, b: number, count: number, out: number): void;
  fractionRound(
    a0: number,
    q0: number,
    p1: number,
    q1: number,
    eq: number,
    half: number,
    out: number,
    count: number,
  ): void;
  innerProductRound(a: number, b: number, half: number, out: number): void;
  encodeRows(
    cells: number,
    rows: number,
    dimension: number,
    order: number,
    logLength: number,
    powers: number,
    out: number,
  ): void;
  hashColumns(
    columns: number,
    stride: number,
    rows: number,
    count: number,
    salts: number,
    key: number,
    out: number,
    room: number,
    width: number,
  ): void;
  gatherRows(
    cells: number,
    outputs: number,
    rows: number,
    reduces: number,
    size: number,
    stride: number,
    out: number,
  ): void;
  dotRows(a: number, rowsA: number, b: number, rowsB: number, stride: number, count: number, out: number): void;
  hashPairs(digests: number, count: number, key: number, out: number): void;
  grind(
    block: number,
    length: number,
    place: number,
    shift: number,
    first: number,
    count: number,
    mask0: number,
    mask1: number,
    iv: number,
  ): number;
};

/** The part of the WebAssembly interface that is used; no library of types is assumed. */
declare const WebAssembly:
  | {
      validate(bytes: Uint8Array): boolean;
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object, imports: object) => { readonly exports: unknown };
    }
  | undefined;

export type WasmFlavour = 'simd' | 'scalar';

const texts: Readonly<Record<WasmFlavour, string>> = { simd, scalar };
const modules = new Map<WasmFlavour, object | null>();

/** Null where the engine refuses it: no WebAssembly, no SIMD, or a policy against compiling. */
export function compileWasm(text: string): object | null {
  if (typeof WebAssembly === 'undefined') return null;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  try {
    return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
  } catch {
    return null;
  }
}

/** Compiled once. */
function moduleOf(flavour: WasmFlavour): object | null {
  const known = modules.get(flavour);
  if (known !== undefined) return known;
  const module = compileWasm(texts[flavour]);
  modules.set(flavour, module);
  return module;
}

/** An instance and its memory, and into how many pieces it cuts a call at most: more than one when it works on several threads. */
export type Wasm = { readonly exports: WasmExports; readonly stack: Stack; readonly pieces: number };

/** A fresh instance of one flavour, or null where it cannot run. */
export function instantiateWasm(flavour: WasmFlavour): Wasm | null {
  const module = moduleOf(flavour);
  if (module === null || typeof WebAssembly === 'undefined') return null;
  const exports = new WebAssembly.Instance(module, {}).exports as WasmExports;
  return { exports, stack: new Stack(exports.memory, exports.heap(), exports.clear), pieces: 1 };
}

let shared: Wasm | null | undefined;

/** The one instance that everything uses unless told otherwise: with SIMD, without, or null. Made on first use. */
export function sharedWasm(): Wasm | null {
  if (shared === undefined) shared = instantiateWasm('simd') ?? instantiateWasm('scalar');
  return shared;
}

/**
 * Runs `work`, which must not wait for anything, with `wasm` as the instance that everything uses: for what lies too deep to be
 * handed one, as the operators do. What it computes does not depend on it.
 */
export function withWasm<T>(wasm: Wasm, work: () => T): T {
  const before = shared;
  shared = wasm;
  try {
    return work();
  } finally {
    shared = before;
  }
}
