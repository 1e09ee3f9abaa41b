/** What a bundle says about the machine, the program and the float model: read at the edge, handed on as plain values. */
import { join } from 'node:path';
import type { Claims } from '../../artifact/verdict.ts';
import type { AuditEvent, Environment, FloatComparison } from '../../audit/bundle.ts';
import { memberPaths } from '../../audit/bundle.ts';
import { sha256Hex } from '../../base/sha256.ts';
import { readModel, writeModel } from '../../onnx/index.ts';
import { quantizationReport } from '../../quantize/node/report.ts';
import type { FileArray } from '../io/array.ts';
import { readCalibration } from '../io/calibration.ts';
import type { Preprocessing } from '../io/preprocess.ts';
import { readFileIfPresent } from './files.ts';
import { nodeVersion, packageRoot, packageVersion, probeProcessor } from './platform.ts';

export function environmentFacts(): Environment {
  const { architecture, model, features } = probeProcessor();
  const root = packageRoot();
  const lockfile = root === null ? null : readFileIfPresent(join(root, 'package-lock.json'));
  return {
    provenn: packageVersion(),
    runtime: `node ${nodeVersion()}`,
    platform: `${process.platform} ${architecture}`,
    processor: model,
    features: features === null ? null : [...features].sort(),
    lockfileDigest: lockfile === null ? null : sha256Hex(lockfile),
  };
}

export type ComparisonRequest = {
  readonly float: Uint8Array;
  readonly int8: Uint8Array;
  readonly calibration: readonly FileArray[];
  readonly calibrationBytes: Uint8Array;
  /** Name of the calibration file for messages. */
  readonly where: string;
  readonly preprocessing: Preprocessing | null;
};

/** Error of the int8 model against the float one, layer by layer. Throws `INPUT_MISMATCH`, and `DEPENDENCY_MISSING` without onnxruntime-node. */
export async function compareWithFloat(request: ComparisonRequest): Promise<FloatComparison> {
  const graph = readModel(request.float);
  const { samples, labels } = readCalibration(request.calibration, graph, request.preprocessing, request.where);
  const report = await quantizationReport(graph, readModel(request.int8), writeModel, samples, labels);
  return {
    calibrationDigest: sha256Hex(request.calibrationBytes),
    samples: report.samples,
    agreement: report.agreement,
    layers: report.activations.map(({ name, op, maxAbsoluteError, meanAbsoluteError, sqnr }) => ({
      name,
      op,
      maxError: maxAbsoluteError,
      meanError: meanAbsoluteError,
      sqnr: Number.isFinite(sqnr) ? sqnr : null,
    })),
  };
}

/** What happened on the way to a bundle. Only the last two steps happened while anybody looked at a clock. */
export function eventsOf(
  claims: Claims,
  files: { readonly int8: Uint8Array | null; readonly key: Uint8Array; readonly proof: Uint8Array },
  now: string,
): AuditEvent[] {
  const commitments = claims.hidden.flatMap(({ side, name, commitment }): [string, string][] =>
    commitment === null ? [] : [[`commitment ${side}:${name}`, commitment]],
  );
  const weights = claims.weights.map(({ matrix, commitment }): [string, string] => [
    `commitment ${matrix}`,
    commitment,
  ]);
  const proofDigest = { [memberPaths.proof]: sha256Hex(files.proof) };
  const model = files.int8 === null ? {} : { [memberPaths.int8Model]: sha256Hex(files.int8) };
  return [
    { kind: 'model loaded', time: null, digests: { model: claims.modelDigest, ...model } },
    { kind: 'circuit compiled', time: null, digests: { circuit: claims.circuitDigest } },
    ...(weights.length === 0 ? [] : [{ kind: 'weights committed', time: null, digests: Object.fromEntries(weights) }]),
    {
      kind: 'key made',
      time: null,
      digests: { key: claims.keyDigest, [memberPaths.verifyingKey]: sha256Hex(files.key) },
    },
    ...(commitments.length === 0
      ? []
      : [{ kind: 'values committed', time: null, digests: Object.fromEntries(commitments) }]),
    { kind: 'proof made', time: null, digests: proofDigest },
    { kind: 'proof verified', time: now, digests: proofDigest },
    { kind: 'bundle exported', time: now, digests: { key: claims.keyDigest, ...proofDigest } },
  ];
}
