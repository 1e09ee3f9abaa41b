import { describe, expect, it } from 'vitest';
import { rejectionCodes } from './verdict.ts';

describe('rejection codes', () => {
  it('stay what they are: programs branch on them', () => {
    expect([...rejectionCodes]).toEqual([
      'malformed',
      'backend',
      'key',
      'setup',
      'model',
      'statement',
      'context',
      'input',
      'output',
      'relation',
      'proof-of-work',
      'opening',
      'commitment',
      'link',
    ]);
  });
});
