/** What a shape rule sees of a node: typed attributes and what is known of its inputs. */
import type { Attribute, ElementType, GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';

/** `dims` is concrete; both fields are undefined when nothing is known. */
export type Known = {
  readonly type: ElementType | undefined;
  readonly dims: readonly number[] | undefined;
  /** Row-major elements of a small integer constant, such as the target of a Reshape. */
  readonly integers: readonly number[] | undefined;
  /** Elements of a small float32 constant, such as the scales of a Resize. */
  readonly floats?: readonly number[] | undefined;
};

export type Inferred = { readonly type: ElementType | undefined; readonly dims: readonly number[] };

/** Types and shapes of the outputs, or null when they depend on something that is not constant. */
export type ShapeRule = (node: NodeView) => readonly Inferred[] | null;

export class NodeView {
  readonly node: GraphNode;
  /** Version of the operator set the node belongs to. */
  readonly opset: number;
  private readonly inputs: readonly (Known | null)[];

  /** `inputs` has null for an absent optional input; the others have known dimensions. */
  constructor(node: GraphNode, opset: number, inputs: readonly (Known | null)[]) {
    this.node = node;
    this.opset = opset;
    this.inputs = inputs;
  }

  get inputCount(): number {
    return this.inputs.length;
  }

  has(index: number): boolean {
    return this.inputs[index] != null;
  }

  type(index: number): ElementType | undefined {
    return this.input(index).type;
  }

  dims(index: number): readonly number[] {
    return this.input(index).dims as readonly number[];
  }

  /** Elements of a constant integer input; undefined when it is not constant. */
  integers(index: number): readonly number[] | undefined {
    return this.input(index).integers;
  }

  /** Elements of a constant float input; undefined when it is not constant. */
  floats(index: number): readonly number[] | undefined {
    return this.input(index).floats;
  }

  /** Dimensions of an input that must have the given rank. */
  ranked(index: number, rank: number): readonly number[] {
    const dims = this.dims(index);
    if (dims.length !== rank) throw this.invalid(`input ${index} has ${dims.length} dimensions instead of ${rank}`);
    return dims;
  }

  int(name: string, otherwise: number): number {
    return this.attribute(name, 'int')?.value ?? otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    return this.attribute(name, 'ints')?.value;
  }

  tensor(name: string): GraphTensor | undefined {
    return this.attribute(name, 'tensor')?.value;
  }

  string(name: string, otherwise: string): string {
    return this.attribute(name, 'string')?.value ?? otherwise;
  }

  /** `axis` in [−rank, rank) as an index in [0, rank). */
  axis(axis: number, rank: number): number {
    if (axis < -rank || axis >= rank) throw this.invalid(`axis ${axis} does not exist in ${rank} dimensions`);
    return axis < 0 ? axis + rank : axis;
  }

  /** Distinct axes of a list. */
  axes(list: readonly number[], rank: number): readonly number[] {
    const axes = list.map((axis) => this.axis(axis, rank));
    if (new Set(axes).size !== axes.length) throw this.invalid(`the axes [${list.join(', ')}] repeat`);
    return axes;
  }

  invalid(why: string): ProvennError {
    return new ProvennError('MODEL_INVALID', `Node '${this.node.name}' (${this.node.op}) is inconsistent: ${why}.`, {
      where: this.node.name,
      next: 'Export the model again; onnx.checker.check_model(model, full_check=True) reports such faults too.',
    });
  }

  unsupported(why: string, next: string): ProvennError {
    return new ProvennError('MODEL_UNSUPPORTED', `Node '${this.node.name}' (${this.node.op}): ${why}.`, {
      where: this.node.name,
      next,
    });
  }

  private input(index: number): Known {
    const input = this.inputs[index];
    if (input == null) throw this.invalid(`input ${index} is missing`);
    return input;
  }

  private attribute<K extends Attribute['kind']>(name: string, kind: K): Extract<Attribute, { kind: K }> | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return undefined;
    if (attribute.kind !== kind) throw this.invalid(`attribute '${name}' is of kind ${attribute.kind}, not ${kind}`);
    return attribute as Extract<Attribute, { kind: K }>;
  }
}

/** Integers given as an attribute in old operator sets and as a constant input in new ones. */
export function attributeOrInput(
  node: NodeView,
  name: string,
  index: number,
): { readonly given: false } | { readonly given: true; readonly values: readonly number[] | undefined } {
  const values = node.ints(name);
  if (values !== undefined) return { given: true, values };
  return node.has(index) ? { given: true, values: node.integers(index) } : { given: false };
}
