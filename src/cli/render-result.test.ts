import { expect, it } from 'vitest';
import { valueLines } from './render-result.ts';

it('shows indices with the names of their classes, not as scores', () => {
  const port = { name: 'label', tensor: 'l', dims: [3], dtype: 's64', quantization: null } as const;
  const labels = { port, integers: Int32Array.of(2, 0, 9), values: null };
  expect(valueLines(labels, ['a', 'b', 'c'])).toEqual(['  2 c', '  0 a', '  9']);
  expect(valueLines(labels, null)).toEqual(['  2', '  0', '  9']);
});
