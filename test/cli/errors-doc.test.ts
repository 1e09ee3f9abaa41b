import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rejectionCodes } from '../../src/artifact/verdict.ts';
import { errorCatalogue, exitCodes } from '../../src/base/errors.ts';
import { root } from './cli.ts';

const text = readFileSync(`${root}docs/errors.md`, 'utf8');

/** Rows of the table under a heading, cells stripped of backticks. */
function tableUnder(heading: string): string[][] {
  const section = text.slice(text.indexOf(`## ${heading}\n`)).split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

describe('docs/errors.md', () => {
  it('lists exactly the error catalogue', () => {
    const catalogue = Object.entries(errorCatalogue).map(([code, { exit, meaning }]) => [
      code,
      `${exitCodes[exit]}`,
      meaning,
    ]);
    expect(tableUnder('Error codes')).toEqual(catalogue);
  });

  it('lists exactly the exit codes', () => {
    expect(tableUnder('Exit codes').map(([code]) => Number(code))).toEqual(Object.values(exitCodes));
  });

  it('lists exactly the reasons of a verdict', () => {
    expect(tableUnder('Reasons for rejecting a proof').map(([code]) => code)).toEqual([...rejectionCodes]);
  });
});
