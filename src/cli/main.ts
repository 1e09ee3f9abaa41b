/** Entry of the command line. */
import { exitCodes } from '../base/errors.ts';
import { processIo } from './io.ts';
import { run } from './run.ts';

/** Runs with the arguments of a process (`process.argv`) and sets `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that goes away, as in `provenn inspect … | head`, changes nothing about the result.
    if (error.code !== 'EPIPE') process.exit(exitCodes.io);
  });
  process.exitCode = await run(argv.slice(2), processIo);
}
