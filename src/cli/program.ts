/** The tree of commands and the options they all share. */
import { Command, Option } from 'commander';
import { packageVersion } from '../pipeline/node/platform.ts';
import { addAudit } from './commands/audit.ts';
import { addBench } from './commands/bench.ts';
import { addCommit } from './commands/commit.ts';
import { addCompile } from './commands/compile.ts';
import { addContribute } from './commands/contribute.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExportSolidity } from './commands/export-solidity.ts';
import { addInspect } from './commands/inspect.ts';
import { addLease } from './commands/lease.ts';
import { addPage } from './commands/page.ts';
import { addProve } from './commands/prove.ts';
import { addQuantize } from './commands/quantize.ts';
import { addRekey } from './commands/rekey.ts';
import { addRun } from './commands/run.ts';
import { addVerify } from './commands/verify.ts';
import type { Io } from './io.ts';
import { progressModes } from './progress.ts';
import { type CommandModule, createSession, type GlobalOptions, type Session } from './session.ts';

const commands: readonly CommandModule[] = [
  addQuantize,
  addCompile,
  addRun,
  addProve,
  addCommit,
  addRekey,
  addLease,
  addVerify,
  addAudit,
  addInspect,
  addPage,
  addContribute,
  addExportSolidity,
  addDemo,
  addBench,
  addDoctor,
];

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

/** Builds the program; `onStart` receives the session of the command that is about to run. */
export function createProgram(io: Io, onStart: (session: Session) => void): Command {
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
  for (const add of commands) add(program, start);
  return program;
}
