/**
 * The kernels of wasm/ against the reference they are held to, in one process, turn by turn: `npm run build && node
 * bench/kernels.mjs`. Processor time, not the clock: only the ratios mean something on a machine that does other things.
 */
import { referenceKernels } from '../dist/src/backends/transparent/kernels/reference.js';
import { wasmKernels } from '../dist/src/backends/transparent/kernels/wasm.js';
import { instantiateWasm } from '../dist/src/base/wasm.js';
import { seededUniform } from '../dist/src/pipeline/bench/network-builder.js';

const prime = 2130706433;
const rounds = 7;
const uniform = seededUniform(1);
const cells = (count) => Uint32Array.from({ length: count }, () => Math.floor(((uniform() + 1) / 2) * prime));
const z = [...cells(4)];
const n = 2 ** 13;
const initial = cells(8 * n);

/** What each kernel does in one turn, and how many units (elements, symbols, compressions) that is. */
const turns = {
  foldHigh: [n, (k, a) => k.foldHigh(a[0], n, z)],
  addScaled: [2 * n, (k, a) => k.addScaled(a[0], a[1], z, 2 * n)],
  fractionLayer: [n, (k, a) => k.fractionLayer(a[0], a[1], n, a[2], a[3])],
  fractionRound: [n, (k, a) => k.fractionRound(a[0], a[1], a[2], a[3], a[4], n)],
  innerProductRound: [n, (k, a) => k.innerProductRound(a[0], a[1], n)],
  accumulateBase: [2 * n, (k, a) => k.accumulateBase(a[0], z, a[1], 0, 2 * n)],
  weightedSums: [
    2 * n,
    (k, a) => k.weightedSums(a[0], new Int32Array(a[1].buffer, a[1].byteOffset, 2 * n), 2 * n, a[2].subarray(0, 4)),
  ],
  encodeRows: [2 ** 13, (k) => k.encodeRows(row, 1, row.length, 13)],
  hashColumns: [2 ** 10, (k) => k.hashColumns(words, 60, 10, salts)],
  hashPairs: [2 ** 11, (k) => k.hashPairs(digests)],
  grind: [1, (k) => k.grind({ input: new Uint8Array(41).fill(3, 0, 33), nonceAt: 33, bits: 13 })],
};
const row = cells(2300);
const words = cells(60 * 2 ** 10);
const salts = new Uint8Array(16 * 2 ** 10).fill(9);
const digests = new Uint8Array(64 * 2 ** 11).fill(5);

const contestants = {
  reference: referenceKernels,
  scalar: wasmKernels(instantiateWasm('scalar')),
  simd: wasmKernels(instantiateWasm('simd')),
};

function processorTime() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

console.log(
  `${'kernel'.padEnd(18)}${'reference'.padStart(12)}${'scalar'.padStart(12)}${'simd'.padStart(12)}   ratios to the reference`,
);
for (const [name, [units, turn]] of Object.entries(turns)) {
  const times = Object.fromEntries(Object.keys(contestants).map((who) => [who, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [who, kernels] of Object.entries(contestants)) {
      const repeats = who === 'reference' ? 1 : 8;
      kernels.arena(5 * 8 * n, (allocate) => {
        const vectors = Array.from({ length: 5 }, () => allocate(8 * n));
        for (const vector of vectors) vector.set(initial);
        const from = processorTime();
        for (let i = 0; i < repeats; i++) turn(kernels, vectors);
        times[who].push((processorTime() - from) / repeats);
      });
    }
  }
  const [slow, scalar, simd] = Object.keys(contestants).map((who) => median(times[who].slice(2)));
  const perUnit = (time) => `${((1000 * time) / units).toFixed(1)} ns`.padStart(12);
  console.log(
    `${name.padEnd(18)}${perUnit(slow)}${perUnit(scalar)}${perUnit(simd)}   ${(slow / scalar).toFixed(1)}×  ${(slow / simd).toFixed(1)}×`,
  );
}
