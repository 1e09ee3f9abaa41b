import { expect, it } from 'vitest';
import { Builder } from '../gadgets/builder.ts';
import { hiddenBias, hideBias } from './hidden.ts';

it('a bias too large to be hidden is refused without being told', () => {
  const hide = (value: number) => () => hideBias(new Builder(), 'b', [2], Int32Array.of(1, value));
  for (const value of hiddenBias) expect(hide(value)).not.toThrow();
  for (const value of [hiddenBias[0] - 3, hiddenBias[1] + 3, 2 ** 31 - 1]) {
    expect(hide(value)).toThrow(expect.objectContaining({ code: 'MODEL_UNSAFE' }));
    expect(hide(value)).not.toThrow(String(value));
  }
});
