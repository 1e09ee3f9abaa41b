/** Random integer networks of all operators: whatever one needs is made of what the others left, by movements of any kind. */
import {
  type Port,
  profile,
  type QuantGraph,
  type QuantNode,
  type QuantTensor,
} from '../../src/artifact/quant-graph.ts';
import type { Json } from '../../src/base/canonical-json.ts';
import { type Dtype, type IntTensor, product, type Shape } from '../../src/base/tensor.ts';
import { lookupOp } from '../../src/ops/registry.ts';
import { type OpVectors, Random } from '../../src/ops/vectors.ts';

/** Cells per tensor: small enough for thousands of networks. */
const largest = 400;

function shuffled(random: Random, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = random.integer(0, i);
    [order[i], order[other]] = [order[other] as number, order[i] as number];
  }
  return order;
}

export class RandomNetwork {
  readonly random: Random;
  private readonly tensors: QuantTensor[] = [];
  private readonly constants = new Map<string, IntTensor>();
  private readonly nodes: QuantNode[] = [];
  private readonly inputs: Port[] = [];
  private count = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.input('u8', [this.random.integer(1, 4), this.random.integer(1, 4)]);
  }

  private input(dtype: Dtype, dims: Shape): QuantTensor {
    const tensor = { name: `t${this.count++}`, dtype, dims };
    this.tensors.push(tensor);
    this.inputs.push({ name: tensor.name, tensor: tensor.name, dims, dtype, quantization: null });
    return tensor;
  }

  private node(op: string, inputs: readonly QuantTensor[], attrs: Json): QuantTensor {
    const types = inputs.map((tensor) => ({ ...tensor, constant: this.constants.get(tensor.name) ?? null }));
    const operator = lookupOp(op);
    const name = `t${this.count++}`;
    const [type] = operator.shape(types, operator.attrs(attrs, name), name);
    const output = { name, ...(type as { dtype: Dtype; dims: Shape }) };
    this.nodes.push({ name, op, inputs: inputs.map((tensor) => tensor.name), outputs: [name], attrs });
    this.tensors.push(output);
    return output;
  }

  private reshaped(x: QuantTensor, dims: Shape): QuantTensor {
    return this.node('Reshape', [x], { dims });
  }

  /** Some `count` cells of a list, in an order that may be any. */
  private selected(x: QuantTensor, count: number): QuantTensor {
    const { random } = this;
    const size = product(x.dims);
    if (count > size && random.chance(0.4)) {
      const begins = random.integer(0, count - size);
      const value = random.integer(0, 9);
      return this.node('Pad', [x], { begins: [begins], ends: [count - size - begins], value });
    }
    const kind = random.pick(['run', 'backwards', 'any', 'shuffled']);
    const at = (i: number): number => {
      if (kind === 'any') return random.integer(0, size - 1);
      return kind === 'backwards' ? (2 * size - 1 - (i % size)) % size : i % size;
    };
    const order = shuffled(random, size);
    const indices = Array.from({ length: count }, (_, i) =>
      kind === 'shuffled' ? (order[i % size] as number) : at(i),
    );
    return this.node('Select', [x], { indices: [indices] });
  }

  /** A tensor of that type, made of one there is. */
  private found(dtype: Dtype, dims: Shape): QuantTensor | null {
    const { random } = this;
    const known = this.tensors.filter((tensor) => tensor.dtype === dtype);
    if (dtype === 's32' && known.length === 0) return null;
    if (known.length === 0 || (dtype !== 's32' && random.chance(0.1))) return this.input(dtype, dims);
    const x = random.chance(0.6) ? (known.at(-1) as QuantTensor) : random.pick(known);
    if (x.dims.join() === dims.join() && random.chance(0.6)) return x;
    const cells = product(dims);
    const same = product(x.dims) === cells && random.chance(0.7);
    const moved = same ? x : this.selected(x.dims.length === 1 ? x : this.reshaped(x, [product(x.dims)]), cells);
    if (dims.length < 2 || random.chance(0.5)) return this.reshaped(moved, dims);
    const order = shuffled(random, dims.length);
    const laid = this.reshaped(
      moved,
      order.map((dim) => dims[dim] as number),
    );
    return this.node('Transpose', [laid], { perm: dims.map((_, dim) => order.indexOf(dim)) });
  }

  /** Adds the operator of a sample, its inputs taken from the network; does nothing when the sample does not fit. */
  add({ op, sample }: OpVectors): void {
    const { attrs, inputs, constants } = sample(this.random);
    if (inputs.some(({ dims }) => product(dims) > largest)) return;
    const operands = inputs.map((tensor, i) => {
      if (constants[i] !== true) return this.found(tensor.dtype, tensor.dims);
      const name = `c${this.count++}`;
      this.constants.set(name, tensor);
      return { name, dtype: tensor.dtype, dims: tensor.dims };
    });
    const types = operands.map((tensor, i) => ({
      ...(tensor ?? { dtype: 'u8' as const, dims: [] }),
      constant: constants[i] === true ? (inputs[i] as IntTensor) : null,
    }));
    if (operands.includes(null) || product(op.shape(types, attrs, op.name)[0]?.dims ?? []) > largest) return;
    this.node(op.name, operands as QuantTensor[], attrs);
  }

  /** The network with some of its tensors as outputs: inputs, tensors in the middle, the same one twice. */
  get graph(): QuantGraph {
    const { tensors, constants, nodes, inputs } = this;
    const random = new Random(this.count + 1);
    const shown = random.list(random.integer(1, 4), (i) =>
      i === 0 ? (tensors.at(-1) as QuantTensor) : random.pick(tensors),
    );
    const outputs = shown.map(
      ({ name, dims, dtype }, i): Port => ({ name: `y${i}`, tensor: name, dims, dtype, quantization: null }),
    );
    return { name: 'random', profile, inputs, outputs, tensors, constants, nodes };
  }

  /** Integers for every input: anything of the type, or its ends alone. */
  integers(): Map<string, IntTensor> {
    const { random } = this;
    const ends = random.chance(0.4);
    return new Map(
      this.inputs.map(({ name, dtype, dims }) => {
        const any = random.tensor(dtype, dims);
        const [low, high] = dtype === 'u8' ? [0, 255] : [-128, 127];
        return [name, ends ? { ...any, data: any.data.map(() => random.pick([low, high])) } : any];
      }),
    );
  }
}
