/** provenn compile: int8 model → circuit and keys in one folder. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { encodeCircuit } from '../../artifact/circuit-codec.ts';
import { encodeCommitment, encodeOpening } from '../../artifact/commitment.ts';
import { encodeProvingKey, encodeVerifyingKey } from '../../artifact/keys.ts';
import type { QuantGraph } from '../../artifact/quant-graph.ts';
import type { Json } from '../../base/canonical-json.ts';
import { ProvennError } from '../../base/errors.ts';
import type { SetupChoice, Visibility } from '../../pipeline/index.ts';
import {
  allPublic,
  backendNames,
  type Compilation,
  type CompileReport,
  compileFor,
  estimateFor,
  importModel,
  needsSetup,
} from '../../pipeline/index.ts';
import { readFile } from '../../pipeline/node/files.ts';
import { checkTarget, modelFolder, secretFolder, writeFolderAtomic } from '../../pipeline/node/folder.ts';
import { registerOpening } from '../../pipeline/node/ledger.ts';
import { ledgerEntry } from '../../pipeline/node/openings.ts';
import { quantizeFloatModel } from '../../pipeline/node/quantize.ts';
import { freshRandomness } from '../../pipeline/node/randomness.ts';
import { parseCount } from '../count.ts';
import { type Cell, formatBytes, formatCount, formatMilliseconds, formatTable } from '../format.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import { type LoadedPreprocessing, loadPreprocessing, readArrays } from '../model-files.ts';
import type { Session } from '../session.ts';
import { parseVisibility } from '../visibility.ts';

type CompileOptions = {
  readonly output?: string;
  readonly calibration?: string;
  readonly preprocess?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly backend: string;
  readonly devSetup?: boolean;
  readonly ptau?: string;
  readonly ptauDigest?: string;
  readonly contributor: string;
  readonly visibility?: Visibility;
  readonly samples?: number;
};

/** The files of a compiled model by name, ready to be written at once. */
export function compiledFiles(
  model: Uint8Array,
  compilation: Compilation,
  preprocessing: LoadedPreprocessing | null,
): Map<string, Uint8Array> {
  const { openings, verifyingKey } = compilation;
  // With hidden weights, whatever holds them stands apart from what may be published.
  const owned = (name: string): string => (verifyingKey.commitments.length === 0 ? name : `${secretFolder}/${name}`);
  const files = new Map<string, Uint8Array>([
    [owned(modelFolder.model), model],
    [modelFolder.circuit, encodeCircuit(compilation.circuit)],
    [owned(modelFolder.provingKey), encodeProvingKey(compilation.provingKey)],
    [modelFolder.verifyingKey, encodeVerifyingKey(compilation.verifyingKey)],
  ]);
  for (const opening of openings) {
    files.set(modelFolder.weightsCommitment, encodeCommitment(opening.commitment));
    files.set(owned(modelFolder.weightsOpening), encodeOpening(opening));
  }
  for (const [name, bytes] of compilation.files) files.set(name, bytes);
  if (preprocessing !== null) files.set(modelFolder.preprocessing, preprocessing.bytes);
  return files;
}

/** `tableRows` → `table rows`. */
function costLines(costs: CompileReport['costs']): string[] {
  const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return Object.entries(costs).map(([name, count]) => `${words(name).padEnd(18)} ${formatCount(count)}`);
}

function perElement(count: number, elements: number): string {
  return elements === 0 || count === 0 ? '' : (count / elements).toFixed(2);
}

/** The model's nodes with their relations; and with what those cost for each element, where that is known. */
function relationTable(rows: CompileReport['rows']): string {
  const counted = rows.some(({ costs }) => costs !== null);
  const cells = rows.map(({ node, op, elements, relations: { contract, lookup, linear }, costs }) => {
    const relations: Cell[] = [node, op, elements, contract, lookup, linear];
    if (costs === null) return relations;
    const { lookups, committed, steps } = costs;
    return [...relations, perElement(lookups, elements), perElement(committed, elements), costs.rows, steps.join(', ')];
  });
  const relations = ['node', 'operator', 'elements', 'contract', 'lookup', 'linear'];
  const total = (of: (row: CompileReport['rows'][number]) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0);
  const elements = total((row) => row.elements);
  const sums: Cell[] = [
    'all',
    '',
    elements,
    total((row) => row.relations.contract),
    total((row) => row.relations.lookup),
    total((row) => row.relations.linear),
    perElement(
      total((row) => row.costs?.lookups ?? 0),
      elements,
    ),
    perElement(
      total((row) => row.costs?.committed ?? 0),
      elements,
    ),
    total((row) => row.costs?.rows ?? 0),
    '',
  ];
  return counted
    ? formatTable([...relations, 'lookups/el.', 'committed/el.', 'rows', 'step'], [...cells, sums])
    : formatTable(relations, cells);
}

export function renderCompileReport(report: CompileReport): string {
  const table = relationTable(report.rows);
  const fact = (name: string, value: string): string => `${name.padEnd(18)} ${value}`;
  return [
    table,
    '',
    fact('model', report.model),
    fact('circuit digest', report.circuitDigest),
    ...(report.modelDigest === report.circuitDigest ? [] : [fact('model digest', report.modelDigest)]),
    fact('key digest', report.keyDigest),
    fact('backend', report.backend),
    ...costLines(report.costs),
    fact('soundness', `${report.soundness.bits.toFixed(1)} bits`),
    ...(report.soundness.zeroKnowledgeBits === undefined
      ? []
      : [fact('zero-knowledge', `${report.soundness.zeroKnowledgeBits.toFixed(1)} bits`)]),
    fact('proof size', `at most ${formatBytes(report.estimatedProofBytes)} (estimate)`),
    ...(report.estimatedProving === null
      ? []
      : [
          fact('proving memory', `about ${formatBytes(report.estimatedProving.bytes)} (estimate)`),
          fact(
            'proving time',
            `about ${formatMilliseconds(report.estimatedProving.milliseconds)} on one thread (estimate)`,
          ),
        ]),
    fact('hidden', [...report.hidden.map(([what, how]) => `${what} (${how})`), 'every intermediate value'].join(', ')),
  ].join('\n');
}

/** The int8 bytes of the model: the file's own, or its quantization when calibration data are given. */
async function int8Bytes(
  session: Session,
  path: string,
  options: CompileOptions,
  preprocessing: LoadedPreprocessing | null,
): Promise<Uint8Array> {
  const model = readFile(path);
  const { calibration } = options;
  if (calibration === undefined) return model;
  const quantized = await located(
    path,
    () =>
      quantizeFloatModel({
        model,
        calibration: readArrays(calibration, preprocessing?.preprocessing ?? null),
        where: calibration,
        preprocessing: preprocessing?.preprocessing ?? null,
        onStage: (stage) => session.progress.stage(stage),
      }),
    [calibration],
  );
  return quantized.model;
}

function setupOf({ devSetup, ptau, ptauDigest, contributor }: CompileOptions): SetupChoice | null {
  if (devSetup === true && ptau !== undefined) {
    throw new ProvennError('USAGE', '--dev-setup and --ptau exclude each other.', { next: 'Choose one of them.' });
  }
  if (ptau !== undefined) return { kind: 'ceremony', ptau, digest: ptauDigest ?? null, contributor };
  return devSetup === true ? { kind: 'development' } : null;
}

/** What the backend says before any work; nothing is written. */
async function estimate(
  session: Session,
  path: string,
  name: string,
  model: QuantGraph,
  visibility: Visibility,
): Promise<void> {
  const { circuitDigest, costs } = await located(path, () => estimateFor(name, model, visibility));
  session.result({
    json: { output: null, files: {}, estimate: { backend: name, circuitDigest, costs: { ...costs } } },
    text: [`circuit digest     ${circuitDigest}`, ...costLines(costs), 'nothing written: this was a dry run'].join(
      '\n',
    ),
    brief: circuitDigest,
  });
}

async function compile(session: Session, path: string, options: CompileOptions): Promise<void> {
  const { progress } = session;
  const { output, force = false, dryRun = false } = options;
  if (output === undefined && !dryRun) {
    throw new ProvennError('USAGE', 'Where to write the circuit and the keys is not said.', {
      next: 'Add -o DIR, or --dry-run to only see what the model costs.',
    });
  }
  if (output !== undefined && !dryRun) checkTarget(output, force);
  progress.stage('reading the model', 0);
  const preprocessing = loadPreprocessing(options.preprocess, path);
  const bytes = await int8Bytes(session, path, options, preprocessing);
  const { model } = await located(path, () => importModel(bytes));
  progress.stage('compiling', 0.3);
  const setup = setupOf(options);
  const { visibility: chosen = allPublic, samples } = options;
  const visibility = samples === undefined ? chosen : { ...chosen, samples };
  if (dryRun && setup === null && (await needsSetup(options.backend)))
    return estimate(session, path, options.backend, model, visibility);
  let stage = '';
  const onProgress = (what: string, share: number): void => {
    if (what === stage) return;
    stage = what;
    progress.stage(what, 0.3 + 0.6 * share);
  };
  const compilation = await located(path, () =>
    compileFor(options.backend, model, { setup, onProgress, visibility, draw: freshRandomness }),
  );
  const { report } = compilation;
  const files = compiledFiles(bytes, compilation, preprocessing);
  const sizes = [...files].map(([name, content]) => [name, formatBytes(content.length)]);
  if (output !== undefined && !dryRun) {
    progress.stage('writing', 0.9);
    await uninterrupted(() => {
      writeFolderAtomic(output, files, force);
      for (const opening of compilation.openings) {
        const place = join(output, secretFolder, modelFolder.weightsOpening);
        registerOpening(ledgerEntry(place, opening), ['range']);
      }
    });
  }
  const written = dryRun ? 'nothing written: this was a dry run' : `wrote ${output}`;
  session.result({
    json: {
      output: dryRun ? null : (output ?? null),
      files: Object.fromEntries([...files].map(([name, content]) => [name, content.length])),
      report: report as unknown as Json,
    },
    text: `${renderCompileReport(report)}\n\n${formatTable(['file', 'size'], sizes)}\n${written}`,
    brief: report.circuitDigest,
  });
}

const help = `
The folder holds model.onnx, circuit.provenn, proving.key, verifying.key, and preprocess.json when there is one. It is
written completely or not at all. The same model gives the same bytes on every machine; the circuit digest names it.

--visibility says who learns what: public, private (hidden, known to a proof alone), or committed (hidden, and bound to a
commitment that other proofs can refer to). With weights=committed the folder has a folder secret/ with the model, the proving
key and the opening of the weights: keep it, and publish the rest. Its opening serves six proofs, then: provenn rekey.

With input=committed --samples N, every proof is about one sample of a committed data set of N: provenn commit --data. It says
which one, unless sample=private hides that too. Each proof looks up the whole data set, so its cost grows with N.

Examples:
  $ provenn compile model.int8.onnx -o model
  $ provenn compile model.onnx --calibration samples.npz -o model
  $ provenn compile model.int8.onnx -o model --visibility input=private,weights=committed,output=public
  $ provenn compile model.int8.onnx -o model --visibility input=committed,sample=private --samples 16
  $ provenn compile model.int8.onnx --dry-run`;

export function addCompile(program: Command, start: (command: Command) => Session): void {
  program
    .command('compile')
    .description('turn an int8 model into a circuit and its keys')
    .argument('<model>', 'an int8 ONNX model, or a float one with --calibration')
    .option('-o, --output <dir>', 'the folder to write')
    .option('-c, --calibration <file>', 'quantize a float model first, with these typical inputs')
    .option('--preprocess <file>', 'how pixels become inputs (default: preprocess.json beside the model)')
    .addOption(new Option('--backend <name>', 'the proof system').choices(backendNames).default('transparent'))
    .option(
      '--visibility <list>',
      'who learns what, as input=private,weights=committed,output:NAME=public; default: all public',
      parseVisibility,
    )
    .option('--samples <n>', 'the committed input is one sample of a committed data set of so many', parseCount)
    .option('--ptau <file>', 'groth16: the powers-of-tau file of a public ceremony')
    .option('--ptau-digest <hex>', 'groth16: the BLAKE2b digest of a ceremony file that provenn does not know')
    .option('--contributor <name>', 'groth16: who contributes to the key, for its transcript', 'compile')
    .option('--dev-setup', 'groth16: make keys at once, alone; verify refuses them by default')
    .option('--force', 'replace a folder that provenn compile wrote')
    .option('--dry-run', 'show what the model costs and write nothing')
    .addHelpText('after', help)
    .action((model: string, options: CompileOptions, command: Command) => compile(start(command), model, options));
}
