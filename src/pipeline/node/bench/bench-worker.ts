/**
 * A contestant in a process of its own: the job is its argument, every line of standard input asks for the proof of that
 * number, every answer is one line of JSON on standard output. Ends with its input.
 */
import { createInterface } from 'node:readline';
import { type Job, openContestant } from './contestant.ts';
import { asError } from './lines.ts';

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function serve(job: Job): Promise<void> {
  const contestant = await openContestant(job, () => performance.now());
  say({ event: 'ready', ...contestant.compiled });
  for await (const line of createInterface({ input: process.stdin })) {
    say({ event: 'run', ...(await contestant.prove(Number(line))) });
  }
  await contestant.end();
}

try {
  await serve(JSON.parse(process.argv[2] ?? '') as Job);
} catch (error) {
  say({ event: 'failed', ...asError(error) });
}
