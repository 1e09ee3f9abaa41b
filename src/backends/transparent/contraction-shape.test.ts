import { describe, expect, it } from 'vitest';
import type { ContractGadget, OperandMap } from '../../artifact/circuit.ts';
import { contractionShape } from './contraction-shape.ts';

const out = (axis: number): OperandMap => ({ kind: 'output', axis });
const red = (axis: number): OperandMap => ({ kind: 'reduce', axis });

function gadget(
  box: readonly number[],
  reduce: readonly number[],
  left: readonly OperandMap[],
  right: readonly OperandMap[],
): ContractGadget {
  const operand = (map: readonly OperandMap[]) => ({ wire: 0, zero: 0, map });
  return { kind: 'contract', name: 'c', box, reduce, accumulator: 0, left: operand(left), right: operand(right) };
}

describe('contractionShape', () => {
  it('a matrix product has the variables of its reduced axis and degree 2', () => {
    expect(contractionShape(gadget([3, 4], [5], [out(0), red(0)], [red(0), out(1)]))).toEqual({
      shared: [],
      sizes: [5],
      variables: 3,
      degree: 2,
    });
  });

  it('output axes of both operands come first and raise the degree to 3', () => {
    const batched = gadget([6, 3, 4], [5, 2], [out(0), out(1), red(0), red(1)], [red(0), red(1), out(2), out(0)]);
    expect(contractionShape(batched)).toEqual({ shared: [0], sizes: [6, 5, 2], variables: 3 + 3 + 1, degree: 3 });
  });

  it('windows count as output axes, their taps as reduced ones', () => {
    const window: OperandMap = { kind: 'window', axis: 1, reduce: 1, stride: 1, dilation: 1, pad: 0 };
    const convolution = gadget([4, 8], [2, 3], [red(0), window], [out(0), red(0), red(1)]);
    expect(contractionShape(convolution)).toEqual({ shared: [], sizes: [2, 3], variables: 1 + 2, degree: 2 });
  });
});
