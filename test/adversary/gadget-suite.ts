/**
 * The malicious witness, gadget by gadget: any cell of any tensor changed, the rest left alone or covered up, and a proof
 * made honestly from there. The oracle looks at every relation; the verifier must agree with it each time.
 */
import { afterAll, describe, expect, test } from 'vitest';
import type { StepGadget } from '../../src/artifact/circuit.ts';
import type { Verdict } from '../../src/artifact/verdict.ts';
import type { Cells } from '../../src/backends/transparent/assign.ts';
import { type AcceptedKey, assign } from '../../src/backends/transparent/index.ts';
import type { StepPlan, SystemLookup, SystemTable } from '../../src/backends/transparent/system.ts';
import { P } from '../../src/base/field.ts';
import { product } from '../../src/base/tensor.ts';
import { evaluateExpression } from '../../src/gadgets/views.ts';
import { complete, seeded } from '../support/circuits.ts';
import { type GadgetCase, gadgetCases } from '../support/gadget-circuits.ts';
import { coverUps, judgeCells, keyWithoutWork, recounted, withAccumulator, withCell } from '../support/malicious.ts';
import { brokenRelation, tensorName } from '../support/oracle.ts';
import { Tally } from '../support/tally.ts';

/** Other values for a cell: neighbours, bytes, large integers, and every integer that looks small modulo p. */
const lies: readonly ((x: number) => number)[] = [
  (x) => x + 1,
  (x) => x - 1,
  (x) => (x + 77) & 255,
  (x) => -x - 1,
  (x) => x + 2 ** 20,
  (x) => x - 2 ** 24,
  (x) => x + (P - 1) / 2,
  () => P,
  () => P + 1,
  () => -P,
  () => 2 ** 31,
  (x) => x + P,
];

type Forgery = { readonly where: string; readonly cells: () => Cells };

/** Every forged cell of a key: each tensor, cell, lie and cover-up. Multiplicities have no cover-up: counting mends them. */
function forgeries(key: AcceptedKey, honest: Cells): Forgery[] {
  const { system } = key;
  const all: Forgery[] = [];
  system.tensors.forEach(({ kind }, tensor) => {
    if (kind === 'constant') return;
    const counts = system.tables.some((table) => table.multiplicity === tensor);
    const helper = tensor >= system.circuit.wires.length;
    const covered = coverUps.slice(0, counts ? 1 : helper ? 2 : 3);
    honest.tensors[tensor]?.forEach((x, cell) => {
      for (const lie of lies) {
        for (const [how, cover] of covered) {
          const where = `${tensorName(system, tensor)}[${cell}]: ${x} → ${lie(x)}, ${how}`;
          all.push({ where, cells: () => cover(system, withCell(honest, tensor, cell, lie(x))) });
        }
      }
    });
  });
  honest.accumulators.forEach((values, id) => {
    values.forEach((x, cell) => {
      for (const lie of lies)
        all.push({ where: `accumulator ${id}[${cell}]`, cells: () => withAccumulator(honest, id, cell, lie(x)) });
    });
  });
  return all;
}

/** `count` of a list, evenly from every part of it. */
function sample<T>(list: readonly T[], count: number, random: (low: number, high: number) => number): readonly T[] {
  if (count >= list.length) return list;
  const width = list.length / count;
  return Array.from({ length: count }, (_, i) => list[Math.floor(i * width) + random(0, Math.floor(width) - 1)] as T);
}

function publicsOf(verdict: Verdict): unknown {
  return verdict.ok ? [verdict.claims.inputs, verdict.claims.outputs] : null;
}

type Setting = { readonly key: AcceptedKey; readonly honest: Cells; readonly publics: unknown };

function settingOf({ circuit, inputs }: GadgetCase): Setting {
  const key = keyWithoutWork(circuit);
  const honest = assign(key.system, complete(circuit, inputs));
  expect(brokenRelation(key.system, honest)).toBeNull();
  const verdict = judgeCells(key, honest);
  expect(verdict.ok).toBe(true);
  return { key, honest, publics: publicsOf(verdict) };
}

/** The verifier accepts exactly what the oracle finds true, and then nothing public differs from the honest proof. */
function confront({ key, publics }: Setting, cells: Cells, where: string, tally: Tally): void {
  const verdict = judgeCells(key, cells);
  if (brokenRelation(key.system, cells) !== null) {
    tally.reject(verdict, where);
    return;
  }
  tally.add('true all the same');
  expect(publicsOf(verdict), where).toEqual(publics);
}

type Segments = StepPlan & { readonly kind: 'segments' };

/** A table row for one cell of a segmented step: value y, offset d = x − T, width j. Honest when 0 ≤ d < 2^j. */
type Placement = { readonly y: number; readonly d: number; readonly j: number };

/** All rows of the cell's class. The lookup's tuple is (y, x − d, j, class). */
function placements({ key: { system }, honest }: Setting, plan: Segments, cell: number): Placement[] {
  const gadget = system.circuit.gadgets[plan.gadget];
  const lookup = system.lookups.find(({ name }) => name === `${gadget?.name}/segment`) as SystemLookup;
  const assignment = { wires: honest.tensors, accumulators: honest.accumulators };
  const [, start, , kind] = lookup.tuple.map(
    (part) => evaluateExpression(part, system.tensors, assignment, lookup.box)[cell],
  );
  const x = (start as number) + (honest.tensors[plan.offset]?.[cell] as number);
  const [ys, starts, widths, kinds] = (system.tables[lookup.table] as SystemTable).columns as Int32Array[];
  return Array.from(ys as Int32Array, (y, row) => ({
    y,
    d: x - (starts?.[row] as number),
    j: widths?.[row] as number,
  })).filter((_, row) => kinds?.[row] === kind);
}

/** The cells with one step cell placed in that row, table rows counted again. */
function placed({ key: { system }, honest }: Setting, plan: Segments, cell: number, { y, d, j }: Placement): Cells {
  const { output } = system.circuit.gadgets[plan.gadget] as StepGadget;
  const withOutput = withCell(honest, output, cell, y);
  return recounted(system, withCell(withCell(withOutput, plan.offset, cell, d), plan.width, cell, j));
}

type InRuns = StepPlan & { readonly kind: 'runs' };

/** A table row for one cell of a step in runs, and the cells that make the first lookup be that row. */
type Interval = { readonly y: number; readonly d: number; readonly e: number; readonly w: number };

/** All rows of the cell's class, with no strides, one, those that lead nearest to the input, and one more. */
function intervals({ key: { system }, honest }: Setting, plan: InRuns, cell: number): Interval[] {
  const gadget = system.circuit.gadgets[plan.gadget] as StepGadget;
  const lookup = system.lookups.find(({ name }) => name === `${gadget.name}/run`) as SystemLookup;
  const assignment = { wires: honest.tensors, accumulators: honest.accumulators };
  const x = evaluateExpression(gadget.input, system.tensors, assignment, gadget.box)[cell] as number;
  const kind = evaluateExpression(
    lookup.tuple[3] as (typeof lookup.tuple)[number],
    system.tensors,
    assignment,
    lookup.box,
  )[cell];
  const unit = 2 ** (system.runBits as number);
  const [ys, firsts, lasts, kinds] = (system.tables[lookup.table] as SystemTable).columns as Int32Array[];
  return Array.from(ys as Int32Array, (y, row) => {
    const [first, last] = [firsts?.[row] as number, lasts?.[row] as number];
    const near = Math.max(0, Math.floor((x - first) / unit));
    const strides = plan.reach === null ? [0] : [...new Set([0, 1, near, near + 1])];
    return strides.map((w) => ({ y, d: x - first - w * unit, e: last + w * unit - x, w }));
  })
    .filter((_, row) => kinds?.[row] === kind)
    .flat();
}

/** The cells with one step cell placed in that interval, table rows counted again. */
function inInterval({ key: { system }, honest }: Setting, plan: InRuns, cell: number, { y, d, e, w }: Interval): Cells {
  const { output } = system.circuit.gadgets[plan.gadget] as StepGadget;
  const changes: readonly [tensor: number, value: number][] = [
    [output, y],
    [plan.before, d],
    [plan.after, e],
    ...(plan.reach === null ? [] : [[plan.reach.strides, w] as [number, number]]),
  ];
  return recounted(
    system,
    changes.reduce((cells, [tensor, value]) => withCell(cells, tensor, cell, value), honest),
  );
}

/** Registers the suite; `count` forgeries per gadget, all of them when it is infinite. */
export function gadgetSuite(count: number): void {
  const tally = new Tally();
  afterAll(() => tally.print('malicious witness, gadgets'));

  describe.each(gadgetCases.map((found) => [found.name, found] as const))('%s', (name, found) => {
    test('any forged cell is rejected, unless every relation still holds', () => {
      const setting = settingOf(found);
      const all = forgeries(setting.key, setting.honest);
      for (const { where, cells } of sample(all, count, seeded(name.length))) confront(setting, cells(), where, tally);
    });
  });

  const segmented = gadgetCases.filter(({ name }) => name.startsWith('step by segments'));

  describe.each(segmented.map((found) => [found.name, found] as const))('%s', (name, found) => {
    const setting = settingOf(found);
    const plan = setting.key.system.steps[0] as Segments;
    const steps = found.circuit.gadgets.find((gadget) => gadget.kind === 'step') as StepGadget;
    const places = Array.from({ length: product(steps.box) }, (_, cell) =>
      placements(setting, plan, cell).map((place) => ({ cell, place, holds: place.d >= 0 && place.d < 2 ** place.j })),
    ).flat();

    test('every piece that holds the input gives the same value: the choice of the piece proves nothing else', () => {
      const honest = places.filter(({ holds }) => holds);
      expect(honest.length).toBeGreaterThan(product(steps.box));
      for (const { cell, place } of sample(honest, count, seeded(1))) {
        const cells = placed(setting, plan, cell, place);
        expect(brokenRelation(setting.key.system, cells)).toBeNull();
        confront(setting, cells, `${name}[${cell}]`, tally);
      }
    });

    test('no piece that does not hold the input is accepted, whatever its value', () => {
      const forged = places.filter(({ holds }) => !holds);
      for (const { cell, place } of sample(forged, count, seeded(2))) {
        const cells = placed(setting, plan, cell, place);
        expect(brokenRelation(setting.key.system, cells)).not.toBeNull();
        confront(setting, cells, `${name}[${cell}]`, tally);
      }
    });

    test('the neighbouring value is rejected at both ends, at saturation, at ties and beside them', () => {
      const neighbours = places.filter(({ cell, place, holds }) => {
        const honest = setting.honest.tensors[steps.output]?.[cell] as number;
        return !holds && Math.abs(place.y - honest) === 1 && Math.abs(place.d) <= 2 ** (place.j + 1);
      });
      for (const { cell, place } of sample(neighbours, count, seeded(3))) {
        for (const d of [place.d, Math.min(Math.max(place.d, 0), 2 ** place.j - 1)])
          confront(setting, placed(setting, plan, cell, { ...place, d }), `${name}[${cell}]`, tally);
      }
    });

    test('equal table rows share their count', () => {
      const { system } = setting.key;
      const { multiplicity } = system.tables.find((table) => table.name === 'widths') as SystemTable;
      const moved = [1, -1, 12345].map((delta) =>
        withCell(
          withCell(setting.honest, multiplicity, 0, (setting.honest.tensors[multiplicity]?.[0] as number) + delta),
          multiplicity,
          1,
          (setting.honest.tensors[multiplicity]?.[1] as number) - delta,
        ),
      );
      for (const cells of moved) {
        expect(brokenRelation(system, cells)).toBeNull();
        confront(setting, cells, 'widths', tally);
      }
    });
  });

  const inRuns = gadgetCases.filter(({ name }) => name.startsWith('step in runs'));

  describe.each(inRuns.map((found) => [found.name, found] as const))('%s', (name, found) => {
    const setting = settingOf(found);
    const { system } = setting.key;
    const plan = system.steps[0] as InRuns;
    const { box, output } = found.circuit.gadgets.find((gadget) => gadget.kind === 'step') as StepGadget;
    const unit = 2 ** (system.runBits as number);
    const places = Array.from({ length: product(box) }, (_, cell) =>
      intervals(setting, plan, cell).map((place) => {
        const strides = plan.reach?.values.includes(place.y) === true ? 2 ** plan.reach.bits : 1;
        const holds = [place.d, place.e].every((distance) => distance >= 0 && distance < unit) && place.w < strides;
        return { cell, place, holds };
      }),
    ).flat();
    const honestly = (cell: number): number => setting.honest.tensors[output]?.[cell] as number;

    test('is stated as it says', () => {
      expect([plan.kind, plan.reach === null]).toEqual(['runs', !name.endsWith('reach')]);
    });

    test('every interval that holds the input gives the same value', () => {
      const honest = places.filter(({ holds }) => holds);
      expect(new Set(honest.map(({ cell }) => cell)).size).toBe(product(box));
      for (const { cell, place } of honest) expect(place.y).toBe(honestly(cell));
      for (const { cell, place } of sample(honest, count / 2, seeded(4))) {
        const cells = inInterval(setting, plan, cell, place);
        expect(brokenRelation(system, cells)).toBeNull();
        confront(setting, cells, `${name}[${cell}]`, tally);
      }
    });

    test('no other is accepted: distances out of range, strides where none are allowed, or too many', () => {
      const forged = places.filter(({ holds }) => !holds);
      for (const { cell, place } of sample(forged, 10 * count, seeded(7)))
        expect(brokenRelation(system, inInterval(setting, plan, cell, place))).not.toBeNull();
      const near = forged.filter(({ place }) => [place.d, place.e].every((distance) => Math.abs(distance) <= 2 * unit));
      for (const { cell, place } of [...sample(forged, count / 2, seeded(5)), ...sample(near, count / 2, seeded(6))])
        confront(setting, inInterval(setting, plan, cell, place), `${name}[${cell}]`, tally);
    });
  });

  test('nothing false was accepted', () => {
    expect(tally.count('accepted')).toBe(0);
    expect(tally.count('rejected')).toBeGreaterThan(10 * Math.min(count, 100));
    expect(tally.count('true all the same')).toBeGreaterThan(10);
  });
}
