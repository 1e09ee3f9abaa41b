import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import { gadgetCases } from '../../../test/support/gadget-circuits.ts';
import type { Circuit } from '../../artifact/circuit.ts';
import { product } from '../../base/tensor.ts';
import { gadgetCosts } from './gadget-costs.ts';
import { choosePieceBits } from './gadgets/step-plan.ts';
import { lower } from './lower.ts';

const circuits: readonly (readonly [string, Circuit])[] = [
  ...gadgetCases.map(({ name, circuit }) => [name, circuit] as const),
  ['every gadget', everyGadget().circuit],
];

describe.each(circuits)('the costs of the gadgets of %s', (_, circuit) => {
  const system = lower(circuit, choosePieceBits(circuit.gadgets));
  const costs = gadgetCosts(system);
  const total = (of: 'lookups' | 'committed'): number => costs.reduce((sum, cost) => sum + cost[of], 0);

  it('add up to the lookups of the system, and to its committed cells without multiplicities', () => {
    expect(costs.length).toBe(circuit.gadgets.length);
    expect(total('lookups')).toBe(system.lookups.reduce((sum, { box }) => sum + product(box), 0));
    const counts = new Set(system.tables.map(({ multiplicity }) => multiplicity));
    const committed = system.tensors.map(({ kind, sizes }, id) =>
      kind === 'committed' && !counts.has(id) ? product(sizes) : 0,
    );
    expect(total('committed')).toBe(committed.reduce((sum, cells) => sum + cells, 0));
  });

  it('say how each step is stated', () => {
    const steps = costs.flatMap(({ step }) => (step === null ? [] : [step]));
    expect(steps).toEqual(system.steps.map(({ kind }) => kind));
  });
});
