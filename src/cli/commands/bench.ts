/** provenn bench: what proving costs on this machine. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { utf8 } from '../../base/bytes.ts';
import type { Json } from '../../base/canonical-json.ts';
import { exitCodes, ProvennError } from '../../base/errors.ts';
import { type BenchNetwork, benchNetworks, sweepNetworks } from '../../pipeline/bench/networks.ts';
import { benchPage } from '../../pipeline/bench/page.ts';
import type { BenchMachine, BenchReport, BenchResult } from '../../pipeline/bench/report.ts';
import { growth } from '../../pipeline/bench/statistics.ts';
import { benchNetwork } from '../../pipeline/node/bench.ts';
import { writeFileAtomic } from '../../pipeline/node/files.ts';
import { nodeVersion, packageVersion, probeMemory, probeProcessor } from '../../pipeline/node/platform.ts';
import { benchInProcess } from '../bench-process.ts';
import { formatBytes, formatMilliseconds, formatTable } from '../format.ts';
import { uninterrupted } from '../interrupt.ts';
import { asProvennError } from '../render-error.ts';
import type { Session } from '../session.ts';

type BenchCommandOptions = {
  readonly runs: number;
  readonly warmup: number;
  readonly sweep?: boolean;
  readonly output?: string;
};

const known: readonly BenchNetwork[] = [...benchNetworks, ...sweepNetworks];
/** What is measured when nothing is named: seconds, not minutes. */
const usual = ['mlp', 'lenet5', 'residual'];

function networkOf(name: string): BenchNetwork {
  const network = known.find((candidate) => candidate.name === name);
  if (network !== undefined) return network;
  throw new ProvennError('USAGE', `There is no network ${name} to measure.`, {
    next: `Choose among: ${known.map((candidate) => candidate.name).join(', ')}.`,
  });
}

function machine(): BenchMachine {
  const { model, cores } = probeProcessor();
  const memory = probeMemory().total;
  return { processor: model, cores, memory, node: nodeVersion(), provenn: packageVersion() };
}

/** Other systems are run through their own packages or not at all; a figure is never taken from elsewhere. */
function peersOf(path: string): BenchReport['peers'] {
  const installed = path.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, 'ezkl')));
  return [{ name: 'ezkl', reason: installed ? 'installed, but this version cannot drive it' : 'not installed' }];
}

type Measured = Pick<BenchReport, 'results' | 'failures'>;

async function measure(session: Session, network: BenchNetwork, options: BenchCommandOptions): Promise<Measured> {
  try {
    const { runs, warmup } = options;
    const onStage = (stage: string): void => session.progress.stage(`${network.name}: ${stage}`);
    return { results: [await benchNetwork(network, { runs, warmup, now: session.io.now, onStage })], failures: [] };
  } catch (error) {
    const { code, message } = asProvennError(error);
    return { results: [], failures: [{ network: network.name, message: `${code}: ${message}` }] };
  }
}

async function measureAll(
  session: Session,
  networks: readonly BenchNetwork[],
  options: BenchCommandOptions,
): Promise<Measured> {
  if (networks.length === 1) return measure(session, networks[0] as BenchNetwork, options);
  const results: BenchResult[] = [];
  const failures: BenchReport['failures'][number][] = [];
  for (const [i, { name }] of networks.entries()) {
    session.progress.stage(`measuring ${name}`, i / networks.length);
    const args = [name, '--runs', String(options.runs), '--warmup', String(options.warmup)];
    try {
      const one = await benchInProcess(args);
      results.push(...one.results);
      failures.push(...one.failures);
    } catch (error) {
      failures.push({ network: name, message: asProvennError(error).message });
    }
  }
  return { results, failures };
}

function textOf({ results, failures, peers }: BenchReport): string {
  const rows = results.map((result) => [
    result.network,
    result.activations,
    formatMilliseconds(result.prove.median),
    `${formatMilliseconds(result.prove.min)} – ${formatMilliseconds(result.prove.max)}`,
    formatMilliseconds(result.verify.median),
    formatBytes(result.proofBytes),
    formatBytes(result.peakMemory),
  ]);
  const stages = results.map((result) => [
    result.network,
    ...['execute', 'assign', 'commit', 'lookups', 'contractions', 'opening'].map((stage) =>
      formatMilliseconds(result.stages[stage]?.median ?? 0),
    ),
  ]);
  const sweep = results.filter(({ network }) => network.startsWith('sweep'));
  const slope = growth(sweep.map(({ activations, prove }) => ({ x: activations, y: prove.median })));
  return [
    formatTable(['network', 'activations', 'prove', 'least – greatest', 'verify', 'proof', 'peak memory'], rows),
    '',
    formatTable(['network', 'execute', 'assign', 'commit', 'lookups', 'contractions', 'opening'], stages),
    '',
    ...(slope === null ? [] : [`proving grows with activations to the power ${slope.toFixed(2)}`]),
    ...failures.map(({ network, message }) => `${network} failed: ${message}`),
    ...peers.map(({ name, reason }) => `${name}: not run, ${reason}`),
  ].join('\n');
}

async function bench(session: Session, names: readonly string[], options: BenchCommandOptions): Promise<void> {
  const chosen = (names.length > 0 || options.sweep === true ? names : usual).map(networkOf);
  const networks = options.sweep === true ? [...chosen, ...sweepNetworks] : chosen;
  const { runs, warmup } = options;
  const measured = await measureAll(session, networks, options);
  const report: BenchReport = {
    machine: machine(),
    runs,
    warmup,
    ...measured,
    peers: peersOf(session.io.env['PATH'] ?? ''),
  };
  const { output } = options;
  if (output !== undefined) await uninterrupted(() => writeFileAtomic(output, utf8(benchPage(report))));
  session.result({ json: report as unknown as { readonly [key: string]: Json }, text: textOf(report) });
  if (report.failures.length > 0) session.exitWith(exitCodes.resource);
}

function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > 1000)
      throw new InvalidArgumentError(`It must be an integer from ${least} to 1000.`);
    return value;
  };
}

const help = `
Networks have their usual shapes, seeded weights, and are calibrated on seeded inputs, which needs onnxruntime-node. Times are
medians; each network is measured in a process of its own. Close other programs first, and compare ratios rather than times.

Networks: ${benchNetworks.map(({ name }) => name).join(', ')};
          ${sweepNetworks.map(({ name }) => name).join(', ')} (--sweep: all of these)

Examples:
  $ provenn bench
  $ provenn bench lenet5 vgg16 --runs 9 --output results.html
  $ provenn bench --sweep --json`;

export function addBench(program: Command, start: (command: Command) => Session): void {
  program
    .command('bench')
    .description('measure proving and verifying on this machine')
    .argument('[network...]', `networks to measure (default: ${usual.join(' ')})`)
    .option('--runs <count>', 'measured proofs of each network', atLeast(1), 5)
    .option('--warmup <count>', 'proofs before them', atLeast(0), 2)
    .option('--sweep', 'also networks of growing size, and how the time grows')
    .option('-o, --output <file>', 'write an HTML page with plots')
    .addHelpText('after', help)
    .action((names: string[], options: BenchCommandOptions, command: Command) => bench(start(command), names, options));
}
