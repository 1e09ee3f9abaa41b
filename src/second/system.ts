import type { System } from './body.ts';
import { checkBounds, fixedMatrices } from './bounds.ts';
import type { Circuit } from './circuit.ts';
import { checkCost } from './cost.ts';
import { P } from './field.ts';
import type { Parameters } from './files.ts';
import { layOut, matrixNames } from './layout.ts';
import { lower } from './lower.ts';
import { boxCells } from './multilinear.ts';
import { demand } from './refusal.ts';
import { shapeOf } from './shape.ts';
import { bits, hidingError, soundnessError } from './soundness.ts';
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
  checkParameters(circuit, parameters);
  checkStructure(circuit);
  checkBounds(circuit);
  const lowered = lower(circuit, parameters.h);
  const shape = shapeOf(circuit, lowered);
  demand(lowered.lookups.length > 0, 'key', 'a circuit without a lookup');
  const lookups = lowered.lookups.reduce((sum, { box }) => sum + boxCells(box), 0);
  demand(lookups < P, 'key', 'as many lookups as the field has elements');
  demand(shape.mu <= 27, 'key', 'more than 2^27 leaves');
  demand(shape.rounds <= 28, 'key', 'a contraction of more than 28 variables');
  checkCost(circuit, lowered);
  const layout = layOut(circuit, lowered, shape, parameters);
  demand(layout.n <= 27, 'key', 'more than 2^27 committed cells');
  demand(2 * layout.n <= 2 ** (parameters.c - 1), 'key', 'rows too short for the mask of the last sumcheck');
  const error = soundnessError(parameters, lowered, shape, layout);
  const hiding = hidingError(parameters, shape, layout);
  demand(bits(error) >= required, 'key', `${bits(error).toFixed(2)} bits of soundness`);
  demand(bits(hiding) >= required, 'key', `${bits(hiding).toFixed(2)} bits of hiding`);
  const fixed = fixedMatrices(circuit);
  const stated = matrixNames(circuit).filter((name) => !fixed.includes(name));
  return { protocol, parameters, circuit, lowered, shape, layout, error, hiding, fixed, stated };
}

function checkParameters(circuit: Circuit, { c, kappa, t, queries, work1, work2, budget, h }: Parameters): void {
  const sound = (condition: boolean, message: string): void => demand(condition, 'key', message);
  const codeword = 2 ** (c + kappa);
  sound(c >= 9, 'rows of less than 2^9 cells');
  sound(c + kappa <= 24, 'codewords of more than 2^24 elements');
  sound(2 ** c + t <= 0.75 * codeword, 'a rate above 3/4');
  sound(queries > 0 && queries <= codeword, 'an impossible number of queries');
  sound(budget > 0, 'a budget of 0');
  sound(budget === 1 || matrixNames(circuit).length > 0, 'a budget without a long-lived matrix');
  sound(t >= budget * queries, 'too little randomness for the budget');
  sound(work1 <= 40 && work2 <= 40, 'more than 40 bits of proof of work');
  sound(h <= 21, 'tables of more than 2^22 rows');
}
