/** What a circuit costs as a quadratic program, counted from its gadgets before anything is generated. */
import type { Circuit, ContractGadget, Gadget, StepGadget } from '../../artifact/circuit.ts';
import { matricesOf } from '../../artifact/matrices.ts';
import { product } from '../../base/tensor.ts';
import { boxOfGadget } from '../../gadgets/facts.ts';
import { readView } from '../../gadgets/views.ts';
import type { Support } from '../proving.ts';
import { committedOf } from './commitment.ts';
import { maximumSignals } from './config.ts';
import { packBits, packsOf, statementBits } from './layout.ts';
import { rangeCost, realisationCost, realiseStep, rowCost } from './realise-step.ts';

/** Most equations: above this, compiling and proving take minutes and gigabytes, and no ceremony file is small. */
export const maximumConstraints: number = 2 ** 17;

/** Most terms of all linear forms, which the compiler and the key hold one by one. */
export const maximumTerms = 4_000_000;

/** No realisation of a step costs less; used to refuse large circuits without looking at their functions. */
const leastStepCost = 20;

/** Equations of one Poseidon block of 16 elements. */
const poseidonCost = 800;

type Cost = { readonly constraints: number; readonly terms: number };

function contractCost(circuit: Circuit, { box, reduce, left, right }: ContractGadget): Cost {
  const terms = product(box) * product(reduce);
  const isConstant = [left, right].some(({ wire }) => circuit.wires[wire]?.data != null);
  return { constraints: product(box) + (isConstant ? 0 : terms), terms };
}

/** Cells of each class of a step. */
function classCounts(circuit: Circuit, { classes, functions, box }: StepGadget): number[] {
  const counts = functions.map(() => 0);
  if (classes === null) return [product(box)];
  const wire = circuit.wires[classes.wire];
  for (const index of readView(classes, wire ?? { sizes: [] }, wire?.data ?? [], box))
    counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

function gadgetCost(circuit: Circuit, gadget: Gadget, exact: boolean): Cost {
  const cells = product(boxOfGadget(gadget, circuit.wires));
  const each = (constraints: number, terms = 3 * constraints): Cost => ({
    constraints: cells * constraints,
    terms: cells * terms,
  });
  switch (gadget.kind) {
    case 'contract':
      return contractCost(circuit, gadget);
    case 'linear':
      return each(1);
    case 'range':
      return each(rangeCost(gadget.low, gadget.high));
    case 'maximum':
      return each(19);
    case 'table': {
      const columns = circuit.tables[gadget.table]?.columns ?? [];
      const rows = columns[0]?.length ?? 0;
      return each(rowCost(rows, columns.length) + columns.length, columns.length * rows);
    }
    case 'step': {
      if (!exact) return each(leastStepCost);
      const counts = classCounts(circuit, gadget);
      const costs = gadget.functions.map((step, i) => (counts[i] === 0 ? 0 : realisationCost(step, realiseStep(step))));
      const constraints = costs.reduce((total, cost, i) => total + cost * (counts[i] as number), 0);
      return { constraints, terms: 4 * constraints };
    }
  }
}

function total(circuit: Circuit, exact: boolean): Cost {
  let [constraints, terms] = [1, 0];
  for (const gadget of circuit.gadgets) {
    const cost = gadgetCost(circuit, gadget, exact);
    constraints += cost.constraints;
    terms += cost.terms;
  }
  for (const pack of packsOf(circuit)) {
    for (const { width } of pack) constraints += width + 1;
    terms += 3 * pack.length;
  }
  for (const { cells } of committedOf(circuit)) {
    const digits = cells.reduce((sum, { width }) => sum + width, 0);
    constraints += digits + 2 * cells.length + poseidonCost * (2 + Math.ceil(digits / (15 * 240)));
    terms += 3 * digits + 8 * poseidonCost;
  }
  return { constraints, terms };
}

function count(x: number): string {
  return x.toLocaleString('en-US');
}

/** The estimate, and a refusal above the ceilings. Large circuits are refused from their sizes alone. */
export function supports(circuit: Circuit): Support {
  if (matricesOf(circuit).some(({ imported }) => !imported))
    return {
      supported: false,
      costs: {},
      reason: 'The groth16 backend commits to weights only, not to inputs or outputs.',
      next: 'Make them private or public in --visibility, or use --backend transparent.',
    };
  if (statementBits(circuit) > maximumSignals * packBits)
    return {
      supported: false,
      costs: {},
      reason: `Its public integers take more than ${count(maximumSignals)} public signals.`,
      next: 'Use the transparent backend (--backend transparent), or make less of it public.',
    };
  const rough = total(circuit, false);
  const isLarge = rough.constraints > maximumConstraints || rough.terms > maximumTerms;
  const { constraints, terms } = isLarge ? rough : total(circuit, true);
  const costs = { constraints, terms };
  if (constraints <= maximumConstraints && terms <= maximumTerms) return { supported: true, costs };
  const which =
    constraints > maximumConstraints
      ? `${isLarge ? 'at least' : 'about'} ${count(constraints)} constraints; the ceiling is ${count(maximumConstraints)}`
      : `about ${count(terms)} terms; the ceiling is ${count(maximumTerms)}`;
  return {
    supported: false,
    costs,
    reason: `As a Groth16 circuit it has ${which}.`,
    next: 'Use the transparent backend (--backend transparent), which has no such limit, or a smaller network.',
  };
}
