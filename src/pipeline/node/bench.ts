/** Measures one seeded network from float model to verdict: what `provenn bench` reports. */

import { encodeVerifyingKey } from '../../artifact/keys.ts';
import { encodeProof } from '../../artifact/proof.ts';
import type { QuantGraph } from '../../artifact/quant-graph.ts';
import { invariant } from '../../base/errors.ts';
import { dtypeRange, type IntTensor, product } from '../../base/tensor.ts';
import { writeModel } from '../../onnx/index.ts';
import { quantizeModel } from '../../quantize/index.ts';
import { calibrate, type FloatInputs } from '../../quantize/node/calibrate.ts';
import { prepareKey, verifyProof } from '../../verify/index.ts';
import { seededUniform } from '../bench/network-builder.ts';
import type { BenchNetwork } from '../bench/networks.ts';
import type { BenchResult } from '../bench/report.ts';
import { type Summary, summarize } from '../bench/statistics.ts';
import { compileModel } from '../compile.ts';
import { importModel } from '../import.ts';
import { type ProveStage, proveInference } from '../prove.ts';
import { freshRandomness } from './randomness.ts';

export type BenchOptions = {
  /** Measured proofs; `warmup` more go before them. */
  readonly runs: number;
  readonly warmup: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly onStage?: (stage: string) => void;
};

const calibrationSamples = 2;

/** Quantizes the network on seeded samples. Throws `DEPENDENCY_MISSING` without onnxruntime-node. */
async function quantized(network: BenchNetwork): Promise<QuantGraph> {
  const graph = network.build();
  const uniform = seededUniform(11);
  const samples = Array.from({ length: calibrationSamples }, (): FloatInputs => {
    return new Map(
      graph.inputs.map(({ name, dims }) => {
        const sizes = dims as readonly number[];
        return [name, { dims: sizes, data: new Float32Array(product(sizes)).map(uniform) }];
      }),
    );
  });
  const ranges = await calibrate(graph, writeModel, samples);
  return importModel(writeModel(quantizeModel(graph, ranges))).model;
}

function seededInputs(model: QuantGraph, seed: number): ReadonlyMap<string, IntTensor> {
  const uniform = seededUniform(seed);
  return new Map(
    model.inputs.map(({ name, dtype, dims }) => {
      const [low, high] = dtypeRange[dtype];
      const data = new Int32Array(product(dims)).map(() => Math.floor(low + ((uniform() + 1) / 2) * (high - low + 1)));
      return [name, { dtype, dims, data }];
    }),
  );
}

/** Milliseconds of every stage of one proof, and of verifying it. */
type Run = { readonly stages: ReadonlyMap<ProveStage, number>; readonly verify: number; readonly proofBytes: number };

const notProving: readonly ProveStage[] = ['key', 'verify'];

export async function benchNetwork(network: BenchNetwork, options: BenchOptions): Promise<BenchResult> {
  const { now, onStage = (): void => {} } = options;
  onStage('quantizing');
  const model = await quantized(network);
  onStage('compiling');
  const before = now();
  const { provingKey, verifyingKey, report } = compileModel(model);
  const compile = now() - before;
  const prepared = prepareKey(verifyingKey);
  const runs: Run[] = [];
  for (let run = 0; run < options.warmup + options.runs; run++) {
    onStage(`proof ${run + 1} of ${options.warmup + options.runs}`);
    const marks: [ProveStage, number][] = [];
    const { proof } = proveInference(provingKey, seededInputs(model, run), {
      randomness: freshRandomness(),
      onStage: (stage) => marks.push([stage, now()]),
    });
    const end = now();
    const verdict = verifyProof(prepared, proof);
    const verify = now() - end;
    invariant(verdict.ok, 'a proof of the benchmark does not verify');
    const stages = new Map(marks.map(([stage, from], i) => [stage, (marks[i + 1]?.[1] ?? end) - from]));
    if (run >= options.warmup) runs.push({ stages, verify, proofBytes: encodeProof(proof).length });
  }
  const names = [...(runs[0] as Run).stages.keys()];
  const of = (pick: (run: Run) => number): Summary => summarize(runs.map(pick));
  return {
    network: network.name,
    about: network.about,
    weights: [...model.constants.values()].reduce((sum, { data }) => sum + data.length, 0),
    activations: report.rows.reduce((sum, { elements }) => sum + elements, 0),
    costs: report.costs,
    soundnessBits: report.soundness.bits,
    compile,
    acceptKey: of(({ stages }) => stages.get('key') as number),
    prove: of(({ stages }) =>
      [...stages].reduce((sum, [stage, time]) => (notProving.includes(stage) ? sum : sum + time), 0),
    ),
    stages: Object.fromEntries(names.map((name) => [name, of(({ stages }) => stages.get(name) as number)])),
    verify: of(({ verify }) => verify),
    proofBytes: of(({ proofBytes }) => proofBytes).median,
    keyBytes: encodeVerifyingKey(verifyingKey).length,
    peakMemory: process.resourceUsage().maxRSS * 1024,
  };
}
