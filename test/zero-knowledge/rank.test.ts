/**
 * The opening and the last sumcheck as a linear map over F, for fixed challenges: from the prover's randomness and the data to
 * everything a verifier sees. Perfect hiding means: the randomness reaches the whole view up to the checks, and changing the
 * data moves the view only where randomness moves it anyway, but for the claim itself.
 */
import { describe, expect, test } from 'vitest';
import { maskedForm } from '../../src/backends/transparent/forms.ts';
import { referenceKernels as kernels } from '../../src/backends/transparent/kernels/reference.ts';
import { elementsOfRows } from '../../src/backends/transparent/noise.ts';
import { foldInnerProduct, padFunctional, pairing } from '../../src/backends/transparent/opening.ts';
import { eqTable } from '../../src/backends/transparent/polynomials.ts';
import { RandomStream } from '../../src/backends/transparent/randomness.ts';
import { add, at, type Ext, multiply, subtract, zero } from '../../src/base/extension.ts';
import { inv, mul, sub } from '../../src/base/field.ts';

const logRow = 5;
const width = 2 ** logRow;
const dataRows = 3;
const logCells = logRow + 2;
const logCode = logRow + 2;
const short = 2 * logCells;
const positions = [1, 77, 120];

const random = new RandomStream(new Uint8Array(32).fill(8), 'challenges');
const point = random.extensions(logCells);
const [gamma1, gamma2] = random.extensions(2) as [Ext, Ext];
/** Φ: any vector on the data rows, nothing on the blinding row, which is the fourth. */
const phi = random.elements(4 * 2 ** logCells).fill(0, 4 * dataRows * width);

/** Which parts of the masking are there. */
type Setting = { readonly tail: number; readonly blinding: boolean; readonly mask: boolean };

/** The view of some rows: four of V with the blinding row last, then m and s. */
function viewOf(rows: Uint32Array, { tail }: Setting): number[] {
  const dimension = width + tail;
  const view: number[] = [];
  const show = (...values: readonly Ext[]): void => {
    for (const value of values) view.push(...value);
  };
  const [m, s] = [elementsOfRows(rows, 4, dimension), elementsOfRows(rows, 8, dimension)];
  const wide = new Uint32Array(4 * 2 ** logCells);
  for (let row = 0; row < 4; row++)
    for (let i = 0; i < width; i++) wide[4 * (row * width + i)] = rows[row * dimension + i] as number;
  const claim = phi.slice();
  point.forEach((z, bit) => {
    const half = 2 ** (logCells - 1 - bit);
    kernels.innerProductRound(claim, wide, half).forEach((value, i) => show(subtract(value, at(s, 2 * bit + i))));
    kernels.foldLow(claim, half, z);
    kernels.foldLow(wide, half, z);
  });
  const weights = eqTable(point.slice(logRow));
  const folded = new Uint32Array(4 * dimension);
  for (let row = 0; row < 4; row++) kernels.accumulateBase(folded, at(weights, row), rows, row * dimension, dimension);
  const data = eqTable(point.slice(0, logRow));
  const messages = Array.from({ length: short }, (_, i) => maskedForm(zero, i));
  const pads = padFunctional(foldInnerProduct(zero, messages, point), short);
  show(pairing(data, folded, width), pairing(pads, folded, short));
  show(pairing(data, s, width), pairing(data, m, width), pairing(pads, m, short));
  for (let i = 0; i < dimension; i++)
    show(add(at(m, i), multiply(gamma1, add(at(folded, i), multiply(gamma2, at(s, i))))));
  const codewords = kernels.encodeRows(rows, 12, dimension, logCode);
  for (const position of positions)
    for (let row = 0; row < 12; row++) view.push(codewords[row * 2 ** logCode + position] as number);
  return view;
}

/** Images of unit vectors: those of the randomness, and those of the data. */
function images(setting: Setting): { readonly noise: number[][]; readonly data: number[][] } {
  const dimension = width + setting.tail;
  const noise: number[][] = [];
  const data: number[][] = [];
  for (let row = 0; row < 12; row++) {
    for (let i = 0; i < dimension; i++) {
      const unit = new Uint32Array(12 * dimension);
      unit[row * dimension + i] = 1;
      if (row < dataRows && i < width) data.push(viewOf(unit, setting));
      else if ((row !== 3 || setting.blinding || i >= width) && (row < 4 || row >= 8 || setting.mask))
        noise.push(viewOf(unit, setting));
    }
  }
  return { noise, data };
}

/** Rank over F, by elimination. */
function rank(vectors: readonly (readonly number[])[]): number {
  const basis: number[][] = [];
  const pivots: number[] = [];
  for (const vector of vectors) {
    const rest = [...vector];
    basis.forEach((known, k) => {
      const factor = rest[pivots[k] as number] as number;
      if (factor !== 0)
        for (let i = 0; i < rest.length; i++) rest[i] = sub(rest[i] as number, mul(factor, known[i] as number));
    });
    const pivot = rest.findIndex((x) => x !== 0);
    if (pivot < 0) continue;
    const scale = inv(rest[pivot] as number);
    basis.push(rest.map((x) => mul(x, scale)));
    pivots.push(pivot);
  }
  return basis.length;
}

function ranks(setting: Setting): { readonly dimension: number; readonly noise: number; readonly escaping: number } {
  const { noise, data } = images(setting);
  const own = rank(noise);
  return { dimension: noise[0]?.length ?? 0, noise: own, escaping: rank([...noise, ...data]) - own };
}

describe('the view of the opening', () => {
  test('is as free as the simulator’s, and the data move nothing but the claim', () => {
    const { dimension, noise, escaping } = ranks({ tail: positions.length, blinding: true, mask: true });
    // f₁ and f₂ are determined by checks 1 and 2, four cells of m at each position by check 3.
    expect(noise).toBe(dimension - 2 * 4 - 4 * positions.length);
    // The claim ⟨Φ, V⟩ itself, an element of E, is part of every statement.
    expect(escaping).toBe(4);
  });

  test.each<[string, Setting]>([
    ['fewer random coefficients than opened columns', { tail: positions.length - 1, blinding: true, mask: true }],
    ['no blinding row', { tail: positions.length, blinding: false, mask: true }],
    ['no mask of the folded row', { tail: positions.length, blinding: true, mask: false }],
  ])('with %s shows more', (_, setting) => {
    expect(ranks(setting).escaping).toBeGreaterThan(4);
  });
});
