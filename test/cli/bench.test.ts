import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonOf, provenn, scratchFolder } from './cli.ts';

const scratch = scratchFolder();

describe('bench', () => {
  it('measures a network, as JSON and as a page that needs nothing else', async () => {
    const page = scratch.path('page.html');
    const outcome = await provenn(['bench', 'mlp', '--runs', '2', '--warmup', '0', '--json', '--output', page]);
    expect(outcome.code, outcome.stdout).toBe(0);
    const { results, failures, peers, runs } = jsonOf(outcome) as {
      readonly results: readonly { readonly [key: string]: unknown }[];
      readonly failures: unknown;
      readonly peers: unknown;
      readonly runs: unknown;
    };
    expect([runs, failures]).toEqual([2, []]);
    expect(peers).toEqual([expect.objectContaining({ name: 'ezkl' })]);
    const result = results[0] as (typeof results)[number];
    expect(result).toMatchObject({ network: 'mlp', weights: expect.any(Number), peakMemory: expect.any(Number) });
    expect(Object.keys(result['stages'] as object).sort()).toEqual(
      ['assign', 'commit', 'contractions', 'execute', 'key', 'lookups', 'opening', 'verify'].sort(),
    );
    const { median, min, max } = result['prove'] as {
      readonly median: number;
      readonly min: number;
      readonly max: number;
    };
    expect(min > 0 && min <= median && median <= max).toBe(true);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<svg');
    expect(html).not.toMatch(/<(script|link|img)|https?:/);
  });

  it('refuses networks it does not know and counts that make no sense', async () => {
    expect((await provenn(['bench', 'alexnet'])).stderr).toContain('Choose among: mlp, lenet5');
    for (const runs of ['0', '1.5', 'many']) expect((await provenn(['bench', 'mlp', '--runs', runs])).code).toBe(2);
  });
});
