/** Float32 running sums as relations: one lookup per cell of the image, one step per addition; see `float-sums.ts`. */
import type { Expression, StepFunction, Term, View } from '../../artifact/circuit.ts';
import type { Shape } from '../../base/tensor.ts';
import { axisOffsets, type Builder, boxOf, expressionOf, identityMap, type Wires } from '../../gadgets/builder.ts';
import { shifted } from '../accumulate.ts';
import { isPadded, type Plane, soleTap, tapView } from '../planes.ts';
import { refuse } from '../types.ts';
import { copied, intervalOf, wholeWire } from '../wires.ts';
import type { QLinearAveragePoolAttrs } from './attrs.ts';
import { FloatSums, pairWidth, type Reached, reached, stepOverPairs } from './float-sums.ts';
import { averaged } from './formula.ts';
import { divisor } from './windows.ts';

/** Least and greatest z may be this far from 0: far inside the field, and inside int32. */
const pairLimit = 2 ** 29;

/** All taps of the windows, row-major, as views of `x` over the outputs. */
function tapsOf(x: Wires, planes: readonly Plane[]): View[] {
  const offsets = axisOffsets(x);
  return planes.reduce<View[]>(
    (views, plane, i) => {
      if (soleTap(plane) !== null) return views;
      const axis = offsets[i + 2] as number;
      return views.flatMap((view) => Array.from({ length: plane.kernel }, (_, k) => tapView(view, axis, plane, k)));
    },
    [x.parts[0] as View],
  );
}

type Layer = {
  readonly build: Builder;
  readonly name: string;
  /** Differences, one per cell: a view, to which `constant` is added. */
  readonly image: Wires;
  readonly constant: number;
  readonly sums: FloatSums;
};

/** True when the only view runs along a dimension of its wire for every axis that windows slide along. */
function slides(x: Wires, planes: readonly Plane[]): boolean {
  const offsets = axisOffsets(x);
  const [view, ...others] = x.parts;
  return planes.every((plane, i) => {
    const named = view?.map.some((entry) => entry.kind === 'axis' && entry.axis === offsets[i + 2]);
    return others.length === 0 && (soleTap(plane) !== null || named === true);
  });
}

/** Differences as a view that windows may read beyond the image, where it gives 0. */
function layerOf(
  build: Builder,
  name: string,
  input: Wires,
  planes: readonly Plane[],
  attrs: QLinearAveragePoolAttrs,
): Layer {
  const padded = planes.some((plane) => soleTap(plane) === null && isPadded(plane));
  const x = slides(input, planes) ? input : copied(build, `${name}:operand`, input);
  const range = shifted(intervalOf(build, x), attrs.xZero, padded);
  const sums = new FloatSums(attrs.xScale, range);
  if (!padded) return { build, name, image: x, constant: -attrs.xZero, sums };
  const box = boxOf(x);
  const wire = build.witness(`${name}:difference`, box, shifted(intervalOf(build, x), attrs.xZero, false));
  build.linear(`${name}:difference`, box, expressionOf(x, -attrs.xZero), wire);
  return { build, name, image: wholeWire(x.dtype, x.dims, x.axes, wire), constant: 0, sums };
}

/** r[d] of every cell of the image. */
function restsOf({ build, name, image, constant, sums }: Layer): Wires {
  const { rests, range } = sums;
  const keys = Int32Array.from(rests, (_, i) => range[0] + i);
  const values = Int32Array.from(rests);
  const table = build.table(`${name}:rests`, [keys, values]);
  const box = boxOf(image);
  const wire = build.witness(`${name}:rest`, box, [Math.min(...values), Math.max(...values)]);
  build.lookup(`${name}:rest`, box, table, [expressionOf(image, constant)], wire);
  return wholeWire('s32', image.dims, image.axes, wire);
}

/** The last z of every window and what becomes of it, one step function per number of cells in `counts`. */
export function addInFloats(
  build: Builder,
  name: string,
  x: Wires,
  planes: readonly Plane[],
  counts: readonly number[],
  attrs: QLinearAveragePoolAttrs,
): { readonly sum: Expression; readonly functions: StepFunction[]; readonly axes: readonly Shape[] } {
  const layer = layerOf(build, name, x, planes, attrs);
  const { sums, image, constant } = layer;
  const taps = tapsOf(image, planes);
  const restTaps = tapsOf(restsOf(layer), planes);
  const pairs = reached(sums, taps.length);
  const width = pairWidth(pairs);
  const furthest = taps.length * Math.max(...sums.range.map(Math.abs));
  if (width * (furthest + 1) > pairLimit) tooLong(name);
  const axes = [...image.axes.slice(0, 2), ...planes.map((plane) => (soleTap(plane) === null ? [plane.output] : []))];
  const box = axes.flat();
  const term = (view: View, coefficient = 1): Term => ({ coefficient, view });
  let rest = restTaps[0] as View;
  const z = (k: number): Expression => ({
    constant: width * k * constant,
    terms: [...taps.slice(0, k).map((view) => term(view, width)), term(rest), term(restTaps[k - 1] as View)],
    accumulators: [],
  });
  for (let k = 2; k < taps.length; k++) {
    const step = stepOverPairs(pairs[k - 1] as Reached, width, (sum, left) => sums.restAfter(sum, left));
    if (step === null) tooLong(name);
    const wire = build.witness(`${name}:rounded${k}`, box, [Math.min(...step.values), Math.max(...step.values)]);
    build.step(`${name}:rounded${k}`, box, z(k), [step], null, wire);
    rest = { wire, map: identityMap(box) };
  }
  const functions = counts.map((cells) => {
    const count = divisor(cells, attrs);
    const value = (sum: number, left: number): number => averaged(sums.rounded(sum, left), count, attrs);
    return stepOverPairs(pairs.at(-1) as Reached, width, value) ?? tooLong(name);
  });
  return { sum: z(taps.length), functions, axes };
}

function tooLong(node: string): never {
  refuse(
    'MODEL_UNSUPPORTED',
    node,
    'onnxruntime averages in floating point, and with these scales its roundings have too many cases',
    'Quantize its output with another scale than its input, or use smaller windows or GlobalAveragePool.',
  );
}
