import { expect, it } from 'vitest';
import { ProvennError } from '../base/errors.ts';
import { lookupOp, operators } from './registry.ts';

it('finds every operator under its own name', () => {
  for (const op of operators) expect(lookupOp(op.name)).toBe(op);
  expect(new Set(operators.map((op) => op.name)).size).toBe(operators.length);
});

it('refuses an unknown operator by name, saying which there are', () => {
  try {
    lookupOp('Einsum');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ProvennError);
    expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', message: expect.stringContaining('Einsum') });
    expect((error as ProvennError).next).toContain('QLinearConv');
  }
});
