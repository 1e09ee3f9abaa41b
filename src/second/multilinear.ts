import type { Ext } from './extension.ts';
import * as E from './extension.ts';

/** §2: points list the coordinate of bit 0 first; boxes are row-major, each size padded to a power of two. */
export type Point = readonly Ext[];

export function bitsOf(size: number): number {
  return size <= 1 ? 0 : Math.ceil(Math.log2(size));
}

export function boxBits(sizes: readonly number[]): number {
  return sizes.reduce((bits, size) => bits + bitsOf(size), 0);
}

export function boxCells(sizes: readonly number[]): number {
  return sizes.reduce((cells, size) => cells * size, 1);
}

/** The part of a point that belongs to each axis; the last axis has the lowest bits. */
export function axisPoints(sizes: readonly number[], point: Point): Point[] {
  const parts: Point[] = [];
  let at = 0;
  for (const size of [...sizes].reverse()) {
    parts.unshift(point.slice(at, at + bitsOf(size)));
    at += bitsOf(size);
  }
  return parts;
}

function complement(a: Ext): Ext {
  return E.sub(E.ONE, a);
}

/** eq(point, i). */
export function eqAt(point: Point, i: number): Ext {
  let product = E.ONE;
  let rest = i;
  for (const coordinate of point) {
    product = E.mul(product, rest % 2 === 1 ? coordinate : complement(coordinate));
    rest = Math.floor(rest / 2);
  }
  return product;
}

/** eq(point, i) for i below `count`. */
export function eqTable(point: Point, count: number): Ext[] {
  let table: Ext[] = [E.ONE];
  for (let bit = point.length - 1; bit >= 0; bit--) {
    const next: Ext[] = [];
    const needed = Math.ceil(count / 2 ** bit);
    for (const entry of table) {
      const one = E.mul(entry, point[bit] as Ext);
      next.push(E.sub(entry, one));
      if (next.length < needed) next.push(one);
      if (next.length >= needed) break;
    }
    table = next;
  }
  return table;
}

/** The two values that one bit of an index contributes to a product. */
interface BitFactor {
  readonly zero: Ext;
  readonly one: Ext;
}

/** Σ over i < size of the product of the factors of the bits of i. */
function sumBelow(size: number, factors: readonly BitFactor[]): Ext {
  const both = factors.map(({ zero, one }) => E.add(zero, one));
  const below: Ext[] = [E.ONE];
  for (const sum of both) below.push(E.mul(below[below.length - 1] as Ext, sum));
  if (size >= 2 ** factors.length) return below[factors.length] as Ext;
  let total = E.ZERO;
  let prefix = E.ONE;
  for (let bit = factors.length - 1; bit >= 0; bit--) {
    const { zero, one } = factors[bit] as BitFactor;
    if (Math.floor(size / 2 ** bit) % 2 === 0) prefix = E.mul(prefix, zero);
    else {
      total = E.add(total, E.mul(E.mul(prefix, zero), below[bit] as Ext));
      prefix = E.mul(prefix, one);
    }
  }
  return total;
}

/** Σ_{i < size} eq(point, i): the extension of the indicator of one axis. */
export function indicator(size: number, point: Point): Ext {
  return sumBelow(
    size,
    point.map((p) => ({ zero: complement(p), one: p })),
  );
}

export function boxIndicator(sizes: readonly number[], point: Point): Ext {
  const parts = axisPoints(sizes, point);
  return sizes.reduce((product, size, axis) => E.mul(product, indicator(size, parts[axis] as Point)), E.ONE);
}

/** Σ_{i < size} eq(point, i)·eq(r, i); where one of the two is shorter, its missing coordinates are 0. */
export function eqBelow(size: number, point: Point, r: Point): Ext {
  const factors = point.map((p, bit) => {
    const q = r[bit] ?? E.ZERO;
    return { zero: E.mul(complement(p), complement(q)), one: E.mul(p, q) };
  });
  const rest = r.slice(point.length).reduce((product, q) => E.mul(product, complement(q)), E.ONE);
  return E.mul(sumBelow(size, factors), rest);
}
