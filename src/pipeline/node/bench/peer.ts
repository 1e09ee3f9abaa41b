/** ezkl, driven through its released Python package, turn by turn with provenn on the same LeNet-5 and image. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../../../base/errors.ts';
import type { FloatInputs } from '../../../quantize/node/float-session.ts';
import type { PeerOutcome, PeerResult, ProofRun } from '../../bench/report.ts';
import { ratioOf, summarize } from '../../bench/statistics.ts';
import { measurementOf, proveTime } from '../../bench/summary.ts';
import { answersOf, type Example, exampleLenet } from './example.ts';
import { type Asked, asError, launch } from './lines.ts';
import { threadsName } from './measure.ts';
import { enter, takeTurns } from './rivals.ts';

export type PeerOptions = {
  readonly runs: number;
  readonly threads: number;
  /** Where the peer keeps its keys, gigabytes of them, for another run. */
  readonly folder: string;
  readonly now: () => number;
  readonly onStage: (stage: string) => void;
};

const name = 'ezkl';
const python = 'python3';
const calibrationSamples = 8;
/** The scale of 7 bits that ezkl starts from itself; smaller ones lose accuracy, larger ones double its circuit. */
const scale = '7';

type Ready = Pick<PeerResult, 'version' | 'settings' | 'preparation' | 'provingKeyBytes' | 'verifyingKeyBytes'>;

type PeerRun = {
  readonly execute: number;
  readonly prove: number;
  readonly verify: number;
  readonly accepted: boolean;
  readonly proofBytes: number;
  readonly outputs: readonly number[];
  readonly memory: number;
};

/** Inputs in the form the package reads: all samples of an input one after another. */
function inputData(samples: readonly FloatInputs[]): string {
  const names = [...(samples[0] as FloatInputs).keys()];
  const values = names.map((input) => samples.flatMap((sample) => Array.from(sample.get(input)?.data ?? [])));
  return JSON.stringify({ input_data: values });
}

function start(example: Example, { folder, onStage }: PeerOptions): Asked {
  mkdirSync(folder, { recursive: true });
  const calibration = join(folder, 'calibration.json');
  const input = join(folder, 'input.json');
  writeFileSync(calibration, inputData(example.calibration.slice(0, calibrationSamples)));
  writeFileSync(input, inputData([example.sample]));
  const driver = join(example.root, 'scripts', 'peers', 'ezkl_driver.py');
  const args = [driver, example.float, calibration, input, folder, 'N=1', scale];
  return launch({ name, command: python, args, onStage: (stage) => onStage(`${name}: ${stage}`) });
}

function deviation(outputs: readonly number[], float: readonly number[]): number {
  invariant(outputs.length === float.length, 'the models have outputs of different sizes');
  return Math.max(...outputs.map((value, i) => Math.abs(value - (float[i] as number))));
}

function classOf(outputs: readonly number[]): number {
  return outputs.indexOf(Math.max(...outputs));
}

/** Why it cannot run here, or null. */
function obstacle(example: Example): string | null {
  if (!existsSync(join(example.root, 'scripts', 'peers'))) return 'its driver is only in the source folder of provenn';
  const { status } = spawnSync(python, ['-c', 'import ezkl'], { stdio: 'ignore' });
  return status === 0 ? null : `not installed: ${python} cannot import it`;
}

async function compare(example: Example, options: PeerOptions): Promise<PeerResult> {
  const { runs, threads, now, onStage } = options;
  const inputs = Object.fromEntries([...example.integers].map(([input, { data }]) => [input, Array.from(data)]));
  const contestant = await enter('provenn', { model: example.int8, revision: null, threads, inputs }, now);
  const peer = start(example, options);
  try {
    const { event: _, ...ready } = (await peer.ask()) as unknown as Ready & { readonly event: string };
    for (let warmup = 0; warmup < 2; warmup++) await contestant.prove(warmup);
    const ours = async (run: number): Promise<ProofRun | PeerRun> => contestant.prove(run);
    const theirs = async (): Promise<ProofRun | PeerRun> => (await peer.ask('prove')) as unknown as PeerRun;
    const [own, other] = await takeTurns([ours, theirs], {
      ...{ warmup: 0, runs, seconds: Number.POSITIVE_INFINITY, now },
      onTurn: (i, run) => onStage(`${i === 0 ? 'provenn' : name}: proof ${run}`),
    });
    const error = own?.error ?? other?.error ?? null;
    if (error !== null) throw error;
    const ownRuns = (own?.runs ?? []) as readonly ProofRun[];
    const peerRuns = (other?.runs ?? []) as readonly PeerRun[];
    const [first] = peerRuns as readonly [PeerRun];
    invariant(
      peerRuns.every(({ accepted }) => accepted),
      'a proof of the peer does not verify',
    );
    const answers = await answersOf(example);
    const of = (pick: (run: PeerRun) => number) => summarize(peerRuns.map(pick));
    const ratio = (their: (run: PeerRun) => number, our: (run: ProofRun) => number) =>
      ratioOf(peerRuns.map(their), ownRuns.map(our));
    return {
      name,
      ...ready,
      runs: peerRuns.length,
      execute: of(({ execute }) => execute),
      prove: of(({ prove }) => prove),
      verify: of(({ verify }) => verify),
      proofBytes: first.proofBytes,
      peakMemory: of(({ memory }) => memory).max,
      deviation: { theirs: deviation(first.outputs, answers.float), ours: deviation(answers.int8, answers.float) },
      sameClass: new Set([first.outputs, answers.int8, answers.float].map(classOf)).size === 1,
      ours: measurementOf({
        ...{ contestant: threadsName(threads), threads, compiled: contestant.compiled, runs: ownRuns },
      }),
      ratio: {
        prove: ratio(({ prove }) => prove, proveTime),
        verify: ratio(
          ({ verify }) => verify,
          ({ verify }) => verify,
        ),
      },
    };
  } finally {
    await Promise.all([contestant.end(), peer.end()]);
  }
}

/** Nothing here ends the benchmark: a peer that cannot run says why. */
export async function measureEzkl(options: PeerOptions): Promise<PeerOutcome> {
  try {
    const example = exampleLenet();
    const reason = obstacle(example);
    return reason === null ? await compare(example, options) : { name, reason };
  } catch (error) {
    return { name, reason: asError(error).message };
  }
}
