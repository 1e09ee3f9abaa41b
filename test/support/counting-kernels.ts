/** Kernels that count what they are asked for: costs of a proof that no clock and no machine changes. */
import type { Kernels } from '../../src/backends/transparent/kernels/kernels.ts';

/** Units of work by name. */
export type Counts = { [unit: string]: number };

type Counted = Partial<{
  readonly [Name in keyof Kernels]: (...args: Parameters<Kernels[Name]>) => Readonly<Record<string, number>>;
}>;

/**
 * Multiplications are those of the plain algorithm, in E unless the name says otherwise; an implementation may do with fewer.
 * Kernels that are not listed count as calls.
 */
const units: Counted = {
  arena: () => ({}),
  encodeRows: (_, rows, __, logCode) => ({
    encodedSymbols: rows * 2 ** logCode,
    baseMultiplications: rows * logCode * 2 ** (logCode - 1),
  }),
  hashColumns: (_, rows, logCode, salts) => ({ hashedBytes: 4 * rows * 2 ** logCode + salts.length }),
  hashPairs: (digests) => ({ hashedBytes: digests.length }),
  foldHigh: (_, half) => ({ multiplications: half }),
  foldLow: (_, half) => ({ multiplications: half }),
  addScaled: (_, __, ___, count) => ({ multiplications: count }),
  addHalves: () => ({}),
  eqTable: (point) => ({ multiplications: 2 ** point.length }),
  // Leaves beyond `count` are unused and cost nothing; numerators of leaves are in the base field.
  fractionLeaves: (_, __, half, ___, ____, count) => ({
    multiplications: Math.min(half, count),
    baseMultiplications: 8 * Math.min(half, count),
  }),
  fractionLayer: (_, __, half) => ({ multiplications: 3 * half }),
  fractionRound: (_, __, ___, ____, _____, half, count = half) => ({ sumcheckRounds: 1, multiplications: 8 * count }),
  pairing: (_, __, count) => ({ multiplications: count }),
  innerProductRound: (_, __, half) => ({ sumcheckRounds: 1, multiplications: 2 * half }),
  accumulateBase: (_, __, ___, ____, count) => ({ baseMultiplications: 4 * count }),
  weightedSums: (_, __, size, out) => ({ baseMultiplications: size * out.length }),
  applyAlong: (_, wide, { outer, inner }, { places }) => {
    const products = outer * inner * (places.length / 2);
    return wide ? { multiplications: products } : { baseMultiplications: 4 * products };
  },
  // Its expectation: how many nonces it takes depends on the proof.
  grind: ({ bits }) => ({ expectedNonces: 2 ** bits }),
};

export function countingKernels(kernels: Kernels): { readonly kernels: Kernels; readonly counts: Counts } {
  const counts: Counts = {};
  const add = (unit: string, amount: number): void => {
    counts[unit] = (counts[unit] ?? 0) + amount;
  };
  const counted = Object.fromEntries(
    Object.entries(kernels).map(([name, kernel]) => [
      name,
      (...args: unknown[]): unknown => {
        const count = Reflect.get(units, name) as ((...args: unknown[]) => Record<string, number>) | undefined;
        for (const [unit, amount] of Object.entries(count?.(...args) ?? { [`calls of ${name}`]: 1 })) add(unit, amount);
        return (kernel as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  );
  return { kernels: counted as unknown as Kernels, counts };
}
