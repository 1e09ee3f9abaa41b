/**
 * One small circuit per gadget kind and variant. The gadget under test writes a wire that nothing else confines and nothing
 * else reads, so that a forged cell of it can be caught by that gadget alone.
 */
import type { Circuit, Expression, Operand, View, WireId } from '../../src/artifact/circuit.ts';
import { profile } from '../../src/artifact/quant-graph.ts';
import { roundHalfEven } from '../../src/base/rounding.ts';
import type { Interval, Shape } from '../../src/base/tensor.ts';
import { Builder, identityMap } from '../../src/gadgets/builder.ts';
import { stepFunction } from '../../src/ops/step-functions.ts';

export type GadgetCase = {
  readonly name: string;
  readonly circuit: Circuit;
  readonly inputs: readonly Int32Array[];
};

const input: WireId = 0;

function read(wire: WireId, sizes: Shape): Expression {
  return { constant: 0, terms: [{ coefficient: 1, view: { wire, map: identityMap(sizes) } }], accumulators: [] };
}

function shifted(wire: WireId, stride: number, offset: number): View {
  return { wire, map: [{ kind: 'axis', axis: 0, stride, offset }] };
}

/** A public input x and a public output y = x around what `fill` states. */
function around(
  name: string,
  x: Int32Array,
  interval: Interval,
  fill: (build: Builder) => void,
  sizes: Shape = [x.length],
): GadgetCase {
  const build = new Builder();
  build.publicWire('x', sizes, interval);
  fill(build);
  const y = build.publicWire('y', sizes, interval);
  build.linear('y', sizes, read(input, sizes), y);
  const port = { quantization: null, dtype: 's32' as const, dims: sizes };
  const circuit = build.finish(
    name,
    profile,
    [{ ...port, name: 'x', tensor: 'x', wire: input }],
    [{ ...port, name: 'y', tensor: 'y', wire: y }],
  );
  return { name, circuit, inputs: [x] };
}

/** clamp(round half to even(x / divisor) + zero, low, high): ties at odd multiples of divisor / 2. */
function requantizer(divisor: number, zero: number, low: number, high: number): (x: number) => number {
  return (x) => Math.min(high, Math.max(low, roundHalfEven(x / divisor) + zero));
}

/** For a divisor of 24: both ends of the range, both ends of saturation, ties upwards and downwards, their neighbours. */
const hardInputs = Int32Array.of(-1024, 1023, -709, -708, -707, 707, 708, 709, 11, 12, 13, 36, 37, -12, -13, 0);

function segments(): GadgetCase {
  return around('step by segments', hardInputs, [-1024, 1023], (build) => {
    const y = build.witness('step', [16], [0, 60]);
    const step = stepFunction(requantizer(24, 30, 0, 60), -1024, 1023);
    build.step('step', [16], read(input, [16]), [step], null, y);
  });
}

/** Long clamped ends, as hidden weights have them: narrow runs inside, pieces of two scales outside. */
function wide(): GadgetCase {
  const far = 40_000_000;
  const inputs = Int32Array.of(-far, far, -709, -708, 708, 709, 12, -12, 0, 2 ** 25, -(2 ** 25) - 1, far - 1);
  return around('wide step', inputs, [-far, far], (build) => {
    const y = build.witness('step', [12], [0, 60]);
    const step = stepFunction(requantizer(24, 30, 0, 60), -far, far);
    build.step('step', [12], read(input, [12]), [step], null, y);
  });
}

function classes(): GadgetCase {
  return around('step by segments of two classes', hardInputs, [-1024, 1023], (build) => {
    const y = build.witness('step', [2, 16], [-12, 60]);
    const selector = build.constant('class', [2], Int32Array.of(1, 0));
    const functions = [
      stepFunction(requantizer(48, 30, 0, 60), -2048, 2046),
      stepFunction(requantizer(96, 3, -12, 12), -2048, 2046),
    ];
    const twice: Expression = {
      constant: 0,
      terms: [{ coefficient: 2, view: { wire: input, map: [{ kind: 'axis', axis: 1, stride: 1, offset: 0 }] } }],
      accumulators: [],
    };
    build.step('step', [2, 16], twice, functions, shifted(selector, 1, 0), y);
  });
}

/**
 * A step of eight functions, as channels have them: one row for each run. The ends are clamped at `far`: intervals of a row
 * reach them, or strides do where they are long.
 */
function runs(name: string, far: number): GadgetCase {
  const inputs = Int32Array.of(-far, far, -709, -708, 708, 12, 13, 0);
  return around(name, inputs, [-far, far], (build) => {
    const y = build.witness('step', [8, 8], [0, 60]);
    const selector = build.constant('class', [8], Int32Array.of(3, 1, 7, 0, 2, 6, 5, 4));
    const functions = Array.from({ length: 8 }, (_, i) => stepFunction(requantizer(21 + i, 30, 0, 60), -far, far));
    const each: Expression = {
      constant: 0,
      terms: [{ coefficient: 1, view: { wire: input, map: [{ kind: 'axis', axis: 1, stride: 1, offset: 0 }] } }],
      accumulators: [],
    };
    build.step('step', [8, 8], each, functions, shifted(selector, 1, 0), y);
  });
}

/** A step of x on [low, high], few enough integers for a direct lookup. */
function addDirect(build: Builder, sizes: Shape, low: number, high: number): void {
  const step = stepFunction(requantizer(2, 0, Math.trunc(low / 4), Math.trunc(high / 4)), low, high);
  build.step('direct', sizes, read(input, sizes), [step], null, build.witness('direct', sizes, [low, high]));
}

/** |x| by its rows on [low, high]. */
function addTable(build: Builder, sizes: Shape, low: number, high: number): void {
  const xs = Int32Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const table = build.table('abs', [xs, xs.map((x) => Math.abs(x))]);
  build.lookup('table', sizes, table, [read(input, sizes)], build.witness('table', sizes, [0, Math.max(-low, high)]));
}

/** |x[i]| + 2·|x[i + 1]| by its rows, x in [low, high] and 0 beyond its end. */
function addTableOfTwo(build: Builder, sizes: Shape, low: number, high: number): void {
  const span = high - low + 1;
  const rows = Int32Array.from({ length: span * span }, (_, i) => i);
  const first = rows.map((i) => low + Math.floor(i / span));
  const second = rows.map((i) => low + (i % span));
  const sums = rows.map((i) => Math.abs(first[i] as number) + 2 * Math.abs(second[i] as number));
  const next: Expression = { constant: 0, terms: [{ coefficient: 1, view: shifted(input, 1, 1) }], accumulators: [] };
  const y = build.witness('table of two', sizes, [0, 3 * Math.max(-low, high)]);
  build.lookup('table of two', sizes, build.table('sum', [first, second, sums]), [read(input, sizes), next], y);
}

/** max(x[2i], x[2i + 1]). */
function addMaximum(build: Builder, count: number, interval: Interval): void {
  const side = (offset: number): Expression => ({
    constant: 0,
    terms: [{ coefficient: 1, view: shifted(input, 2, offset) }],
    accumulators: [],
  });
  build.maximum('maximum', [count], side(0), side(1), build.witness('maximum', [count], interval));
}

/** A private wire that a range alone confines: any value of it is honest. */
function addRange(build: Builder): void {
  build.range('range', build.witness('range', [5], [-3, 100]), -3, 100);
}

/** 11 − 7·x[i − 1] + 3·x[2i], both views leaving x. */
function addLinear(build: Builder, count: number): void {
  const sum: Expression = {
    constant: 11,
    terms: [
      { coefficient: -7, view: shifted(input, 1, -1) },
      { coefficient: 3, view: shifted(input, 2, 0) },
    ],
    accumulators: [],
  };
  build.linear('linear', [count], sum, build.witness('linear', [count], [-2000, 2000]));
}

/** x[5 − 3i − j] + 2·x[last of row i, or none], the six sums joined into one dimension. */
function addLists(build: Builder): void {
  const backwards: View = {
    wire: input,
    map: [{ kind: 'listed', axes: [0, 1], indices: Int32Array.of(5, 4, 3, 2, 1, 0) }],
  };
  const last: View = { wire: input, map: [{ kind: 'listed', axes: [0], indices: Int32Array.of(2, -1) }] };
  const sum: Expression = {
    constant: 1,
    terms: [
      { coefficient: 1, view: backwards },
      { coefficient: 2, view: last },
    ],
    accumulators: [],
  };
  const joined = build.witness('joined', [6], [-23, 22]);
  build.linear('joined', [2, 3], sum, joined);
  const xs = Int32Array.from({ length: 46 }, (_, i) => i - 23);
  const table = build.table('abs', [xs, xs.map((value) => Math.abs(value))]);
  build.lookup('table', [2, 3], table, [sum], build.witness('table', [2, 3], [0, 23]));
}

/** acc[i,j] = Σ_k (a[i,k] − 3)(b[k,j] + 2) of two private matrices, read by a linear relation and by a step. */
function addContraction(build: Builder): void {
  const a = build.witness('a', [3, 5], [-8, 7]);
  const b = build.witness('b', [5, 2], [-8, 7]);
  build.range('a', a, -8, 7);
  build.range('b', b, -8, 7);
  const row = { kind: 'output' as const, axis: 0 };
  const column = { kind: 'output' as const, axis: 1 };
  const inner = { kind: 'reduce' as const, axis: 0 };
  const left: Operand = { wire: a, zero: 3, map: [row, inner] };
  const right: Operand = { wire: b, zero: -2, map: [inner, column] };
  const accumulator = build.contract('contract', [3, 2], [5], left, right);
  const sum = { constant: 1, terms: [], accumulators: [accumulator] };
  build.linear('sum', [3, 2], sum, build.witness('sum', [3, 2], [-600, 600]));
  const step = stepFunction(requantizer(12, 0, -40, 40), -600, 600);
  build.step('step', [3, 2], sum, [step], null, build.witness('step', [3, 2], [-40, 40]));
}

/** acc[i] = 5·a[i] for private a, read by a maximum, by a table and twice by one sum. */
function addReaders(build: Builder): void {
  const a = build.witness('a', [4, 1], [-3, 3]);
  build.range('a', a, -3, 3);
  const five = build.constant('five', [1], Int32Array.of(5));
  const inner = { kind: 'reduce' as const, axis: 0 };
  const left: Operand = { wire: a, zero: 0, map: [{ kind: 'output', axis: 0 }, inner] };
  const accumulator = build.contract('contract', [4], [1], left, { wire: five, zero: 0, map: [inner] });
  const sum: Expression = { constant: 0, terms: [], accumulators: [accumulator] };
  const x = read(input, [4]);
  build.maximum('maximum', [4], { ...x, accumulators: [accumulator] }, x, build.witness('maximum', [4], [-23, 22]));
  const xs = Int32Array.from({ length: 31 }, (_, i) => i - 15);
  const table = build.table('abs', [xs, xs.map((value) => Math.abs(value))]);
  build.lookup('table', [4], table, [sum], build.witness('table', [4], [0, 15]));
  const twice: Expression = { ...x, accumulators: [accumulator, accumulator] };
  build.linear('twice', [4], twice, build.witness('twice', [4], [-60, 60]));
}

/** A grouped convolution: channels shared by both operands, a padded, strided and dilated window, private weights. */
function convolution(): GadgetCase {
  const x = Int32Array.of(3, 250, 17, 0, 255, 99, 128, 64, 1, 2);
  const fill = (build: Builder): void => {
    const image = build.witness('image', [2, 5], [0, 255]);
    build.linear('image', [2, 5], read(input, [2, 5]), image);
    const weights = build.witness('weights', [2, 3], [-8, 7]);
    build.range('weights', weights, -8, 7);
    const left: Operand = {
      wire: image,
      zero: 128,
      map: [
        { kind: 'output', axis: 0 },
        { kind: 'window', axis: 1, reduce: 0, stride: 2, dilation: 2, pad: 2 },
      ],
    };
    const right: Operand = {
      wire: weights,
      zero: 0,
      map: [
        { kind: 'output', axis: 0 },
        { kind: 'reduce', axis: 0 },
      ],
    };
    const accumulator = build.contract('conv', [2, 3], [3], left, right);
    const y = build.witness('step', [2, 3], [0, 255]);
    const sum = { constant: 0, terms: [], accumulators: [accumulator] };
    build.step('step', [2, 3], sum, [stepFunction(requantizer(24, 128, 0, 255), -3072, 3072)], null, y);
  };
  return around('grouped convolution', x, [0, 255], fill, [2, 5]);
}

const bytes: Interval = [-128, 127];
const ends = Int32Array.of(-128, 127, 127, -128, -1, 0, 64, 3);

/** Every gadget kind at once, as small as can be: for attacks on each byte of a proof or key. */
export const allGadgets: GadgetCase = around('all gadgets', Int32Array.of(-8, 7, 3, -1), [-8, 7], (build) => {
  addDirect(build, [4], -8, 7);
  addTable(build, [4], -8, 7);
  addMaximum(build, 2, [-8, 7]);
  addRange(build);
  addLinear(build, 4);
  addContraction(build);
});

export const gadgetCases: readonly GadgetCase[] = [
  segments(),
  wide(),
  classes(),
  runs('step in runs', 1023),
  runs('step in runs with a reach', 20_000),
  around('step looked up directly', ends, bytes, (build) => addDirect(build, [8], -128, 127)),
  around('table of one input', ends, bytes, (build) => addTable(build, [8], -128, 127)),
  around('table of two inputs', Int32Array.of(-8, 7, 0, 5), [-8, 7], (build) => addTableOfTwo(build, [4], -8, 7)),
  around('maximum', ends, bytes, (build) => addMaximum(build, 4, bytes)),
  around('range', Int32Array.of(0), [0, 1], addRange),
  around('linear', ends, bytes, (build) => {
    addLinear(build, 6);
    addRange(build);
  }),
  around('lists', Int32Array.of(-8, 7, 0, 5, -1, 2), [-8, 7], addLists),
  around('contraction of private operands', Int32Array.of(0), [0, 1], addContraction),
  around('accumulators and their readers', Int32Array.of(-8, 7, 0, 5), [-8, 7], addReaders),
  convolution(),
];
