import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../test/support/circuits.ts';
import type {
  AxisMap,
  Circuit,
  CircuitPort,
  ContractGadget,
  Expression,
  Gadget,
  Operand,
  StepFunction,
  StepGadget,
  Table,
  Wire,
} from '../artifact/circuit.ts';
import { matricesOf } from '../artifact/matrices.ts';
import { identityMap } from './builder.ts';
import { CircuitProblem, checkCircuit, integerLimit } from './check.ts';

/** Why a circuit is refused; '' when it is accepted. Any exception that is no CircuitProblem escapes. */
function problem(circuit: Circuit): string {
  try {
    checkCircuit(circuit);
  } catch (error) {
    if (error instanceof CircuitProblem) return error.message;
    throw error;
  }
  return '';
}

const port = { name: 'p', tensor: 't', dims: [4], dtype: 'u8', quantization: null } as const;

function publicWire(sizes: readonly number[] = [4], interval: readonly [number, number] = [0, 255]): Wire {
  return { name: 'x', role: 'public', sizes, interval, data: null };
}

function constant(sizes: readonly number[], data: readonly number[], interval?: readonly [number, number]): Wire {
  const range = interval ?? ([Math.min(...data), Math.max(...data)] as const);
  return { name: 'k', role: 'constant', sizes, interval: range, data: Int32Array.from(data) };
}

function witness(interval: readonly [number, number] = [-integerLimit + 1, integerLimit - 1], sizes = [4]): Wire {
  return { name: 'y', role: 'witness', sizes, interval, data: null };
}

function read(wire: number, coefficient = 1, map: readonly AxisMap[] = identityMap([4]), constant = 0): Expression {
  return { constant, terms: [{ coefficient, view: { wire, map } }], accumulators: [] };
}

/** A circuit over public wire 0 of four bytes, with more wires, gadgets and tables. */
function circuitOf(wires: readonly Wire[], gadgets: readonly Gadget[], tables: readonly Table[] = []): Circuit {
  return {
    name: 'c',
    profile: 'p',
    inputs: [{ ...port, wire: 0 }],
    outputs: [{ ...port, wire: 0 }],
    wires: [publicWire(), ...wires],
    tables,
    gadgets,
  };
}

/** wire 1 = expression of wire 0. */
function linear(input: Expression, y: Wire = witness(), box: readonly number[] = [4]): Circuit {
  return circuitOf([y], [{ kind: 'linear', name: 'g', box, input, output: 1 }]);
}

/** A step gadget from wire 0 to wire 1. */
function step(functions: readonly StepFunction[], more: Partial<StepGadget> = {}, y: Wire = witness()): Circuit {
  const gadget: StepGadget = {
    kind: 'step',
    name: 'g',
    box: [4],
    input: read(0),
    output: 1,
    classes: null,
    functions,
    ...more,
  };
  return circuitOf([y, constant([4], [0, 1, 0, 1])], [gadget]);
}

function runs(high: number, starts: readonly number[], values: readonly number[]): StepFunction {
  return { high, starts: Int32Array.from(starts), values: Int32Array.from(values) };
}

/** acc = Σ_r x[r] · k[o, r] with k of 3×4 ones, copied into a witness wire. */
function contraction(
  more: {
    readonly gadget?: Partial<ContractGadget>;
    readonly left?: Partial<Operand>;
    readonly right?: Partial<Operand>;
  },
  k: Wire = constant([3, 4], new Array<number>(12).fill(1)),
): Circuit {
  const gadget: ContractGadget = {
    kind: 'contract',
    name: 'g',
    box: [3],
    reduce: [4],
    accumulator: 0,
    left: { wire: 0, zero: 0, map: [{ kind: 'reduce', axis: 0 }], ...more.left },
    right: {
      wire: 2,
      zero: 0,
      map: [
        { kind: 'output', axis: 0 },
        { kind: 'reduce', axis: 0 },
      ],
      ...more.right,
    },
    ...more.gadget,
  };
  const copy: Gadget = {
    kind: 'linear',
    name: 'copy',
    box: [3],
    input: { constant: 0, terms: [], accumulators: [0] },
    output: 1,
  };
  return circuitOf([witness(undefined, [3]), k], [gadget, copy]);
}

describe('accepted circuits', () => {
  it.each([1, 2, 3])('the circuit with every gadget, seed %i', (seed) => {
    expect(problem(everyGadget(seed).circuit)).toBe('');
  });

  it('the small ones the refusals below start from', () => {
    expect(problem(circuitOf([], []))).toBe('');
    expect(problem(linear(read(0)))).toBe('');
    expect(problem(step([runs(255, [0, 9], [1, 2])]))).toBe('');
    expect(problem(contraction({}))).toBe('');
  });

  it('a declared interval may be wider than the one that follows, or equal', () => {
    expect(problem(linear(read(0, -2), witness([-510, 0])))).toBe('');
    expect(problem(linear(read(0, -2), witness([-511, 7])))).toBe('');
  });

  it.each([
    ['before its first cell', 1, -1],
    ['behind its last cell', 1, 1],
    ['behind its last cell by its stride', 2, 0],
  ])('a view that leaves its wire %s may read 0 besides the wire’s own integers', (_, stride, offset) => {
    const circuit = (y: Wire): Circuit => ({
      ...linear(read(0, 1, [{ kind: 'axis', axis: 0, stride, offset }]), y),
      wires: [publicWire([4], [10, 20]), y],
    });
    expect(problem(circuit(witness([0, 20])))).toBe('');
    expect(problem(circuit(witness([10, 20])))).toMatch(/can leave its declared interval/);
  });

  it('a list with −1 may read 0 besides the wire’s own integers, one without may not', () => {
    const circuit = (indices: number[], y: Wire): Circuit => ({
      ...linear(read(0, 1, [{ kind: 'listed', axes: [0], indices: Int32Array.from(indices) }]), y),
      wires: [publicWire([4], [10, 20]), y],
    });
    expect(problem(circuit([3, 3, -1, 0], witness([0, 20])))).toBe('');
    expect(problem(circuit([3, 3, -1, 0], witness([10, 20])))).toMatch(/can leave its declared interval/);
    expect(problem(circuit([3, 3, 1, 0], witness([10, 20])))).toBe('');
  });

  it('a linear relation may determine a wire that joins axes of its box; no other relation may', () => {
    const square = [2, 2];
    const read = {
      constant: 0,
      terms: [{ coefficient: 1, view: { wire: 0, map: identityMap(square) } }],
      accumulators: [],
    };
    const joined = (gadget: Gadget): string =>
      problem({ ...circuitOf([], [gadget]), wires: [publicWire(square), witness([0, 255], [4])] });
    expect(joined({ kind: 'linear', name: 'g', box: square, input: read, output: 1 })).toBe('');
    expect(joined({ kind: 'maximum', name: 'g', box: square, left: read, right: read, output: 1 })).toMatch(
      /does not determine all/,
    );
  });

  it('a view that stays inside its wire does not', () => {
    const map: AxisMap[] = [{ kind: 'axis', axis: 0, stride: 2, offset: 1 }];
    const y = witness([10, 20], [2]);
    const circuit = linear(read(0, 1, map), y, [2]);
    expect(problem({ ...circuit, wires: [publicWire([4], [10, 20]), y] })).toBe('');
  });
});

describe('refused wires', () => {
  it.each<[string, Wire, RegExp]>([
    ['more than 8 dimensions', publicWire(new Array<number>(9).fill(1)), /more than 8 dimensions/],
    ['an empty dimension', publicWire([0]), /empty dimension/],
    ['a fractional dimension', publicWire([1.5]), /empty dimension/],
    ['more than 2^28 cells', publicWire([2 ** 14, 2 ** 14, 2]), /more than 2\^28 cells/],
    ['an interval that reaches p/2', publicWire([4], [0, integerLimit]), /outside \(−p\/2, p\/2\)/],
    ['an interval that reaches −p/2', publicWire([4], [-integerLimit, 0]), /outside \(−p\/2, p\/2\)/],
    ['an empty interval', publicWire([4], [1, 0]), /outside \(−p\/2, p\/2\)/],
    ['a constant without data', { ...constant([4], [1, 2, 3, 4]), data: null }, /wrong number of cells/],
    ['a constant with too few cells', constant([5], [1, 2, 3, 4]), /wrong number of cells/],
    ['a constant beyond its interval', constant([2], [1, 9], [0, 8]), /cells outside its interval/],
    ['a wire that nothing confines', witness([0, 255]), /nothing confines/],
  ])('%s', (_, wire, message) => {
    expect(problem({ ...circuitOf([], []), wires: [publicWire(), wire] })).toMatch(message);
  });
});

describe('refused expressions', () => {
  const listed = (indices: readonly number[], axes: readonly number[] = [0]): AxisMap => ({
    kind: 'listed',
    axes,
    indices: Int32Array.from(indices),
  });

  const axis = (stride: number, offset: number, number = 0): AxisMap => ({
    kind: 'axis',
    axis: number,
    stride,
    offset,
  });

  it.each<[string, Expression, RegExp]>([
    ['a wire that does not exist', read(9), /wrong rank/],
    ['a map of another rank', read(0, 1, []), /wrong rank/],
    ['a fixed index outside', read(0, 1, [{ kind: 'fixed', index: 4 }]), /fixed index outside/],
    ['an axis beyond the box', read(0, 1, [axis(1, 0, 1)]), /along an axis twice or along none/],
    ['a stride of 0', read(0, 1, [axis(0, 0)]), /bad stride/],
    ['a negative stride', read(0, 1, [axis(-1, 3)]), /bad stride/],
    ['a huge stride', read(0, 1, [axis(2 ** 28 + 1, 0)]), /bad stride/],
    ['a huge offset', read(0, 1, [axis(1, -(2 ** 28) - 1)]), /bad stride/],
    ['its own output', read(1), /before anything confines it/],
    [
      'an accumulator that does not exist',
      { constant: 0, terms: [], accumulators: [0] },
      /accumulator over another box/,
    ],
    ['a constant at the limit', { constant: integerLimit, terms: [], accumulators: [] }, /outside \(−p\/2, p\/2\)/],
    ['a list that is too short', read(0, 1, [listed([0, 1, 2])]), /list of the wrong length/],
    ['a list over no axis', read(0, 1, [{ kind: 'listed', axes: [], indices: Int32Array.of(1) }]), /wrong length/],
    ['a list beyond the wire', read(0, 1, [listed([0, 1, 2, 4])]), /index outside/],
    ['a list below −1', read(0, 1, [listed([0, -2, 2, 3])]), /index outside/],
    ['a list over an axis beyond the box', read(0, 1, [listed([0, 1, 2, 3], [1])]), /twice or along none/],
    ['a list over an axis twice', read(0, 1, [listed(new Array(16).fill(0), [0, 0])]), /twice or along none/],
    ['a product beyond the limit', read(0, 4177856), /outside \(−p\/2, p\/2\)/],
    ['a product beyond the negative limit', read(0, -4177856), /outside \(−p\/2, p\/2\)/],
  ])('%s', (_, expression, message) => {
    expect(problem(linear(expression))).toMatch(message);
  });

  it('an axis that indexes two dimensions', () => {
    const circuit = linear(read(0, 1, [axis(1, 0), axis(1, 0)]));
    const square = { ...circuit, wires: [publicWire([2, 2]), witness()] };
    expect(problem(square)).toMatch(/along an axis twice/);
  });

  it('the largest coefficient that fits is accepted', () => {
    expect(255 * 4177855).toBeLessThan(integerLimit);
    expect(255 * 4177856).toBeGreaterThan(integerLimit);
    expect(problem(linear(read(0, 4177855)))).toBe('');
  });

  it('terms add up: each fits, the sum does not', () => {
    const half = read(0, 3000000);
    expect(problem(linear(half))).toBe('');
    expect(problem(linear({ ...half, terms: [...half.terms, ...half.terms] }))).toMatch(/outside/);
  });
});

describe('refused outputs', () => {
  const copy = (output: number, box: readonly number[] = [4]): Gadget => ({
    kind: 'linear',
    name: 'g',
    box,
    input: read(0, 1, identityMap([4])),
    output,
  });

  it.each<[string, Circuit, RegExp]>([
    ['a constant', circuitOf([constant([4], [1, 2, 3, 4])], [copy(1)]), /constant or does not exist/],
    ['a wire that does not exist', circuitOf([], [copy(7)]), /constant or does not exist/],
    ['a wire of other sizes', circuitOf([witness(undefined, [5])], [copy(1)]), /does not determine all/],
    ['a wire of another rank', circuitOf([witness(undefined, [4, 1])], [copy(1)]), /does not determine all/],
    ['a wire already determined', circuitOf([witness()], [copy(1), copy(1)]), /determined twice/],
    ['a wire of a narrower interval', circuitOf([witness([0, 254])], [copy(1)]), /declared interval/],
    ['a box without cells', circuitOf([witness()], [copy(1, [0])]), /empty dimension/],
    ['a box of too many dimensions', circuitOf([witness()], [copy(1, new Array(9).fill(1))]), /more than 8 dim/],
  ])('%s', (_, circuit, message) => {
    expect(problem(circuit)).toMatch(message);
  });

  it('a public wire may be related to more than once', () => {
    const circuit = circuitOf([publicWire()], [copy(1), copy(1)]);
    expect(problem({ ...circuit, outputs: [{ ...port, wire: 1 }] })).toBe('');
  });
});

describe('refused contractions', () => {
  const out = (axis: number): Operand['map'][number] => ({ kind: 'output', axis });
  const red = (axis: number): Operand['map'][number] => ({ kind: 'reduce', axis });
  const window = { kind: 'window', axis: 0, reduce: 0, stride: 1, dilation: 1, pad: 0 } as const;

  it.each<[string, Circuit, RegExp]>([
    ['an operand that does not exist', contraction({ left: { wire: 9 } }), /wrong rank/],
    ['an operand map of another rank', contraction({ left: { map: [] } }), /wrong rank/],
    ['a fixed index outside', contraction({ left: { map: [{ kind: 'fixed', index: 4 }] } }), /fixed index outside/],
    ['an output axis beyond the box', contraction({ right: { map: [out(1), red(0)] } }), /beyond the box/],
    ['a reduction axis beyond the box', contraction({ right: { map: [out(0), red(1)] } }), /beyond the box/],
    ['an output axis of another size', contraction({ gadget: { box: [2] } }), /does not fit/],
    ['a reduction axis of another size', contraction({ gadget: { reduce: [5] } }), /does not fit/],
    ['an axis used twice', contraction({ right: { map: [red(0), red(0)] } }), /twice or beyond|does not fit/],
    [
      'a reduction axis that an operand lacks',
      contraction({ left: { map: [{ kind: 'fixed', index: 0 }] } }),
      /every axis/,
    ],
    ['an output axis that no operand has', contraction({ gadget: { box: [3, 2] } }), /no operand has/],
    ['a window of stride 0', contraction({ left: { map: [{ ...window, stride: 0 }] } }), /bad window/],
    ['a window of dilation 0', contraction({ left: { map: [{ ...window, dilation: 0 }] } }), /bad window/],
    ['a window with huge padding', contraction({ left: { map: [{ ...window, pad: 2 ** 28 + 1 }] } }), /bad window/],
    ['a window of huge stride', contraction({ left: { map: [{ ...window, stride: 2 ** 28 + 1 }] } }), /bad window/],
    ['a window of huge dilation', contraction({ left: { map: [{ ...window, dilation: 2 ** 28 + 1 }] } }), /bad window/],
    ['a window axis that both operands have', contraction({ left: { map: [window] } }), /shares a window axis/],
    ['the output of nothing yet', contraction({ left: { wire: 1 } }), /does not fit|confines it/],
    ['an accumulator number out of range', contraction({ gadget: { accumulator: 2 } }), /number out of range/],
    ['a reduction with an empty dimension', contraction({ gadget: { reduce: [0] } }), /empty dimension/],
  ])('%s', (_, circuit, message) => {
    expect(problem(circuit)).toMatch(message);
  });

  it('an accumulator defined twice', () => {
    const circuit = contraction({});
    expect(problem({ ...circuit, gadgets: [circuit.gadgets[0] as Gadget, ...circuit.gadgets] })).toMatch(
      /defines an accumulator twice/,
    );
  });

  it('an accumulator read over another box', () => {
    const circuit = contraction({});
    const copy = { ...(circuit.gadgets[1] as Gadget), box: [2] } as Gadget;
    expect(problem({ ...circuit, gadgets: [circuit.gadgets[0] as Gadget, copy] })).toMatch(/over another box/);
  });

  it('sums are bounded by the actual weights: the heaviest output decides', () => {
    const weights = (heavy: number): Wire => constant([3, 4], [1, 1, 1, 1, heavy, -heavy, heavy, heavy, 0, 0, 0, 0]);
    const limit = Math.floor(integerLimit / (255 * 4));
    expect(problem(contraction({}, weights(limit)))).toBe('');
    expect(problem(contraction({}, weights(limit + 1)))).toMatch(/can reach/);
  });

  it('zero points count on both sides', () => {
    const weights = (x: number): Wire => constant([3, 4], new Array<number>(12).fill(x));
    expect(problem(contraction({ left: { zero: -1000 } }, weights(200000)))).toBe('');
    expect(problem(contraction({ left: { zero: -2000 } }, weights(200000)))).toMatch(/can reach/);
    expect(problem(contraction({ right: { zero: 200000 } }, weights(200000)))).toBe('');
    expect(problem(contraction({ right: { zero: -1000000 } }, weights(200000)))).toMatch(/can reach/);
  });
});

describe('refused steps', () => {
  const classes = (wire: number) => ({ wire, map: identityMap([4]) });
  const one = runs(255, [0], [1]);

  it.each<[string, Circuit, RegExp]>([
    ['no function', step([]), /no step function/],
    ['no runs', step([runs(5, [], [])]), /no runs/],
    ['fewer values than starts', step([runs(5, [0, 1], [1])]), /no runs/],
    ['an end before its start', step([runs(-1, [0], [1])]), /outside \(−p\/2, p\/2\)/],
    ['inputs beyond the limit', step([runs(integerLimit, [0], [1])]), /outside \(−p\/2, p\/2\)/],
    ['inputs below the limit', step([runs(0, [-integerLimit], [1])]), /outside \(−p\/2, p\/2\)/],
    ['equal starts', step([runs(5, [0, 0], [1, 2])]), /out of order/],
    ['falling starts', step([runs(5, [0, 4, 3], [1, 2, 3])]), /out of order/],
    ['equal neighbouring values', step([runs(5, [0, 3], [1, 1])]), /neighbouring runs/],
    ['a last run behind the end', step([runs(2, [0, 3], [1, 2])]), /ends before its last run/],
    ['values beyond the limit', step([runs(2, [0], [2 ** 31 - 1])]), /outside \(−p\/2, p\/2\)/],
    ['several functions without a class', step([one, one]), /several step functions/],
    ['a class wire that does not exist', step([one, one], { classes: classes(9) }), /not constant/],
    ['a class wire the prover knows', step([one, one], { classes: classes(1) }), /not constant/],
    ['a class wire of the statement', step([one, one], { classes: classes(0) }), /not constant/],
    ['a class without function', step([one], { classes: classes(2) }), /does not exist/],
    ['an output interval without all values', step([one], {}, witness([2, 3])), /declared interval/],
  ])('%s', (_, circuit, message) => {
    expect(problem(circuit)).toMatch(message);
  });

  it('a class view that leaves its wire also selects function 0', () => {
    const map: AxisMap[] = [{ kind: 'axis', axis: 0, stride: 1, offset: 1 }];
    expect(problem(step([one, one], { classes: { wire: 2, map } }))).toBe('');
  });
});

describe('refused tables', () => {
  const table = (columns: readonly (readonly number[])[], inputs = [read(0)]): Circuit =>
    circuitOf(
      [witness([0, 9])],
      [{ kind: 'table', name: 'g', box: [4], table: 0, inputs, output: 1 }],
      [{ name: 't', columns: columns.map((column) => Int32Array.from(column)) }],
    );

  it.each<[string, Circuit, RegExp]>([
    ['no columns', table([]), /empty or ragged/],
    ['no rows', table([[], []]), /empty or ragged/],
    ['columns of different lengths', table([[1, 2], [3]]), /empty or ragged/],
    ['integers beyond the limit', table([[1], [integerLimit]]), /outside \(−p\/2, p\/2\)/],
    ['another number of inputs', table([[1], [2]], [read(0), read(0)]), /another width/],
    ['a table that does not exist', { ...table([[1], [2]]), tables: [] }, /another width/],
    ['values beyond the declared interval', table([[1], [10]]), /declared interval/],
  ])('%s', (_, circuit, message) => {
    expect(problem(circuit)).toMatch(message);
  });

  it('is accepted when it fits', () =>
    expect(
      problem(
        table([
          [1, 2],
          [0, 9],
        ]),
      ),
    ).toBe(''));
});

describe('refused maxima and ranges', () => {
  const maximum = (left: Expression, right: Expression, y: Wire = witness()): Circuit =>
    circuitOf([y], [{ kind: 'maximum', name: 'g', box: [4], left, right, output: 1 }]);
  const nothing: Expression = { constant: 0, terms: [], accumulators: [] };
  const range = (low: number, high: number, wire = 1, y: Wire = witness()): Circuit =>
    circuitOf([y], [{ kind: 'range', name: 'g', wire, low, high }]);

  it('sides that can be more than 255 apart, either way', () => {
    expect(problem(maximum(read(0), nothing))).toBe('');
    expect(problem(maximum(read(0), { ...nothing, constant: -1 }))).toMatch(/more than 255 apart/);
    expect(problem(maximum({ ...nothing, constant: -1 }, read(0)))).toMatch(/more than 255 apart/);
  });

  it('a maximum can be as small as the larger minimum', () => {
    expect(problem(maximum(read(0), { ...nothing, constant: 100 }, witness([100, 255])))).toBe('');
    expect(problem(maximum(read(0), { ...nothing, constant: 100 }, witness([101, 255])))).toMatch(/declared interval/);
  });

  it('ranges of more than 2^22 values, or of none', () => {
    expect(problem(range(-5, 2 ** 22 - 6))).toBe('');
    expect(problem(range(-5, 2 ** 22 - 5))).toMatch(/more than 2\^22 values/);
    expect(problem(range(1, 0))).toMatch(/outside \(−p\/2, p\/2\)/);
  });

  it('a range confines a wire for later readers', () => {
    const circuit = range(0, 9);
    const reader: Gadget = { kind: 'linear', name: 'r', box: [4], input: read(1), output: 2 };
    const wires = [...circuit.wires, witness([0, 9])];
    expect(problem({ ...circuit, wires, gadgets: [...circuit.gadgets, reader] })).toBe('');
    expect(problem({ ...circuit, wires, gadgets: [reader, ...circuit.gadgets] })).toMatch(
      /before anything confines it/,
    );
  });

  it('a range over a constant', () => {
    expect(problem(range(0, 9, 1, constant([4], [1, 2, 3, 4])))).toMatch(/constant or does not exist/);
  });

  it('a range over a wire that does not exist', () => {
    expect(problem(range(0, 9, 7))).toMatch(/constant or does not exist/);
  });

  it('a step with more functions than any layer has', () => {
    const functions = Array.from({ length: 300_000 }, () => runs(255, [0], [1]));
    expect(problem(step(functions, { classes: { wire: 2, map: identityMap([4]) } }))).toMatch(/too many/);
  });
});

describe('large parts that many gadgets use', () => {
  const cells = 2 ** 20;
  const large: Wire = { ...constant([1], [1]), sizes: [1, cells], data: new Int32Array(cells).fill(1) };

  /** Accumulators Σ w·x of the large constant with one cell of the public wire, and one witness that reads them all. */
  function contractions(count: number): Circuit {
    const left = {
      wire: 2,
      zero: 0,
      map: [{ kind: 'output', axis: 0 } as const, { kind: 'reduce', axis: 0 } as const],
    };
    const one: Wire = { ...large, sizes: [cells], data: new Int32Array(cells) };
    const right = { wire: 1, zero: 0, map: [{ kind: 'reduce', axis: 0 } as const] };
    const gadgets = Array.from({ length: count }, (_, accumulator): Gadget => {
      return { kind: 'contract', name: 'c', box: [1], reduce: [cells], left, right, accumulator };
    });
    return circuitOf([{ ...one, interval: [0, 1] }, large], gadgets);
  }

  it('a constant is weighed once for all contractions', () => {
    expect(problem(contractions(100))).toBe('');
  });

  it('contractions that weigh more than 2^28 cells of constants', () => {
    expect(problem(contractions(128))).toBe('');
    expect(problem(contractions(129))).toMatch(/2\^28 cells of constants/);
  });

  it('a table is measured once for all its readers', () => {
    const table: Table = { name: 't', columns: [new Int32Array(cells)] };
    const wires = Array.from({ length: 2 ** 14 }, () => witness([0, 0], [1]));
    const gadgets = wires.map((_, i): Gadget => {
      return { kind: 'table', name: 't', box: [1], table: 0, inputs: [], output: i + 1 };
    });
    expect(problem(circuitOf(wires, gadgets, [table]))).toBe('');
  });
});

describe('hidden wires', () => {
  const held = (matrix = 'weights', interval: readonly [number, number] = [0, 9]): Wire => {
    return { name: 'w', role: 'committed', sizes: [4], interval, data: null, matrix };
  };
  const range = (wire: number): Gadget => ({ kind: 'range', name: 'r', wire, low: 0, high: 9 });
  const reader = (wire: number, output: number): Gadget => {
    return { kind: 'linear', name: 'g', box: [4], input: read(wire), output };
  };

  it('a matrix that no gadget confines is read with its declared interval, whose proof comes with the key', () => {
    const circuit = circuitOf([held(), witness([0, 9])], [reader(1, 2)]);
    expect(problem(circuit)).toBe('');
    expect(matricesOf(circuit)).toEqual([{ name: 'weights', wires: [1], imported: true }]);
    expect(problem(circuitOf([held(), witness([0, 8])], [reader(1, 2)]))).toMatch(/declared interval/);
    expect(problem(circuitOf([held('weights', [0, integerLimit]), witness()], [reader(1, 2)]))).toMatch(/−p\/2/);
  });

  it('a matrix confined in the circuit is read after that only', () => {
    const wires = [held(), witness([0, 9])];
    expect(problem(circuitOf(wires, [range(1), reader(1, 2)]))).toBe('');
    expect(matricesOf(circuitOf(wires, [range(1)]))[0]?.imported).toBe(false);
    expect(problem(circuitOf(wires, [reader(1, 2), range(1)]))).toMatch(/before anything confines it/);
  });

  it('a matrix is confined as a whole or not at all, and has a name', () => {
    expect(problem(circuitOf([held(), held()], [range(1)]))).toMatch(/confined here and others are not/);
    expect(problem(circuitOf([held('a'), held('b')], [range(1)]))).toBe('');
    expect(problem(circuitOf([held('')], []))).toMatch(/belongs to no matrix/);
  });

  it('a hidden input is confined by a gadget, never given', () => {
    const secret: Wire = { ...publicWire(), role: 'witness' };
    const circuit = circuitOf([witness([0, 9])], [range(0), reader(0, 1)]);
    const hide = (gadgets: readonly Gadget[]): Circuit => {
      return { ...circuit, wires: [secret, ...circuit.wires.slice(1)], outputs: [{ ...port, wire: 1 }], gadgets };
    };
    expect(problem(hide(circuit.gadgets))).toBe('');
    expect(problem(hide([reader(0, 1), range(0)]))).toMatch(/before anything confines it/);
    expect(problem(hide([range(1)]))).toMatch(/nothing (confines|determines)/);
  });

  it('a port on a matrix that rests on a proof elsewhere', () => {
    const circuit = circuitOf([held()], []);
    expect(
      problem({
        ...circuit,
        inputs: [
          { ...port, wire: 1 },
          { ...port, name: 'q', wire: 0 },
        ],
      }),
    ).toMatch(/nothing confines the hidden port/);
  });

  it('a circuit that is only about commitments needs no port', () => {
    const circuit = circuitOf([], []);
    const bare = { ...circuit, inputs: [], outputs: [], wires: [held()] };
    expect(problem({ ...bare, gadgets: [range(0)] })).toBe('');
    expect(problem({ ...bare, wires: [] })).toMatch(/no input or no output/);
  });
});

describe('refused ports', () => {
  const circuit = circuitOf([constant([4], [1, 2, 3, 4])], []);
  const withInput = (more: Partial<CircuitPort>): Circuit => ({ ...circuit, inputs: [{ ...port, wire: 0, ...more }] });

  it.each<[string, Circuit, RegExp]>([
    ['on a wire that does not exist', withInput({ wire: 9 }), /no wire that may vary/],
    ['on a constant', withInput({ wire: 1 }), /no wire that may vary/],
    ['of another number of elements', withInput({ dims: [2, 3] }), /another number of elements/],
    ['with a scale of 0', withInput({ quantization: { scale: 0, zeroPoint: 0 } }), /not a positive number/],
    ['with a negative scale', withInput({ quantization: { scale: -1, zeroPoint: 0 } }), /not a positive number/],
    ['with an infinite scale', withInput({ quantization: { scale: 1 / 0, zeroPoint: 0 } }), /not a positive number/],
    ['with NaN as its scale', withInput({ quantization: { scale: Number.NaN, zeroPoint: 0 } }), /not a positive/],
    ['no input', { ...circuit, inputs: [] }, /no input or no output/],
    ['no output', { ...circuit, outputs: [] }, /no input or no output/],
    ['a public wire of no port', { ...circuit, wires: [...circuit.wires, publicWire()] }, /belongs to no port/],
  ])('%s', (_, bad, message) => {
    expect(problem(bad)).toMatch(message);
  });
});
