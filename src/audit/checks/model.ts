/** The model again: compiled to the circuit, to the key, and run on what the proof shows as its input. */

import type { Circuit } from '../../artifact/circuit.ts';
import { writeCircuit } from '../../artifact/circuit-codec.ts';
import type { QuantGraph } from '../../artifact/quant-graph.ts';
import { equalBytes } from '../../base/bytes.ts';
import { product } from '../../base/tensor.ts';
import { buildCircuit } from '../../compile/circuit.ts';
import { type Finding, memberPaths } from '../bundle.ts';
import { graphOf, runOf, visibilityOf } from '../rederive.ts';
import type { Judged } from '../source.ts';
import { attempt, type CheckContext, fail, notChecked, pass, sentenceOf } from './context.ts';

const circuitClaim = 'the circuit is the one the model compiles to';
const keyClaim = 'the key is the one the circuit has';
const runClaim = 'the model, run again on the input, gives this output';

/** Elements of a model beyond those of its circuit's wires: views of constants and of other tensors need none of their own. */
const spare = 2 ** 24;

/** A stranger's model may declare tensors without end; what the key's circuit could never hold is not even compiled. */
function isOutOfProportion(graph: QuantGraph, { wires }: Circuit): boolean {
  const elements = graph.tensors.reduce((sum, { dims }) => sum + product(dims), 0);
  const cells = wires.reduce((sum, { sizes }) => sum + product(sizes), 0);
  return elements > 256 * cells + spare;
}

function checkCircuit(
  int8: Uint8Array,
  { key }: Judged,
): { readonly graph: QuantGraph | null; readonly finding: Finding } {
  const path = memberPaths.int8Model;
  const other = (detail: string): { graph: null; finding: Finding } => ({
    graph: null,
    finding: fail(circuitClaim, path, detail),
  });
  const tried = attempt(circuitClaim, path, () => {
    const graph = graphOf(int8);
    const isHuge = isOutOfProportion(graph, key.circuit);
    const circuit = isHuge ? null : writeCircuit(buildCircuit(graph, visibilityOf(key.circuit)));
    return { graph, circuit };
  });
  if (tried.value === undefined) return { graph: null, finding: tried.finding };
  const { graph, circuit } = tried.value;
  if (circuit === null) return other('It has far more integers than the circuit of the key could hold.');
  if (!equalBytes(circuit, writeCircuit(key.circuit))) return other('It compiles to another circuit than the key has.');
  return { graph, finding: pass(circuitClaim, path, 'Compiled again, byte for byte.') };
}

async function checkKey({ members, tools }: CheckContext, { key }: Judged): Promise<Finding> {
  const path = memberPaths.verifyingKey;
  try {
    const made = await tools.remakeKey(key);
    if (made === null)
      return notChecked(
        keyClaim,
        path,
        'A setup went into it: nobody can make it again, nor see that it is for this circuit. Pin it with --key.',
      );
    return equalBytes(made, members.get(path) ?? new Uint8Array(0))
      ? pass(keyClaim, path, 'Made again, byte for byte: belief in it rests on the model in this bundle alone.')
      : fail(keyClaim, path, 'Made again, it is different.');
  } catch (error) {
    return fail(keyClaim, path, sentenceOf(error));
  }
}

/** Outputs of the run against those the proof shows. */
function checkRun(graph: QuantGraph, { claims }: Judged): Finding {
  const path = memberPaths.values;
  const tried = attempt(runClaim, path, () => runOf(graph, claims));
  if (tried.value === undefined) return tried.finding;
  const trace = tried.value;
  if (trace === null) return notChecked(runClaim, path, 'Not every input is public: only the proof speaks of the run.');
  if (claims.outputs.length === 0) return notChecked(runClaim, path, 'No output is public.');
  const wrong = claims.outputs.find(({ name, integers }) => {
    const port = graph.outputs.find((candidate) => candidate.name === name);
    const computed = trace.tensors.get(port?.tensor ?? '')?.data;
    return computed?.length !== integers.length || !integers.every((value, i) => value === computed[i]);
  });
  if (wrong !== undefined) return fail(runClaim, path, `The output ${wrong.name} is another one.`);
  const count = claims.outputs.reduce((sum, { integers }) => sum + integers.length, 0);
  return pass(runClaim, path, `Run again in exact integers: all ${count} output integers are equal.`);
}

/** model → circuit → key → run; what hidden weights leave open is said. */
export async function checkModel(context: CheckContext, judged: Judged): Promise<Finding[]> {
  const path = memberPaths.int8Model;
  const { members } = context;
  const int8 = members.get(path);
  if (judged.claims.weights.length > 0) {
    const stray = [path, memberPaths.floatModel].filter((name) => members.has(name));
    return [
      ...stray.map((name) => fail(circuitClaim, name, 'The weights are hidden, and the bundle shows them.')),
      notChecked(
        circuitClaim,
        memberPaths.verifyingKey,
        'The weights are hidden: the key holds a circuit without them.',
      ),
      notChecked(
        keyClaim,
        memberPaths.verifyingKey,
        'It fixes a commitment to hidden weights: pin it with --key or --model.',
      ),
      notChecked(runClaim, memberPaths.values, 'The weights are hidden: only the proof speaks of the run.'),
    ];
  }
  if (int8 === undefined) return [fail(circuitClaim, path, 'It is missing, and nothing hides its weights.')];
  const { graph, finding } = checkCircuit(int8, judged);
  if (graph === null) return [finding, notChecked(runClaim, memberPaths.values, 'The model is not the proven one.')];
  return [finding, await checkKey(context, judged), checkRun(graph, judged)];
}
