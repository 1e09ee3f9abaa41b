/** provenn demo: one real image, a trained LeNet-5, a real proof, from model file to verdict. */
import { basename, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { encodeProof } from '../../artifact/proof.ts';
import type { Claims } from '../../artifact/verdict.ts';
import { utf8 } from '../../base/bytes.ts';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { exitCodes, ProvennError } from '../../base/errors.ts';
import type { IntTensor } from '../../base/tensor.ts';
import { type Compilation, compileModel, outputsOf, proveInference } from '../../pipeline/index.ts';
import { parseJson } from '../../pipeline/io/bounded-json.ts';
import { pixelsOf } from '../../pipeline/io/image.ts';
import { decodePng } from '../../pipeline/io/png.ts';
import type { Preprocessing } from '../../pipeline/io/preprocess.ts';
import { arraysJson, type PortResult, topClass } from '../../pipeline/io/result.ts';
import { readFile, readFileIfPresent, writeFileAtomic } from '../../pipeline/node/files.ts';
import { modelFolder, writeFolderAtomic } from '../../pipeline/node/folder.ts';
import { packageRoot } from '../../pipeline/node/platform.ts';
import { freshRandomness } from '../../pipeline/node/randomness.ts';
import { openThreadsFor } from '../../pipeline/node/threads.ts';
import { verify } from '../../verify/index.ts';
import { noteThreads, threadsOption } from '../count.ts';
import { formatBytes, formatMilliseconds, formatTable } from '../format.ts';
import { imageArt } from '../image-art.ts';
import { uninterrupted } from '../interrupt.ts';
import { type LoadedModel, loadModel, loadPreprocessing, readInputs } from '../model-files.ts';
import { showStage } from '../prove-stages.ts';
import { schemaVersion } from '../render-error.ts';
import { describePort, topJson, valueLines } from '../render-result.ts';
import { renderVerdict, verdictJson } from '../render-verdict.ts';
import type { Session } from '../session.ts';
import { compiledFiles } from './compile.ts';

type DemoOptions = { readonly image?: string; readonly out?: string; readonly threads?: number };

const defaultImage = '9-ankle-boot.png';

/** The shipped example: model, preprocessing, and images with their labels. */
function exampleFolder(): string {
  const root = packageRoot();
  if (root === null) {
    throw new ProvennError('FILE_NOT_FOUND', 'The example model is not part of this installation.', {
      next: 'Use provenn from its source folder or from the npm package.',
    });
  }
  return join(root, 'artifacts', 'lenet5');
}

/** In the source folder the ignored artifacts/out; elsewhere a folder of its own. */
function defaultOutput(): string {
  const root = packageRoot();
  return root !== null && resolve(root) === process.cwd() ? join('artifacts', 'out') : 'provenn-demo';
}

/** The true class of a shipped image; null for any other. */
function trueClass(example: string, image: string): number | null {
  if (resolve(join(example, 'images')) !== resolve(image, '..')) return null;
  const path = join(example, 'images.json');
  const bytes = readFileIfPresent(path);
  const list =
    bytes === null ? [] : (parseJson(bytes, path) as readonly { readonly file: string; readonly label: number }[]);
  return list.find(({ file }) => file === basename(image))?.label ?? null;
}

type Times = { compile: number; prove: number; verify: number };

type Proven = {
  readonly compilation: Compilation;
  readonly results: readonly PortResult[];
  readonly proof: Uint8Array;
  readonly times: Times;
};

/** compile → run → prove, timed. */
function compileAndProve(
  session: Session,
  loaded: LoadedModel,
  inputs: ReadonlyMap<string, IntTensor>,
  asked: number | undefined,
): Proven {
  const { progress, io } = session;
  const begin = io.now();
  progress.stage('compiling', 0);
  const compilation = compileModel(loaded.imported.model);
  const compiled = io.now();
  const threads = openThreadsFor(compilation.provingKey.verifyingKey.circuit, asked);
  noteThreads(session, asked, threads);
  try {
    const { proof, trace } = proveInference(compilation.provingKey, inputs, {
      randomness: freshRandomness(),
      onStage: showStage(progress),
      threads,
    });
    const times = { compile: compiled - begin, prove: io.now() - compiled, verify: 0 };
    return { compilation, results: outputsOf(loaded.imported.model, trace), proof: encodeProof(proof), times };
  } finally {
    threads?.close();
  }
}

type Prediction = { readonly label: string; readonly truth: string | null; readonly right: boolean | null };

function predictionOf(results: readonly PortResult[], labels: readonly string[], truth: number | null): Prediction {
  const top = results[0] === undefined ? null : topClass(results[0], labels);
  const name = (index: number): string => labels[index] ?? `class ${index}`;
  return {
    label: top === null ? 'unknown' : name(top.index),
    truth: truth === null ? null : name(truth),
    right: truth === null || top === null ? null : truth === top.index,
  };
}

function drawImage(path: string, preprocessing: Preprocessing): string {
  const { width, height, channels } = preprocessing;
  const pixels = pixelsOf(decodePng(readFile(path), path), preprocessing, path);
  return channels === 1 ? imageArt(pixels, width, height) : '';
}

function predictionText({ label, truth, right }: Prediction): string {
  if (truth === null) return `The network says: ${label}.`;
  return `The network says: ${label}. In truth it is: ${truth}.${right ? '' : ' The proof shows what it computed, right or wrong.'}`;
}

async function demo(session: Session, options: DemoOptions): Promise<void> {
  const { progress, io } = session;
  progress.stage('reading model and image', 0);
  const example = exampleFolder();
  const loaded = await loadModel(join(example, 'lenet5.int8.onnx'), undefined);
  const preprocessing = loadPreprocessing(undefined, loaded.path);
  if (preprocessing === null)
    throw new ProvennError('FILE_NOT_FOUND', 'The example has no preprocess.json.', { where: example });
  const image = options.image ?? join(example, 'images', defaultImage);
  const inputs = readInputs(image, loaded.imported.model.inputs, preprocessing.preprocessing);
  const { compilation, results, proof, times } = compileAndProve(session, loaded, inputs, options.threads);
  progress.stage('verifying', 0.98);
  const files = compiledFiles(loaded.bytes, compilation, preprocessing);
  const key = files.get(modelFolder.verifyingKey) as Uint8Array;
  const since = io.now();
  const verdict = verify(key, proof, {
    expect: { inputs: new Map([...inputs].map(([name, { data }]) => [name, data])) },
  });
  times.verify = io.now() - since;
  const labels = preprocessing.preprocessing.labels ?? [];
  const outcome = { model: loaded.imported.model.name, outputs: arraysJson(results), top: topJson(results, labels) };
  const out = options.out ?? defaultOutput();
  const paths = { model: join(out, 'model'), proof: join(out, 'answer.proof'), output: join(out, 'output.json') };
  await uninterrupted(() => {
    writeFolderAtomic(paths.model, files, true);
    writeFileAtomic(paths.proof, proof);
    writeFileAtomic(paths.output, utf8(`${canonicalJson({ schemaVersion, ...outcome })}\n`));
  });
  const prediction = predictionOf(results, labels, trueClass(example, image));
  const sizes = {
    proof: proof.length,
    verifyingKey: key.length,
    provingKey: files.get(modelFolder.provingKey)?.length ?? 0,
  };
  const summary: { readonly [key: string]: Json } = {
    ...outcome,
    ...verdictJson(verdict, labels),
    image,
    prediction: { ...prediction },
    milliseconds: Object.fromEntries(Object.entries(times).map(([name, time]) => [name, Math.round(time)])),
    bytes: sizes,
    files: paths,
  };
  const claims: Claims | null = verdict.ok ? verdict.claims : null;
  const table = formatTable(
    ['step', 'time', 'result'],
    [
      [
        'compile',
        formatMilliseconds(times.compile),
        `circuit ${compilation.report.circuitDigest.slice(0, 16)}…, verifying key ${formatBytes(sizes.verifyingKey)}`,
      ],
      ['prove', formatMilliseconds(times.prove), `proof ${formatBytes(sizes.proof)}, with run and self-check`],
      [
        'verify',
        formatMilliseconds(times.verify),
        claims === null ? 'rejected' : `accepted, ${claims.soundnessBits.toFixed(1)} bits`,
      ],
    ],
  );
  const scores = results.map((result) =>
    [`output ${describePort(result)}`, ...valueLines(result, labels, 10)].join('\n'),
  );
  session.result({
    json: summary,
    text: [
      `${relative('', image)}\n${drawImage(image, preprocessing.preprocessing)}`,
      predictionText(prediction),
      scores.join('\n'),
      renderVerdict(verdict, labels),
      table,
      `The files are in ${out}. Check the proof yourself:\n  provenn verify ${quoted(paths.proof)} --key ${quoted(join(paths.model, modelFolder.verifyingKey))}`,
      `Hand it to an auditor:\n  provenn audit export ${quoted(paths.model)} --proof ${quoted(paths.proof)} --input ${quoted(relative('', image))} -o ${quoted(join(out, 'demo.provenn-audit'))}`,
    ].join('\n\n'),
    brief: `${verdict.ok ? 'accepted' : 'rejected'}: ${prediction.label}`,
  });
  if (!verdict.ok) session.exitWith(exitCodes.rejected);
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./\\:-]+$/.test(path) ? path : `"${path}"`;
}

const help = `
Takes a LeNet-5 trained on Fashion-MNIST and an image it has never seen, computes the answer in exact integers, proves it,
and verifies the proof. Files go to artifacts/out in the source folder, to provenn-demo elsewhere.

Examples:
  $ provenn demo
  $ provenn demo --image artifacts/lenet5/images/wrong-4-coat-as-6-shirt.png
  $ provenn demo --out /tmp/demo --json`;

export function addDemo(program: Command, start: (command: Command) => Session): void {
  program
    .command('demo')
    .description('classify one real image and prove the answer, end to end')
    .option('--image <file>', 'a 28 × 28 greyscale PNG (default: an ankle boot)')
    .option('--out <dir>', 'where to write model, keys, proof and output')
    .option(...threadsOption)
    .addHelpText('after', help)
    .action((options: DemoOptions, command: Command) => demo(start(command), options));
}
