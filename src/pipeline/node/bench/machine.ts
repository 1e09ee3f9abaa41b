/** The machine and the revision that a benchmark ran on. */
import { spawnSync } from 'node:child_process';
import { loadavg, release, type } from 'node:os';
import type { BenchMachine } from '../../bench/report.ts';
import { nodeVersion, packageRoot, packageVersion, probeMemory, probeProcessor } from '../platform.ts';

function git(root: string, ...args: string[]): string | null {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** Short name of the commit that is checked out where provenn lies, when it lies in a checkout of its own. */
export function revisionOf(root: string | null): string | null {
  if (root === null || git(root, 'rev-parse', '--show-prefix') !== '') return null;
  const commit = git(root, 'rev-parse', '--short=10', 'HEAD');
  const changed = git(root, 'status', '--porcelain', '--', 'src', 'wasm', 'bin') !== '';
  return commit === null ? null : `${commit}${changed ? ' with changes' : ''}`;
}

export function currentLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

/** `loadBefore` was read before the first measurement. */
export function machineOf(loadBefore: number): BenchMachine {
  const { model, cores } = probeProcessor();
  return {
    processor: model,
    cores,
    memory: probeMemory().total,
    system: `${type()} ${release()}`,
    node: nodeVersion(),
    flags: process.execArgv.filter((flag) => flag.startsWith('-')),
    provenn: packageVersion(),
    revision: revisionOf(packageRoot()),
    date: new Date().toISOString(),
    load: [loadBefore, currentLoad()],
  };
}
