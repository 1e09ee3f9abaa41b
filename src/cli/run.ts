/** One run of the command line, free of the process: arguments and an `Io` in, an exit code out. */
import { CommanderError } from 'commander';
import { exitCodes, ProvennError } from '../base/errors.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';
import { asProvennError, errorJson, renderError } from './render-error.ts';
import type { Session } from './session.ts';

/** What commander says about a bad command line, in the style of every other error. */
function usageError(error: CommanderError, args: readonly string[]): ProvennError {
  if (error.code === 'commander.help') {
    const named = args.filter((arg) => !arg.startsWith('-'))[1];
    const message = named === undefined ? 'No command is given.' : `There is no command '${named}'.`;
    return new ProvennError('USAGE', message, { next: 'Run: provenn --help' });
  }
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1)}.`.replace(/\.\.$/, '.');
  const hint = rest
    .join(' ')
    .trim()
    .replace(/^\(|\)$/g, '');
  const command = args.find((arg) => !arg.startsWith('-'));
  const help = `Run: provenn ${error.code === 'commander.unknownCommand' ? '' : `${command ?? ''} `}--help`;
  const next = `${hint === '' ? '' : `${hint} `}${help.replace(/ +/g, ' ')}`;
  return new ProvennError('USAGE', message, { next, cause: error });
}

/** Asked for before the options could be parsed, because parsing itself may be what failed. */
function hasFlag(args: readonly string[], flag: string): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes(flag);
}

function report(error: ProvennError, args: readonly string[], io: Io): number {
  const colour = io.stderrIsTerminal && (io.env['NO_COLOR'] ?? '') === '' && io.env['TERM'] !== 'dumb';
  if (hasFlag(args, '--json')) io.stdout(errorJson(error));
  const rendered = renderError(error, { debug: hasFlag(args, '--debug'), colour });
  if (!hasFlag(args, '--json') || hasFlag(args, '--debug')) io.stderr(rendered);
  return error.exitCode;
}

/** Runs `provenn ARGS…` and returns its exit code; never throws. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let session: Session | null = null;
  const program = await createProgram(args, io, (started) => {
    session = started;
  });
  const finish = (): void => (session as Session | null)?.progress.finish();
  try {
    if (args.length === 0) {
      io.stderr(program.helpInformation());
      return exitCodes.usage;
    }
    await program.parseAsync(args, { from: 'user' });
    finish();
    return (session as Session | null)?.exitCode ?? exitCodes.ok;
  } catch (error) {
    finish();
    if (!(error instanceof CommanderError)) return report(asProvennError(error), args, io);
    return error.exitCode === 0 ? exitCodes.ok : report(usageError(error, args), args, io);
  }
}
