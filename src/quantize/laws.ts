/**
 * The law of this room, for tests: an imported model computes what onnxruntime computes, every integer of it. With a small
 * builder for graphs in the QDQ spelling.
 */
import type { Attribute, ElementType, Graph, GraphNode, GraphTensor, ValueInfo } from '../artifact/graph.ts';
import type { QuantGraph } from '../artifact/quant-graph.ts';
import { dequantizeLinear } from '../base/rounding.ts';
import { dtypeRange, product } from '../base/tensor.ts';
import { readModel, writeModel } from '../onnx/index.ts';
import { execute } from '../runtime/execute.ts';
import { exposableTensors, type OracleReport, openOracle } from '../runtime/node/oracle.ts';
import { quantizeInput } from '../runtime/ports.ts';
import type { ByteQuantization } from './formula.ts';
import { importQuantized } from './import/import-quantized.ts';

/** Uniform numbers in [0, 1), the same in every run (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Roughly normal floats: sums of uniforms. */
export function normalFloats(count: number, deviation: number, random: () => number): Float32Array {
  return Float32Array.from({ length: count }, () => (random() + random() + random() + random() - 2) * 1.73 * deviation);
}

type AttributeValue = number | string | readonly number[];

/** Integers are `int` attributes; write a float attribute as `{ float }`. */
type Attributes = Readonly<Record<string, AttributeValue | { readonly float: number }>>;

function attribute(value: Attributes[string]): Attribute {
  if (typeof value === 'number') return { kind: 'int', value };
  if (typeof value === 'string') return { kind: 'string', value };
  return 'float' in value ? { kind: 'float', value: value.float } : { kind: 'ints', value };
}

export class GraphBuilder {
  private readonly nodes: GraphNode[] = [];
  private readonly initializers = new Map<string, GraphTensor>();
  readonly random: () => number = generator(1);

  constant(name: string, tensor: GraphTensor): string {
    this.initializers.set(name, tensor);
    return name;
  }

  floats(name: string, dims: readonly number[], data: ArrayLike<number>): string {
    return this.constant(name, { type: 'float32', dims, data: Float32Array.from(data) });
  }

  randomFloats(name: string, dims: readonly number[], deviation = 1): string {
    return this.floats(name, dims, normalFloats(product(dims), deviation, this.random));
  }

  integers(name: string, data: readonly number[]): string {
    return this.constant(name, { type: 'int64', dims: [data.length], data: BigInt64Array.from(data, BigInt) });
  }

  node(op: string, inputs: readonly string[], output: string, attributes: Attributes = {}, domain = ''): string {
    this.splitting(op, inputs, [output], attributes, domain);
    return output;
  }

  /** A node with several outputs. */
  splitting(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes = {},
    domain = '',
  ): void {
    const map = new Map(Object.entries(attributes).map(([key, value]) => [key, attribute(value)]));
    this.nodes.push({ name: `${op}:${outputs[0]}`, op, domain, inputs, outputs, attributes: map });
  }

  /** Scale and zero point as operand names. */
  parameters(name: string, { scale, zeroPoint, dtype }: ByteQuantization): readonly [string, string] {
    const zero: GraphTensor =
      dtype === 'u8'
        ? { type: 'uint8', dims: [], data: Uint8Array.of(zeroPoint) }
        : { type: 'int8', dims: [], data: Int8Array.of(zeroPoint) };
    return [this.floats(`${name}.scale`, [], [scale]), this.constant(`${name}.zero`, zero)];
  }

  quantize(input: string, output: string, quantization: ByteQuantization): string {
    return this.node('QuantizeLinear', [input, ...this.parameters(output, quantization)], output);
  }

  dequantize(input: string, output: string, quantization: ByteQuantization): string {
    return this.node('DequantizeLinear', [input, ...this.parameters(output, quantization)], output);
  }

  /** Quantizes and dequantizes; the integers are called `output`.q. */
  pair(input: string, output: string, quantization: ByteQuantization): string {
    return this.dequantize(this.quantize(input, `${output}.q`, quantization), output, quantization);
  }

  /** Random int8 weights behind a DequantizeLinear; one scale, or one per index of `axis`. */
  weights(name: string, dims: readonly number[], scales: number | readonly number[], axis = 0): string {
    const list = typeof scales === 'number' ? [scales] : scales;
    const shape = typeof scales === 'number' ? [] : [list.length];
    const data = Int8Array.from({ length: product(dims) }, () => Math.floor(this.random() * 255) - 127);
    const operands = [
      this.constant(`${name}.q`, { type: 'int8', dims, data }),
      this.floats(`${name}.scale`, shape, list),
      this.constant(`${name}.zero`, { type: 'int8', dims: shape, data: new Int8Array(list.length) }),
    ];
    return this.node('DequantizeLinear', operands, name, typeof scales === 'number' ? {} : { axis });
  }

  /** A random int32 bias behind a DequantizeLinear. */
  bias(name: string, scales: readonly number[], zero = 0): string {
    const dims = [scales.length];
    const data = Int32Array.from(scales, () => Math.floor(this.random() * 4000) - 2000);
    const operands = [
      this.constant(`${name}.q`, { type: 'int32', dims, data }),
      this.floats(`${name}.scale`, dims, scales),
      this.constant(`${name}.zero`, { type: 'int32', dims, data: new Int32Array(scales.length).fill(zero) }),
    ];
    return this.node('DequantizeLinear', operands, name, { axis: 0 });
  }

  /** The graph as a reader of its bytes sees it. Outputs are float unless listed in `integers`. */
  graph(
    inputs: Readonly<Record<string, readonly number[]>>,
    outputs: readonly string[],
    { opset = 17, integers = {} }: { opset?: number; integers?: Readonly<Record<string, ElementType>> } = {},
  ): Graph {
    const port = (name: string, dims?: readonly number[]): ValueInfo => ({
      name,
      type: integers[name] ?? 'float32',
      dims,
    });
    const graph: Graph = {
      name: 'test',
      irVersion: 8,
      opsets: new Map([
        ['', opset],
        ['com.microsoft', 1],
      ]),
      inputs: Object.entries(inputs).map(([name, dims]) => port(name, dims)),
      outputs: outputs.map((name) => port(name)),
      nodes: this.nodes,
      initializers: this.initializers,
      values: new Map(),
    };
    return readModel(writeModel(graph));
  }
}

/** Floats that meet every byte of each float port and reach past both ends, or bytes for an integer port. */
export function randomInputs(quant: QuantGraph, random: () => number): ReadonlyMap<string, Float32Array> {
  return new Map(
    quant.inputs.map(({ name, dims, dtype, quantization }) => {
      const [low, high] = dtypeRange[dtype];
      const data = Float32Array.from({ length: product(dims) }, () => {
        if (quantization === null) return low + Math.floor(random() * (high - low + 1));
        const byte = low - 8 + random() * (high - low + 16);
        return dequantizeLinear(byte, quantization.scale, quantization.zeroPoint);
      });
      return [name, data];
    }),
  );
}

/** Imports the model and compares `runs` random runs with onnxruntime; the first mismatch, or all that was compared. */
export async function compareWithOnnxruntime(
  model: Uint8Array,
  runs: number,
): Promise<OracleReport & { readonly quant: QuantGraph }> {
  const graph = readModel(model);
  const quant = importQuantized(graph);
  const exposedModel = writeModel(graph, { extraOutputs: exposableTensors(graph, quant) });
  const random = generator(7);
  const oracle = await openOracle({ model, exposedModel, quant });
  let elements = 0;
  try {
    for (let run = 1; ; run++) {
      const inputs = randomInputs(quant, random);
      const integers = quant.inputs.map(
        (port) => [port.name, quantizeInput(port, inputs.get(port.name) as Float32Array)] as const,
      );
      const report = await oracle.check({ inputs, trace: execute(quant, new Map(integers)) });
      elements += report.elements;
      if (report.mismatch !== null || run === runs) return { ...report, elements, quant };
    }
  } finally {
    await oracle.close();
  }
}

/** Tests that need onnxruntime-node are skipped where it is not installed. */
export const hasOnnxruntime: boolean = await import('onnxruntime-node').then(
  () => true,
  () => false,
);
