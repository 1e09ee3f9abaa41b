/** What quantization costs: error per activation and, with labels, accuracy before and after. */
import type { Graph } from '../../artifact/graph.ts';
import { prepareFloatModel } from '../quantizer/prepare.ts';
import { quantizedName } from '../quantizer/writer.ts';
import { activationNames, type EncodeModel } from './calibrate.ts';
import { ErrorTally, type TensorError } from './error-tally.ts';
import { type FloatArray, type FloatInputs, openModel, type Runner } from './float-session.ts';
import { integerSessionConfig } from './session-config.ts';

/** Error of one activation over all samples. */
export type ActivationError = TensorError & {
  /** Tensor name of the float model. */
  readonly name: string;
  /** Operator that produces it; '' for a model input. */
  readonly op: string;
};

export type QuantizationReport = {
  readonly samples: number;
  readonly activations: readonly ActivationError[];
  /** Share of samples whose largest output is at the label's index, and of samples on which both models agree. */
  readonly accuracy: { readonly float: number; readonly int8: number } | null;
  readonly agreement: number;
  /** Samples for which int8 gives another class than float. */
  readonly changed: readonly ClassChange[];
};

export type ClassChange = { readonly sample: number; readonly float: number; readonly int8: number };

/**
 * Compares `floatGraph` with `int8Graph`, its image under `quantizeModel`, over the samples. `labels[i]` is the class of
 * sample i, whose batch is 1; the class a model gives is the index of the largest element of its first output.
 */
export async function quantizationReport(
  floatGraph: Graph,
  int8Graph: Graph,
  encode: EncodeModel,
  samples: Iterable<FloatInputs>,
  labels: ArrayLike<number> | null = null,
): Promise<QuantizationReport> {
  const prepared = prepareFloatModel(floatGraph);
  const parameters = quantizedActivations(prepared, int8Graph);
  const inputs = new Set(prepared.inputs.map((input) => input.name));
  const floats = await openModel(
    encode(prepared, { extraOutputs: [...parameters.keys()].filter((name) => !inputs.has(name)) }),
    {},
  );
  const integers = await openModel(
    encode(int8Graph, { extraOutputs: [...parameters.keys()].map(quantizedName) }),
    integerSessionConfig(int8Graph),
  );
  try {
    return await compare({ floats, integers, parameters, prepared }, samples, labels);
  } finally {
    await floats.close();
    await integers.close();
  }
}

type Pair = {
  readonly floats: Runner;
  readonly integers: Runner;
  readonly parameters: ReadonlyMap<string, Parameters>;
  readonly prepared: Graph;
};

type Parameters = { readonly scale: number; readonly zeroPoint: number };

/** Scale and zero point of every float activation that the int8 model holds as integers. */
function quantizedActivations(prepared: Graph, int8Graph: Graph): ReadonlyMap<string, Parameters> {
  const quantizers = new Map(
    int8Graph.nodes.filter((node) => node.op === 'QuantizeLinear').map((node) => [node.outputs[0], node]),
  );
  const found = new Map<string, Parameters>();
  for (const name of activationNames(prepared)) {
    const node = quantizers.get(quantizedName(name));
    const scale = int8Graph.initializers.get(node?.inputs[1] ?? '');
    const zero = int8Graph.initializers.get(node?.inputs[2] ?? '');
    if (scale !== undefined && zero !== undefined)
      found.set(name, { scale: Number(scale.data[0]), zeroPoint: Number(zero.data[0]) });
  }
  return found;
}

async function compare(
  { floats, integers, parameters, prepared }: Pair,
  samples: Iterable<FloatInputs>,
  labels: ArrayLike<number> | null,
): Promise<QuantizationReport> {
  const tallies = new Map([...parameters].map(([name, known]) => [name, new ErrorTally(known)]));
  const output = prepared.outputs[0]?.name ?? '';
  const right = { float: 0, int8: 0 };
  const changed: ClassChange[] = [];
  let count = 0;
  for (const sample of samples) {
    const exact = await floats.run(sample);
    const rounded = await integers.run(sample);
    for (const [name, tally] of tallies) {
      const { data, dims } = (exact.get(name) ?? sample.get(name)) as FloatArray;
      tally.add(data, dims, rounded.get(quantizedName(name))?.data as ArrayLike<number>);
    }
    const float = classOf(exact.get(output)?.data);
    const int8 = classOf(rounded.get(output)?.data);
    if (float !== int8) changed.push({ sample: count, float, int8 });
    if (float === labels?.[count]) right.float++;
    if (int8 === labels?.[count]) right.int8++;
    count++;
  }
  const producers = new Map(prepared.nodes.flatMap((node) => node.outputs.map((name) => [name, node.op])));
  return {
    samples: count,
    activations: [...tallies].map(([name, tally]) => ({ name, op: producers.get(name) ?? '', ...tally.result() })),
    accuracy: labels === null ? null : { float: right.float / count, int8: right.int8 / count },
    agreement: 1 - changed.length / count,
    changed,
  };
}

/** The index of the largest output, or the output itself where the model returns an index. */
function classOf(values: unknown): number {
  if (values instanceof BigInt64Array) return Number(values[0]);
  return (values as Float32Array).reduce((best, value, i, all) => (value > (all[best] as number) ? i : best), 0);
}
