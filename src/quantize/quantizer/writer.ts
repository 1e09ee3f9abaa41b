/** The int8 graph under construction: QuantizeLinear/DequantizeLinear pairs, constants, nodes. */
import type { Attribute, GraphNode, GraphTensor } from '../../artifact/graph.ts';
import type { Shape } from '../../base/tensor.ts';
import type { ByteDtype } from '../../ops/attributes.ts';
import type { ByteQuantization } from '../formula.ts';

/** Name of the integers of a float tensor in the models the quantizer writes. */
export function quantizedName(name: string): string {
  return `${name}/quantized`;
}

export class QdqWriter {
  readonly nodes: GraphNode[] = [];
  readonly initializers: Map<string, GraphTensor> = new Map();

  node(
    op: string,
    name: string,
    inputs: readonly string[],
    output: string,
    attributes: ReadonlyMap<string, Attribute> = new Map(),
  ): string {
    this.splitting(op, name, inputs, [output], attributes);
    return output;
  }

  /** A node with several outputs. */
  splitting(
    op: string,
    name: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: ReadonlyMap<string, Attribute>,
  ): void {
    this.nodes.push({ name, op, domain: '', inputs, outputs, attributes });
  }

  constant(name: string, tensor: GraphTensor): string {
    this.initializers.set(name, tensor);
    return name;
  }

  /** Scale and zero point of a tensor of bytes, as operand names. */
  parameters(name: string, { scale, zeroPoint, dtype }: ByteQuantization): readonly [string, string] {
    return [
      this.constant(`${name}/scale`, { type: 'float32', dims: [], data: Float32Array.of(scale) }),
      this.constant(`${name}/zero_point`, bytes(dtype, [], [zeroPoint])),
    ];
  }

  /** `from` (floats) → integers → `to` (floats), with parameters already named. */
  pair(name: string, from: string, to: string, parameters: readonly [string, string]): void {
    const integers = this.node('QuantizeLinear', `${name}/quantize`, [from, ...parameters], quantizedName(name));
    this.node('DequantizeLinear', `${name}/dequantize`, [integers, ...parameters], to);
  }

  /** Constant int8 or int32 tensor behind a DequantizeLinear with zero point 0; returns the name of the floats. */
  symmetric(
    name: string,
    integers: GraphTensor & { readonly type: 'int8' | 'int32' },
    scales: Float32Array,
    axis: number,
  ): string {
    const dims = scales.length === 1 ? [] : [scales.length];
    const zeros =
      integers.type === 'int8'
        ? { type: 'int8' as const, dims, data: new Int8Array(scales.length) }
        : { type: 'int32' as const, dims, data: new Int32Array(scales.length) };
    const inputs = [
      this.constant(quantizedName(name), integers),
      this.constant(`${name}/scale`, { type: 'float32', dims, data: scales }),
      this.constant(`${name}/zero_point`, zeros),
    ];
    const attributes = new Map<string, Attribute>(scales.length === 1 ? [] : [['axis', { kind: 'int', value: axis }]]);
    return this.node('DequantizeLinear', `${name}/dequantize`, inputs, `${name}/dequantized`, attributes);
  }

  /** Constant bytes with a per-tensor quantization; returns the name of the floats. */
  constantBytes(name: string, dims: Shape, integers: readonly number[], quantization: ByteQuantization): string {
    const operand = this.constant(quantizedName(name), bytes(quantization.dtype, dims, integers));
    return this.node(
      'DequantizeLinear',
      `${name}/dequantize`,
      [operand, ...this.parameters(name, quantization)],
      `${name}/dequantized`,
    );
  }
}

function bytes(dtype: ByteDtype, dims: Shape, integers: readonly number[]): GraphTensor {
  return dtype === 'u8'
    ? { type: 'uint8', dims, data: Uint8Array.from(integers) }
    : { type: 'int8', dims, data: Int8Array.from(integers) };
}
