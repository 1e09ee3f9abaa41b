import { describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../../onnx/index.ts';
import { batchNetworks, benchNetworks, sweepNetworks } from './networks.ts';

const small = [...benchNetworks.slice(0, 3), ...batchNetworks.slice(0, 1), ...sweepNetworks.slice(0, 2)];

describe('bench networks', () => {
  it('have names of their own', () => {
    const names = [...benchNetworks, ...batchNetworks, ...sweepNetworks].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(small)('$name is a valid model, the same one every time', ({ batch, build }) => {
    const bytes = writeModel(build());
    expect(Buffer.compare(writeModel(build()), bytes)).toBe(0);
    const graph = readModel(bytes);
    const [output] = graph.outputs;
    expect(graph.values.get(output?.name ?? '')?.dims).toEqual([batch, 10]);
  });
});
