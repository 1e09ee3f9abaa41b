/**
 * SHA-256 (FIPS 180-4): the hash by which other people's formats name files. Provenn's own artefacts are named by BLAKE3
 * (`digest.ts`).
 */
import { toHex } from './bytes.ts';

/** The first primes, as many as asked for. */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/**
 * The first 32 bits of the fraction of root: ⌊n^(1/k)·2³²⌋ mod 2³², in integers, because a double has too few digits of some
 * cube roots.
 */
function rootBits(n: number, k: 2 | 3): number {
  const target = BigInt(n) << BigInt(32 * k);
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) if ((root + bit) ** BigInt(k) <= target) root += bit;
  return Number(root & 0xffffffffn);
}

const roundConstants = Uint32Array.from(primes(64), (prime) => rootBits(prime, 3));
const initialState = Uint32Array.from(primes(8), (prime) => rootBits(prime, 2));

const blockLength = 64;

/** The message, a 1 bit, zeros, and the length in bits as 64-bit big-endian: whole blocks. Only the last blocks are copied. */
function lastBlocks(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % blockLength;
  const tail = new Uint8Array(rest + 9 <= blockLength ? blockLength : 2 * blockLength);
  tail.set(bytes.subarray(bytes.length - rest));
  tail[rest] = 0x80;
  const view = new DataView(tail.buffer);
  view.setBigUint64(tail.length - 8, BigInt(bytes.length) * 8n);
  return tail;
}

function rotate(x: number, by: number): number {
  return (x >>> by) | (x << (32 - by));
}

function compress(state: Uint32Array, schedule: Uint32Array, view: DataView, at: number): void {
  for (let t = 0; t < 16; t++) schedule[t] = view.getUint32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const x = schedule[t - 15] as number;
    const y = schedule[t - 2] as number;
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    schedule[t] = (schedule[t - 16] as number) + s0 + (schedule[t - 7] as number) + s1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let t = 0; t < 64; t++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + big1 + choice + (roundConstants[t] as number) + (schedule[t] as number)) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + big0 + majority) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = (state[i] as number) + word;
  });
}

/** 32-byte SHA-256. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const state = initialState.slice();
  const schedule = new Uint32Array(64);
  const tail = lastBlocks(bytes);
  const whole = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - (bytes.length % blockLength);
  for (let at = 0; at < end; at += blockLength) compress(state, schedule, whole, at);
  const last = new DataView(tail.buffer);
  for (let at = 0; at < tail.length; at += blockLength) compress(state, schedule, last, at);
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  state.forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  return out;
}

/** The same as 64 lower-case hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}
