/** What audit bundles are made from, for tests: a real network, key and proof, and an edge that is the same in every run. */
import { readFileSync } from 'node:fs';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import {
  type AuditSource,
  type Environment,
  type FloatComparison,
  type MemberGroup,
  type Members,
  memberPaths,
} from '../../src/audit/bundle.ts';
import { memberGroups } from '../../src/audit/members/index.ts';
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

/** What a bundle about the digits network and its picture of a 7 is made from. */
export function auditSource(visibility: Visibility = allPublic): AuditSource {
  const int8 = new Uint8Array(readFileSync(`${folder}/digits-mlp.int8.onnx`));
  const graph = importModel(int8).model;
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
    audience: null,
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
    weightsCommitment: null,
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

const made = new Map<string, AuditSource>();

function once(name: string, make: () => AuditSource): AuditSource {
  const source = made.get(name) ?? make();
  made.set(name, source);
  return source;
}

/** The source whose values are all public. */
export function publicSource(): AuditSource {
  return once('public', () => auditSource(allPublic));
}

/** Input and weights are committed, the output is public. */
export function hiddenSource(): AuditSource {
  return once('hidden', () => auditSource({ ...allPublic, input: 'committed', weights: 'committed' }));
}

export function textOf(members: Members, path: string): string {
  return new TextDecoder().decode(members.get(path));
}

/** All derived members of a source, and the files they are derived from. */
export function everything(source: AuditSource): Map<string, Uint8Array> {
  const derived = memberGroups.flatMap((group) => [...group.make(source)]);
  return new Map([...derived, [memberPaths.verifyingKey, source.keyBytes], [memberPaths.proof, source.proofBytes]]);
}

/** Members of a group that a check finds wrong. */
export function failures(source: AuditSource, members: Members, group: MemberGroup): string[] {
  return group.check(members, source).flatMap(({ outcome, member }) => (outcome === 'fail' ? [`${member}`] : []));
}
