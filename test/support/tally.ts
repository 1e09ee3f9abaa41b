/** Counting what the adversary tried, for the one line that every suite prints at its end. */
import { expect } from 'vitest';
import type { Verdict } from '../../src/artifact/verdict.ts';
import { judgedByBoth } from './judged.ts';

export class Tally {
  private readonly counts = new Map<string, number>();

  add(what: string, count = 1): void {
    this.counts.set(what, this.count(what) + count);
  }

  count(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  /** Counts an attack and demands that it failed, for one of these reasons when some are given. */
  reject(verdict: Verdict, where: string, reasons: readonly string[] = []): void {
    this.add(verdict.ok ? 'accepted' : 'rejected');
    const found = verdict.ok ? 'accepted' : verdict.reason.code;
    expect(verdict.ok, `${where}: ${found}`).toBe(false);
    if (reasons.length > 0) expect(reasons, where).toContain(found);
  }

  /** Everything counted; "0 accepted" when nothing was. */
  print(title: string): void {
    const parts = [...this.counts].map(([what, count]) => `${count} ${what}`);
    if (!this.counts.has('accepted')) parts.push('0 accepted');
    console.log(`${title}: ${parts.join(', ')}; ${judgedByBoth()}`);
  }
}
