import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../src/pipeline/bench/report.ts';
import { jsonOf, provenn, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const oneNetwork = ['bench', 'mlp', '--runs', '2', '--warmup', '0', '--threads', '1,2'];

describe('bench', () => {
  it('measures a network, as JSON and as a page that needs nothing else', async () => {
    const page = scratch.path('page.html');
    const data = scratch.path('figures.json');
    const outcome = await provenn([...oneNetwork, '--json', '--output', page, '--data', data]);
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
    expect(result).toMatchObject({ network: 'mlp', scales: 'mixed', batch: 1, weights: expect.any(Number) });
    const [measurement] = result['measurements'] as readonly Measurement[];
    expect(measurement?.runs).toBe(2);
    expect(Object.keys(measurement?.stages ?? {}).sort()).toEqual(
      ['assign', 'commit', 'contractions', 'execute', 'key', 'lookups', 'opening', 'verify'].sort(),
    );
    const { median, min, max } = (measurement as Measurement).prove;
    expect(min > 0 && min <= median && median <= max).toBe(true);
    expect(JSON.parse(readFileSync(data, 'utf8'))).toMatchObject({ results, runs });
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<svg');
    expect(html).not.toMatch(/<(script|link|img)|https?:/);
  });

  it('refuses networks it does not know and counts that make no sense', async () => {
    expect((await provenn(['bench', 'alexnet'])).stderr).toContain('Choose among: mlp, lenet5');
    expect((await provenn([...oneNetwork, '--scales', 'per-row'])).stderr).toContain('mixed, per-tensor');
    for (const runs of ['0', '1.5', 'many']) expect((await provenn(['bench', 'mlp', '--runs', runs])).code).toBe(2);
  });
});
