/** Keccak-256 of short texts: function selectors of Solidity. Source: the Keccak reference, FIPS 202 with the original padding. */
import { utf8 } from '../../base/bytes.ts';
import { fromBytes, toBytes } from './prime-field.ts';

const rate = 136;
const mask = (1n << 64n) - 1n;

function rotate(x: bigint, by: bigint): bigint {
  return by === 0n ? x : ((x << by) | (x >> (64n - by))) & mask;
}

/** The next bit of the round constants' shift register, and its state. */
function nextBit(state: number): number {
  return state & 0x80 ? ((state << 1) ^ 0x171) & 0xff : state << 1;
}

function permute(lanes: bigint[]): void {
  let register = 1;
  const at = (x: number, y: number): bigint => lanes[x + 5 * y] as bigint;
  for (let round = 0; round < 24; round++) {
    const columns = [0, 1, 2, 3, 4].map((x) => at(x, 0) ^ at(x, 1) ^ at(x, 2) ^ at(x, 3) ^ at(x, 4));
    for (let i = 0; i < 25; i++)
      lanes[i] = (lanes[i] as bigint) ^ (columns[(i + 4) % 5] as bigint) ^ rotate(columns[(i + 1) % 5] as bigint, 1n);
    let [x, y] = [1, 0];
    let moved = at(1, 0);
    for (let t = 0; t < 24; t++) {
      [x, y] = [y, (2 * x + 3 * y) % 5];
      const next = at(x, y);
      lanes[x + 5 * y] = rotate(moved, BigInt((((t + 1) * (t + 2)) / 2) % 64));
      moved = next;
    }
    for (let row = 0; row < 25; row += 5) {
      const old = lanes.slice(row, row + 5);
      for (let i = 0; i < 5; i++)
        lanes[row + i] = (old[i] as bigint) ^ (~(old[(i + 1) % 5] as bigint) & mask & (old[(i + 2) % 5] as bigint));
    }
    for (let bit = 0; bit < 7; bit++) {
      if (register & 1) lanes[0] = (lanes[0] as bigint) ^ (1n << BigInt(2 ** bit - 1));
      register = nextBit(register);
    }
  }
}

/** For texts shorter than one block of 136 bytes. */
export function keccak256(text: string): Uint8Array {
  const bytes = utf8(text);
  if (bytes.length >= rate) throw new RangeError('a text of one block is expected');
  const block = new Uint8Array(rate);
  block.set(bytes);
  block[bytes.length] = 1;
  block[rate - 1] = (block[rate - 1] as number) | 0x80;
  const lanes = Array.from({ length: 25 }, (_, i) => (8 * i < rate ? fromBytes(block.subarray(8 * i, 8 * i + 8)) : 0n));
  permute(lanes);
  return Uint8Array.from(lanes.slice(0, 4).flatMap((lane) => [...toBytes(lane, 8)]));
}
