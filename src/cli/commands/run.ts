/** provenn run: exact integer inference, if asked compared with onnxruntime. */
import type { Command } from 'commander';
import { utf8 } from '../../base/bytes.ts';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { ProvennError } from '../../base/errors.ts';
import { outputsOf, runModel, traceJson } from '../../pipeline/index.ts';
import { arraysJson, type PortResult } from '../../pipeline/io/result.ts';
import { checkOnnxruntime, type OracleReport } from '../../pipeline/node/check-ort.ts';
import { writeFileAtomic } from '../../pipeline/node/files.ts';
import { probeProcessor } from '../../pipeline/node/platform.ts';
import { formatCount } from '../format.ts';
import { uninterrupted } from '../interrupt.ts';
import { loadModel, readInputs } from '../model-files.ts';
import { schemaVersion } from '../render-error.ts';
import { briefAnswer, describePort, topJson, valueLines } from '../render-result.ts';
import type { Session } from '../session.ts';
import { checkProcessor } from './doctor.ts';

type RunOptions = {
  readonly input: string;
  readonly output?: string;
  readonly trace?: string;
  readonly checkOrt?: boolean;
  readonly preprocess?: string;
};

/** Throws `ORACLE_MISMATCH` with the first tensor and element that differ. */
function judge(report: OracleReport): string {
  const { mismatch, tensors, elements, version } = report;
  if (mismatch === null) {
    return `bit-identical: ${tensors} tensors, ${formatCount(elements)} elements (onnxruntime ${version})`;
  }
  const processor = checkProcessor(probeProcessor());
  const known = processor.state === 'ok' ? 'Please report it with the model and the input.' : (processor.mend ?? '');
  throw new ProvennError(
    'ORACLE_MISMATCH',
    `onnxruntime ${version} computes another integer: ${mismatch.expected}, not ${mismatch.actual}.`,
    { where: `tensor ${mismatch.tensor}, element ${mismatch.index}`, next: known },
  );
}

function resultText(results: readonly PortResult[], labels: readonly string[] | null): string {
  return results
    .map((result) => [`output ${describePort(result)}`, ...valueLines(result, labels)].join('\n'))
    .join('\n');
}

async function runCommand(session: Session, target: string, options: RunOptions): Promise<void> {
  const { progress } = session;
  progress.stage('reading the model');
  const { bytes, imported, preprocessing } = await loadModel(target, options.preprocess);
  const inputs = readInputs(options.input, imported.model.inputs, preprocessing);
  progress.stage('running');
  const trace = runModel(imported.model, inputs);
  const results = outputsOf(imported.model, trace);
  const labels = preprocessing?.labels ?? null;
  let check: OracleReport | null = null;
  if (options.checkOrt === true) {
    progress.stage('comparing with onnxruntime');
    check = await checkOnnxruntime(bytes, imported, inputs, trace);
  }
  const verdict = check === null ? null : judge(check);
  const outcome: { readonly [key: string]: Json } = {
    model: imported.model.name,
    outputs: arraysJson(results),
    top: topJson(results, labels),
  };
  await uninterrupted(() => {
    if (options.output !== undefined)
      writeFileAtomic(options.output, utf8(`${canonicalJson({ schemaVersion, ...outcome })}\n`));
    if (options.trace !== undefined) {
      const document = { schemaVersion, model: imported.model.name, tensors: traceJson(trace) };
      writeFileAtomic(options.trace, utf8(`${canonicalJson(document)}\n`));
    }
  });
  const checkJson =
    check === null
      ? null
      : { version: check.version, tensors: check.tensors, elements: check.elements, identical: true };
  session.result({
    json: { ...outcome, onnxruntime: checkJson },
    text: verdict === null ? resultText(results, labels) : `${resultText(results, labels)}\n${verdict}`,
    brief: briefAnswer(results, labels),
  });
}

const help = `
Inputs are JSON ({"inputs":{"NAME":{"dims":[…],"type":"float32","data":[…]}}} or {"input_data":[[…]]}), .npy, .npz, or a
PNG image with a preprocess.json beside the model.

Examples:
  $ provenn run model.int8.onnx --input image.png
  $ provenn run model --input input.json --check-ort
  $ provenn run model --input input.npz --trace trace.json -o output.json --quiet`;

export function addRun(program: Command, start: (command: Command) => Session): void {
  program
    .command('run')
    .description('compute one exact integer inference')
    .argument('<model>', 'an int8 ONNX model, or a folder made by provenn compile')
    .requiredOption('-i, --input <file>', 'the input: JSON, .npy, .npz or PNG')
    .option('-o, --output <file>', 'write the outputs as JSON')
    .option('--trace <file>', 'write every tensor of the run as JSON')
    .option('--check-ort', 'compare every tensor with onnxruntime; exit code 1 when one differs')
    .option('--preprocess <file>', 'how pixels become inputs (default: preprocess.json beside the model)')
    .addHelpText('after', help)
    .action((model: string, options: RunOptions, command: Command) => runCommand(start(command), model, options));
}
