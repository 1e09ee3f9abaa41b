/** Dense layers, what QLinearMatMul and QGemm share: [..., K] times constant weights, requantized per output channel. */
import { type Dtype, dtypeRange, type IntTensor, type Shape } from '../base/tensor.ts';
import { type Builder, boxOf, type Wires } from '../gadgets/builder.ts';
import { differences, shifted, soundBounds } from './accumulate.ts';
import type { ByteDtype } from './attributes.ts';
import { type AxisRole, contract } from './contraction.ts';
import { cannotHide } from './hidden.ts';
import { checkedInt32, type Requantization, requantize } from './requantize.ts';
import { rescale } from './rescale.ts';
import { intervalOf, laidOut, wholeWire, withoutUnitAxes } from './wires.ts';

export type Dense = {
  /** Constant weights as [N, K]: one row per output channel. */
  readonly weights: Int32Array;
  readonly wType: Dtype;
  readonly channels: number;
  readonly aZero: number;
  /** Length 1 or N. */
  readonly bZero: readonly number[];
  /** Length 0, 1 or N. */
  readonly bias: Int32Array;
  readonly rule: Requantization;
  readonly yType: ByteDtype;
};

/** [K, N] to [N, K]. */
export function transposed(data: Int32Array, rows: number, columns: number): Int32Array {
  const out = new Int32Array(data.length);
  for (let k = 0; k < rows; k++) for (let n = 0; n < columns; n++) out[n * rows + k] = data[k * columns + n] as number;
  return out;
}

/** acc = Σ_k (a − az)(w − wz[n]) + bias[n]; then the rounding of family A. */
export function runDense(a: IntTensor, d: Dense): IntTensor {
  const taps = a.dims.at(-1) as number;
  const rows = a.data.length / taps;
  const activations = a.data.map((value) => value - d.aZero);
  const weights = differences(d.weights, d.bZero, d.channels);
  const data = new Int32Array(rows * d.channels);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let n = 0; n < d.channels; n++) {
      let acc = d.bias.length === 0 ? 0 : (d.bias[d.bias.length === 1 ? 0 : n] as number);
      for (let k = 0, x = row * taps, w = n * taps; k < taps; k++)
        acc += (activations[x++] as number) * (weights[w++] as number);
      data[at++] = requantize(checkedInt32(acc), d.rule, n);
    }
  }
  return { dtype: d.yType, dims: [...a.dims.slice(0, -1), d.channels], data };
}

/** One contraction per part of `a`, over all axes of its last dimension, then one step relation. */
export function constrainDense(build: Builder, name: string, input: Wires, d: Dense): Wires {
  const last = input.dims.length - 1;
  const a = withoutUnitAxes(laidOut(build, `${name}:input`, input), (dim) => dim === last);
  const rowAxes = a.axes.slice(0, -1).flat();
  const reduce = a.axes[last] as Shape;
  const box = [...rowAxes, d.channels];
  const roles = boxOf(a).map((_, axis): AxisRole => {
    return axis < rowAxes.length ? { kind: 'output', axis } : { kind: 'reduce', axis: axis - rowAxes.length };
  });
  const uniform = d.bZero.every((zero) => zero === d.bZero[0]);
  if (build.hidesWeights && !uniform) cannotHide(name, 'they have several zero points');
  const shiftedWeights = differences(d.weights, d.bZero, d.channels);
  const weights = {
    name: `${name}:weight`,
    outputs: [rowAxes.length],
    data: uniform ? d.weights : shiftedWeights,
    zero: uniform ? (d.bZero[0] as number) : 0,
    interval: dtypeRange[d.wType],
  };
  const accumulators = contract(build, { name, box, reduce, x: a, xZero: d.aZero, roles, weights });
  const { channels, bias, rule } = d;
  const layer = {
    node: name,
    channels,
    differences: shiftedWeights,
    difference: shifted(dtypeRange[d.wType], d.bZero[0] as number, false),
    activation: shifted(intervalOf(build, a), d.aZero, false),
    bias,
  };
  const bounds = soundBounds(layer, build.hidesWeights);
  const wire = rescale(build, { name, box, channelAxes: [rowAxes.length], channels, accumulators, bias, bounds, rule });
  const dims = [...a.dims.slice(0, -1), channels];
  return wholeWire(d.yType, dims, [...a.axes.slice(0, -1), [channels]], wire);
}
