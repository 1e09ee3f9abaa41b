/**
 * Ten thousand random graphs against onnxruntime. PROVENN_RECORD=1 also writes what was compared to docs/data, from where
 * `node scripts/conformance-page.mjs` takes it.
 */
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hasOnnxruntime } from '../../src/quantize/laws.ts';
import { emitters, exploreGraphs } from '../differential/suite.ts';

const graphs = 10_000;

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

it.skipIf(!hasOnnxruntime)('agrees with onnxruntime on ten thousand random graphs', async () => {
  const tally = await exploreGraphs(1, graphs);
  const { mismatches } = tally;
  process.stdout.write(`${tally.graphs} graphs, ${tally.values} values, ${mismatches.length} mismatches\n`);
  expect(mismatches).toEqual([]);
  expect(tally.graphs).toBeGreaterThan(0.98 * graphs);
  expect([...tally.onnx.keys()].sort()).toEqual(emitters.map(({ op }) => op).sort());
  if (process.env['PROVENN_RECORD'] !== '1') return;
  const record = {
    graphs: tally.graphs,
    values: tally.values,
    mismatches: mismatches.length,
    operators: sorted(tally.onnx),
    integerOperators: sorted(tally.integer),
  };
  writeFileSync(new URL('../../docs/data/differential.json', import.meta.url), `${JSON.stringify(record, null, 2)}\n`);
});
