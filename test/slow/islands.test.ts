import { expect, it } from 'vitest';
import { exploreIslands } from '../operators/island-suite.ts';

it('thousands of random chains of elementwise operators equal onnxruntime', async () => {
  const { compared, mismatches } = await exploreIslands(10_000, 6000);
  expect(mismatches).toEqual([]);
  expect(compared).toBeGreaterThan(5000);
});
