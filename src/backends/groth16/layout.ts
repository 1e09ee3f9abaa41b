/**
 * How the public integers become few public signals: cells of the public wires in order, as digits of packed field elements.
 * Prover, verifier and circuit take it from the circuit alone.
 */
import type { Circuit } from '../../artifact/circuit.ts';
import { matricesOf } from '../../artifact/matrices.ts';
import { product } from '../../base/tensor.ts';

/** One cell of a public wire: its integer minus `low` takes `width` binary digits. */
export type PackedCell = { readonly wire: number; readonly cell: number; readonly low: number; readonly width: number };

/** Cells of one public signal, lowest digits first. */
export type Pack = readonly PackedCell[];

/** Digits of one signal; `Packed` in circuits/statement.circom asks for the same. */
export const packBits = 252;

/** Digits of the integers of an interval. */
export function widthOf(low: number, high: number): number {
  return high <= low ? 0 : Math.floor(Math.log2(high - low)) + 1;
}

/** Binary digits of the whole statement, counted without visiting its cells; a cell of no digits counts as one. */
export function statementBits({ wires }: Circuit): number {
  return wires.reduce((total, { role, sizes, interval: [low, high] }) => {
    return role === 'public' ? total + product(sizes) * Math.max(1, widthOf(low, high)) : total;
  }, 0);
}

export function packsOf(circuit: Circuit): Pack[] {
  const packs: PackedCell[][] = [];
  let room = 0;
  circuit.wires.forEach(({ role, sizes, interval: [low, high] }, wire) => {
    if (role !== 'public') return;
    const width = widthOf(low, high);
    for (let cell = 0; cell < product(sizes); cell++) {
      if (packs.length === 0 || room < width) {
        packs.push([]);
        room = packBits;
      }
      (packs.at(-1) as PackedCell[]).push({ wire, cell, low, width });
      room -= width;
    }
  });
  return packs;
}

/** The signals of integers by public wire; integers must lie in their wires' intervals. */
export function packedSignals(packs: readonly Pack[], integers: (wire: number) => ArrayLike<number>): bigint[] {
  return packs.map((pack) => {
    let sum = 0n;
    let shift = 0n;
    for (const { wire, cell, low, width } of pack) {
      sum += BigInt((integers(wire)[cell] as number) - low) << shift;
      shift += BigInt(width);
    }
    return sum;
  });
}

/** Public signals of a circuit: the binding, the packed statement, and a root for each commitment. */
export function countSignals(circuit: Circuit): number {
  return 1 + packsOf(circuit).length + matricesOf(circuit).length;
}
