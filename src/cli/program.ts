/** The tree of commands and the options they all share. */
import { Command, Option } from 'commander';
import { packageVersion } from '../pipeline/node/platform.ts';
import type { Io } from './io.ts';
import { progressModes } from './progress.ts';
import { type CommandModule, createSession, type GlobalOptions, type Session } from './session.ts';

/** In the order of the help. Each is loaded when it is asked for: most of the time of a short command would be loading the others. */
const commands: Readonly<Record<string, () => Promise<CommandModule>>> = {
  quantize: async () => (await import('./commands/quantize.ts')).addQuantize,
  compile: async () => (await import('./commands/compile.ts')).addCompile,
  run: async () => (await import('./commands/run.ts')).addRun,
  prove: async () => (await import('./commands/prove.ts')).addProve,
  commit: async () => (await import('./commands/commit.ts')).addCommit,
  rekey: async () => (await import('./commands/rekey.ts')).addRekey,
  lease: async () => (await import('./commands/lease.ts')).addLease,
  verify: async () => (await import('./commands/verify.ts')).addVerify,
  audit: async () => (await import('./commands/audit.ts')).addAudit,
  inspect: async () => (await import('./commands/inspect.ts')).addInspect,
  page: async () => (await import('./commands/page.ts')).addPage,
  contribute: async () => (await import('./commands/contribute.ts')).addContribute,
  'export-solidity': async () => (await import('./commands/export-solidity.ts')).addExportSolidity,
  demo: async () => (await import('./commands/demo.ts')).addDemo,
  bench: async () => (await import('./commands/bench.ts')).addBench,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
};

const about = `Proves that an answer came from a given int8 neural network, bit for bit, and lets anyone check it.

The way of a model:  quantize → compile → run → prove → verify`;

const after = `
Exit codes:
  0  fine                       4  resource limit, or something is missing
  1  proof or comparison        5  a file cannot be read or written
     rejected                   6  a provenn file is tampered or of another version
  2  usage                    130  interrupted
  3  model unsupported

Examples:
  $ provenn demo
  $ provenn compile model.int8.onnx -o model
  $ provenn prove model --input image.png -o answer.proof
  $ provenn verify answer.proof --key model/verifying.key

Results go to standard output, progress and remarks to standard error.`;

/** The command that comes first, or all of them where another word does: help lists them, and hints at one that is meant. */
function needed(args: readonly string[]): readonly (() => Promise<CommandModule>)[] {
  const [first = ''] = args;
  const only = Object.hasOwn(commands, first) ? commands[first] : undefined;
  return only === undefined ? Object.values(commands) : [only];
}

/** Builds the program for some arguments; `onStart` receives the session of the command that is about to run. */
export async function createProgram(
  args: readonly string[],
  io: Io,
  onStart: (session: Session) => void,
): Promise<Command> {
  const program = new Command('provenn')
    .description(about)
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--json', 'write one JSON document instead of text')
    .option('-q, --quiet', 'no progress, no remarks, and the shortest result')
    .addOption(new Option('--progress <how>', 'how to show progress').choices(progressModes).default('auto'))
    .option('--debug', 'add stack traces to errors')
    .addHelpText('after', after)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: io.stdout, writeErr: () => {}, outputError: () => {} })
    .exitOverride();
  const start = (command: Command): Session => {
    const session = createSession(io, command.optsWithGlobals<GlobalOptions>());
    onStart(session);
    return session;
  };
  for (const add of await Promise.all(needed(args).map((load) => load()))) add(program, start);
  return program;
}
