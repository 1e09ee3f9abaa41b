/**
 * Reed–Solomon code: a row of 2^c cells is the coefficients of a polynomial; symbol j is its value at ω^j, ω of order
 * N = 2^(c+κ), in natural order. One number-theoretic transform, no inverse.
 */
import { mul, rootOfUnity } from '../../base/field.ts';

/** Powers ω⁰ … ω^(N/2 − 1) for a transform of length N. */
export function twiddles(logLength: number): Uint32Array {
  const half = 2 ** Math.max(0, logLength - 1);
  const root = rootOfUnity(logLength);
  const out = new Uint32Array(half);
  let power = 1;
  for (let i = 0; i < half; i++) {
    out[i] = power;
    power = mul(power, root);
  }
  return out;
}

function bitReverse(data: Uint32Array, logLength: number): void {
  const length = 2 ** logLength;
  for (let i = 0, j = 0; i < length; i++) {
    if (i < j) {
      const swap = data[i] as number;
      data[i] = data[j] as number;
      data[j] = swap;
    }
    let bit = length >> 1;
    while (bit > 0 && (j & bit) !== 0) {
      j ^= bit;
      bit >>= 1;
    }
    j |= bit;
  }
}

/** Values of the polynomial at all powers of ω, in place: decimation in time, natural order out. */
export function transform(data: Uint32Array, logLength: number, powers: Uint32Array): void {
  const length = 2 ** logLength;
  const prime = 2130706433;
  bitReverse(data, logLength);
  for (let half = 1; half < length; half *= 2) {
    const step = length / (2 * half);
    for (let start = 0; start < length; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const a = data[start + k] as number;
        const b = mul(data[start + k + half] as number, powers[k * step] as number);
        const sum = a + b;
        const difference = a - b;
        data[start + k] = sum >= prime ? sum - prime : sum;
        data[start + k + half] = difference < 0 ? difference + prime : difference;
      }
    }
  }
}
