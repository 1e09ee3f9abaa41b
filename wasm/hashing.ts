// Leaf digests of columns, layers of a Merkle tree, and proof of work: four messages at once with SIMD, else one.
import { CHUNK_END, CHUNK_START, compress, KEYED, PARENT, ROOT, splat } from './blake3';

/** Bytes of one word in all lanes. */
const WORD: usize = ASC_FEATURE_SIMD ? 16 : 4;
const LANES: u32 = ASC_FEATURE_SIMD ? 4 : 1;

let message: usize = memory.data(256, 16);
/** Chaining values of complete subtrees, lowest last, then the one being computed. */
let stack: usize = memory.data(128 * 25, 16);

/** Instances on one memory share what the compiler placed there: before its first hash each gets 4096 bytes of its own. */
export function useScratch(at: usize): void {
  message = at;
  stack = at + 256;
}

// @ts-ignore: decorator
@inline
function compressLanes(cv: usize, m: usize, counter: u32, length: u32, flags: u32): void {
  if (ASC_FEATURE_SIMD) compress<v128>(cv, m, counter, length, flags);
  else compress<u32>(cv, m, counter, length, flags);
}

// @ts-ignore: decorator
@inline
function broadcast(at: usize, word: u32): void {
  if (ASC_FEATURE_SIMD) v128.store(at, i32x4.splat(word));
  else store<u32>(at, word);
}

/** Word i of the messages of all lanes: the salt of each column, then its cells. */
// @ts-ignore: decorator
@inline
function loadWord(at: usize, i: u32, column: usize, stride: usize, salt: usize, salted: u32): void {
  if (i < salted) {
    for (let lane: usize = 0; lane < LANES; lane++)
      store<u32>(at + (lane << 2), load<u32>(salt + (lane << 4) + (usize(i) << 2)));
  } else {
    const from = column + usize(i - salted) * stride;
    if (ASC_FEATURE_SIMD) v128.store(at, v128.load(from));
    else store<u32>(at, load<u32>(from));
  }
}

/** Hash of one chunk of at most 256 words into the value at cv. */
function chunk(
  cv: usize, key: usize, first: u32, last: u32, counter: u32, flags: u32,
  column: usize, stride: usize, salt: usize, salted: u32,
): void {
  for (let i: usize = 0; i < 8; i++) broadcast(cv + i * WORD, load<u32>(key + (i << 2)));
  let start = CHUNK_START;
  for (let block = first; block < last; block += 16) {
    const words = min<u32>(16, last - block);
    for (let i: u32 = 0; i < words; i++) loadWord(message + usize(i) * WORD, block + i, column, stride, salt, salted);
    for (let i = words; i < 16; i++) broadcast(message + usize(i) * WORD, 0);
    const end = block + 16 >= last ? CHUNK_END | flags : 0;
    compressLanes(cv, message, counter, words << 2, KEYED | start | end);
    start = 0;
  }
}

/** The two values at `left` become their parent, in place. */
function merge(left: usize, key: usize, flags: u32): void {
  memory.copy(message, left, 16 * WORD);
  for (let i: usize = 0; i < 8; i++) broadcast(left + i * WORD, load<u32>(key + (i << 2)));
  compressLanes(left, message, 0, 64, KEYED | PARENT | flags);
}

/** The same of columns that lie close enough together to stay in a cache. */
function hashPortion(
  columns: usize, stride: usize, rows: u32, count: u32, salts: usize, key: usize, out: usize,
): void {
  const salted: u32 = salts == 0 ? 0 : 4;
  const words = rows + salted;
  const size: usize = 8 * WORD;
  for (let from: u32 = 0; from < count; from += LANES) {
    const column = columns + (usize(from) << 2);
    const salt = salts + (usize(from) << 4);
    let top = stack;
    let chunks: u32 = 0;
    for (; words - 256 * chunks > 256; top += size) {
      chunk(top, key, 256 * chunks, 256 * (chunks + 1), chunks, 0, column, stride, salt, salted);
      chunks++;
      for (let complete = chunks; (complete & 1) == 0; complete >>= 1) {
        top -= size;
        merge(top, key, 0);
      }
    }
    chunk(top, key, 256 * chunks, words, chunks, top == stack ? ROOT : 0, column, stride, salt, salted);
    while (top > stack) {
      top -= size;
      merge(top, key, top == stack ? ROOT : 0);
    }
    for (let lane: usize = 0; lane < LANES; lane++, out += 32)
      for (let i: usize = 0; i < 8; i++) store<u32>(out + (i << 2), load<u32>(stack + i * WORD + (lane << 2)));
  }
}

/**
 * Keyed hashes of `count` columns of `rows` cells that are `stride` bytes apart, each after 16 bytes of `salts` unless 0.
 * Unless `room` is 0, `width` columns at a time are copied there first: cells a power of two apart evict each other.
 */
export function hashColumns(
  columns: usize, stride: usize, rows: u32, count: u32, salts: usize, key: usize, out: usize, room: usize, width: u32,
): void {
  if (room == 0) return hashPortion(columns, stride, rows, count, salts, key, out);
  for (let from: u32 = 0; from < count; from += width) {
    const now = min<u32>(width, count - from);
    const bytes = usize(now) << 2;
    for (let row: usize = 0; row < rows; row++)
      memory.copy(room + row * bytes, columns + row * stride + (usize(from) << 2), bytes);
    const salt: usize = salts == 0 ? 0 : salts + (usize(from) << 4);
    hashPortion(room, bytes, rows, now, salt, key, out + (usize(from) << 5));
  }
}

/** Keyed hashes of `count` pairs of digests. */
export function hashPairs(digests: usize, count: u32, key: usize, out: usize): void {
  const flags = KEYED | CHUNK_START | CHUNK_END | ROOT;
  let pair: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; pair + 4 <= count; pair += 4, digests += 256, out += 128) {
      for (let i: usize = 0; i < 16; i++)
        for (let lane: usize = 0; lane < 4; lane++)
          store<u32>(message + (i << 4) + (lane << 2), load<u32>(digests + (lane << 6) + (i << 2)));
      for (let i: usize = 0; i < 8; i++) v128.store(stack + (i << 4), splat<v128>(load<u32>(key + (i << 2))));
      compress<v128>(stack, message, 0, 64, flags);
      for (let lane: usize = 0; lane < 4; lane++)
        for (let i: usize = 0; i < 8; i++)
          store<u32>(out + (lane << 5) + (i << 2), load<u32>(stack + (i << 4) + (lane << 2)));
    }
  }
  for (; pair < count; pair++, digests += 64, out += 32) {
    memory.copy(out, key, 32);
    compress<u32>(out, digests, 0, 64, flags);
  }
}

/**
 * The least nonce in [first, first + count), count ≤ 2^31 a multiple of 4, that makes the masked bits of the first two words
 * of the hash of a block zero, or −1. The nonce is added to the words at `place` and after it, `shift` bits up.
 */
export function grind(
  block: usize, length: u32, place: u32, shift: u32, first: u32, count: u32, mask0: u32, mask1: u32, iv: usize,
): f64 {
  const flags = CHUNK_START | CHUNK_END | ROOT;
  const high = message + usize(place) * WORD;
  for (let i: usize = 0; i < 16; i++) broadcast(message + i * WORD, load<u32>(block + (i << 2)));
  const base0 = load<u32>(block + (usize(place) << 2)), base1 = load<u32>(block + (usize(place) << 2), 4);
  for (let done: u32 = 0; done < count; done += LANES) {
    for (let lane: u32 = 0; lane < LANES; lane++) {
      const nonce = u64(first + done + lane) << shift;
      store<u32>(high + (lane << 2), base0 | u32(nonce));
      store<u32>(high + WORD + (lane << 2), base1 | u32(nonce >> 32));
    }
    for (let i: usize = 0; i < 8; i++) broadcast(stack + i * WORD, load<u32>(iv + (i << 2)));
    compressLanes(stack, message, 0, length, flags);
    for (let lane: u32 = 0; lane < LANES; lane++) {
      const at = stack + (lane << 2);
      if (((load<u32>(at) & mask0) | (load<u32>(at + WORD) & mask1)) == 0) return f64(first + done + lane);
    }
  }
  return -1;
}
