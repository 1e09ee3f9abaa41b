/** How far one model of the ONNX test suites gets: refused, imported, executed, proven. */
import { randomBytes } from 'node:crypto';
import {
  calibrate,
  checkAgainstOnnxruntime,
  compileModel,
  dequantizeOutput,
  execute,
  exposableTensors,
  importQuantized,
  ProvennError,
  proveInference,
  quantizeInput,
  quantizeModel,
  readModel,
  writeModel,
} from './built.mjs';

/** The stages in order; a later one includes those before. */
export const stages = ['refused', 'imported', 'executed', 'proven'];

/** Looked-up tuples and committed integers above which a test is run but not proven: minutes rather than seconds. */
const provenCells = 400_000;

/** The same model with every input but the first as a constant: node tests feed weights, scales and shapes as inputs. */
function withConstants(graph, tensors) {
  const [first, ...others] = graph.inputs;
  if (others.length === 0) return null;
  const initializers = new Map(graph.initializers);
  for (const { name } of others) {
    const tensor = tensors.get(name);
    if (tensor === undefined) return null;
    initializers.set(name, tensor);
  }
  return readModel(writeModel({ ...graph, inputs: [first], initializers }));
}

/** Integers behind the input ports of the network, from the arrays of the test. */
function portIntegers(quant, tensors) {
  return new Map(
    quant.inputs.map((port) => [port.name, quantizeInput(port, Array.from(tensors.get(port.name).data, Number))]),
  );
}

/** The first output that differs from what the test expects, bit for bit; null when none does. */
function difference(quant, trace, expected) {
  for (const port of quant.outputs) {
    const ours = trace.tensors.get(port.tensor);
    const values = port.quantization === null ? ours.data : dequantizeOutput(port, ours);
    const theirs = Array.from(expected.get(port.name)?.data ?? [], Number);
    const at = values.findIndex((value, i) => value !== theirs[i]);
    if (values.length !== theirs.length || at >= 0)
      return `output ${port.name}[${at}]: ${values[at]}, not ${theirs[at]}`;
  }
  return null;
}

/** Proves the run; the proof is verified before `proveInference` returns. */
function proven(quant, inputs) {
  const { provingKey, report } = compileModel(quant);
  if (report.lookups + report.committedCells > provenCells) return false;
  proveInference(provingKey, inputs, { randomness: randomBytes(32) });
  return true;
}

/** Runs an int8 model on the test's own input and compares with the test's own output. */
async function judgeInteger(graph, { inputs, outputs }) {
  const quant = importQuantized(graph);
  const integers = portIntegers(quant, inputs);
  const wrong = difference(quant, execute(quant, integers), outputs);
  if (wrong !== null) return { stage: 'imported', message: wrong };
  return finish(quant, integers);
}

/** Quantizes a float model with the test's own input as calibration and compares every integer with onnxruntime. */
async function judgeQuantized(graph, { inputs }) {
  const sample = new Map(graph.inputs.map(({ name }) => [name, inputs.get(name)]));
  for (const [name, tensor] of sample)
    if (tensor?.type !== 'float32') throw new ProvennError('MODEL_UNSUPPORTED', `input ${name} is ${tensor?.type}`);
  const ranges = await calibrate(graph, writeModel, [sample]);
  const int8 = quantizeModel(graph, ranges);
  const quant = importQuantized(int8);
  const integers = portIntegers(quant, inputs);
  const exposedModel = writeModel(int8, { extraOutputs: exposableTensors(int8, quant) });
  const report = await checkAgainstOnnxruntime({
    model: writeModel(int8),
    exposedModel,
    quant,
    inputs: integers,
    trace: execute(quant, integers),
  });
  if (report.mismatch !== null) return { stage: 'imported', message: JSON.stringify(report.mismatch) };
  return finish(quant, integers);
}

function finish(quant, integers) {
  try {
    return { stage: proven(quant, integers) ? 'proven' : 'executed' };
  } catch (error) {
    if (!(error instanceof ProvennError)) throw error;
    return { stage: 'executed', message: error.message };
  }
}

async function attempt(how, work) {
  try {
    return { how, ...(await work()) };
  } catch (error) {
    if (error instanceof ProvennError) return { how, stage: 'refused', code: error.code, message: error.message };
    return { how, stage: 'refused', code: 'CRASH', message: String(error?.stack ?? error).slice(0, 300) };
  }
}

/** The furthest a test gets: as it stands, with constants, quantized, quantized with constants. */
export async function judge(bytes, test) {
  const read = await attempt('as it is', async () => ({ graph: readModel(bytes) }));
  if (read.graph === undefined) return read;
  const { graph } = read;
  const constants = withConstants(graph, test.inputs);
  const attempts = [
    ['as it is', () => judgeInteger(graph, test)],
    ['constant operands', constants && (() => judgeInteger(constants, test))],
    ['quantized', () => judgeQuantized(graph, test)],
    ['quantized, constant operands', constants && (() => judgeQuantized(constants, test))],
  ];
  let best = null;
  for (const [how, work] of attempts) {
    if (work === null) continue;
    const result = await attempt(how, work);
    // A wrong result is never made up for by another way of running the test.
    if (result.code === 'CRASH' || result.stage === 'imported') return result;
    if (best === null || stages.indexOf(result.stage) > stages.indexOf(best.stage)) best = result;
    // The refusal of the float model says more than that it is not int8.
    else if (best.stage === 'refused' && how === 'quantized') best = result;
    if (best.stage === 'proven') break;
  }
  return best;
}
