/** provenn bench: what proving costs on this machine. */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { utf8 } from '../../base/bytes.ts';
import type { Json } from '../../base/canonical-json.ts';
import { exitCodes, ProvennError } from '../../base/errors.ts';
import { mostThreads } from '../../base/threads/crew.ts';
import { type BenchNetwork, batchNetworks, benchNetworks, sweepNetworks } from '../../pipeline/bench/networks.ts';
import { benchPage } from '../../pipeline/bench/page.ts';
import {
  type BenchFailure,
  type BenchReport,
  type BenchResult,
  type BenchScales,
  type CommandTimes,
  type PeerOutcome,
  weightScales,
} from '../../pipeline/bench/report.ts';
import { measureCommands } from '../../pipeline/node/bench/commands.ts';
import { currentLoad, machineOf } from '../../pipeline/node/bench/machine.ts';
import { measureNetwork } from '../../pipeline/node/bench/measure.ts';
import { measureEzkl } from '../../pipeline/node/bench/peer.ts';
import { leastRuns } from '../../pipeline/node/bench/rivals.ts';
import { writeFileAtomic } from '../../pipeline/node/files.ts';
import { probeProcessor } from '../../pipeline/node/platform.ts';
import { parseThreads } from '../count.ts';
import { uninterrupted } from '../interrupt.ts';
import { renderBench } from '../render-bench.ts';
import type { Session } from '../session.ts';

type BenchCommandOptions = {
  readonly runs: number;
  readonly warmup: number;
  readonly seconds: number;
  readonly threads?: readonly number[];
  readonly scales: readonly BenchScales[];
  readonly against?: string;
  readonly sweep?: boolean;
  readonly commands?: boolean;
  readonly peers?: string;
  readonly peerRuns: number;
  readonly output?: string;
  readonly data?: string;
};

const known: readonly BenchNetwork[] = [...benchNetworks, ...batchNetworks, ...sweepNetworks];
/** What is measured when nothing is named: seconds, not minutes. */
const usual = ['mlp', 'lenet5', 'residual'];

function networkOf(name: string): BenchNetwork {
  const network = known.find((candidate) => candidate.name === name);
  if (network !== undefined) return network;
  throw new ProvennError('USAGE', `There is no network ${name} to measure.`, {
    next: `Choose among: ${known.map((candidate) => candidate.name).join(', ')}.`,
  });
}

/** After every network, so that whoever interrupts a long run keeps what was measured. */
async function writeReport(report: BenchReport, { output, data }: BenchCommandOptions): Promise<void> {
  await uninterrupted(() => {
    if (data !== undefined) writeFileAtomic(data, utf8(`${JSON.stringify(report, null, 2)}\n`));
    if (output !== undefined) writeFileAtomic(output, utf8(benchPage(report)));
  });
}

async function bench(session: Session, names: readonly string[], options: BenchCommandOptions): Promise<void> {
  const { runs, warmup, threads = usualThreads(), scales, against, sweep = false } = options;
  const chosen = (
    names.length > 0 || sweep || options.peers !== undefined || options.commands === true ? names : usual
  ).map(networkOf);
  const networks = sweep ? [...new Set([...chosen, ...sweepNetworks])] : chosen;
  const rows = networks.flatMap((network) => scales.map((scale) => ({ network, scale })));
  const load = currentLoad();
  const results: BenchResult[] = [];
  const failures: BenchFailure[] = [];
  let peers: readonly PeerOutcome[] = [{ name: 'ezkl', reason: 'not asked for' }];
  let commands: CommandTimes | null = null;
  const reportSoFar = (): BenchReport => ({
    ...{ machine: machineOf(load), runs, warmup, results, failures, peers, commands },
  });
  for (const [i, { network, scale }] of rows.entries()) {
    const { now } = session.io;
    const onStage = (stage: string): void =>
      session.progress.stage(`${network.name}, ${scale}: ${stage}`, i / rows.length);
    const { seconds } = options;
    const revision = against === undefined ? null : resolve(against);
    const measuring = { runs, warmup, seconds, threads, against: revision, now, onStage };
    const measured = await measureNetwork(network, scale, measuring);
    if (measured.result !== null) results.push(measured.result);
    failures.push(...measured.failures);
    await writeReport(reportSoFar(), options);
  }
  if (options.commands === true) {
    session.progress.stage('command line');
    commands = measureCommands(process.argv[1] as string, runs, session.io.now);
    await writeReport(reportSoFar(), options);
  }
  if (options.peers !== undefined) {
    const onStage = (stage: string): void => session.progress.stage(stage);
    const folder = resolve(options.peers);
    const most = Math.max(...threads);
    peers = [await measureEzkl({ runs: options.peerRuns, threads: most, folder, now: session.io.now, onStage })];
    await writeReport(reportSoFar(), options);
  }
  const report = reportSoFar();
  session.result({ json: report as unknown as { readonly [key: string]: Json }, text: renderBench(report) });
  if (failures.length > 0) session.exitWith(exitCodes.resource);
}

function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > 1000)
      throw new InvalidArgumentError(`It must be an integer from ${least} to 1000.`);
    return value;
  };
}

function parseCounts(text: string): readonly number[] {
  return text.split(',').map(parseThreads);
}

/** One, and as many as the machine has cores. */
function usualThreads(): readonly number[] {
  return [...new Set([1, Math.min(probeProcessor().cores, mostThreads)])];
}

function parseScales(text: string): readonly BenchScales[] {
  return text.split(',').map((name) => {
    const scales = weightScales.find((candidate) => candidate === name);
    if (scales === undefined) throw new InvalidArgumentError(`Choose among ${weightScales.join(', ')}.`);
    return scales;
  });
}

const help = `
Networks have their usual shapes, seeded weights, and are calibrated on seeded inputs, which needs onnxruntime-node. Times are
medians; every contestant has a process of its own, and they prove turn by turn, so that ratios hold on a busy machine too.
Close other programs before quoting a time.

Networks: ${benchNetworks.map(({ name }) => name).join(', ')};
          ${batchNetworks.map(({ name }) => name).join(', ')};
          ${sweepNetworks.map(({ name }) => name).join(', ')} (--sweep: all of these)

Examples:
  $ provenn bench
  $ provenn bench vgg16 --threads 1,2,4 --scales mixed,per-tensor --runs 9 --output results.html
  $ provenn bench residual --against ../other-checkout/dist
  $ provenn bench --sweep --data results.json
  $ PYTHONPATH=where/ezkl/is provenn bench lenet5 --peers /tmp/ezkl`;

export function addBench(program: Command, start: (command: Command) => Session): void {
  program
    .command('bench')
    .description('measure proving and verifying on this machine')
    .argument('[network...]', `networks to measure (default: ${usual.join(' ')})`)
    .option('--runs <count>', 'measured proofs of each network', atLeast(1), 5)
    .option('--warmup <count>', 'proofs before them', atLeast(0), 2)
    .option('--seconds <count>', 'fewer proofs, but at least three, once so much time is over', atLeast(1), 600)
    .option('--threads <counts>', 'numbers of threads, proving turn by turn (default: 1 and one per core)', parseCounts)
    .addOption(
      new Option('--scales <kinds>', 'weight scales: mixed is per channel for Conv, per tensor for dense layers')
        .argParser(parseScales)
        .default(['mixed'], 'mixed'),
    )
    .option('--against <dist>', 'the compiled folder of another revision, which proves in between')
    .option('--sweep', 'also networks of growing size, and how the costs grow')
    .option('--commands', 'also the commands of the command line in fresh processes')
    .option('--peers <dir>', 'also ezkl, where python3 can import it; it keeps gigabytes of keys in this folder')
    .option('--peer-runs <count>', 'proofs of ezkl, which take minutes each', atLeast(1), leastRuns)
    .option('-o, --output <file>', 'write an HTML page with plots, after every network')
    .option('--data <file>', 'write the figures as JSON, after every network')
    .addHelpText('after', help)
    .action((names: string[], options: BenchCommandOptions, command: Command) => bench(start(command), names, options));
}
