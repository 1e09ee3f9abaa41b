/**
 * Every template of circuits/: what it computes, how many equations it has, that its equations pin every wire, and that they
 * alone reject the cheats its head comment names. The witness generator has no say here.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { brokenConstraint } from '../../src/backends/groth16/r1cs.ts';
import {
  around,
  countBroken,
  forged,
  freedom,
  honest,
  looseWires,
  type System,
  signedValue,
  systemOf,
} from '../support/circom.ts';

type Inputs = Readonly<Record<string, string | readonly string[]>>;

type Forgery = {
  readonly cheat: string;
  /** Inputs of the honest witness that is changed. */
  readonly from: Inputs;
  readonly changes: Readonly<Record<string, bigint>>;
};

type Case = {
  readonly name: string;
  readonly main: string;
  /** Equations after the compiler's simplification of equal signals. */
  readonly constraints: number;
  /** Inputs and the expected outputs. */
  readonly honest: readonly (readonly [Inputs, Readonly<Record<string, bigint>>])[];
  readonly forgeries: readonly Forgery[];
};

/** Digits of a decomposition set so that their weighted sum is `value`, the lowest one taking what is no digit. */
function asDigits(name: string, count: number, value: bigint): Record<string, bigint> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}[${i}]`, i === 0 ? value : 0n]));
}

/** clamp(⌊(3·x + 5) / 16⌋, −4, 9), one more at x = 7. */
const requantize = 'Requantize(3, 5, 4, 20, -4, 9, 5, 5, 1, [7], [1])';

const cases: readonly Case[] = [
  {
    name: 'Bits',
    main: around('bits', 'in', 'Bits(8)'),
    constraints: 9,
    honest: [
      [{ in: '0' }, { 'out[0]': 0n }],
      [{ in: '255' }, { 'out[7]': 1n }],
    ],
    forgeries: [
      { cheat: 'an integer of nine digits', from: { in: '44' }, changes: { in: 300n } },
      { cheat: 'a negative integer', from: { in: '255' }, changes: { in: -1n } },
      { cheat: 'a digit of 2', from: { in: '4' }, changes: { 'out[0]': 0n, 'out[1]': 2n, 'out[2]': 0n } },
    ],
  },
  {
    name: 'Range',
    main: around('range', 'in', 'Range(-3, 100)'),
    constraints: 18,
    honest: [
      [{ in: '-3' }, {}],
      [{ in: '100' }, {}],
      [{ in: '0' }, {}],
    ],
    forgeries: [
      {
        cheat: 'one above',
        from: { in: '100' },
        changes: { in: 101n, 'above.out[0]': 0n, 'above.out[3]': 1n, ...asDigits('below.out', 7, -1n) },
      },
      { cheat: 'one below', from: { in: '-3' }, changes: { in: -4n, ...asDigits('above.out', 7, -1n) } },
    ],
  },
  {
    name: 'ConstantDot',
    main: around('contract', 'in', 'ConstantDot(3, [2, -7, 1], 11)'),
    constraints: 1,
    honest: [[{ in: ['5', '-1', '100'] }, { out: 128n }]],
    forgeries: [{ cheat: 'one more', from: { in: ['5', '-1', '100'] }, changes: { out: 129n } }],
  },
  {
    name: 'PrivateDot',
    main: around('contract', 'left, right', 'PrivateDot(3)'),
    constraints: 4,
    honest: [[{ left: ['5', '-1', '3'], right: ['2', '7', '-4'] }, { out: -9n }]],
    forgeries: [
      {
        cheat: 'a product of another pair',
        from: { left: ['5', '-1', '3'], right: ['2', '7', '-4'] },
        changes: { 'products[0]': 35n, out: 16n },
      },
      { cheat: 'a term left out', from: { left: ['5', '-1', '3'], right: ['2', '7', '-4'] }, changes: { out: 3n } },
    ],
  },
  {
    name: 'Clamp',
    main: around('clamp', 'in', 'Clamp(0, 200, 6, 6)'),
    constraints: 36,
    honest: [
      [{ in: '-63' }, { out: 0n }],
      [{ in: '0' }, { out: 0n }],
      [{ in: '77' }, { out: 77n }],
      [{ in: '263' }, { out: 200n }],
    ],
    forgeries: [
      {
        cheat: 'saturation that did not happen',
        from: { in: '180' },
        changes: {
          out: 200n,
          deficit: 20n,
          'inside.above.out[2]': 0n,
          'inside.above.out[3]': 1n,
          'inside.above.out[4]': 0n,
          'inside.above.out[6]': 1n,
          ...asDigits('inside.below.out', 8, 0n),
          ...asDigits('down.out', 6, 0n),
          'down.out[2]': 1n,
          'down.out[4]': 1n,
        },
      },
      {
        cheat: 'saturation denied',
        from: { in: '201' },
        changes: {
          out: 201n,
          excess: 0n,
          'up.out[0]': 0n,
          'inside.above.out[0]': 1n,
          ...asDigits('inside.below.out', 8, -1n),
        },
      },
    ],
  },
  {
    name: 'Floor',
    main: around('step', 'in', 'Floor(3, 5, 4, 20)'),
    constraints: 6,
    honest: [
      [{ in: '9' }, { out: 2n }],
      [{ in: '-7' }, { out: -1n }],
      [{ in: '-100' }, { out: -19n }],
    ],
    forgeries: [
      {
        cheat: 'one more, remainder negative',
        from: { in: '9' },
        changes: { out: 3n, ...asDigits('remainder.out', 4, -16n) },
      },
      {
        cheat: 'one less, remainder of 2^S',
        from: { in: '9' },
        changes: { out: 1n, ...asDigits('remainder.out', 4, 16n) },
      },
    ],
  },
  {
    name: 'IsConstant',
    main: around('step', 'in', 'IsConstant(7)'),
    constraints: 3,
    honest: [
      [{ in: '7' }, { out: 1n }],
      [{ in: '8' }, { out: 0n }],
    ],
    forgeries: [
      { cheat: 'a correction withheld', from: { in: '7' }, changes: { out: 0n } },
      { cheat: 'a correction where none belongs', from: { in: '8' }, changes: { out: 1n, inverse: 0n } },
      { cheat: 'a free inverse', from: { in: '7' }, changes: { inverse: 5n } },
    ],
  },
  {
    name: 'Requantize',
    main: around('step', 'in', requantize),
    constraints: 37,
    honest: [
      [{ in: '-40' }, { out: -4n }],
      [{ in: '7' }, { out: 2n }],
      [{ in: '9' }, { out: 2n }],
      [{ in: '90' }, { out: 9n }],
    ],
    forgeries: [
      { cheat: 'the correction left out', from: { in: '7' }, changes: { out: 1n, 'equal[0].out': 0n } },
      { cheat: 'the output moved alone', from: { in: '9' }, changes: { out: 3n } },
    ],
  },
  {
    name: 'Runs',
    main: around('step', 'in', 'Runs(5, [-20, -3, 0, 4, 5], [-4, -1, 3, 4, 30], [0, 1, 2, 3, 4], 5)'),
    constraints: 33,
    honest: [
      [{ in: '-20' }, { out: 0n }],
      [{ in: '4' }, { out: 3n }],
      [{ in: '30' }, { out: 4n }],
    ],
    forgeries: [
      // Row 4 instead of row 3: start 5, end 30.
      {
        cheat: 'the value of the next run',
        from: { in: '5' },
        changes: { in: 4n, ...asDigits('left.out', 5, -1n), ...asDigits('right.out', 5, 26n) },
      },
    ],
  },
  {
    name: 'Row',
    main: around('row', 'at', 'Row(5, 2, [[1, 2, 3, 4, 5], [10, 20, 30, 40, 50]])'),
    constraints: 15,
    honest: [
      [{ at: '0' }, { 'out[0]': 1n, 'out[1]': 10n }],
      [{ at: '4' }, { 'out[0]': 5n, 'out[1]': 50n }],
    ],
    forgeries: [
      { cheat: 'a mixture of rows', from: { at: '0' }, changes: { 'low[0]': 2n, 'low[1]': -1n } },
      {
        cheat: 'no row',
        from: { at: '0' },
        changes: { 'low[0]': 0n, 'cells[0][0]': 0n, 'cells[1][0]': 0n, 'out[0]': 0n, 'out[1]': 0n },
      },
      { cheat: 'one column of another row', from: { at: '0' }, changes: { 'out[1]': 20n } },
    ],
  },
  {
    name: 'Table',
    main: around('table', 'in', 'Table(4, 3, [[0, 0, 1, 1], [0, 1, 0, 1], [7, 8, 9, 5]])'),
    constraints: 15,
    honest: [
      [{ in: ['0', '1'] }, { out: 8n }],
      [{ in: ['1', '1'] }, { out: 5n }],
    ],
    forgeries: [
      { cheat: 'a value of another row', from: { in: ['0', '1'] }, changes: { out: 9n } },
      { cheat: 'inputs in no row', from: { in: ['1', '1'] }, changes: { 'in[0]': 2n } },
    ],
  },
  {
    name: 'Maximum',
    main: around('maximum', 'left, right', 'Maximum(8)'),
    constraints: 21,
    honest: [
      [{ left: '3', right: '200' }, { out: 200n }],
      [{ left: '-5', right: '-9' }, { out: -5n }],
      [{ left: '4', right: '4' }, { out: 4n }],
    ],
    forgeries: [
      {
        cheat: 'the smaller',
        from: { left: '3', right: '5' },
        changes: { out: 3n, ...asDigits('aboveLeft.out', 8, 0n), ...asDigits('aboveRight.out', 8, -2n) },
      },
      {
        cheat: 'above both',
        from: { left: '3', right: '5' },
        changes: {
          out: 7n,
          ...asDigits('aboveLeft.out', 8, 0n),
          'aboveLeft.out[2]': 1n,
          ...asDigits('aboveRight.out', 8, 0n),
          'aboveRight.out[1]': 1n,
        },
      },
    ],
  },
  {
    name: 'Packed',
    main: around('statement', 'in', 'Packed(3, [0, -128, 0], [8, 8, 2])'),
    constraints: 23,
    honest: [[{ in: ['5', '-128', '3'] }, { out: 5n + 3n * 65536n }]],
    forgeries: [
      {
        cheat: 'cells that trade a unit',
        from: { in: ['5', '-127', '3'] },
        changes: { 'in[0]': 261n, 'in[1]': -128n, 'cell[0].out[0]': 261n, 'cell[0].out[2]': 0n, 'cell[1].out[0]': 0n },
      },
      { cheat: 'another signal', from: { in: ['5', '-127', '3'] }, changes: { out: 6n } },
    ],
  },
  {
    name: 'Packed, with cells of one value',
    main: around('statement', 'in', 'Packed(4, [5, -3, 7, 0], [0, 4, 0, 8])'),
    constraints: 18,
    honest: [[{ in: ['5', '2', '7', '9'] }, { out: 5n + 9n * 16n }]],
    forgeries: [
      { cheat: 'another value', from: { in: ['5', '2', '7', '9'] }, changes: { 'in[0]': 6n, out: 6n + 9n * 16n } },
    ],
  },
  {
    name: 'Bound',
    main: around('statement', 'in', 'Bound()'),
    constraints: 1,
    honest: [[{ in: '12' }, {}]],
    forgeries: [{ cheat: 'another binding for the same proof', from: { in: '12' }, changes: { in: 13n } }],
  },
];

describe.each(cases)('$name', ({ main, constraints, honest: points, forgeries }) => {
  let system: System;

  beforeAll(async () => {
    system = await systemOf(main);
  });

  test('computes what it says, in the equations it is known to take', async () => {
    for (const [inputs, outputs] of points) {
      const values = await honest(system, inputs);
      expect(brokenConstraint(system.r1cs, values)).toBe(-1);
      for (const [name, value] of Object.entries(outputs)) expect(signedValue(system, values, name), name).toBe(value);
    }
    expect(system.r1cs.constraints.length).toBe(constraints);
  });

  test('its equations pin every wire that is no input, alone and together', async () => {
    for (const [inputs] of points) {
      const values = await honest(system, inputs);
      expect(looseWires(system, values)).toEqual([]);
      expect(freedom(system, values)).toBe(0);
    }
  });

  test.each(forgeries)('its equations reject $cheat', async ({ from, changes }) => {
    const values = forged(system, await honest(system, from), changes);
    expect(countBroken(system, values)).toBeGreaterThan(0);
  });
});
