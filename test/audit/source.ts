/** What audit bundles are made from, for tests: a real network, key and proof, and an edge that is the same in every run. */
import { readFileSync } from 'node:fs';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import type { QuantGraph } from '../../src/artifact/quant-graph.ts';
import type { AuditSource, Environment, FloatComparison } from '../../src/audit/bundle.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { invariant } from '../../src/base/errors.ts';
import {
  allPublic,
  type Compilation,
  compileHidden,
  compileModel,
  importModel,
  proveInference,
  type Visibility,
} from '../../src/pipeline/index.ts';
import { bindInputs } from '../../src/pipeline/io/bind.ts';
import { decodeInputFile } from '../../src/pipeline/io/input-file.ts';
import { decodePreprocessing } from '../../src/pipeline/io/preprocess.ts';
import { freshRandomness } from '../../src/pipeline/node/randomness.ts';
import { prepareKey, verifyProof } from '../../src/verify/index.ts';

const folder = 'artifacts/digits-mlp';

const environment: Environment = {
  provenn: '0.1.0',
  runtime: 'node 20.19.0',
  platform: 'linux x64',
  processor: 'a processor, 2 cores',
  features: ['avx2', 'avx512_vnni'],
  lockfileDigest: 'ab'.repeat(32),
};

const comparison: FloatComparison = {
  calibrationDigest: 'cd'.repeat(32),
  samples: 200,
  agreement: 0.995,
  layers: [
    { name: 'image', op: '', maxError: 0.0019, meanError: 0.0004, sqnr: 52.1 },
    { name: 'relu1', op: 'Relu', maxError: 0.031, meanError: 0.004, sqnr: 41.7 },
    { name: 'logits', op: 'Gemm', maxError: 0.21, meanError: 0.05, sqnr: null },
  ],
};

/** A bundle's source for the digits network with its own picture of a 7, or for another network given as it is. */
export function auditSource(
  visibility: Visibility = allPublic,
  change: (graph: QuantGraph) => QuantGraph = (g) => g,
): AuditSource {
  const int8 = new Uint8Array(readFileSync(`${folder}/digits-mlp.int8.onnx`));
  const graph = change(importModel(int8).model);
  const preprocessing = new Uint8Array(readFileSync(`${folder}/preprocess.json`));
  const rules = decodePreprocessing(preprocessing, 'preprocess.json');
  const image = new Uint8Array(readFileSync(`${folder}/images/7.png`));
  const isHidden = visibility !== allPublic;
  const compilation: Compilation = isHidden ? compileHidden(graph, visibility, freshRandomness) : compileModel(graph);
  const inputs = bindInputs(decodeInputFile(image, { where: '7.png', preprocessing: rules }), graph.inputs, '7.png');
  const openings = compilation.openings.map((opening) => ({ opening, claim: (): void => {} }));
  const { proof, trace } = proveInference(compilation.provingKey, inputs, {
    randomness: freshRandomness(),
    context: utf8('audit 7'),
    ...(isHidden ? { openings, draw: freshRandomness } : {}),
  });
  const key = compilation.verifyingKey;
  const prepared = prepareKey(key);
  const verdict = verifyProof(prepared, proof);
  invariant(verdict.ok, 'the proof verifies');
  return {
    createdAt: '2026-01-02T03:04:05Z',
    expiresAt: null,
    environment,
    events: [
      { kind: 'model loaded', time: '2026-01-02T03:04:00Z', digests: { model: verdict.claims.modelDigest } },
      {
        kind: 'proof made',
        time: null,
        digests: { key: verdict.claims.keyDigest, circuit: verdict.claims.circuitDigest },
      },
      { kind: 'verified', time: '2026-01-02T03:04:01.500Z', digests: {} },
    ],
    int8: visibility.weights === 'public' ? int8 : null,
    float: null,
    comparison,
    graph: visibility.weights === 'public' ? graph : null,
    key,
    keyBytes: encodeVerifyingKey(key),
    accepted: prepared.accepted,
    proof,
    proofBytes: encodeProof(proof),
    claims: verdict.claims,
    trace: isHidden ? null : trace,
    preprocessing,
    labels: rules.labels,
    image: isHidden ? null : image,
    signer: null,
  };
}

let shared: AuditSource | null = null;

/** The source whose values are all public, made once. */
export function publicSource(): AuditSource {
  shared ??= auditSource();
  return shared;
}
