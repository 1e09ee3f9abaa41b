import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import type { Circuit } from '../../artifact/circuit.ts';
import { openThreadsFor, threadsFor } from './threads.ts';

const circuitOf = (...sizes: readonly (readonly number[])[]): Circuit =>
  ({ wires: sizes.map((own) => ({ sizes: own })) }) as unknown as Circuit;

it('small circuits are proven on one thread, large ones on the cores there are, and any on as many as are asked for', () => {
  const small = circuitOf([28, 28], [500, 100]);
  const large = circuitOf([512, 512], [1]);
  expect(threadsFor(small, undefined)).toBe(1);
  expect(openThreadsFor(small, undefined)).toBeNull();
  expect(threadsFor(large, undefined)).toBe(Math.min(8, availableParallelism()));
  for (const circuit of [small, large])
    expect([1, 3, 16].map((asked) => threadsFor(circuit, asked))).toEqual([1, 3, 16]);
});
