/** Proofs that take more memory than there is are refused before they are begun. */
import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../test/support/circuits.ts';
import { fresh } from '../../test/support/fresh.ts';
import type { ProvingKey } from '../artifact/keys.ts';
import { profile, type QuantGraph } from '../artifact/quant-graph.ts';
import { acceptKey, makeKey, proverResources } from '../backends/transparent/index.ts';
import { Builder } from '../gadgets/builder.ts';
import { memoryLimit } from './node/memory.ts';
import { type ProveStage, proveFor, proveInference } from './prove.ts';

const { circuit } = everyGadget();
const model: QuantGraph = { name: 'm', profile, inputs: [], outputs: [], tensors: [], constants: new Map(), nodes: [] };
const key: ProvingKey = { verifyingKey: makeKey(circuit), model, material: new Uint8Array(0) };
const estimate = proverResources(acceptKey(key.verifyingKey));

describe('a proof whose estimate is above the limit', () => {
  it.each(['available', 'asked'] as const)('is refused before the network is run (%s)', async (source) => {
    const stages: ProveStage[] = [];
    const memory = { bytes: estimate.bytes - 1, source };
    const options = { ...fresh(), memory, onStage: (stage: ProveStage) => stages.push(stage) };
    const refusal = { code: 'RESOURCE_LIMIT', exitCode: 4, next: expect.stringContaining('--max-memory') };
    // An input that the model does not have: running it would be refused first.
    const inputs = new Map([['no such input', { dtype: 'u8' as const, dims: [1], data: Int32Array.of(1) }]]);
    expect(() => proveInference(key, inputs, options)).toThrow(expect.objectContaining(refusal));
    await expect(proveFor(key, inputs, options)).rejects.toMatchObject(refusal);
    expect(stages).toEqual(['key', 'key']);
    const enough = { ...options, memory: { ...memory, bytes: estimate.bytes } };
    expect(() => proveInference(key, inputs, enough)).toThrow(expect.objectContaining({ code: 'INPUT_MISMATCH' }));
  });
});

/** The estimate for a range of so many cells. */
function forCells(cells: number): number {
  const build = new Builder();
  const [x, y] = [build.publicWire('x', [1], [0, 3]), build.publicWire('y', [1], [0, 3])];
  build.range('range', build.witness('wide', [cells], [0, 3]), 0, 3);
  build.linear('y', [1], { constant: 0, terms: [], accumulators: [] }, y);
  const port = { dims: [1], dtype: 'u8' as const, quantization: null };
  const circuit = build.finish(
    'wide',
    profile,
    [{ ...port, name: 'x', tensor: 'x', wire: x }],
    [{ ...port, name: 'y', tensor: 'y', wire: y }],
  );
  const key = acceptKey(makeKey(circuit));
  return proverResources(key).bytes;
}

it('the estimate is for a whole process, and grows with the circuit', () => {
  expect(estimate.bytes).toBeGreaterThan(50e6);
  expect(estimate.bytes).toBeLessThan(100e6);
  expect(estimate.milliseconds).toBeGreaterThan(0);
  const [few, many, more] = [2 ** 10, 2 ** 20, 2 ** 22].map(forCells) as [number, number, number];
  // Leaves of lookups have 56 bytes each.
  expect(many - few).toBeGreaterThan(56 * 2 ** 20);
  expect((more - few) / (many - few)).toBeCloseTo(4, 0);
});

it('without a wish the limit is what the system has', () => {
  expect(memoryLimit(5e9)).toEqual({ bytes: 5e9, source: 'asked' });
  const { bytes, source } = memoryLimit(undefined);
  expect(source).toBe('available');
  expect(bytes).toBeGreaterThan(0);
});
