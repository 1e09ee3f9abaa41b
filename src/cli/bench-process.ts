/** One network measured in a process of its own, so that neither memory nor compiled code of another is counted. */
import { spawn } from 'node:child_process';
import { ProvennError } from '../base/errors.ts';
import type { BenchReport } from '../pipeline/bench/report.ts';

/** Arguments of the bench command in, its JSON out. Throws what the other process says. */
export async function benchInProcess(args: readonly string[]): Promise<Pick<BenchReport, 'results' | 'failures'>> {
  const entry = process.argv[1] as string;
  const child = spawn(
    process.execPath,
    [...process.execArgv, entry, 'bench', ...args, '--json', '--progress', 'none'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  try {
    const { results, failures } = JSON.parse(text) as BenchReport;
    return { results, failures };
  } catch {
    throw new ProvennError('RESOURCE_LIMIT', `The process that measures ended with ${code ?? 'a signal'}.`, {
      next: 'It may have run out of memory: choose smaller networks.',
    });
  }
}
