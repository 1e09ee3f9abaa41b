import { describe, expect, it } from 'vitest';
import { memberPaths } from '../../src/audit/bundle.ts';
import { bomMember } from '../../src/audit/members/bom.ts';
import { memberGroups } from '../../src/audit/members/index.ts';
import { verdictRows } from '../../src/audit/report/verdicts.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { everything, failures, hiddenSource, textOf } from './source.ts';

describe('a bundle with hidden weights and a hidden input', () => {
  const source = hiddenSource();
  const members = everything(source);
  const [weights] = source.claims.weights;
  const [input] = source.claims.hidden;

  it('names no integer of theirs, but their commitments', () => {
    const text = memberGroups.flatMap(({ paths }) => paths.map((path) => textOf(members, path))).join('\n');
    expect(text.includes('int32Sha256')).toBe(false);
    expect(text.includes(weights?.commitment as string)).toBe(true);
    expect(text.includes(input?.commitment as string)).toBe(true);
    for (const group of memberGroups) expect(failures(source, members, group)).toEqual([]);
  });

  it('cannot be passed off as one with public weights', () => {
    const bill = textOf(members, memberPaths.bom).replace('"value":"hidden"', '"value":"public"');
    const shown = new Map([...members, [memberPaths.bom, utf8(bill)]]);
    expect(failures(source, shown, bomMember)).toEqual([memberPaths.bom]);
  });

  it('has a report without a picture, which says what was proven of what is hidden', () => {
    const page = textOf(members, memberPaths.report);
    expect(page).not.toContain('<img');
    expect(page).toContain('For a hidden input this network answers');
    expect(page).toContain(input?.commitment);
    expect(verdictRows(source).filter(({ kind }) => kind === 'proven')).toHaveLength(5);
  });
});
