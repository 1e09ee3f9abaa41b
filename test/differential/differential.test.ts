/** A few hundred random graphs, every integer against onnxruntime; `test/slow` has ten thousand. */
import { expect, it } from 'vitest';
import { hasOnnxruntime } from '../../src/quantize/laws.ts';
import { exploreGraphs } from './suite.ts';

it.skipIf(!hasOnnxruntime)(
  'agrees with onnxruntime on random graphs',
  async () => {
    const { graphs, values, onnx, mismatches } = await exploreGraphs(1, 400);
    expect(mismatches).toEqual([]);
    expect(graphs).toBeGreaterThan(350);
    expect(values).toBeGreaterThan(200_000);
    expect(onnx.size).toBeGreaterThan(20);
  },
  60_000,
);
