import { describe, expect, it } from 'vitest';
import { ProvennError } from '../base/errors.ts';
import { argExtremeVectors } from './arg-extreme/vectors.ts';
import { castVectors } from './cast/vectors.ts';
import { concatVectors } from './concat/vectors.ts';
import { convIntegerVectors } from './conv-integer/vectors.ts';
import { identityVectors } from './identity/vectors.ts';
import { checkHonest, checkRun, checkTampered, type Layout, layouts } from './laws.ts';
import { matMulIntegerVectors } from './matmul-integer/vectors.ts';
import { maxPoolVectors } from './max-pool/vectors.ts';
import { padVectors } from './pad/vectors.ts';
import { pairTableVectors } from './pair-table/vectors.ts';
import { qgemmVectors } from './qgemm/vectors.ts';
import { qlinearAddVectors } from './qlinear-add/vectors.ts';
import { qlinearAveragePoolVectors } from './qlinear-average-pool/vectors.ts';
import { qlinearConvVectors } from './qlinear-conv/vectors.ts';
import { qlinearGlobalAveragePoolVectors } from './qlinear-global-average-pool/vectors.ts';
import { qlinearMatMulVectors } from './qlinear-matmul/vectors.ts';
import { qlinearMulVectors } from './qlinear-mul/vectors.ts';
import { reduceExtremeVectors } from './reduce-extreme/vectors.ts';
import { operators } from './registry.ts';
import { reshapeVectors } from './reshape/vectors.ts';
import { selectVectors } from './select/vectors.ts';
import { transposeVectors } from './transpose/vectors.ts';
import { unaryTableVectors } from './unary-table/vectors.ts';
import { type OpVectors, Random } from './vectors.ts';

const all: readonly OpVectors[] = [
  argExtremeVectors,
  castVectors,
  concatVectors,
  convIntegerVectors,
  identityVectors,
  matMulIntegerVectors,
  maxPoolVectors,
  padVectors,
  pairTableVectors,
  qgemmVectors,
  qlinearAddVectors,
  qlinearAveragePoolVectors,
  qlinearConvVectors,
  qlinearGlobalAveragePoolVectors,
  qlinearMatMulVectors,
  qlinearMulVectors,
  reduceExtremeVectors,
  reshapeVectors,
  selectVectors,
  transposeVectors,
  unaryTableVectors,
];

/** Operators that see two operands may be handed layouts that do not agree; those are refused by name, never mis-stated. */
function refused(run: () => void): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof ProvennError && error.code === 'MODEL_UNSUPPORTED') return true;
    throw error;
  }
}

it('every registered operator has vectors', () => {
  expect(all.map(({ op }) => op.name).sort()).toEqual(operators.map((op) => op.name).sort());
});

describe.each(all.map((vectors) => [vectors.op.name, vectors] as const))('%s', (_, vectors) => {
  it('runs to the announced type within its bound', () => {
    const random = new Random(1);
    for (let i = 0; i < 60; i++) checkRun(vectors, vectors.sample(random));
  });

  it.each(layouts)('has relations that its own run satisfies, inputs laid out %s', (layout: Layout) => {
    const random = new Random(2);
    let refusals = 0;
    for (let i = 0; i < 30; i++) {
      const sample = vectors.sample(random);
      if (refused(() => checkHonest(vectors, sample, layout, random))) refusals++;
    }
    expect(refusals).toBeLessThanOrEqual(layout === 'regrouped' ? 10 : 0);
  });

  it('has relations that refuse any other output', () => {
    const random = new Random(3);
    let tampered = 0;
    for (let i = 0; i < 60 && tampered < 6; i++) {
      const sample = vectors.sample(random);
      const [output] = vectors.op.run(sample.inputs, sample.attrs);
      if (output === undefined || output.data.length > 40) continue;
      checkTampered(checkHonest(vectors, sample, 'plain', random));
      tampered++;
    }
    expect(tampered).toBeGreaterThan(3);
  });
});
