/**
 * Runs the test suites of ONNX (Debian: libonnx-testdata) and writes docs/data/conformance.json and docs/conformance.md.
 *
 * Usage: node scripts/conformance.mjs [folder] [part of a test's name]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLimits, readModel, readTensor, WireReader } from './conformance/built.mjs';
import { judge, stages } from './conformance/judge.mjs';
import { record } from './conformance/page.mjs';

const [folder = '/usr/share/libonnx-testdata/data', only = ''] = process.argv.slice(2);
const suites = ['node', 'simple', 'pytorch-operator', 'pytorch-converted'];

/** Arrays of one test by file order, under the names the model gives its inputs or outputs. */
function arrays(path, kind, names) {
  const found = new Map();
  names.forEach((name, i) => {
    const file = join(path, 'test_data_set_0', `${kind}_${i}.pb`);
    if (!existsSync(file)) return;
    try {
      found.set(name, readTensor([new WireReader(readFileSync(file), 4)], defaultLimits, name).tensor);
    } catch {
      // A sequence, an optional or a type provenn does not read: the test then lacks an array and is refused.
    }
  });
  return found;
}

/** The operator under test: the only one of the model, or that of the function a model of several spells out. */
function operatorOf(graph) {
  const ops = new Set(graph.nodes.map((node) => (node.domain === '' ? node.op : `${node.domain}.${node.op}`)));
  return ops.size === 1 ? [...ops][0] : 'several operators';
}

async function judgeTest(suite, name) {
  const path = join(folder, suite, name);
  const bytes = readFileSync(join(path, 'model.onnx'));
  let graph = null;
  try {
    graph = readModel(bytes);
  } catch {
    // Judged below, where the refusal is recorded.
  }
  const names = (list) => (graph?.[list] ?? []).map((value) => value.name);
  const test = { inputs: arrays(path, 'input', names('inputs')), outputs: arrays(path, 'output', names('outputs')) };
  const op = graph === null ? (opFromName(bytes) ?? 'unreadable') : operatorOf(graph);
  return { suite, name, op, ...(await judge(bytes, test)) };
}

/** What a file that provenn does not read is about: the operator is the first text that follows its field tag. */
function opFromName(bytes) {
  const text = new TextDecoder('latin1').decode(bytes);
  return /"\P{L}([A-Z][A-Za-z0-9]+)/u.exec(text)?.[1];
}

const results = [];
for (const suite of suites) {
  for (const name of readdirSync(join(folder, suite)).sort()) {
    if (!name.includes(only) || !existsSync(join(folder, suite, name, 'model.onnx'))) continue;
    const begin = Date.now();
    const result = await judgeTest(suite, name);
    results.push(result);
    const seconds = (Date.now() - begin) / 1000;
    if (only !== '' || seconds > 20 || result.code === 'CRASH' || result.stage === 'imported')
      console.log(
        `${suite}/${name}: ${result.stage} (${result.how ?? ''}) ${result.code ?? ''} ${result.message ?? ''} ${seconds.toFixed(1)} s`,
      );
  }
}
for (const stage of stages) console.log(stage, results.filter((result) => result.stage === stage).length);
const crashes = results.filter((result) => result.code === 'CRASH').length;
console.log('crashes', crashes);
if (only === '') record('conformance', summary(results));
if (crashes > 0) process.exitCode = 1;

/** Counts by operator; each stage counts the tests that got at least so far. */
function summary(all) {
  const operators = {};
  for (const { op, stage } of all) {
    operators[op] ??= { tests: 0, imported: 0, executed: 0, proven: 0 };
    operators[op].tests++;
    for (const reached of stages.slice(1, stages.indexOf(stage) + 1)) operators[op][reached]++;
  }
  const codes = {};
  for (const { stage, code } of all) if (stage === 'refused') codes[code] = (codes[code] ?? 0) + 1;
  const ways = {};
  for (const { stage, how } of all) if (stage === 'proven' || stage === 'executed') ways[how] = (ways[how] ?? 0) + 1;
  const sorted = Object.fromEntries(Object.entries(operators).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { tests: all.length, crashes, codes, ways, operators: sorted };
}
