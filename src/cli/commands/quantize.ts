/** provenn quantize: float ONNX → standard int8 ONNX. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Json } from '../../base/canonical-json.ts';
import { ProvennError } from '../../base/errors.ts';
import { readFile, writeFileAtomic } from '../../pipeline/node/files.ts';
import { type QuantizationReport, type QuantizeRequest, quantizeFloatModel } from '../../pipeline/node/quantize.ts';
import { formatBytes, formatTable } from '../format.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import { loadPreprocessing, readArrays } from '../model-files.ts';
import { formatScore } from '../render-result.ts';
import type { Session } from '../session.ts';

type QuantizeCommandOptions = {
  readonly calibration: string;
  readonly output: string;
  readonly method: 'minmax' | 'percentile' | 'entropy';
  readonly percentile?: number;
  readonly weights: 'mixed' | 'per-channel' | 'per-tensor';
  readonly activations: 'u8' | 's8';
  readonly reduceRange?: boolean;
  readonly preprocess?: string;
};

const defaultPercentile = 99.99;

function methodOf(options: QuantizeCommandOptions): NonNullable<QuantizeRequest['method']> {
  if (options.method === 'percentile') return { percentile: options.percentile ?? defaultPercentile };
  if (options.percentile === undefined) return options.method === 'entropy' ? 'entropy' : 'min-max';
  throw new ProvennError('USAGE', `--percentile has no effect with --method ${options.method}.`, {
    next: 'Add --method percentile.',
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function decibels(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : value > 0 ? 'exact' : 'lost';
}

/** The cost of quantization, layer by layer. */
export function renderReport(report: QuantizationReport): string {
  const rows = report.activations.map((row) => [
    row.name,
    row.op === '' ? 'input' : row.op,
    decibels(row.sqnr).padStart(9),
    row.worstChannel === null ? '' : `${decibels(row.worstChannel.sqnr)} (${row.worstChannel.channel})`,
    formatScore(row.maxAbsoluteError),
    percent(row.maxRelativeError).padStart(8),
    formatScore(row.scale),
    row.zeroPoint,
  ]);
  const heads = ['activation', 'operator', 'SQNR (dB)', 'worst channel', 'largest error', 'of range', 'scale', 'zero'];
  const lines = [formatTable(heads, rows)];
  lines.push(`\nboth models choose the same class for ${percent(report.agreement)} of ${report.samples} samples`);
  if (report.accuracy !== null) {
    lines.push(`accuracy on them: float ${percent(report.accuracy.float)}, int8 ${percent(report.accuracy.int8)}`);
  }
  return lines.join('\n');
}

/** Said when int8 changes answers: whoever deploys the model should know. */
function warning({ changed, samples }: QuantizationReport): string | null {
  const [first] = changed;
  if (first === undefined) return null;
  return `warning: int8 changes the predicted class of ${changed.length} of ${samples} calibration samples, for instance of sample ${first.sample} from ${first.float} to ${first.int8}`;
}

function reportJson(report: QuantizationReport): Json {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const activations = report.activations.map((row) => ({
    ...row,
    sqnr: finite(row.sqnr),
    worstChannel: row.worstChannel === null ? null : { ...row.worstChannel, sqnr: finite(row.worstChannel.sqnr) },
  }));
  const { samples, agreement, accuracy, changed } = report;
  return { samples, agreement, accuracy, changed: changed.map((change) => ({ ...change })), activations };
}

async function quantize(session: Session, path: string, options: QuantizeCommandOptions): Promise<void> {
  const method = methodOf(options);
  session.progress.stage('reading the calibration data');
  const preprocessing = loadPreprocessing(options.preprocess, path)?.preprocessing ?? null;
  const model = readFile(path);
  const calibration = readArrays(options.calibration, preprocessing);
  const quantized = await located(
    path,
    () =>
      quantizeFloatModel({
        model,
        calibration,
        where: options.calibration,
        preprocessing,
        method,
        options: {
          activations: options.activations,
          weights: options.weights,
          reduceRange: options.reduceRange === true,
        },
        onStage: (stage) => session.progress.stage(stage),
      }),
    [options.calibration],
  );
  const remark = warning(quantized.report);
  if (remark !== null) session.note(remark);
  session.progress.stage('writing');
  await uninterrupted(() => writeFileAtomic(options.output, quantized.model));
  const written = `wrote ${options.output} (${formatBytes(quantized.model.length)})`;
  session.result({
    json: { output: options.output, bytes: quantized.model.length, report: reportJson(quantized.report) },
    text: `${renderReport(quantized.report)}\n\n${written}`,
    brief: written,
  });
}

function parsePercentile(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 100)) throw new InvalidArgumentError('It must be a number above 0 and at most 100.');
  return value;
}

const help = `
The calibration file is an .npz whose arrays are named after the model's inputs, samples stacked along the first
dimension (or one .npy for a single input). Arrays of uint8 pixels go through the preprocessing. An array "label" with
one class per sample adds the accuracy. Needs the optional package onnxruntime-node.

Examples:
  $ provenn quantize model.onnx --calibration samples.npz -o model.int8.onnx
  $ provenn quantize model.onnx --calibration pixels.npz --preprocess preprocess.json -o model.int8.onnx
  $ provenn quantize model.onnx --calibration samples.npz --method percentile --percentile 99.9 -o model.int8.onnx`;

export function addQuantize(program: Command, start: (command: Command) => Session): void {
  program
    .command('quantize')
    .description('turn a float ONNX model into a standard int8 ONNX model')
    .argument('<model>', 'a float32 ONNX model')
    .requiredOption('-c, --calibration <file>', 'typical inputs, with labels if there are any')
    .requiredOption('-o, --output <file>', 'where to write the int8 model')
    .addOption(
      new Option('--method <how>', 'how to choose ranges')
        .choices(['minmax', 'percentile', 'entropy'])
        .default('minmax'),
    )
    .option(
      '--percentile <share>',
      `share of values to keep with --method percentile (default: ${defaultPercentile})`,
      parsePercentile,
    )
    .addOption(
      new Option('--weights <scales>', 'weight scales: mixed is per channel for Conv, per tensor for dense layers')
        .choices(['mixed', 'per-channel', 'per-tensor'])
        .default('mixed'),
    )
    .addOption(new Option('--activations <type>', 'integers of activations').choices(['u8', 's8']).default('u8'))
    .option('--reduce-range', 'weights of seven bits, for processors without VNNI instructions')
    .option('--preprocess <file>', 'how pixels become inputs (default: preprocess.json beside the model)')
    .addHelpText('after', help)
    .action((model: string, options: QuantizeCommandOptions, command: Command) =>
      quantize(start(command), model, options),
    );
}
