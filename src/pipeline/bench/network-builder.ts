/** Float networks with seeded weights, for measuring: shapes as in the papers, values from a fixed generator. */
import type { Attribute, Graph, GraphNode, GraphTensor, ValueInfo } from '../../artifact/graph.ts';
import { product } from '../../base/tensor.ts';

/** A value of the network: [batch, channels, height, width], or [batch, features]. */
export type Value = { readonly name: string; readonly dims: readonly number[] };

export type ConvOptions = {
  readonly kernel: number;
  readonly stride?: number;
  readonly pad?: number;
  readonly groups?: number;
};

/** Numerical Recipes' linear congruential generator: weights need to be spread and repeatable, no more. */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const ints = (...value: number[]): Attribute => ({ kind: 'ints', value });

export class NetworkBuilder {
  private readonly nodes: GraphNode[] = [];
  private readonly initializers = new Map<string, GraphTensor>();
  private readonly uniform: () => number;
  readonly input: Value;

  constructor(seed: number, dims: readonly number[]) {
    this.uniform = seededUniform(seed);
    this.input = { name: 'input', dims };
  }

  /** Uniform weights of variance 2 / fan-in, which keeps the size of activations from layer to layer. */
  private weights(name: string, dims: readonly number[], fanIn: number): string {
    const limit = Math.sqrt(6 / fanIn);
    const data = new Float32Array(product(dims)).map(() => limit * this.uniform());
    this.initializers.set(name, { type: 'float32', dims, data });
    return name;
  }

  private node(
    op: string,
    inputs: readonly string[],
    dims: readonly number[],
    attributes: [string, Attribute][] = [],
  ): Value {
    const name = `${op.toLowerCase()}${this.nodes.length}`;
    const output = `${name}_out`;
    this.nodes.push({ name, op, domain: '', inputs, outputs: [output], attributes: new Map(attributes) });
    return { name: output, dims };
  }

  conv(x: Value, channels: number, { kernel, stride = 1, pad = (kernel - 1) / 2, groups = 1 }: ConvOptions): Value {
    const [batch, from, height, width] = x.dims as [number, number, number, number];
    const name = `w${this.nodes.length}`;
    const weight = this.weights(name, [channels, from / groups, kernel, kernel], (from / groups) * kernel * kernel);
    const bias = this.weights(`${name}b`, [channels], 60);
    const out = (size: number): number => Math.floor((size + 2 * pad - kernel) / stride) + 1;
    return this.node(
      'Conv',
      [x.name, weight, bias],
      [batch, channels, out(height), out(width)],
      [
        ['kernel_shape', ints(kernel, kernel)],
        ['strides', ints(stride, stride)],
        ['pads', ints(pad, pad, pad, pad)],
        ['group', { kind: 'int', value: groups }],
      ],
    );
  }

  dense(x: Value, features: number): Value {
    const [batch, from] = x.dims as [number, number];
    const name = `w${this.nodes.length}`;
    const weight = this.weights(name, [features, from], from);
    const bias = this.weights(`${name}b`, [features], 60);
    return this.node('Gemm', [x.name, weight, bias], [batch, features], [['transB', { kind: 'int', value: 1 }]]);
  }

  relu(x: Value): Value {
    return this.node('Relu', [x.name], x.dims);
  }

  add(a: Value, b: Value): Value {
    return this.node('Add', [a.name, b.name], a.dims);
  }

  maxPool(x: Value, kernel: number, stride: number = kernel, pad = 0): Value {
    const [batch, channels, height, width] = x.dims as [number, number, number, number];
    const out = (size: number): number => Math.floor((size + 2 * pad - kernel) / stride) + 1;
    return this.node(
      'MaxPool',
      [x.name],
      [batch, channels, out(height), out(width)],
      [
        ['kernel_shape', ints(kernel, kernel)],
        ['strides', ints(stride, stride)],
        ['pads', ints(pad, pad, pad, pad)],
      ],
    );
  }

  globalAverage(x: Value): Value {
    const [batch, channels] = x.dims as [number, number];
    return this.node('GlobalAveragePool', [x.name], [batch, channels, 1, 1]);
  }

  flatten(x: Value): Value {
    const [batch, ...rest] = x.dims as [number, ...number[]];
    return this.node('Flatten', [x.name], [batch, product(rest)], [['axis', { kind: 'int', value: 1 }]]);
  }

  finish(name: string, output: Value): Graph {
    const info = (value: Value): ValueInfo => ({ name: value.name, type: 'float32', dims: value.dims });
    return {
      name,
      irVersion: 8,
      opsets: new Map([['', 13]]),
      inputs: [info(this.input)],
      outputs: [info(output)],
      nodes: this.nodes,
      initializers: this.initializers,
      values: new Map([this.input, output].map((value) => [value.name, info(value)])),
    };
  }
}
