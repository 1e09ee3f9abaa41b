import { describe, expect, it } from 'vitest';
import { benchPage, benchPictures } from './page.ts';
import type { BenchReport, BenchResult, Measurement } from './report.ts';
import { resultsPage } from './results.ts';
import { checksOf, isMet } from './targets.ts';

const of = (median: number) => ({ median, min: 0.9 * median, max: 1.2 * median });

function measurement(threads: number, prove: number): Measurement {
  return {
    ...{ contestant: threads === 1 ? '1 thread' : `${threads} threads`, threads, runs: 5, compile: 80 },
    ...{ acceptKey: of(5), prove: of(prove), processor: of(prove), verify: of(15) },
    stages: { key: of(5), execute: of(prove / 10), lookups: of((9 * prove) / 10), verify: of(15) },
    ...{ proofBytes: 90_000, keyBytes: 80_000, compileMemory: 1e8, peakMemory: 2e8 },
  };
}

function result(network: string, activations: number, prove: number): BenchResult {
  const ratio = { ofMedians: 1.9, ofPairs: of(1.9) };
  return {
    ...{ network, about: '', scales: 'mixed', batch: 1, weights: 1000, activations, soundnessBits: 101, quantize: 1 },
    costs: { lookups: 2 * activations, tableRows: 1000 },
    measurements: [measurement(1, 1.9 * prove), measurement(2, prove)],
    comparisons: [{ contestant: '1 thread', to: '2 threads', prove: ratio, processor: ratio, verify: ratio }],
  };
}

const machine = {
  ...{ processor: 'A <fast> one', cores: 2, memory: 2 ** 34, system: 'Linux', node: '20', flags: [], provenn: '0' },
  ...{ revision: 'abc', date: '2026-01-01', load: [0.1, 1.2] as const },
};

function report(changes: Partial<BenchReport>): BenchReport {
  return { machine, runs: 5, warmup: 1, results: [], failures: [], peers: [], commands: null, ...changes };
}

describe('targets', () => {
  const check = (prove: number) =>
    checksOf(report({ results: [result('lenet5', 8000, prove)] })).find(({ id }) => id === 'lenet5 prove');

  it('are met at the limit, missed above it, and neither when nothing was measured', () => {
    expect([119, 120, 121].map((prove) => isMet(check(prove) as never))).toEqual([true, true, false]);
    expect(checksOf(report({})).every((each) => isMet(each) === null)).toBe(true);
  });

  it('ask for a slope over two decades at least', () => {
    const slope = (sizes: readonly number[]) =>
      checksOf(report({ results: sizes.map((size, i) => result(`sweep-${[14, 28, 448][i]}`, size, 100 * size)) })).find(
        ({ id }) => id === 'growth',
      )?.measured;
    expect(slope([1e4, 9e5])).toBeNull();
    expect(slope([1e4, 1e5, 1e6])).toBeCloseTo(1, 9);
  });
});

describe('the results page', () => {
  const results = [result('lenet5', 8000, 150), ...[14, 28, 448].map((n) => result(`sweep-${n}`, n * n * 48, n * n))];
  const failures = [
    { network: 'resnet18', scales: 'mixed', contestant: '2 threads', message: 'RESOURCE_LIMIT: too large' },
  ] as const;
  const full = report({ results, failures, peers: [{ name: 'ezkl', reason: 'not installed' }] });

  it('says what is missed and why, what failed, and what did not run', () => {
    const page = resultsPage(full, { 'lenet5 prove': 'because of the test' }, {}, ['stages']);
    expect(page).toContain('**150 ms** (≤ 120 ms)');
    expect(page).toContain('* *lenet5 prove*: because of the test');
    expect(page).toContain('| resnet18 | mixed | 2 threads | RESOURCE_LIMIT: too large |');
    expect(page).toContain('ezkl: not run, not installed.');
    expect(page).toContain('(data/bench-stages.svg)');
    expect(page).not.toContain('(data/bench-growth.svg)');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('has plots that stand alone, and a page of the same that escapes what it shows', () => {
    expect([...benchPictures(full).keys()]).toEqual(['stages', 'threads', 'growth']);
    for (const picture of benchPictures(full).values()) expect(picture).toMatch(/^<svg xmlns=.*<\/svg>$/);
    const page = benchPage(full);
    expect(page).toContain('A &#60;fast&#62; one');
    expect(page).not.toMatch(/NaN|undefined|Infinity|https?:/);
  });
});
