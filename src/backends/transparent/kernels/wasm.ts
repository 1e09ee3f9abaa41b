/**
 * The kernels of wasm/ behind the interface of the reference. Vectors of an arena are used where they stand, others are
 * copied in and out; what does not fit into the memory is left to the reference.
 */
import { iv } from '../../../base/blake3.ts';
import { digestLength } from '../../../base/digest.ts';
import type { Ext } from '../../../base/extension.ts';
import type { Wasm, WasmExports } from '../../../base/wasm.ts';
import type { Stack } from '../../../base/wasm-memory.ts';
import { leafKey, nodeKey } from '../merkle.ts';
import type { Kernels } from './kernels.ts';
import { referenceKernels } from './reference.ts';
import { transformTables } from './transform-tables.ts';

/** A vector and how many of its cells a kernel touches. */
type Part = readonly [vector: Uint32Array, cells: number];

/** Cells of columns that are hashed between two copies: about what a second-level cache holds. */
const columnCells = 2 ** 17;
/** Cells of columns that are copied together before they are hashed: what stays close while it is read. */
const roomCells = 2 ** 16;
/** Cells of codewords that are made between two copies. */
const codewordCells = 2 ** 18;
/** Nonces tried between two looks at the result. */
const nonces = 2 ** 20;

function element(words: Uint32Array, address: number): Ext {
  const i = address / 4;
  return [words[i] as number, words[i + 1] as number, words[i + 2] as number, words[i + 3] as number];
}

/** Kernels on vectors: `run` gets their addresses and that of 32 bytes, which begin with `factor`. */
function vectorKernels(
  wasm: WasmExports,
  stack: Stack,
): Omit<Kernels, 'encodeRows' | 'hashColumns' | 'hashPairs' | 'grind'> {
  function withParts<T>(
    parts: readonly Part[],
    changed: number,
    factor: Ext | null,
    run: (at: readonly number[], small: number) => T,
  ): T | null {
    const foreign = parts.map(([vector]) => stack.addressOf(vector) < 0);
    const bytes = parts.reduce((sum, [, cells], i) => (foreign[i] ? sum + 4 * cells + 16 : sum), 32);
    return stack.frame(bytes, () => {
      const at = parts.map(([vector, cells], i) =>
        foreign[i] ? stack.pushWords(vector.subarray(0, cells)) : stack.addressOf(vector),
      );
      const small = stack.push(32);
      if (factor !== null) stack.words.set(factor, small / 4);
      const result = run(at, small);
      for (let i = 0; i < changed; i++) {
        const [vector, cells] = parts[i] as Part;
        const from = (at[i] as number) / 4;
        if (foreign[i]) vector.set(stack.words.subarray(from, from + cells));
      }
      return result;
    });
  }

  type Addresses = readonly [number, number, number, number, number];
  const inPlace = (parts: readonly Part[], factor: Ext | null, run: (at: Addresses, small: number) => void): boolean =>
    withParts(parts, 1, factor, (at, small) => {
      run(at as unknown as Addresses, small);
      return true;
    }) ?? false;

  const pair = (parts: readonly Part[], run: (at: Addresses, small: number) => void): readonly [Ext, Ext] | null =>
    withParts(parts, 0, null, (at, small) => {
      run(at as unknown as Addresses, small);
      return [element(stack.words, small), element(stack.words, small + 16)] as const;
    });

  const slow = referenceKernels;
  return {
    arena: (cells, work) => stack.arena(cells, work),
    foldHigh: (vector, half, z, count = half) => {
      if (!inPlace([[vector, 4 * (half + count)]], z, ([v], small) => wasm.foldHigh(v, half, small, count)))
        slow.foldHigh(vector, half, z, count);
    },
    foldLow: (vector, half, z) => {
      if (!inPlace([[vector, 8 * half]], z, ([v], small) => wasm.foldLow(v, v, half, small)))
        slow.foldLow(vector, half, z);
    },
    addScaled: (a, b, factor, count) => {
      const parts: Part[] = [
        [a, 4 * count],
        [b, 4 * count],
      ];
      if (!inPlace(parts, factor, ([x, y], small) => wasm.addScaled(x, y, small, count)))
        slow.addScaled(a, b, factor, count);
    },
    addHalves: (vector, half) => {
      if (!inPlace([[vector, 8 * half]], null, ([v]) => wasm.addHalves(v, half, half))) slow.addHalves(vector, half);
    },
    eqTable: (point, out) => {
      const done = inPlace([[out, 4 * 2 ** point.length]], null, ([v], small) => {
        stack.words.set([1, 0, 0, 0], v / 4);
        point.forEach((z, bit) => {
          stack.words.set(z, small / 4);
          wasm.extendEq(v, 2 ** bit, small, 2 ** bit);
        });
      });
      if (!done) slow.eqTable(point, out);
    },
    fractionLayer: (p, q, half, outP, outQ) => {
      const parts: Part[] = [
        [outP, 4 * half],
        [outQ, 4 * half],
        [p, 8 * half],
        [q, 8 * half],
      ];
      const done = withParts(parts, 2, null, (at) => {
        const [x, y, a, b] = at as unknown as Addresses;
        wasm.fractionLayer(a, b, half, x, y, half);
        return true;
      });
      if (done === null) slow.fractionLayer(p, q, half, outP, outQ);
    },
    fractionLeaves: (p, q, half, outP, outQ, count) => {
      const parts: Part[] = [
        [outP, 4 * count],
        [outQ, 4 * count],
        [p, half + count],
        [q, 4 * (half + count)],
      ];
      const done = withParts(parts, 2, null, (at) => {
        const [x, y, a, b] = at as unknown as Addresses;
        wasm.fractionLeaves(a, b, half, x, y, count);
        return true;
      });
      if (done === null) slow.fractionLeaves(p, q, half, outP, outQ, count);
    },
    pairing: (a, b, count) => {
      const parts: Part[] = [
        [a, 4 * count],
        [b, 4 * count],
      ];
      return pair(parts, ([x, y], small) => wasm.pairing(x, y, count, small))?.[0] ?? slow.pairing(a, b, count);
    },
    fractionRound: (a0, q0, p1, q1, eq, half, count = half) => {
      const parts = [a0, q0, p1, q1, eq].map((vector, i): Part => [vector, 4 * (i < 4 ? half + count : count)]);
      const run = ([a, b, c, d, e]: Addresses, small: number): void =>
        wasm.fractionRound(a, b, c, d, e, half, small, count);
      return pair(parts, run) ?? slow.fractionRound(a0, q0, p1, q1, eq, half, count);
    },
    innerProductRound: (a, b, half) => {
      const parts: Part[] = [
        [a, 8 * half],
        [b, 8 * half],
      ];
      return (
        pair(parts, ([x, y], small) => wasm.innerProductRound(x, y, half, small)) ?? slow.innerProductRound(a, b, half)
      );
    },
    accumulateBase: (out, factor, cells, from, count) => {
      const parts: Part[] = [
        [out, 4 * count],
        [cells.subarray(from, from + count), count],
      ];
      if (!inPlace(parts, factor, ([x, y], small) => wasm.accumulateBase(x, small, y, count)))
        slow.accumulateBase(out, factor, cells, from, count);
    },
    weightedSums: (weights, integers, size, out) => {
      const words = new Uint32Array(integers.buffer, integers.byteOffset, integers.length);
      const count = out.length / 4;
      const parts: Part[] = [
        [out, 4 * count],
        [weights, 4 * size],
        [words, size * count],
      ];
      if (!inPlace(parts, null, ([x, w, v]) => wasm.weightedSums(w, v, size, count, x)))
        slow.weightedSums(weights, integers, size, out);
    },
    applyAlong: (data, wide, along, entries) => {
      const { outer, size, inner, count } = along;
      const out = new Uint32Array(4 * outer * count * inner);
      const parts: Part[] = [
        [out, out.length],
        [data, data.length],
        [entries.places, entries.places.length],
        [entries.weights.slice(), entries.weights.length],
      ];
      const many = entries.weights.length / 4;
      const done = inPlace(parts, null, ([x, d, e, w]) => {
        wasm.prepareWeights(w, many);
        wasm.applyAlong(d, wide ? 1 : 0, outer, size, inner, e, w, many, x, count, inner);
      });
      return done ? out : slow.applyAlong(data, wide, along, entries);
    },
  };
}

function encodeRows(wasm: WasmExports, stack: Stack): Kernels['encodeRows'] {
  return (cells, rows, dimension, logCode, allocate = (count) => new Uint32Array(count)) => {
    const plainly = (): Uint32Array => referenceKernels.encodeRows(cells, rows, dimension, logCode);
    if (logCode < 2) return plainly();
    const length = 2 ** logCode;
    const { order, powers } = transformTables(logCode);
    const out = allocate(rows * length);
    const [source, target] = [stack.addressOf(cells), stack.addressOf(out)];
    const inside = source >= 0 && target >= 0;
    const portion = inside ? rows : Math.min(rows, Math.max(1, Math.floor(codewordCells / length)));
    const room = 4 * portion * ((source < 0 ? dimension : 0) + (target < 0 ? length : 0));
    const done = stack.frame(8 * length + room + 128, () => {
      const [places, table] = [stack.pushWords(order), stack.pushWords(powers)];
      const from = source < 0 ? stack.push(4 * portion * dimension) : 0;
      const to = target < 0 ? stack.push(4 * portion * length) : 0;
      for (let row = 0; row < rows; row += portion) {
        const count = Math.min(portion, rows - row);
        if (source < 0) stack.words.set(cells.subarray(row * dimension, (row + count) * dimension), from / 4);
        const [read, write] = [
          source < 0 ? from : source + 4 * row * dimension,
          target < 0 ? to : target + 4 * row * length,
        ];
        wasm.encodeRows(read, count, dimension, places, logCode, table, write);
        if (target < 0) out.set(stack.words.subarray(to / 4, to / 4 + count * length), row * length);
      }
      return out;
    });
    return done ?? plainly();
  };
}

/** Columns that are copied together before they are hashed: whole cache lines, where few rows allow it. */
function roomWidth(rows: number): number {
  return Math.max(4, Math.min(64, 4 * Math.floor(roomCells / rows / 4)));
}

function hashColumns({ exports, stack, pieces }: Wasm): Kernels['hashColumns'] {
  /** Where the columns are; each piece of the work copies some together in a place of its own, if there is room for that. */
  function inPlace(at: number, rows: number, length: number, salts: Uint8Array): Uint8Array | null {
    const width = roomWidth(rows);
    const bytes = salts.length + digestLength * (length + 1) + 128;
    const hashed = (room: number): Uint8Array => {
      const [key, salt] = [stack.pushBytes(leafKey), salts.length === 0 ? 0 : stack.pushBytes(salts)];
      const place = room === 0 ? 0 : stack.push(room);
      const digests = stack.push(digestLength * length);
      exports.hashColumns(at, 4 * length, rows, length, salt, key, digests, place, width);
      return stack.read(digests, digestLength * length).slice();
    };
    const room = 4 * rows * width * pieces;
    return stack.frame(bytes + room, () => hashed(room)) ?? stack.frame(bytes, () => hashed(0));
  }

  /** The columns are brought here in portions. */
  function brought(codewords: Uint32Array, rows: number, length: number, salts: Uint8Array): Uint8Array | null {
    const width = Math.min(length, Math.max(4, 2 ** Math.floor(Math.log2((columnCells * pieces) / rows))));
    return stack.frame(width * (4 * rows + 16 + digestLength) + digestLength + 256, () => {
      const key = stack.pushBytes(leafKey);
      const salt = salts.length === 0 ? 0 : stack.push(16 * width);
      const columns = stack.push(4 * rows * width);
      const digests = stack.push(digestLength * width);
      const out = new Uint8Array(digestLength * length);
      for (let from = 0; from < length; from += width) {
        for (let row = 0; row < rows; row++)
          stack.words.set(
            codewords.subarray(row * length + from, row * length + from + width),
            columns / 4 + row * width,
          );
        if (salt !== 0) stack.read(salt, 16 * width).set(salts.subarray(16 * from, 16 * (from + width)));
        exports.hashColumns(columns, 4 * width, rows, width, salt, key, digests, 0, width);
        out.set(stack.read(digests, digestLength * width), digestLength * from);
      }
      return out;
    });
  }

  return (codewords, rows, logCode, salts) => {
    const length = 2 ** logCode;
    const at = stack.addressOf(codewords);
    if (length < 4) return referenceKernels.hashColumns(codewords, rows, logCode, salts);
    const done = at < 0 ? null : inPlace(at, rows, length, salts);
    return (
      done ?? brought(codewords, rows, length, salts) ?? referenceKernels.hashColumns(codewords, rows, logCode, salts)
    );
  };
}

function hashPairs(wasm: WasmExports, stack: Stack): Kernels['hashPairs'] {
  return (digests) => {
    const half = digests.length / 2;
    const done = stack.frame(3 * half + 256, () => {
      const key = stack.pushBytes(nodeKey);
      const from = stack.pushBytes(digests);
      const out = stack.push(half);
      wasm.hashPairs(from, half / digestLength, key, out);
      return stack.read(out, half).slice();
    });
    return done ?? referenceKernels.hashPairs(digests);
  };
}

/** Masks of the first `bits` bits of a hash, as its first two little-endian words hold them. */
function workMasks(bits: number): readonly [number, number] {
  const mask = (count: number): number => {
    const bytes = [0, 8, 16, 24].map((from) => 255 & ~(255 >> Math.max(0, Math.min(8, count - from))));
    return bytes.reduce((word, byte, i) => word + byte * 2 ** (8 * i), 0);
  };
  return [mask(bits), mask(bits - 32)];
}

function grind(wasm: WasmExports, stack: Stack): Kernels['grind'] {
  return (work) => {
    const { input, nonceAt, bits } = work;
    const [mask0, mask1] = workMasks(bits);
    const found = stack.frame(256, () => {
      const block = stack.push(64);
      stack.read(block, 64).fill(0).set(input);
      const start = stack.pushBytes(new Uint8Array(iv.buffer));
      const place = nonceAt >> 2;
      for (let first = 0; first < 2 ** 32; first += nonces) {
        const nonce = wasm.grind(block, input.length, place, 8 * (nonceAt & 3), first, nonces, mask0, mask1, start);
        if (nonce >= 0) return nonce;
      }
      return null;
    });
    return found ?? referenceKernels.grind(work);
  };
}

/** Kernels on an instance. */
export function wasmKernels(wasm: Wasm): Kernels {
  const { exports, stack } = wasm;
  return {
    ...vectorKernels(exports, stack),
    encodeRows: encodeRows(exports, stack),
    hashColumns: hashColumns(wasm),
    hashPairs: hashPairs(exports, stack),
    grind: grind(exports, stack),
  };
}
