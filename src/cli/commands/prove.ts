/** provenn prove: run, prove, verify our own proof, write it. */

import { join } from 'node:path';
import type { Command } from 'commander';
import { dataSetsOf } from '../../artifact/data-set.ts';
import { decodeProvingKey, type ProvingKey } from '../../artifact/keys.ts';
import { encodeProof } from '../../artifact/proof.ts';
import { utf8 } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import type { IntTensor } from '../../base/tensor.ts';
import type { Preprocessing } from '../../pipeline/io/preprocess.ts';
import { arraysJson } from '../../pipeline/io/result.ts';
import { writeFileAtomic } from '../../pipeline/node/files.ts';
import { modelFile, modelFolder } from '../../pipeline/node/folder.ts';
import { memoryLimit } from '../../pipeline/node/memory.ts';
import { freshRandomness } from '../../pipeline/node/randomness.ts';
import { openThreadsFor } from '../../pipeline/node/threads.ts';
import { proveFor } from '../../pipeline/prove.ts';
import { outputsOf } from '../../pipeline/run.ts';
import { parseContext } from '../context.ts';
import { memoryOption, noteThreads, parseCount, threadsOption } from '../count.ts';
import { formatBytes, formatMilliseconds } from '../format.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import { loadPreprocessing, readInputs, readModelFile } from '../model-files.ts';
import { usableOpenings, writeMade } from '../openings.ts';
import { showStage } from '../prove-stages.ts';
import { describePort, topJson, valueLines } from '../render-result.ts';
import type { Session } from '../session.ts';

type ProveOptions = {
  readonly input?: string;
  readonly sample?: number;
  readonly output: string;
  readonly context?: string;
  readonly preprocess?: string;
  readonly opening?: readonly string[];
  readonly threads?: number;
  readonly maxMemory?: number;
};

/** Inputs from the file, but for one that is a sample of a data set: the opening holds it. */
function givenInputs(
  key: ProvingKey,
  { input, sample }: ProveOptions,
  preprocessing: Preprocessing | null,
): { readonly inputs: ReadonlyMap<string, IntTensor>; readonly samples: ReadonlyMap<string, number> } {
  const stacked = dataSetsOf(key.verifyingKey.circuit).map(({ port }) => port.name);
  const others = key.model.inputs.filter(({ name }) => !stacked.includes(name));
  const next =
    stacked.length > 0
      ? `The input ${stacked.join()} is a sample of a committed data set: give --opening FILE --sample K.`
      : 'Give --input FILE; --sample is for networks compiled with --samples N.';
  if ((input === undefined) !== (others.length === 0) || (sample !== undefined && stacked.length === 0))
    throw new ProvennError('USAGE', 'The options do not name the inputs that this network reads.', { next });
  const inputs = input === undefined ? new Map<string, IntTensor>() : readInputs(input, others, preprocessing);
  return { inputs, samples: new Map(sample === undefined ? [] : stacked.map((name) => [name, sample])) };
}

async function prove(session: Session, folder: string, options: ProveOptions): Promise<void> {
  const { progress, io } = session;
  progress.stage('reading the key', 0);
  const path = modelFile(folder, modelFolder.provingKey);
  const keyBytes = readModelFile(folder, modelFolder.provingKey);
  const key = await located(path, () => decodeProvingKey(keyBytes));
  const preprocessing =
    loadPreprocessing(options.preprocess, join(folder, modelFolder.provingKey))?.preprocessing ?? null;
  const { inputs, samples } = givenInputs(key, options, preprocessing);
  const openings = usableOpenings(folder, options.opening ?? []);
  const since = io.now();
  const threads = openThreadsFor(key.verifyingKey.circuit, options.threads);
  noteThreads(session, options.threads, threads);
  const { proof, trace, claims, made } = await located(path, () =>
    proveFor(key, inputs, {
      randomness: freshRandomness(),
      draw: freshRandomness,
      openings,
      samples,
      context: utf8(options.context ?? ''),
      onStage: showStage(progress),
      threads,
      memory: memoryLimit(options.maxMemory),
    }),
  ).finally(() => threads?.close());
  const milliseconds = io.now() - since;
  const bytes = encodeProof(proof);
  // The openings first: a proof whose commitments cannot be opened again is of little use.
  const committed = await uninterrupted(() => {
    const written = writeMade(options.output, made);
    writeFileAtomic(options.output, bytes);
    return written;
  });
  const results = outputsOf(key.model, trace);
  const labels = preprocessing?.labels ?? null;
  const answer = results.map((result) => [`output ${describePort(result)}`, ...valueLines(result, labels)].join('\n'));
  const beside = committed.map((file) => `wrote ${file}`);
  const written = `wrote ${options.output} (${formatBytes(bytes.length)}), proven and verified in ${formatMilliseconds(milliseconds)}`;
  session.result({
    json: {
      output: options.output,
      bytes: bytes.length,
      milliseconds: Math.round(milliseconds),
      circuitDigest: claims.circuitDigest,
      keyDigest: claims.keyDigest,
      context: options.context ?? '',
      commitments: committed,
      outputs: arraysJson(results),
      top: topJson(results, labels),
      soundnessBits: claims.soundnessBits,
      threads: threads?.count ?? 1,
      zeroKnowledge: claims.zeroKnowledge,
      stages: progress.times.map(({ stage, milliseconds: time }) => ({ stage, milliseconds: Math.round(time) })),
    },
    text: `${answer.join('\n')}\n\n${[...beside, written].join('\n')}`,
    brief: written,
  });
}

const help = `
The proof shows that the network of DIR gives the output it states for the input it states. It is verified before it is
written. It is zero-knowledge: it says nothing about what is not public. Hidden weights are opened with the opening in DIR,
which serves a number of proofs; a committed input or output with its --opening, or else with a new commitment that is
written beside the proof. Of a network compiled with --samples, the input is read from the opening of its data set.
The context binds a proof to a session, an audience or a nonce: verify it with the same --context.

Examples:
  $ provenn prove model --input image.png -o answer.proof
  $ provenn prove model --input input.json -o answer.proof --context "request 4711"
  $ provenn prove model --opening samples.opening --sample 3 -o answer.proof`;

export function addProve(program: Command, start: (command: Command) => Session): void {
  program
    .command('prove')
    .description('run the network on an input and prove the answer')
    .argument('<dir>', 'a folder made by provenn compile')
    .option('-i, --input <file>', 'the input: JSON, .npy, .npz or PNG')
    .option('--sample <k>', 'the sample of a committed data set to prove about, counted from 0', parseCount)
    .requiredOption('-o, --output <file>', 'where to write the proof')
    .option('--context <text>', 'bind the proof to this text, at most 1024 bytes', parseContext)
    .option('--opening <file...>', 'openings of committed inputs or outputs, or a lease of that of the weights')
    .option('--preprocess <file>', 'how pixels become inputs (default: preprocess.json in DIR)')
    .option(...threadsOption)
    .option(...memoryOption)
    .addHelpText('after', help)
    .action((folder: string, options: ProveOptions, command: Command) => prove(start(command), folder, options));
}
