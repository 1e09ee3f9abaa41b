/**
 * What masking adds to a system: a block of one-time pads, one per hidden message, with the values that prove the products
 * of pads; and one row of noise. Both are committed like any other tensor (docs/protocol.md, "Zero knowledge").
 */
import { contractionBatch } from './contraction-shape.ts';
import { stack } from './instances.ts';
import {
  type MaskPlan,
  type PadProduct,
  type System,
  type SystemTensor,
  type TensorId,
  witnessMatrix,
} from './system.ts';

/** Rows of noise outside V: four of m, which masks the folded row, and four of s, which masks the last sumcheck. */
export const noiseRows = 8;

/** Random bytes in front of every leaf. */
export const saltLength = 16;

/** Numbers the hidden messages and products of the walk in `relations.ts`, in its order. */
export function maskPlan(system: System): MaskPlan {
  const { logLeaves } = stack(system);
  const products: PadProduct[] = [];
  let messages = 0;
  /** A layer's messages end with p₀, p₁, q₀, q₁. */
  const layer = (rounds: number): readonly [number, number, number, number] => {
    messages += 2 * rounds + 4;
    return [messages - 4, messages - 3, messages - 2, messages - 1];
  };
  const [p0, p1, q0, q1] = layer(0);
  products.push([p0, q1], [p1, q0]);
  for (let k = 1; k < logLeaves; k++) {
    const [a0, a1, b0, b1] = layer(k);
    products.push([a0, b1], [a1, b0], [b0, b1]);
  }
  const { gadgets, variables, degree } = contractionBatch(system);
  messages += gadgets.length + variables * degree;
  const isHidden = (wire: TensorId): boolean => system.tensors[wire]?.kind === 'committed';
  for (const { left, right } of gadgets) {
    if (isHidden(left.wire) && isHidden(right.wire)) products.push([messages, messages + 1]);
    messages += Number(isHidden(left.wire)) + Number(isHidden(right.wire));
  }
  return { messages, products, elements: messages + 2 + 2 * products.length + 1 };
}

/** Elements a₀ and b₀ of the pad block. */
export function randomFactors(plan: MaskPlan): readonly [a0: number, b0: number] {
  return [plan.messages, plan.messages + 1];
}

/** Element of the pad block that holds A·B at v; for v ≥ 1 up to the number of products it is product number v. */
export function productElement(plan: MaskPlan, v: number): number {
  return plan.messages + 2 + v;
}

/** The system with its pad block and blinding row as two more tensors of the witness matrix. */
export function withMask(system: System, logRow: number): System {
  const plan = maskPlan(system);
  const count = system.tensors.length;
  const committed = { kind: 'committed', data: null, matrix: witnessMatrix } as const;
  const extra: readonly SystemTensor[] = [
    { ...committed, name: '~pads', sizes: [4 * plan.elements] },
    { ...committed, name: '~blinding', sizes: [2 ** logRow] },
  ];
  return { ...system, tensors: [...system.tensors, ...extra], mask: { plan, pads: count, blinding: count + 1 } };
}
