import type { System } from './body.ts';
import { checkBounds } from './bounds.ts';
import type { Circuit } from './circuit.ts';
import { checkCost, checkWeighed } from './cost.ts';
import { matricesOf, sound } from './facts.ts';
import type { Parameters } from './files.ts';
import { layOut } from './layout.ts';
import { lower } from './lower.ts';
import { demand } from './refusal.ts';
import { shapeOf } from './shape.ts';
import { bits, hidingError, soundnessError } from './soundness.ts';
import { planSteps } from './step-plan.ts';
import { checkStructure } from './structure.ts';

/** What a key is, once its circuit and its parameters are accepted (§9, §11); its evidence is another matter. */
export interface Accepted extends System {
  readonly error: number;
  readonly hiding: number;
  /** The matrices that the key has to fix, and those that a statement names. */
  readonly fixed: readonly string[];
  readonly stated: readonly string[];
}

export const protocol = 'transparent/1';
const required = 100;

export function acceptSystem(circuit: Circuit, parameters: Parameters): Accepted {
  checkParameters(parameters);
  checkWeighed(circuit);
  checkStructure(circuit);
  checkBounds(circuit);
  const plan = planSteps(circuit, parameters.h);
  checkCost(circuit, plan);
  const matrices = matricesOf(circuit);
  demand(parameters.budget === 1 || matrices.length > 0, 'key', 'a budget without a long-lived matrix');
  const lowered = lower(circuit, plan);
  demand(lowered.lookups.length > 0, 'key', 'a circuit without a lookup');
  const shape = shapeOf(circuit, lowered);
  const layout = layOut(circuit, lowered, shape, parameters);
  demand(2 * layout.n <= 2 ** (parameters.c - 1), 'key', 'rows too short for the mask of the last sumcheck');
  const error = soundnessError(parameters, lowered, shape, layout);
  const hiding = hidingError(parameters, shape, layout);
  demand(bits(error) >= required, 'key', `${bits(error).toFixed(2)} bits of soundness`);
  demand(bits(hiding) >= required, 'key', `${bits(hiding).toFixed(2)} bits of hiding`);
  const fixed = matrices.filter((matrix) => matrix.fixed).map(({ name }) => name);
  const stated = matrices.filter((matrix) => !matrix.fixed).map(({ name }) => name);
  return { protocol, parameters, circuit, lowered, shape, layout, error, hiding, fixed, stated };
}

function checkParameters({ c, kappa, t, queries, work1, work2, budget, h }: Parameters): void {
  const codeword = 2 ** (c + kappa);
  sound(c >= 9, 'rows of less than 2^9 cells');
  sound(kappa >= 1 && c + kappa <= 24, 'codewords of an impossible length');
  sound(4 * (2 ** c + t) <= 3 * codeword, 'a rate above 3/4');
  sound(queries > 0 && queries <= codeword, 'an impossible number of queries');
  sound(budget > 0 && t >= budget * queries, 'too little randomness for the budget');
  sound(work1 <= 40 && work2 <= 40, 'more than 40 bits of proof of work');
  sound(h >= 1 && h <= 20, 'pieces of an impossible width');
}
