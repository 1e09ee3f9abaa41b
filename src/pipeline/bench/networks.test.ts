import { describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../../onnx/index.ts';
import { benchNetworks, sweepNetworks } from './networks.ts';

const small = [...benchNetworks.slice(0, 3), ...sweepNetworks.slice(0, 2)];

describe('bench networks', () => {
  it('have names of their own', () => {
    const names = [...benchNetworks, ...sweepNetworks].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(small)('$name is a valid model, the same one every time', ({ build }) => {
    const bytes = writeModel(build());
    expect(writeModel(build())).toEqual(bytes);
    const graph = readModel(bytes);
    const [output] = graph.outputs;
    expect(graph.values.get(output?.name ?? '')?.dims).toEqual([1, 10]);
  });
});
