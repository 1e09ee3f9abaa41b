/** Many random graphs: how often each operator was compared with onnxruntime, and every disagreement. */
import { ProvennError } from '../../src/base/errors.ts';
import { importQuantized } from '../../src/quantize/index.ts';
import { generator } from '../../src/quantize/laws.ts';
import { compareGraph } from './compare.ts';
import { elementwiseEmitters } from './elementwise.ts';
import { linearEmitters } from './linear.ts';
import { movementEmitters } from './movement.ts';
import { poolingEmitters } from './pooling.ts';
import { type Emitter, RandomGraph, type Spelling } from './random-graph.ts';

export const emitters: readonly Emitter[] = [
  ...linearEmitters,
  ...poolingEmitters,
  ...elementwiseEmitters,
  ...movementEmitters,
];

export type Tally = {
  /** Graphs compared in full. */
  graphs: number;
  values: number;
  /** Nodes compared, by operator of the ONNX graph and by operator of the integer network. */
  readonly onnx: Map<string, number>;
  readonly integer: Map<string, number>;
  /** Graphs refused, by reason. */
  readonly refused: Map<string, number>;
  readonly mismatches: string[];
};

/** Emitters whose operators the importer knows, by spelling: found by trying a few graphs of one operator. */
const available: Readonly<Record<Spelling, readonly Emitter[]>> = {
  qdq: emitters.filter((emitter) => isKnown(emitter, 'qdq')),
  qoperator: emitters.filter((emitter) => isKnown(emitter, 'qoperator')),
};

function isKnown(emitter: Emitter, spelling: Spelling): boolean {
  for (let seed = 1; seed < 200; seed++) {
    const graph = new RandomGraph(seed);
    if (graph.spelling !== spelling || !emitter.emit(graph)) continue;
    try {
      importQuantized(graph.finish());
      return true;
    } catch (error) {
      if (!(error instanceof ProvennError)) throw error;
      if (error.message.includes('this operator is not supported')) return false;
    }
  }
  return false;
}

/** A graph of a few operators, the first of them given so that each has its turn. */
export function randomGraph(seed: number): { readonly graph: RandomGraph; readonly ops: string[] } {
  const graph = new RandomGraph(seed);
  const ops: string[] = [];
  const length = graph.random.integer(1, 6);
  const choice = available[graph.spelling];
  const first = choice[seed % choice.length] as Emitter;
  if (first.emit(graph)) ops.push(first.op);
  for (let attempt = 0; attempt < 20 && ops.length < length; attempt++) {
    const next = graph.random.pick(choice);
    if (next.emit(graph)) ops.push(next.op);
  }
  return { graph, ops };
}

/** Compares the graphs of seeds `from` to `from + count − 1`. */
export async function exploreGraphs(from: number, count: number): Promise<Tally> {
  const tally: Tally = {
    graphs: 0,
    values: 0,
    onnx: new Map(),
    integer: new Map(),
    refused: new Map(),
    mismatches: [],
  };
  for (let seed = from; seed < from + count; seed++) {
    const { graph, ops } = randomGraph(seed);
    if (ops.length > 0) await compareOne(tally, seed, graph, ops);
  }
  return tally;
}

async function compareOne(tally: Tally, seed: number, random: RandomGraph, ops: readonly string[]): Promise<void> {
  try {
    const unoptimised = random.spelling === 'qoperator';
    const graph = random.finish();
    const { quant, values, mismatch } = await compareGraph(graph, { random: generator(seed), unoptimised });
    if (mismatch !== null) tally.mismatches.push(`seed ${seed} (${random.spelling}; ${ops.join(', ')}): ${mismatch}`);
    tally.graphs++;
    tally.values += values;
    for (const op of ops) count(tally.onnx, op);
    for (const { op } of quant.nodes) count(tally.integer, op);
  } catch (error) {
    if (!(error instanceof ProvennError)) {
      tally.mismatches.push(`seed ${seed} (${ops.join(', ')}): ${String(error)}`);
    } else count(tally.refused, `${error.code}: ${error.message.replace(/^node \S+ /, '')}`);
  }
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
