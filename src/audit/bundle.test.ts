import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { auditVerdict, compareMember, memberPaths, type Outcome } from './bundle.ts';
import { memberGroups } from './members/index.ts';

describe('derived members', () => {
  it('have each a path of their own, and one that a bundle may have', () => {
    const paths = memberGroups.flatMap((group) => group.paths);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(Object.values(memberPaths)).toContain(path);
  });

  it('pass when they are what they must be, and only then', () => {
    const members = new Map([['a.json', utf8('{}')]]);
    const outcome = (path: string, expected: Uint8Array | undefined): string =>
      compareMember('it is right', path, members, expected).outcome;
    expect(outcome('a.json', utf8('{}'))).toBe('pass');
    expect(outcome('a.json', utf8('[]'))).toBe('fail');
    expect(outcome('a.json', utf8('{} '))).toBe('fail');
    expect(outcome('a.json', undefined)).toBe('fail');
    expect(outcome('b.json', utf8('{}'))).toBe('fail');
    expect(outcome('b.json', undefined)).toBe('pass');
  });
});

describe('the verdict', () => {
  it.each<[readonly Outcome[], boolean]>([
    [['pass', 'pass'], true],
    [['pass', 'not-checked'], true],
    [['pass', 'not-checked', 'fail'], false],
  ])('of %j is %s', (outcomes, ok) => {
    const findings = outcomes.map((outcome) => ({ claim: 'something', member: null, outcome, detail: 'Because.' }));
    expect(auditVerdict(findings)).toEqual({ ok, findings });
  });
});
