/** What quantization costs: error per activation and, with labels, accuracy before and after. */
import type { Graph } from '../../artifact/graph.ts';
import { dequantizeLinear } from '../../base/rounding.ts';
import { prepareFloatModel } from '../quantizer/prepare.ts';
import { quantizedName } from '../quantizer/writer.ts';
import { activationNames, type EncodeModel } from './calibrate.ts';
import { type FloatInputs, openModel, type Runner } from './float-session.ts';
import { integerSessionConfig } from './session-config.ts';

/** Error of one activation over all samples. */
export type ActivationError = {
  /** Tensor name of the float model. */
  readonly name: string;
  /** Operator that produces it; '' for a model input. */
  readonly op: string;
  /** 10·log₁₀(Σ x² / Σ (x − x̂)²); Infinity when nothing is lost. */
  readonly sqnr: number;
  readonly maxAbsoluteError: number;
  readonly scale: number;
  readonly zeroPoint: number;
};

export type QuantizationReport = {
  readonly samples: number;
  readonly activations: readonly ActivationError[];
  /** Share of samples whose largest output is at the label's index, and of samples on which both models agree. */
  readonly accuracy: { readonly float: number; readonly int8: number } | null;
  readonly agreement: number;
};

type Tally = { signal: number; noise: number; worst: number };

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
  const tallies = new Map<string, Tally>(
    [...parameters.keys()].map((name) => [name, { signal: 0, noise: 0, worst: 0 }]),
  );
  const output = prepared.outputs[0]?.name ?? '';
  let count = 0;
  const right = { float: 0, int8: 0, both: 0 };
  for (const sample of samples) {
    const exact = await floats.run(sample);
    const rounded = await integers.run(sample);
    for (const [name, tally] of tallies) {
      const values = (exact.get(name)?.data ?? sample.get(name)?.data) as Float32Array;
      add(
        tally,
        values,
        rounded.get(quantizedName(name))?.data as ArrayLike<number>,
        parameters.get(name) as Parameters,
      );
    }
    const before = largest(exact.get(output)?.data as Float32Array);
    const after = largest(rounded.get(output)?.data as Float32Array);
    if (before === after) right.both++;
    if (before === labels?.[count]) right.float++;
    if (after === labels?.[count]) right.int8++;
    count++;
  }
  const producers = new Map(prepared.nodes.map((node) => [node.outputs[0], node.op]));
  return {
    samples: count,
    activations: [...tallies].map(([name, tally]) => ({
      name,
      op: producers.get(name) ?? '',
      sqnr: decibels(tally),
      maxAbsoluteError: tally.worst,
      ...(parameters.get(name) as Parameters),
    })),
    accuracy: labels === null ? null : { float: right.float / count, int8: right.int8 / count },
    agreement: right.both / count,
  };
}

function add(tally: Tally, values: Float32Array, integers: ArrayLike<number>, { scale, zeroPoint }: Parameters): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const error = value - dequantizeLinear(integers[i] as number, scale, zeroPoint);
    tally.signal += value * value;
    tally.noise += error * error;
    tally.worst = Math.max(tally.worst, Math.abs(error));
  }
}

function decibels({ signal, noise }: Tally): number {
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

function largest(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}
