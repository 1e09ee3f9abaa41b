/** Ten thousand random graphs against onnxruntime, and the record of what was compared that the documentation quotes. */
import { expect, it } from 'vitest';
import { hasOnnxruntime } from '../../src/quantize/laws.ts';
import { exploreGraphs } from '../differential/suite.ts';

const graphs = 10_000;

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

it.skipIf(!hasOnnxruntime)('agrees with onnxruntime on ten thousand random graphs', async () => {
  const tally = await exploreGraphs(1, graphs);
  expect(tally.mismatches).toEqual([]);
  const record = {
    graphs: tally.graphs,
    values: tally.values,
    mismatches: tally.mismatches.length,
    refused: sorted(tally.refused),
    onnxOperators: sorted(tally.onnx),
    integerOperators: sorted(tally.integer),
  };
  process.stdout.write(`${tally.graphs} graphs, ${tally.values} values, ${tally.mismatches.length} mismatches\n`);
  const path = new URL('../../docs/data/differential.json', import.meta.url).pathname;
  await expect(`${JSON.stringify(record, null, 2)}\n`).toMatchFileSnapshot(path);
});
