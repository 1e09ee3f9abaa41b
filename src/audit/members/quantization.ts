/**
 * quantization.json: how real numbers became the integers that are proven. Scales are given by the bits of their float32, so that
 * nobody has to trust a decimal; errors are what was measured against the float model.
 */
import type { Port, QuantGraph, QuantNode } from '../../artifact/quant-graph.ts';
import { ByteWriter } from '../../base/bytes.ts';
import type { Json } from '../../base/canonical-json.ts';
import { sha256Hex } from '../../base/sha256.ts';
import type { IntTensor } from '../../base/tensor.ts';
import {
  type AuditSource,
  compareMember,
  type Finding,
  type FloatComparison,
  type LayerError,
  type MemberGroup,
  type Members,
  memberPaths,
} from '../bundle.ts';
import { type JsonRecord, readCanonical, writeCanonical } from './canonical-member.ts';

const path: string = memberPaths.quantization;
const schema = 'provenn.quantization/1';

/** Scale and zero point that one node gives a tensor; several for scales per channel. */
export type Affine = { readonly scales: readonly number[]; readonly zeroPoints: readonly number[] };

/** The bits of a float32, most significant first: `3b808081` is 0.003921569. */
export function float32Bits(value: number): string {
  return new DataView(Float32Array.of(value).buffer).getUint32(0, true).toString(16).padStart(8, '0');
}

/** The first letter of an operator's scale and zero point says which operand they belong to. */
const operandOfLetter: { readonly [letter: string]: (node: QuantNode) => string | undefined } = {
  x: (node) => node.inputs[0],
  a: (node) => node.inputs[0],
  w: (node) => node.inputs[1],
  b: (node) => node.inputs[1],
  y: (node) => node.outputs[0],
};

function numbers(value: Json | undefined): readonly number[] {
  if (typeof value === 'number') return [value];
  return Array.isArray(value) ? (value as readonly number[]) : [];
}

function affinesOf(node: QuantNode): (readonly [tensor: string, affine: Affine])[] {
  const attrs = node.attrs as JsonRecord;
  return Object.keys(attrs).flatMap((key) => {
    const letter = /^([a-z])Scale$/.exec(key)?.[1];
    const tensor = letter === undefined ? undefined : operandOfLetter[letter]?.(node);
    if (tensor === undefined) return [];
    return [[tensor, { scales: numbers(attrs[key]), zeroPoints: numbers(attrs[`${letter}Zero`]) }] as const];
  });
}

function portAffines(ports: readonly Port[]): (readonly [tensor: string, affine: Affine])[] {
  return ports.flatMap(({ tensor, quantization }) => {
    if (quantization === null) return [];
    return [[tensor, { scales: [quantization.scale], zeroPoints: [quantization.zeroPoint] }] as const];
  });
}

/** What the network says about the real numbers behind each tensor, in order of mention and without repetition. */
export function affinesByTensor(graph: QuantGraph): ReadonlyMap<string, readonly Affine[]> {
  const found = new Map<string, Affine[]>();
  const stated = [...portAffines(graph.inputs), ...graph.nodes.flatMap(affinesOf), ...portAffines(graph.outputs)];
  for (const [tensor, affine] of stated) {
    const known = found.get(tensor) ?? [];
    const isNew = known.every(({ scales, zeroPoints }) => {
      return String(scales) !== String(affine.scales) || String(zeroPoints) !== String(affine.zeroPoints);
    });
    if (isNew) found.set(tensor, [...known, affine]);
  }
  return found;
}

function affineJson({ scales, zeroPoints }: Affine): Json {
  return { scales: scales.map(float32Bits), zeroPoints: [...zeroPoints] };
}

function portJson({ name, tensor, dims, dtype, quantization }: Port): Json {
  const affine = quantization === null ? null : { scales: [quantization.scale], zeroPoints: [quantization.zeroPoint] };
  return { name, tensor, dims: [...dims], dtype, quantization: affine === null ? null : affineJson(affine) };
}

/** Integers as little-endian int32, whatever their type: the bytes a constant's digest is of. */
function constantDigest({ data }: IntTensor): string {
  const out = new ByteWriter();
  for (const value of data) out.i32(value);
  return sha256Hex(out.finish());
}

function tensorsJson(graph: QuantGraph): Json {
  const affines = affinesByTensor(graph);
  const quantizations = (name: string): Json => (affines.get(name) ?? []).map(affineJson);
  return {
    activations: graph.tensors.map(({ name, dtype, dims }) => {
      return { name, dtype, dims: [...dims], quantizations: quantizations(name) };
    }),
    constants: [...graph.constants].map(([name, constant]) => {
      const { dtype, dims } = constant;
      const digest = constantDigest(constant);
      return { name, dtype, dims: [...dims], quantizations: quantizations(name), int32Sha256: digest };
    }),
    nodes: graph.nodes.map(({ name, op, inputs, outputs, attrs }) => {
      return { name, op, inputs: [...inputs], outputs: [...outputs], attributes: attrs };
    }),
  };
}

/** The law by which every real number became an integer; the profile names it whole (docs/integers.md). */
const rounding = {
  real: 'scale * (integer - zeroPoint)',
  ties: 'half to even',
  intermediates: 'one rounding to float32 per written operation',
  overflow: 'saturates to the type, or to low and high of the node',
  scales: 'bits of an IEEE 754 float32, hexadecimal, most significant first',
} as const;

function comparisonJson({ calibrationDigest, samples, agreement, layers }: FloatComparison): Json {
  return { calibrationDigest, samples, agreement, layers: layers.map((layer) => ({ ...layer })) };
}

export function quantizationRecord({ key, graph, comparison }: AuditSource): Uint8Array {
  const { circuit } = key;
  return writeCanonical({
    schema,
    profile: circuit.profile,
    rounding,
    inputs: circuit.inputs.map(portJson),
    outputs: circuit.outputs.map(portJson),
    network: graph === null ? null : tensorsJson(graph),
    comparison: comparison === null ? null : comparisonJson(comparison),
  });
}

/** What a record says of the float model; everything else in it follows from other members. Throws `ARTIFACT_TAMPERED`. */
export function readComparison(bytes: Uint8Array): FloatComparison | null {
  const record = readCanonical(bytes, path);
  if (record.isNull('comparison')) return null;
  const stated = record.child('comparison').only('calibrationDigest', 'samples', 'agreement', 'layers');
  return {
    calibrationDigest: stated.text('calibrationDigest'),
    samples: stated.count('samples'),
    agreement: stated.number('agreement'),
    layers: stated.records('layers').map((layer): LayerError => {
      layer.only('name', 'op', 'maxError', 'meanError', 'sqnr');
      return {
        name: layer.text('name'),
        op: layer.text('op'),
        maxError: layer.number('maxError'),
        meanError: layer.number('meanError'),
        sqnr: layer.isNull('sqnr') ? null : layer.number('sqnr'),
      };
    }),
  };
}

function check(members: Members, source: AuditSource): readonly Finding[] {
  const { graph, comparison } = source;
  const what =
    graph === null
      ? 'scales and zero points of inputs and outputs are those of the circuit'
      : 'scales, zero points and rounding are those of the model';
  const findings = [compareMember(what, path, members, quantizationRecord(source))];
  const claim = 'the int8 model is this close to the float model';
  if (comparison === null) {
    const detail = 'The bundle says nothing about a float model.';
    return [...findings, { claim, member: path, outcome: 'not-checked', detail }];
  }
  const detail =
    'Measured by whoever exported the bundle. Measuring again takes the calibration data, which are not in it, and onnxruntime.';
  return [...findings, { claim, member: path, outcome: 'not-checked', detail }];
}

export const quantizationMember: MemberGroup = {
  paths: [path],
  make: (source) => new Map([[path, quantizationRecord(source)]]),
  check,
};
