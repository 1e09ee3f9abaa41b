/** Where floats meet integers: the ports of a model. */

import type { Port } from '../artifact/quant-graph.ts';
import { ProvennError } from '../base/errors.ts';
import { dequantizeLinear, quantizeLinear } from '../base/rounding.ts';
import { dtypeRange, type IntTensor, product } from '../base/tensor.ts';

function checkLength(port: Port, length: number): void {
  const expected = product(port.dims);
  if (length === expected) return;
  throw new ProvennError(
    'INPUT_MISMATCH',
    `${port.name}: ${length} values for shape [${port.dims.join(',')}], which has ${expected}`,
    {
      where: port.name,
      next: 'Give the input in the shape the model declares.',
    },
  );
}

/**
 * The integers behind a port: q = clip(rhe(f32(x / scale)) + zero) for a float port, NaN giving the lowest integer; the
 * values themselves, checked, for an integer port. `data` is row-major.
 */
export function quantizeInput(port: Port, data: ArrayLike<number>): IntTensor {
  checkLength(port, data.length);
  const { dtype, dims, quantization } = port;
  const [low, high] = dtypeRange[dtype];
  const out = new Int32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const x = data[i] as number;
    if (quantization !== null)
      out[i] = quantizeLinear(Math.fround(x), quantization.scale, quantization.zeroPoint, low, high);
    else if (Number.isInteger(x) && x >= low && x <= high) out[i] = x;
    else
      throw new ProvennError('INPUT_MISMATCH', `${port.name}: value ${x} at position ${i} is not a ${dtype}`, {
        where: port.name,
      });
  }
  return { dtype, dims, data: out };
}

/** The floats the port stands for: f32(f32(q − zero)·scale); the integers as floats when it is not quantized. */
export function dequantizeOutput(port: Port, tensor: IntTensor): Float32Array {
  checkLength(port, tensor.data.length);
  const { quantization } = port;
  if (quantization === null) return Float32Array.from(tensor.data);
  return Float32Array.from(tensor.data, (q) => dequantizeLinear(q, quantization.scale, quantization.zeroPoint));
}
