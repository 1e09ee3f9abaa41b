/** Contestants, each in a process of its own, proving turn by turn. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Compiled, ProofRun } from '../../bench/report.ts';
import { type Contestant, type Job, openContestant } from './contestant.ts';
import { launch } from './lines.ts';

const worker = fileURLToPath(new URL('./bench-worker.js', import.meta.url));

/** Where nothing is compiled, as under a test runner, the contestant shares this process. */
export async function enter(name: string, job: Job, now: () => number): Promise<Contestant> {
  if (!existsSync(worker)) return openContestant(job, now);
  const asked = launch({
    name,
    command: process.execPath,
    args: [...process.execArgv, worker, JSON.stringify(job)],
  });
  const { event: _, ...compiled } = await asked.ask();
  return {
    compiled: compiled as unknown as Compiled,
    prove: async (run) => (await asked.ask(String(run))) as unknown as ProofRun,
    end: () => asked.end(),
  };
}

export type Turns = {
  readonly warmup: number;
  /** At most so many proofs of each, and no more rounds once the time is over, but at least `least`. */
  readonly runs: number;
  readonly seconds: number;
  readonly now: () => number;
  readonly onTurn: (contestant: number, run: number) => void;
};

/** Rounds that are made even when the time is over. */
export const leastRuns = 3;

export type Turned<T> = { readonly runs: readonly T[]; readonly error: unknown };

/**
 * A B A B: every round asks each contestant once, so that whatever else the machine does hits neighbours alike. A contestant that
 * fails keeps what it has and is asked no more.
 */
export async function takeTurns<T>(
  contestants: readonly ((run: number) => Promise<T>)[],
  turns: Turns,
): Promise<Turned<T>[]> {
  const results = contestants.map(() => ({ runs: [] as T[], error: null as unknown }));
  let since = turns.now();
  for (let round = 0; round < turns.warmup + turns.runs; round++) {
    const measured = round - turns.warmup;
    if (measured === 0) since = turns.now();
    if (measured >= Math.min(leastRuns, turns.runs) && turns.now() - since > turns.seconds * 1000) break;
    for (const [i, result] of results.entries()) {
      if (result.error !== null) continue;
      turns.onTurn(i, round + 1);
      try {
        const run = await (contestants[i] as (run: number) => Promise<T>)(round);
        if (measured >= 0) result.runs.push(run);
      } catch (error) {
        result.error = error;
      }
    }
  }
  return results;
}
