/** provenn audit export: everything an auditor needs about one proof, in one folder or archive. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { modelInputs } from '../../artifact/data-set.ts';
import type { FloatComparison } from '../../audit/bundle.ts';
import type { Signer } from '../../audit/dsse.ts';
import { signerOf } from '../../audit/node/signatures.ts';
import { sealBundle } from '../../audit/seal.ts';
import { type Judged, judge, sourceOf } from '../../audit/source.ts';
import { isInstant } from '../../audit/statement.ts';
import { ProvennError } from '../../base/errors.ts';
import { isPng, plainPng } from '../../pipeline/io/png.ts';
import { compareWithFloat, environmentFacts, eventsOf } from '../../pipeline/node/audit-facts.ts';
import { checkBundleTarget, writeBundle } from '../../pipeline/node/bundle-files.ts';
import { currentInstant } from '../../pipeline/node/clock.ts';
import { readFile, readFileIfPresent } from '../../pipeline/node/files.ts';
import { modelFile, modelFolder } from '../../pipeline/node/folder.ts';
import { shippedVerifiers } from '../audit-tools.ts';
import { formatBytes, formatTable } from '../format.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import { type LoadedPreprocessing, loadPreprocessing, readArrays, readInputs, readModelFile } from '../model-files.ts';
import type { Session } from '../session.ts';

type ExportOptions = {
  readonly proof: string;
  readonly output: string;
  readonly model?: string;
  readonly float?: string;
  readonly calibration?: string;
  readonly input?: string;
  readonly preprocess?: string;
  readonly sign?: string;
  readonly audience?: string;
  readonly expires?: string;
  readonly force?: boolean;
};

/** The int8 model; null when its weights are hidden, and then nothing else that shows them may come along. */
function int8Of(folder: string, { model, float, calibration }: ExportOptions, { claims }: Judged): Uint8Array | null {
  if (claims.weights.length === 0) return readFile(model ?? modelFile(folder, modelFolder.model));
  const shown = [model, float, calibration].find((path) => path !== undefined);
  if (shown === undefined) return null;
  throw new ProvennError('USAGE', 'The weights are hidden: a bundle with the model would show them.', {
    where: shown,
    next: 'Leave --model, --float and --calibration away.',
  });
}

/** The picture, once it is sure that it is what the proof is about. */
function imageOf(
  { input }: ExportOptions,
  { claims, accepted }: Judged,
  preprocessing: LoadedPreprocessing | null,
): Uint8Array | null {
  if (input === undefined) return null;
  const ports = modelInputs(accepted.circuit);
  const shown = new Map(claims.inputs.map(({ name, integers }) => [name, integers]));
  if (!ports.every(({ name }) => shown.has(name))) {
    throw new ProvennError('USAGE', 'The proof hides its input: a bundle with the input would show it.', {
      where: input,
      next: 'Leave --input away.',
    });
  }
  for (const [name, { data }] of readInputs(input, ports, preprocessing?.preprocessing ?? null)) {
    if (data.some((value, i) => value !== shown.get(name)?.[i]))
      throw new ProvennError('INPUT_MISMATCH', 'The input is not the one that the proof shows.', { where: input });
  }
  const bytes = readFile(input);
  return isPng(bytes) ? plainPng(bytes, input) : null;
}

async function comparisonOf(
  { float, calibration }: ExportOptions,
  int8: Uint8Array | null,
  preprocessing: LoadedPreprocessing | null,
): Promise<FloatComparison | null> {
  if (calibration === undefined) return null;
  if (float === undefined || int8 === null)
    throw new ProvennError('USAGE', 'Calibration data alone say nothing: the float model is missing.', {
      next: 'Add --float MODEL.onnx.',
    });
  return located(calibration, () =>
    compareWithFloat({
      float: readFile(float),
      int8,
      calibration: readArrays(calibration, preprocessing?.preprocessing ?? null),
      calibrationBytes: readFile(calibration),
      where: calibration,
      preprocessing: preprocessing?.preprocessing ?? null,
    }),
  );
}

async function exportBundle(session: Session, folder: string, options: ExportOptions): Promise<void> {
  const { progress, io } = session;
  const { output, sign, float, force = false } = options;
  checkBundleTarget(output, force);
  const createdAt = currentInstant(io.env);
  const { expires: expiresAt = null, audience = null } = options;
  if (expiresAt !== null && expiresAt <= createdAt)
    throw new ProvennError('USAGE', 'The bundle would have expired before it is made.', { where: '--expires' });
  const signer: Signer | null = sign === undefined ? null : await located(sign, () => signerOf(readFile(sign)));
  progress.stage('verifying the proof', 0);
  const keyBytes = readModelFile(folder, modelFolder.verifyingKey);
  const proofBytes = readFile(options.proof);
  const judged = await located(options.proof, () => judge(keyBytes, proofBytes));
  const int8 = int8Of(folder, options, judged);
  const preprocessing = loadPreprocessing(options.preprocess, join(folder, modelFolder.verifyingKey));
  const image = imageOf(options, judged, preprocessing);
  progress.stage('comparing with the float model', 0.2);
  const comparison = await comparisonOf(options, int8, preprocessing);
  progress.stage('running the model', 0.6);
  const commitment = modelFile(folder, modelFolder.weightsCommitment);
  const source = await located(folder, () =>
    sourceOf(
      {
        createdAt,
        expiresAt,
        audience,
        environment: environmentFacts(),
        events: eventsOf(judged.claims, { int8, key: keyBytes, proof: proofBytes }, createdAt),
        int8,
        float: float === undefined ? null : readFile(float),
        weightsCommitment: existsSync(commitment) ? readFileIfPresent(commitment) : null,
        comparison,
        keyBytes,
        proofBytes,
        preprocessing: preprocessing?.bytes ?? null,
        labels: preprocessing?.preprocessing.labels ?? null,
        image,
        signer: signer?.key ?? null,
      },
      judged,
    ),
  );
  progress.stage('writing', 0.8);
  const members = sealBundle(source, shippedVerifiers(), signer);
  await uninterrupted(() => writeBundle(output, members, force));
  const rows = [...members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { length }]) => [path, formatBytes(length)]);
  const signed = signer === null ? 'unsigned: nobody vouches for it (--sign KEY)' : `signed by ${signer.key.keyId}`;
  session.result({
    json: {
      output,
      signer: signer?.key.keyId ?? null,
      createdAt,
      expiresAt,
      members: Object.fromEntries([...members].map(([path, { length }]) => [path, length])),
    },
    text: `${formatTable(['member', 'size'], rows)}\n\nwrote ${output}, ${signed}\nCheck it: provenn audit check ${output}`,
    brief: output,
  });
}

function parseInstant(text: string): string {
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  if (!isInstant(whole))
    throw new InvalidArgumentError('Write a day or a second in UTC: 2027-01-31 or 2027-01-31T12:00:00Z.');
  return whole;
}

const help = `
The bundle holds the proof and its key, the model unless its weights are hidden, what the proof shows, commitments to what it
does not, a record of the quantization, a bill of materials, the circuit in readable form, and a statement, signed with --sign.
Openings and other secrets never go in. Give the picture that was proven with --input, and the float model with its samples to
have the error of each layer measured. docs/audit.md describes every member.

Examples:
  $ provenn audit export artifacts/out/model --proof artifacts/out/answer.proof -o demo.provenn-audit
  $ provenn audit export model --proof answer.proof --input image.png --sign signing.key.pem -o answer.provenn-audit.zip`;

export function addAuditExport(audit: Command, start: (command: Command) => Session): void {
  audit
    .command('export')
    .description('put everything about one proof into a bundle')
    .argument('<dir>', 'a folder made by provenn compile')
    .requiredOption('-p, --proof <file>', 'the proof')
    .requiredOption('-o, --output <bundle>', 'the folder to write, or a .zip')
    .option('--model <file>', 'the int8 ONNX model (default: model.onnx in DIR)')
    .option('--float <file>', 'the float model that it was made from')
    .option('-c, --calibration <file>', 'samples on which to compare the two')
    .option('-i, --input <file>', 'the input of the proof; a picture is shown')
    .option('--preprocess <file>', 'how pixels become inputs (default: preprocess.json in DIR)')
    .option('--sign <file>', 'sign with this secret key, see provenn audit keygen')
    .option('--audience <text>', 'whom the bundle is for')
    .option('--expires <time>', 'until when the signature is meant', parseInstant)
    .option('--force', 'replace an older bundle')
    .addHelpText('after', help)
    .action((folder: string, options: ExportOptions, command: Command) =>
      exportBundle(start(command), folder, options),
    );
}
