/** bom.cdx.json: the model and the software around it as a CycloneDX 1.6 bill of materials with a model card. */
import type { Port } from '../../artifact/quant-graph.ts';
import { toHex, utf8 } from '../../base/bytes.ts';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { digest } from '../../base/digest.ts';
import { sha256, sha256Hex } from '../../base/sha256.ts';
import {
  type AuditSource,
  compareMember,
  type Finding,
  type MemberGroup,
  type Members,
  memberPaths,
} from '../bundle.ts';
import { type JsonRecord, writeCanonical } from './canonical-member.ts';

const path: string = memberPaths.bom;

function properties(facts: { readonly [name: string]: string | null }): Json {
  return Object.entries(facts).flatMap(([name, value]) => (value === null ? [] : [{ name: `provenn:${name}`, value }]));
}

function hashes(bytes: Uint8Array): Json {
  return [
    { alg: 'SHA-256', content: sha256Hex(bytes) },
    { alg: 'BLAKE3', content: toHex(digest(bytes)) },
  ];
}

/** A UUID of version 8 (RFC 9562): the parties of a bill may repeat it, and get the same number. */
export function uuidOf(bytes: Uint8Array): string {
  const id = sha256(bytes).slice(0, 16);
  id[6] = ((id[6] as number) & 0x0f) | 0x80;
  id[8] = ((id[8] as number) & 0x3f) | 0x80;
  return toHex(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function portFormat({ name, dims, dtype, quantization }: Port): Json {
  return { format: `${name}: ${quantization === null ? dtype : 'float32'}[${dims.join(',')}]` };
}

function calibrationSet({ comparison }: AuditSource): JsonRecord {
  if (comparison === null) return {};
  const facts = properties({
    'calibration:samples': `${comparison.samples}`,
    'calibration:sha256': comparison.calibrationDigest,
  });
  return { datasets: [{ type: 'dataset', name: 'calibration data', contents: { properties: facts } }] };
}

function measurements({ comparison }: AuditSource): JsonRecord {
  if (comparison === null) return {};
  const type = 'share of samples on which the int8 and the float model give the same class';
  const metric = { type, value: `${comparison.agreement}`, slice: `${comparison.samples} calibration samples` };
  return { quantitativeAnalysis: { performanceMetrics: [metric] } };
}

const limitations = [
  'A proof says that the integers of this network give this output for this input. It says nothing about whether the output is right.',
  'Nothing is said about the training data, about accuracy, fairness or fitness for a purpose.',
] as const;

function modelCard(source: AuditSource): Json {
  const { circuit } = source.key;
  return {
    modelParameters: {
      ...calibrationSet(source),
      inputs: circuit.inputs.map(portFormat),
      outputs: circuit.outputs.map(portFormat),
    },
    ...measurements(source),
    considerations: { technicalLimitations: [...limitations] },
  };
}

/** The float model this one was quantized from, when the bundle holds it. */
function ancestry({ float, key }: AuditSource): JsonRecord {
  if (float === null) return {};
  const ancestor = {
    type: 'machine-learning-model',
    name: `${key.circuit.name} (float)`,
    hashes: hashes(float),
  };
  return { pedigree: { ancestors: [ancestor] } };
}

function modelComponent(source: AuditSource): Json {
  const { int8, key, claims } = source;
  return {
    type: 'machine-learning-model',
    'bom-ref': 'model',
    name: key.circuit.name,
    version: claims.modelDigest,
    ...(int8 === null ? {} : { hashes: hashes(int8) }),
    ...ancestry(source),
    modelCard: modelCard(source),
    properties: properties({
      'model:blake3': claims.modelDigest,
      'circuit:blake3': claims.circuitDigest,
      'key:blake3': claims.keyDigest,
      integers: claims.profile,
      'proof-system': claims.backend,
      weights: claims.weights.length === 0 ? 'public' : 'hidden',
      'weights:commitment': claims.weights.map(({ commitment }) => commitment).join(' ') || null,
    }),
  };
}

function softwareComponents({ environment }: AuditSource): readonly JsonRecord[] {
  const [runtime = '', version = ''] = environment.runtime.split(' ');
  return [
    {
      type: 'application',
      'bom-ref': 'provenn',
      name: 'provenn',
      version: environment.provenn,
      licenses: [{ license: { id: 'Apache-2.0' } }],
      properties: properties({ 'lockfile:sha256': environment.lockfileDigest }),
    },
    { type: 'platform', 'bom-ref': 'runtime', name: runtime, version },
    { type: 'platform', 'bom-ref': 'machine', name: environment.platform, description: environment.processor },
  ];
}

export function billOfMaterials(source: AuditSource): Uint8Array {
  const body: JsonRecord = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: source.createdAt,
      tools: { components: [{ type: 'application', name: 'provenn', version: source.environment.provenn }] },
      component: modelComponent(source),
    },
    components: softwareComponents(source),
    dependencies: [
      { ref: 'model', dependsOn: ['provenn'] },
      { ref: 'provenn', dependsOn: ['runtime'] },
      { ref: 'runtime', dependsOn: ['machine'] },
    ],
  };
  return writeCanonical({ ...body, serialNumber: `urn:uuid:${uuidOf(utf8(canonicalJson(body)))}` });
}

function check(members: Members, source: AuditSource): readonly Finding[] {
  const claim = 'the bill of materials names this model, this key and these versions';
  return [compareMember(claim, path, members, billOfMaterials(source))];
}

export const bomMember: MemberGroup = {
  paths: [path],
  make: (source) => new Map([[path, billOfMaterials(source)]]),
  check,
};
