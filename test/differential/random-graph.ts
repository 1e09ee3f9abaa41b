/** A random int8 network under construction, in one of the two ONNX spellings. */
import type { ElementType, Graph, GraphTensor } from '../../src/artifact/graph.ts';
import { dtypeRange, product, type Shape } from '../../src/base/tensor.ts';
import type { ByteDtype } from '../../src/ops/attributes.ts';
import { Random } from '../../src/ops/vectors.ts';
import type { ByteQuantization } from '../../src/quantize/formula.ts';
import { GraphBuilder } from '../../src/quantize/laws.ts';

/** Float operators between DequantizeLinear and QuantizeLinear, or QLinear operators with their scales as operands. */
export type Spelling = 'qdq' | 'qoperator';

/** A tensor of bytes of the network. */
export type Activation = { readonly name: string; readonly dims: Shape; readonly quantization: ByteQuantization };

/** Adds one operator to the graph; false when no tensor of the graph fits it. */
export type Emitter = { readonly op: string; readonly emit: (graph: RandomGraph) => boolean };

/** Cells per tensor: small enough for ten thousand graphs, large enough for every vector width of the kernels. */
const largest = 600;

export class RandomGraph {
  readonly random: Random;
  readonly spelling: Spelling;
  readonly dtype: ByteDtype;
  readonly opset: number;
  readonly builder: GraphBuilder = new GraphBuilder();
  private readonly live: Activation[] = [];
  private readonly inputs = new Map<string, Shape>();
  private readonly portTypes: Record<string, ElementType> = {};
  private readonly claims: string[] = [];
  private readonly floats = new Map<string, string>();
  private readonly read = new Set<string>();
  private count = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.spelling = this.random.pick(['qdq', 'qoperator'] as const);
    this.dtype = this.random.byteDtype();
    this.opset = this.random.pick([13, 17, 21]);
    const inputs = this.random.chance(0.2) ? 2 : 1;
    for (let i = 0; i < inputs; i++) this.input();
  }

  fresh(prefix: string): string {
    return `${prefix}${this.count++}`;
  }

  private input(): void {
    const { random } = this;
    const dims = [
      random.integer(1, 2),
      random.integer(1, 6),
      ...random.list(random.integer(0, 2), () => random.integer(3, 9)),
    ];
    const name = this.fresh('input');
    const quantization = this.quantization(random.scale(-8, 0) * 128);
    this.inputs.set(name, dims);
    if (this.spelling === 'qdq' || random.chance(0.5)) {
      const integers = this.builder.quantize(name, `${name}.q`, quantization);
      this.live.push({ name: integers, dims, quantization });
    } else {
      this.portTypes[name] = this.elementType();
      this.live.push({ name, dims, quantization });
    }
  }

  elementType(): 'uint8' | 'int8' {
    return this.dtype === 'u8' ? 'uint8' : 'int8';
  }

  /** Parameters under which real values of size `spread` fill a good part of the bytes, with some saturation. */
  quantization(spread: number): ByteQuantization {
    const size = Math.log2(spread / 96);
    return { scale: this.random.scale(size - 1, size + 1), zeroPoint: this.random.byte(this.dtype), dtype: this.dtype };
  }

  /** The size of the real values a tensor can hold. */
  spread({ quantization: { scale, zeroPoint, dtype } }: Activation): number {
    const [low, high] = dtypeRange[dtype];
    return scale * Math.max(high - zeroPoint, zeroPoint - low);
  }

  /** A tensor that fits, most often one of the last: graphs become deep rather than wide. */
  pick(fits: (activation: Activation) => boolean): Activation | undefined {
    const found = this.live.filter(fits);
    return this.random.chance(0.7) ? found.at(-1) : found.length === 0 ? undefined : this.random.pick(found);
  }

  /** The floats behind the bytes of an activation: one DequantizeLinear for all readers, or sometimes one of its own. */
  dequantized(activation: Activation): string {
    const known = this.floats.get(activation.name);
    this.read.add(activation.name);
    if (known !== undefined && this.random.chance(0.8)) return known;
    const name = this.fresh('f');
    this.builder.dequantize(activation.name, name, activation.quantization);
    this.floats.set(activation.name, name);
    return name;
  }

  /** Name, scale and zero point of an activation, as QLinear operators take them. */
  operands(activation: Activation): readonly string[] {
    this.read.add(activation.name);
    return [activation.name, ...this.builder.parameters(this.fresh('p'), activation.quantization)];
  }

  /** The bytes themselves, for operators that move them. */
  bytes(activation: Activation): string {
    this.read.add(activation.name);
    return activation.name;
  }

  /**
   * Quantizes what an operator with an integer kernel has just computed, sometimes after a Relu that the range implies or
   * a movement that onnxruntime carries the quantization across.
   */
  fused(floats: string, dims: Shape, quantization: ByteQuantization): true {
    const { builder, random } = this;
    const relu = random.chance(0.25);
    const [lowest] = dtypeRange[this.dtype];
    const to = relu ? { ...quantization, zeroPoint: lowest } : quantization;
    const clipped = relu ? builder.node('Relu', [floats], this.fresh('relu')) : floats;
    if (!random.chance(0.1)) return this.quantized(clipped, dims, to);
    const flat = [dims[0] as number, product(dims.slice(1))];
    const moved = builder.node(
      'Reshape',
      [clipped, builder.integers(this.fresh('shape'), flat)],
      this.fresh('reshape'),
    );
    return this.quantized(moved, flat, to);
  }

  /** Quantizes floats that a node has just computed. */
  quantized(floats: string, dims: Shape, quantization: ByteQuantization): true {
    return this.produced(this.builder.quantize(floats, this.fresh('q'), quantization), dims, quantization);
  }

  /** Takes note of bytes that a node has just computed. */
  produced(name: string, dims: Shape, quantization: ByteQuantization): true {
    this.live.push({ name, dims, quantization });
    return true;
  }

  /** An output of another kind than bytes, for instance an index: nothing can follow it. */
  claim(name: string, type: ElementType): true {
    this.portTypes[name] = type;
    this.claims.push(name);
    return true;
  }

  fits(dims: Shape): boolean {
    return dims.every((size) => size >= 1) && product(dims) <= largest;
  }

  /** A constant of integers; a scalar has no dimensions. */
  integers(dtype: 'u8' | 's8' | 's32', dims: Shape, data: ArrayLike<number>): string {
    const tensor: GraphTensor =
      dtype === 'u8'
        ? { type: 'uint8', dims, data: Uint8Array.from(data) }
        : dtype === 's8'
          ? { type: 'int8', dims, data: Int8Array.from(data) }
          : { type: 'int32', dims, data: Int32Array.from(data) };
    return this.builder.constant(this.fresh('c'), tensor);
  }

  scales(scales: readonly number[]): string {
    return this.builder.floats(this.fresh('s'), scales.length === 1 ? [] : [scales.length], scales);
  }

  /** The finished graph: it returns every tensor that nothing reads, as floats or as bytes. */
  finish(): Graph {
    const ends = this.live.filter(({ name }) => !this.read.has(name) && !this.inputs.has(name));
    const outputs = ends.map((end) => {
      if (this.spelling === 'qdq') return this.dequantized(end);
      this.portTypes[end.name] = this.elementType();
      return end.name;
    });
    return this.builder.graph(Object.fromEntries(this.inputs), [...outputs, ...this.claims], {
      opset: this.opset,
      integers: this.portTypes,
    });
  }
}
