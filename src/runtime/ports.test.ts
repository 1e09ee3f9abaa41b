import { describe, expect, it } from 'vitest';
import type { Port } from '../artifact/quant-graph.ts';
import { dequantizeOutput, quantizeInput } from './ports.ts';

const port: Port = {
  name: 'image',
  tensor: 'image_q',
  dims: [1, 3],
  dtype: 'u8',
  quantization: { scale: 0.5, zeroPoint: 3 },
};
const raw: Port = { ...port, quantization: null };

describe('quantizeInput', () => {
  it('quantizes floats as QuantizeLinear does', () => {
    expect(quantizeInput(port, [0.25, 0.75, -9])).toEqual({ dtype: 'u8', dims: [1, 3], data: Int32Array.of(3, 5, 0) });
    expect(quantizeInput(port, [Number.NaN, 1e30, Number.NEGATIVE_INFINITY]).data).toEqual(Int32Array.of(0, 255, 0));
  });

  it('rounds to float32 before it divides', () => {
    // 0.1 is a tie at this scale only as a float32 quotient.
    const fine: Port = { ...port, dims: [1], quantization: { scale: Math.fround(0.2), zeroPoint: 0 } };
    expect(quantizeInput(fine, [0.1]).data).toEqual(Int32Array.of(0));
    expect(quantizeInput(fine, [0.3]).data).toEqual(Int32Array.of(2));
  });

  it('takes integers as they are where the port is an integer one', () => {
    expect(quantizeInput(raw, [0, 7, 255]).data).toEqual(Int32Array.of(0, 7, 255));
    expect(() => quantizeInput(raw, [0, 7, 256])).toThrow(/256 at position 2/);
    expect(() => quantizeInput(raw, [0, 0.5, 1])).toThrow(/0.5/);
  });

  it('refuses another number of values', () => {
    expect(() => quantizeInput(port, [1, 2])).toThrow(/2 values for shape \[1,3\]/);
  });
});

describe('dequantizeOutput', () => {
  it('dequantizes as DequantizeLinear does', () => {
    const q = { dtype: 'u8', dims: [1, 3], data: Int32Array.of(0, 3, 255) } as const;
    expect(dequantizeOutput(port, q)).toEqual(Float32Array.of(-1.5, 0, 126));
    expect(dequantizeOutput(raw, q)).toEqual(Float32Array.of(0, 3, 255));
  });
});
