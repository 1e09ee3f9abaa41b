/** Measures one seeded network from float model to verdict: a row of `provenn bench`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProvennError } from '../../../base/errors.ts';
import { product } from '../../../base/tensor.ts';
import { writeModel } from '../../../onnx/index.ts';
import { quantizeModel } from '../../../quantize/index.ts';
import { calibrate, type FloatInputs } from '../../../quantize/node/calibrate.ts';
import { seededUniform } from '../../bench/network-builder.ts';
import type { BenchNetwork } from '../../bench/networks.ts';
import type { BenchFailure, BenchResult, BenchScales } from '../../bench/report.ts';
import { comparisonsOf, measurementOf, type Series } from '../../bench/summary.ts';
import type { Contestant } from './contestant.ts';
import { asError } from './lines.ts';
import { revisionOf } from './machine.ts';
import { enter, takeTurns } from './rivals.ts';

export type BenchOptions = {
  readonly runs: number;
  readonly warmup: number;
  readonly seconds: number;
  readonly threads: readonly number[];
  /** The compiled folder of another revision, which proves in between. */
  readonly against: string | null;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly onStage: (stage: string) => void;
};

const calibrationSamples = 2;

/** An int8 model of a network, calibrated on seeded samples. Throws `DEPENDENCY_MISSING` without onnxruntime-node. */
async function quantized(network: BenchNetwork, scales: BenchScales): Promise<Uint8Array> {
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
  return writeModel(quantizeModel(graph, ranges, { weights: scales }));
}

type Entrant = { readonly name: string; readonly threads: number; readonly revision: string | null };

export function threadsName(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

function entrantsOf({ threads, against }: BenchOptions): Entrant[] {
  const own = threads.map((count) => ({ name: threadsName(count), threads: count, revision: null }));
  const [first = 1] = threads;
  if (against === null) return own;
  const commit = revisionOf(dirname(against));
  const name = commit === null ? 'other revision' : `revision ${commit}`;
  return [...own, { name, threads: first, revision: against }];
}

export type Measured = { readonly result: BenchResult | null; readonly failures: readonly BenchFailure[] };

export async function measureNetwork(
  network: BenchNetwork,
  scales: BenchScales,
  options: BenchOptions,
): Promise<Measured> {
  const { now, onStage } = options;
  const folder = mkdtempSync(join(tmpdir(), 'provenn-bench-'));
  const failures: BenchFailure[] = [];
  const fail = (contestant: string, error: unknown): void => {
    const { code, message } = asError(error as ProvennError);
    failures.push({ network: network.name, scales, contestant, message: `${code}: ${message}` });
  };
  const entered: { readonly entrant: Entrant; readonly contestant: Contestant }[] = [];
  try {
    onStage('quantizing');
    const before = now();
    const model = join(folder, 'model.onnx');
    writeFileSync(model, await quantized(network, scales));
    const quantize = now() - before;
    for (const entrant of entrantsOf(options)) {
      onStage(`compiling (${entrant.name})`);
      const { revision, threads } = entrant;
      try {
        entered.push({
          entrant,
          contestant: await enter(entrant.name, { model, revision, threads, inputs: null }, now),
        });
      } catch (error) {
        fail(entrant.name, error);
      }
    }
    const turned = await takeTurns(
      entered.map(
        ({ contestant }) =>
          (run: number) =>
            contestant.prove(run),
      ),
      { ...options, onTurn: (i, run) => onStage(`proof ${run} (${entered[i]?.entrant.name})`) },
    );
    const series = entered.flatMap(({ entrant, contestant }, i): Series[] => {
      const { runs = [], error = null } = turned[i] ?? {};
      if (error !== null) fail(entrant.name, error);
      const { name, threads } = entrant;
      return runs.length === 0 ? [] : [{ contestant: name, threads, compiled: contestant.compiled, runs }];
    });
    const [first] = series;
    if (first === undefined) return { result: null, failures };
    const { weights, activations, costs, soundnessBits } = first.compiled;
    const result: BenchResult = {
      network: network.name,
      about: network.about,
      scales,
      batch: network.batch,
      weights,
      activations,
      costs,
      soundnessBits,
      quantize,
      measurements: series.map(measurementOf),
      comparisons: comparisonsOf(series),
    };
    return { result, failures };
  } catch (error) {
    fail('all', error);
    return { result: null, failures };
  } finally {
    await Promise.all(entered.map(({ contestant }) => contestant.end()));
    rmSync(folder, { recursive: true, force: true });
  }
}
