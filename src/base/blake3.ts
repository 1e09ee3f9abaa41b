/**
 * BLAKE3: hash, keyed hash and extended output, in plain TypeScript. Tested against the official vectors and another
 * implementation. The proof system hashes tens of thousands of single blocks, so one compression must cost no allocation.
 *
 * Source: O'Connor, Aumasson, Neves, Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere", 2021.
 */

export const iv: Int32Array = Int32Array.from([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

/** Message word order of the seven rounds, one after another. */
const schedule: Uint8Array = Uint8Array.from(
  Array.from({ length: 6 })
    .reduce<number[][]>(
      (rounds) => [...rounds, permutation.map((from) => (rounds.at(-1) as number[])[from] as number)],
      [Array.from({ length: 16 }, (_, i) => i)],
    )
    .flat(),
);

const chunkStart = 1;
const chunkEnd = 2;
const parent = 4;
const root = 8;
const keyed = 16;

const blockLength = 64;
const chunkLength = 1024;

/**
 * The compression function: out[0..7] is the new chaining value, out[0..15] the full output of a root. `m` holds 16
 * little-endian words; `out` may be longer-lived scratch but not `cv`.
 */
function compress(
  cv: Int32Array,
  m: Int32Array,
  counter: number,
  length: number,
  flags: number,
  out: Int32Array,
): void {
  let v0 = cv[0] as number;
  let v1 = cv[1] as number;
  let v2 = cv[2] as number;
  let v3 = cv[3] as number;
  let v4 = cv[4] as number;
  let v5 = cv[5] as number;
  let v6 = cv[6] as number;
  let v7 = cv[7] as number;
  let v8 = iv[0] as number;
  let v9 = iv[1] as number;
  let v10 = iv[2] as number;
  let v11 = iv[3] as number;
  let v12 = counter | 0;
  let v13 = Math.floor(counter / 4294967296) | 0;
  let v14 = length;
  let v15 = flags;
  for (let s = 0; s < 112; s += 16) {
    v0 = (v0 + v4 + (m[schedule[s + 0] as number] as number)) | 0;
    v12 ^= v0;
    v12 = (v12 >>> 16) | (v12 << 16);
    v8 = (v8 + v12) | 0;
    v4 ^= v8;
    v4 = (v4 >>> 12) | (v4 << 20);
    v0 = (v0 + v4 + (m[schedule[s + 1] as number] as number)) | 0;
    v12 ^= v0;
    v12 = (v12 >>> 8) | (v12 << 24);
    v8 = (v8 + v12) | 0;
    v4 ^= v8;
    v4 = (v4 >>> 7) | (v4 << 25);
    v1 = (v1 + v5 + (m[schedule[s + 2] as number] as number)) | 0;
    v13 ^= v1;
    v13 = (v13 >>> 16) | (v13 << 16);
    v9 = (v9 + v13) | 0;
    v5 ^= v9;
    v5 = (v5 >>> 12) | (v5 << 20);
    v1 = (v1 + v5 + (m[schedule[s + 3] as number] as number)) | 0;
    v13 ^= v1;
    v13 = (v13 >>> 8) | (v13 << 24);
    v9 = (v9 + v13) | 0;
    v5 ^= v9;
    v5 = (v5 >>> 7) | (v5 << 25);
    v2 = (v2 + v6 + (m[schedule[s + 4] as number] as number)) | 0;
    v14 ^= v2;
    v14 = (v14 >>> 16) | (v14 << 16);
    v10 = (v10 + v14) | 0;
    v6 ^= v10;
    v6 = (v6 >>> 12) | (v6 << 20);
    v2 = (v2 + v6 + (m[schedule[s + 5] as number] as number)) | 0;
    v14 ^= v2;
    v14 = (v14 >>> 8) | (v14 << 24);
    v10 = (v10 + v14) | 0;
    v6 ^= v10;
    v6 = (v6 >>> 7) | (v6 << 25);
    v3 = (v3 + v7 + (m[schedule[s + 6] as number] as number)) | 0;
    v15 ^= v3;
    v15 = (v15 >>> 16) | (v15 << 16);
    v11 = (v11 + v15) | 0;
    v7 ^= v11;
    v7 = (v7 >>> 12) | (v7 << 20);
    v3 = (v3 + v7 + (m[schedule[s + 7] as number] as number)) | 0;
    v15 ^= v3;
    v15 = (v15 >>> 8) | (v15 << 24);
    v11 = (v11 + v15) | 0;
    v7 ^= v11;
    v7 = (v7 >>> 7) | (v7 << 25);
    v0 = (v0 + v5 + (m[schedule[s + 8] as number] as number)) | 0;
    v15 ^= v0;
    v15 = (v15 >>> 16) | (v15 << 16);
    v10 = (v10 + v15) | 0;
    v5 ^= v10;
    v5 = (v5 >>> 12) | (v5 << 20);
    v0 = (v0 + v5 + (m[schedule[s + 9] as number] as number)) | 0;
    v15 ^= v0;
    v15 = (v15 >>> 8) | (v15 << 24);
    v10 = (v10 + v15) | 0;
    v5 ^= v10;
    v5 = (v5 >>> 7) | (v5 << 25);
    v1 = (v1 + v6 + (m[schedule[s + 10] as number] as number)) | 0;
    v12 ^= v1;
    v12 = (v12 >>> 16) | (v12 << 16);
    v11 = (v11 + v12) | 0;
    v6 ^= v11;
    v6 = (v6 >>> 12) | (v6 << 20);
    v1 = (v1 + v6 + (m[schedule[s + 11] as number] as number)) | 0;
    v12 ^= v1;
    v12 = (v12 >>> 8) | (v12 << 24);
    v11 = (v11 + v12) | 0;
    v6 ^= v11;
    v6 = (v6 >>> 7) | (v6 << 25);
    v2 = (v2 + v7 + (m[schedule[s + 12] as number] as number)) | 0;
    v13 ^= v2;
    v13 = (v13 >>> 16) | (v13 << 16);
    v8 = (v8 + v13) | 0;
    v7 ^= v8;
    v7 = (v7 >>> 12) | (v7 << 20);
    v2 = (v2 + v7 + (m[schedule[s + 13] as number] as number)) | 0;
    v13 ^= v2;
    v13 = (v13 >>> 8) | (v13 << 24);
    v8 = (v8 + v13) | 0;
    v7 ^= v8;
    v7 = (v7 >>> 7) | (v7 << 25);
    v3 = (v3 + v4 + (m[schedule[s + 14] as number] as number)) | 0;
    v14 ^= v3;
    v14 = (v14 >>> 16) | (v14 << 16);
    v9 = (v9 + v14) | 0;
    v4 ^= v9;
    v4 = (v4 >>> 12) | (v4 << 20);
    v3 = (v3 + v4 + (m[schedule[s + 15] as number] as number)) | 0;
    v14 ^= v3;
    v14 = (v14 >>> 8) | (v14 << 24);
    v9 = (v9 + v14) | 0;
    v4 ^= v9;
    v4 = (v4 >>> 7) | (v4 << 25);
  }
  out[0] = v0 ^ v8;
  out[1] = v1 ^ v9;
  out[2] = v2 ^ v10;
  out[3] = v3 ^ v11;
  out[4] = v4 ^ v12;
  out[5] = v5 ^ v13;
  out[6] = v6 ^ v14;
  out[7] = v7 ^ v15;
  out[8] = v8 ^ (cv[0] as number);
  out[9] = v9 ^ (cv[1] as number);
  out[10] = v10 ^ (cv[2] as number);
  out[11] = v11 ^ (cv[3] as number);
  out[12] = v12 ^ (cv[4] as number);
  out[13] = v13 ^ (cv[5] as number);
  out[14] = v14 ^ (cv[6] as number);
  out[15] = v15 ^ (cv[7] as number);
}

/** Loads up to 64 bytes as little-endian words, zero beyond. */
function loadBlock(bytes: Uint8Array, from: number, length: number, m: Int32Array): void {
  if (length === blockLength) {
    for (let i = 0, at = from; i < 16; i++, at += 4) {
      m[i] =
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24);
    }
    return;
  }
  m.fill(0);
  for (let i = 0; i < length; i++) m[i >> 2] = (m[i >> 2] as number) | ((bytes[from + i] as number) << (8 * (i & 3)));
}

/** The last compression of a subtree, kept open because a root is compressed again with other flags and counters. */
type Output = {
  readonly cv: Int32Array;
  readonly m: Int32Array;
  readonly counter: number;
  readonly length: number;
  readonly flags: number;
};

const scratch: Int32Array = new Int32Array(16);

function chunkOutput(
  key: Int32Array,
  flags: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  counter: number,
): Output {
  let cv = key;
  const m = new Int32Array(16);
  let at = from;
  let start = chunkStart;
  for (; to - at > blockLength; at += blockLength) {
    loadBlock(bytes, at, blockLength, m);
    compress(cv, m, counter, blockLength, flags | start, scratch);
    cv = scratch.slice(0, 8);
    start = 0;
  }
  loadBlock(bytes, at, to - at, m);
  return { cv, m, counter, length: to - at, flags: flags | start | chunkEnd };
}

function chainingValue(output: Output): Int32Array {
  compress(output.cv, output.m, output.counter, output.length, output.flags, scratch);
  return scratch.slice(0, 8);
}

/** The tree over bytes[from, to): the left subtree is the largest complete one that leaves something for the right. */
function subtree(key: Int32Array, flags: number, bytes: Uint8Array, from: number, to: number, counter: number): Output {
  if (to - from <= chunkLength) return chunkOutput(key, flags, bytes, from, to, counter);
  const chunks = 2 ** Math.floor(Math.log2(Math.floor((to - from - 1) / chunkLength)));
  const middle = from + chunks * chunkLength;
  const m = new Int32Array(16);
  m.set(chainingValue(subtree(key, flags, bytes, from, middle, counter)));
  m.set(chainingValue(subtree(key, flags, bytes, middle, to, counter + chunks)), 8);
  return { cv: key, m, counter: 0, length: blockLength, flags: flags | parent };
}

function store(words: Int32Array, out: Uint8Array, from: number): void {
  for (let i = 0; from + i < out.length && i < 64; i++) out[from + i] = (words[i >> 2] as number) >>> (8 * (i & 3));
}

/**
 * BLAKE3 of `bytes`: the hash, or the keyed hash under a 32-byte key, `length` bytes of output. A longer output begins with
 * the shorter one.
 */
export function blake3(
  bytes: Uint8Array,
  options: { readonly key?: Uint8Array; readonly length?: number } = {},
): Uint8Array {
  let key = iv;
  if (options.key !== undefined) {
    if (options.key.length !== 32) throw new RangeError('a BLAKE3 key has 32 bytes');
    const words = new Int32Array(16);
    loadBlock(options.key, 0, 32, words);
    key = words.slice(0, 8);
  }
  const output = subtree(key, options.key === undefined ? 0 : keyed, bytes, 0, bytes.length, 0);
  const out = new Uint8Array(options.length ?? 32);
  const words = new Int32Array(16);
  for (let at = 0; at < out.length; at += 64) {
    compress(output.cv, output.m, at / 64, output.length, output.flags | root, words);
    store(words, out, at);
  }
  return out;
}

const work: { readonly block: Int32Array; readonly out: Int32Array } = {
  block: new Int32Array(16),
  out: new Int32Array(16),
};

function reverseBytes(word: number): number {
  return ((word & 255) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/**
 * Leading zero bits of the first 8 bytes, read as a big-endian number, of the hash of one block of at most 64 bytes: the
 * inner loop of proof of work.
 */
export function leadingZeros(bytes: Uint8Array): number {
  loadBlock(bytes, 0, bytes.length, work.block);
  compress(iv, work.block, 0, bytes.length, chunkStart | chunkEnd | root, work.out);
  const [high, low] = work.out as unknown as readonly [number, number];
  return high !== 0 ? Math.clz32(reverseBytes(high)) : 32 + Math.clz32(reverseBytes(low));
}
