/** The command line on LeNet-5, every command a fresh process: what somebody waits for who proves one image. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProvennError } from '../../../base/errors.ts';
import type { CommandTimes } from '../../bench/report.ts';
import { summarize } from '../../bench/statistics.ts';
import { exampleLenet } from './example.ts';

/** `entry` is the script of the command line. Throws `INTERNAL` when a command fails. */
export function measureCommands(entry: string, runs: number, now: () => number): CommandTimes {
  const { int8, image } = exampleLenet();
  const folder = mkdtempSync(join(tmpdir(), 'provenn-bench-'));
  const time = (...args: string[]): number => {
    const before = now();
    const { status, stderr } = spawnSync(process.execPath, [entry, ...args], { encoding: 'utf8' });
    if (status === 0) return now() - before;
    throw new ProvennError('INTERNAL', `provenn ${args[0]} failed: ${stderr.trim()}`, { next: 'Run it by hand.' });
  };
  try {
    const model = join(folder, 'model');
    const proof = join(folder, 'answer.proof');
    const rounds = Array.from({ length: runs }, () => ({
      compile: time('compile', int8, '-o', model, '--force'),
      prove: time('prove', model, '--input', image, '-o', proof),
      verify: time('verify', proof, '--key', join(model, 'verifying.key')),
    }));
    const of = (command: 'compile' | 'prove' | 'verify') => summarize(rounds.map((round) => round[command]));
    return { runs, compile: of('compile'), prove: of('prove'), verify: of('verify') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
