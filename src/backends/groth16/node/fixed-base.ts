/**
 * Many multiples of one generator: a table of the generator's multiples by every byte at every place, then one addition per byte of
 * the scalar. Uses the group arithmetic of snarkjs's curve, one thread.
 */
import type { Curve, CurveGroup } from './packages.ts';

const windows = 32;
const batch = 1024;

type Group = { readonly group: CurveGroup; readonly prefix: 'g1m' | 'g2m'; readonly generator: number };

/** Room that functions of the module take for themselves, for instance to invert a batch. */
const headroom = 2 ** 20;

/** Takes `bytes` of the module's memory, growing it, and returns where they begin. Word 0 is the module's free pointer. */
function reserve({ tm }: Curve, bytes: number): number {
  const start = ((tm.u32[0] as number) + 7) & ~7;
  const missing = start + bytes + headroom - tm.memory.buffer.byteLength;
  if (missing > 0) tm.memory.grow(Math.ceil(missing / 65536));
  tm.u8 = new Uint8Array(tm.memory.buffer);
  tm.u32 = new Uint32Array(tm.memory.buffer);
  tm.u32[0] = start + bytes;
  return start;
}

/** Affine points k · G for every scalar, in snarkjs's stored form; `pause` lets others run between batches. */
export async function multiplesOf(
  curve: Curve,
  which: 1 | 2,
  scalars: readonly bigint[],
  pause: (done: number) => Promise<void>,
): Promise<Uint8Array> {
  const { group, prefix, generator }: Group =
    which === 1
      ? { group: curve.G1, prefix: 'g1m', generator: curve.tm.pG1gen }
      : { group: curve.G2, prefix: 'g2m', generator: curve.tm.pG2gen };
  const call = curve.tm.instance.exports;
  const [addMixed, add, double, toAffine, zero] = ['addMixed', 'add', 'double', 'batchToAffine', 'zero'].map(
    (name) => call[`${prefix}_${name}`] as (...pointers: number[]) => void,
  ) as [
    (...p: number[]) => void,
    (...p: number[]) => void,
    (...p: number[]) => void,
    (...p: number[]) => void,
    (...p: number[]) => void,
  ];
  const affine = 2 * group.F.n8;
  const jacobian = 3 * group.F.n8;
  const free = curve.tm.u32[0] as number;
  const table = reserve(curve, windows * 255 * affine + (255 + batch + 2) * jacobian + batch * affine);
  const scratch = table + windows * 255 * affine;
  const sums = scratch + 257 * jacobian;
  const results = sums + batch * jacobian;
  const base = scratch + 255 * jacobian;
  const memory = curve.tm.u8;
  memory.copyWithin(base, generator, generator + jacobian);
  for (let window = 0; window < windows; window++) {
    zero(scratch);
    add(scratch, base, scratch);
    for (let k = 1; k < 255; k++) add(scratch + (k - 1) * jacobian, base, scratch + k * jacobian);
    toAffine(scratch, 255, table + window * 255 * affine);
    for (let bit = 0; bit < 8; bit++) double(base, base);
  }
  const out = new Uint8Array(scalars.length * affine);
  for (let from = 0; from < scalars.length; from += batch) {
    const count = Math.min(batch, scalars.length - from);
    for (let i = 0; i < count; i++) {
      const sum = sums + i * jacobian;
      zero(sum);
      let rest = scalars[from + i] as bigint;
      for (let window = 0; rest > 0n; window++, rest >>= 8n) {
        const byte = Number(rest & 255n);
        if (byte !== 0) addMixed(sum, table + (window * 255 + byte - 1) * affine, sum);
      }
    }
    toAffine(sums, count, results);
    out.set(memory.subarray(results, results + count * affine), from * affine);
    await pause(from + count);
  }
  curve.tm.u32[0] = free;
  return out;
}
