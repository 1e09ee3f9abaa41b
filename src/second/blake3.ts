/** BLAKE3, from its specification (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020). */

const IV: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
const CHUNK_START = 1;
const CHUNK_END = 2;
const PARENT = 4;
const ROOT = 8;
const KEYED = 16;
const BLOCK = 64;
const CHUNK = 1024;

/** The word order of each of the seven rounds: the permutation of the specification, applied again and again. */
const SCHEDULE: readonly (readonly number[])[] = (() => {
  const permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
  const rounds = [Array.from({ length: 16 }, (_, i) => i)];
  for (let r = 1; r < 7; r++) rounds.push(permutation.map((i) => (rounds[r - 1] as number[])[i] as number));
  return rounds;
})();

const v = new Int32Array(16);

function mix(a: number, b: number, c: number, d: number, x: number, y: number): void {
  let va = ((v[a] as number) + (v[b] as number) + x) | 0;
  let vd = (v[d] as number) ^ va;
  vd = (vd >>> 16) | (vd << 16);
  let vc = ((v[c] as number) + vd) | 0;
  let vb = (v[b] as number) ^ vc;
  vb = (vb >>> 12) | (vb << 20);
  va = (va + vb + y) | 0;
  vd ^= va;
  vd = (vd >>> 8) | (vd << 24);
  vc = (vc + vd) | 0;
  vb ^= vc;
  v[a] = va;
  v[b] = (vb >>> 7) | (vb << 25);
  v[c] = vc;
  v[d] = vd;
}

/** A compression that has not been finished: what the root needs to give output of any length. */
interface Node {
  readonly chain: ArrayLike<number>;
  readonly words: Int32Array;
  readonly counter: number;
  readonly length: number;
  readonly flags: number;
}

/** All sixteen output words of one compression. */
function compress({ chain, words, counter, length, flags }: Node): Int32Array {
  for (let i = 0; i < 8; i++) {
    v[i] = chain[i] as number;
    v[i + 8] = i < 4 ? (IV[i] as number) : 0;
  }
  v[12] = counter | 0;
  v[13] = Math.floor(counter / 2 ** 32);
  v[14] = length;
  v[15] = flags;
  for (const order of SCHEDULE) {
    const m = (i: number): number => words[order[i] as number] as number;
    mix(0, 4, 8, 12, m(0), m(1));
    mix(1, 5, 9, 13, m(2), m(3));
    mix(2, 6, 10, 14, m(4), m(5));
    mix(3, 7, 11, 15, m(6), m(7));
    mix(0, 5, 10, 15, m(8), m(9));
    mix(1, 6, 11, 12, m(10), m(11));
    mix(2, 7, 8, 13, m(12), m(13));
    mix(3, 4, 9, 14, m(14), m(15));
  }
  const out = new Int32Array(16);
  for (let i = 0; i < 8; i++) {
    out[i] = (v[i] as number) ^ (v[i + 8] as number);
    out[i + 8] = (v[i + 8] as number) ^ (chain[i] as number);
  }
  return out;
}

function wordsOf(bytes: Uint8Array, start: number, end: number): Int32Array {
  const words = new Int32Array(16);
  for (let i = start; i < end; i++) {
    const at = i - start;
    words[at >> 2] = (words[at >> 2] as number) | ((bytes[i] as number) << (8 * (at & 3)));
  }
  return words;
}

/** The last compression of a chunk; the ones before it are done. */
function chunkNode(bytes: Uint8Array, start: number, end: number, key: ArrayLike<number>, keyed: number): Node {
  let chain = key;
  for (let at = start; ; at += BLOCK) {
    const last = at + BLOCK >= end;
    const flags = keyed | (at === start ? CHUNK_START : 0) | (last ? CHUNK_END : 0);
    const stop = last ? end : at + BLOCK;
    const node = { chain, words: wordsOf(bytes, at, stop), counter: start / CHUNK, length: stop - at, flags };
    if (last) return node;
    chain = compress(node);
  }
}

/** The tree: a left subtree is the largest complete one that leaves something for the right. */
function treeNode(bytes: Uint8Array, start: number, end: number, key: ArrayLike<number>, keyed: number): Node {
  if (end - start <= CHUNK) return chunkNode(bytes, start, end, key, keyed);
  let left = CHUNK;
  while (left * 2 < end - start) left *= 2;
  const words = new Int32Array(16);
  words.set(compress(treeNode(bytes, start, start + left, key, keyed)).subarray(0, 8), 0);
  words.set(compress(treeNode(bytes, start + left, end, key, keyed)).subarray(0, 8), 8);
  return { chain: key, words, counter: 0, length: BLOCK, flags: keyed | PARENT };
}

/** A source of output bytes as long as one likes. */
export type Output = (start: number, length: number) => Uint8Array;

/** The extended output of H over `bytes`, keyed if a key of 32 bytes is given. */
export function extended(bytes: Uint8Array, key?: Uint8Array): Output {
  const root = treeNode(bytes, 0, bytes.length, key ? wordsOf(key, 0, 32) : IV, key ? KEYED : 0);
  let block = new Int32Array(0);
  let counter = -1;
  return (start, length) => {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      const wanted = Math.floor((start + i) / BLOCK);
      if (wanted !== counter) {
        counter = wanted;
        block = compress({ ...root, counter, flags: root.flags | ROOT }) as Int32Array<ArrayBuffer>;
      }
      const at = (start + i) % BLOCK;
      out[i] = (block[at >> 2] as number) >>> (8 * (at & 3));
    }
    return out;
  };
}

/** H: 32 bytes. */
export function hash(bytes: Uint8Array, key?: Uint8Array): Uint8Array {
  return extended(bytes, key)(0, 32);
}
