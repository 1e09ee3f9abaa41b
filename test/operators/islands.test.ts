import { expect, it } from 'vitest';
import { exploreIslands } from './island-suite.ts';

it('random chains of elementwise operators equal onnxruntime', async () => {
  const { compared, mismatches } = await exploreIslands(1, 150);
  expect(mismatches).toEqual([]);
  expect(compared).toBeGreaterThan(120);
});
