/**
 * Products of matrices as relations: one contraction per part of a constant right operand's partner, or one of two
 * activations. What is done with the sums (requantized, or returned as int32) is the operator's.
 */
import { dtypeRange, type IntTensor, product, type Shape } from '../base/tensor.ts';
import { type Builder, boxOf, type Wires } from '../gadgets/builder.ts';
import { differences, shifted, soundBounds } from './accumulate.ts';
import { byActivation, type Factors, type MatrixSums } from './activation-product.ts';
import { type AxisRole, contract } from './contraction.ts';
import { cannotHide } from './hidden.ts';
import { type MatrixProduct, matrixProduct, transposed } from './matmul.ts';
import type { Requantization } from './requantize.ts';
import { rescale } from './rescale.ts';
import { intervalOf, laidOut, wholeWire, withoutUnitAxes } from './wires.ts';

/** Vectors as matrices: a row on the left, a column on the right. */
function asMatrix(x: Wires, side: 'left' | 'right'): Wires {
  if (x.dims.length > 1) return x;
  const [size] = x.dims as [number];
  const [axes] = x.axes as [Shape];
  const dims = side === 'left' ? [1, size] : [size, 1];
  const constant = x.constant === null ? null : { ...x.constant, dims };
  return { ...x, dims, axes: side === 'left' ? [[], axes] : [axes, []], constant };
}

export function matrixSums(build: Builder, name: string, f: Factors): MatrixSums {
  const a = asMatrix(f.a, 'left');
  const b = asMatrix(f.b, 'right');
  const geometry = matrixProduct(a.dims, b.dims) as MatrixProduct;
  const sums =
    b.constant !== null && product(b.dims.slice(0, -2)) === 1
      ? byConstant(build, name, { ...f, a, b }, b.constant, geometry)
      : byActivation(build, name, { ...f, a, b }, geometry);
  // A vector's dimension of size 1 is not one of the result.
  const rows = sums.axes.length - 2;
  const axes = sums.axes.filter((_, dim) => !(dim === rows && f.a.dims.length === 1));
  return { ...sums, axes: f.b.dims.length === 1 ? axes.slice(0, -1) : axes };
}

/** One contraction per part of `a`, over all axes of its last dimension; weights may move with what a view skips. */
function byConstant(
  build: Builder,
  name: string,
  f: Factors,
  weight: IntTensor,
  { taps, columns, dims }: MatrixProduct,
): MatrixSums {
  const last = f.a.dims.length - 1;
  const a = withoutUnitAxes(laidOut(build, `${name}:input`, f.a), (dim) => dim === last);
  const rowAxes = a.axes.slice(0, -1).flat();
  const reduce = a.axes[last] as Shape;
  const columnSizes = columns === 1 ? [] : [columns];
  const columnAxes = columnSizes.map(() => rowAxes.length);
  const box = [...rowAxes, ...columnSizes];
  const roles = boxOf(a).map((_, axis): AxisRole => {
    return axis < rowAxes.length ? { kind: 'output', axis } : { kind: 'reduce', axis: axis - rowAxes.length };
  });
  const data = transposed(weight.data, taps, columns);
  const uniform = f.bZero.every((zero) => zero === f.bZero[0]);
  const shiftedWeights = differences(data, f.bZero, columns);
  const weights = {
    name: `${name}:weight`,
    outputs: columnAxes,
    data: uniform ? data : shiftedWeights,
    zero: uniform ? (f.bZero[0] as number) : 0,
    interval: dtypeRange[weight.dtype],
  };
  if (build.hidesWeights && !uniform) cannotHide(name, 'they have several zero points');
  const layer = {
    node: name,
    channels: columns,
    differences: shiftedWeights,
    difference: shifted(dtypeRange[weight.dtype], f.bZero[0] as number, false),
    activation: shifted(intervalOf(build, a), f.aZero, false),
    bias: f.bias,
  };
  const bounds = soundBounds(layer, build.hidesWeights);
  const accumulators = contract(build, { name, box, reduce, x: a, xZero: f.aZero, roles, weights });
  const leading = Array.from({ length: dims.length - f.a.dims.length }, () => []);
  return {
    box,
    axes: [...leading, ...a.axes.slice(0, -1), columnSizes],
    columnAxes,
    columns,
    accumulators,
    bias: f.bias,
    bounds,
  };
}

/** The sums requantized by `rule`, on a wire named after the output. */
export function requantizedSums(
  build: Builder,
  sums: MatrixSums,
  rule: Requantization,
  { name, dtype, dims }: { readonly name: string; readonly dtype: Wires['dtype']; readonly dims: Shape },
): Wires {
  const { box, columnAxes, columns, accumulators, bias, bounds } = sums;
  const wire = rescale(build, {
    name,
    box,
    channelAxes: columnAxes,
    channels: columns,
    accumulators,
    bias,
    bounds,
    rule,
  });
  return wholeWire(dtype, dims, sums.axes, wire);
}
