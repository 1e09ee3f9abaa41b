import type { Circuit, Contract, Operand } from './circuit.ts';
import type { Ext } from './extension.ts';
import * as E from './extension.ts';
import * as F from './field.ts';
import { type Claim, combine, type Form, known, minus, plus, times, zero } from './forms.ts';
import { innerProduct, type Kernel, kernelSum, operandKernels } from './kernels.ts';
import { axisPoints, boxBits, eqBelow, type Point } from './multilinear.ts';
import type { Products } from './products.ts';
import type { Contractions } from './received.ts';
import type { Instance, Shape } from './shape.ts';

/** §6.2: all accumulator claims in one sumcheck. */
interface Points {
  readonly lookups: Point;
  readonly relations: Point;
}

/** Cells of wires that the verifier knows, nothing for others. */
export type KnownCells = (wire: number) => Int32Array | undefined;

export function contractionClaims(
  { eta, rounds, factors: sent }: Contractions,
  circuit: Circuit,
  { instances }: Shape,
  points: Points,
  accumulators: readonly Form[],
  cells: KnownCells,
  products: Products,
): Claim[] {
  const weights = powers(eta, instances.length);
  let claim = plus(
    ...instances.map(({ variables }, l) =>
      times(E.scale(weights[l] as Ext, 2 ** (rounds.length - variables)), accumulators[l] as Form),
    ),
  );
  for (const { values, z } of rounds) {
    const [at0, ...others] = values as [Form, ...Form[]];
    claim = interpolate([at0, minus(claim, at0), ...others], z);
  }
  const xi = rounds.map(({ z }) => z).reverse();
  // Σ η^ℓ eq(τ_g, ξ_g)·left·right, eq over indices in the box alone, is what is left of the claim; every factor is known or tied to its tensor.
  let total = zero;
  const ties: Claim[] = [];
  instances.forEach((instance, l) => {
    const { contract, at } = instance.claim;
    const geometry = geometryOf(instance, points[at].slice(0, boxBits(contract.box)), xi);
    const [left, right] = [contract.left, contract.right].map((operand, side) => {
      const sizes = circuit.wires[operand.wire]?.sizes as number[];
      const kernels = operandKernels(operand, sizes, geometry);
      const offset = E.scale(kernels.map(kernelSum).reduce(E.mul, E.ONE), F.residue(-operand.zero));
      const factor = sent[l]?.[side];
      if (factor) ties.push(tie(operand, kernels, offset, factor));
      return factor ?? known(E.add(innerProduct(cells(operand.wire) as Int32Array, sizes, kernels), offset));
    }) as [Form, Form];
    const product = multiply([left, right], instance.hidden, products);
    total = combine([E.ONE, total], [E.mul(weights[l] as Ext, geometry.equality), product]);
  });
  return [{ form: minus(total, claim), tensors: [] }, ...ties];
}

/** ⟨φ, A⟩ − zero·Σφ − factor = 0. */
function tie(operand: Operand, kernels: readonly Kernel[], offset: Ext, factor: Form): Claim {
  return {
    form: minus(known(offset), factor),
    tensors: [{ coefficient: E.ONE, tensor: operand.wire, kernels }],
  };
}

function multiply([left, right]: [Form, Form], hidden: readonly [boolean, boolean], products: Products): Form {
  if (hidden[0] && hidden[1]) return products.multiply(left, right);
  return hidden[0] ? times(right.constant, left) : times(left.constant, right);
}

/** The points of all axes of a contraction: τ for the output axes of one operand, ξ for shared and reduced ones. */
function geometryOf(instance: Instance, tau: Point, xi: Point) {
  const contract: Contract = instance.claim.contract;
  const parts = axisPoints(contract.box, tau);
  const variables = axisPoints(instance.box, xi.slice(0, instance.variables));
  let equality = E.ONE;
  const outputs = [...parts];
  instance.shared.forEach((axis, g) => {
    const size = contract.box[axis] as number;
    equality = E.mul(equality, eqBelow(size, parts[axis] as Point, variables[g] as Point));
    outputs[axis] = variables[g] as Point;
  });
  return {
    equality,
    output: { sizes: contract.box, points: outputs },
    reduce: { sizes: contract.reduce, points: variables.slice(instance.shared.length) },
  };
}

/** A polynomial through values at 0, 1, … , evaluated at z. */
function interpolate(values: readonly Form[], z: Ext): Form {
  return combine(
    ...values.map((value, i) => {
      let weight = E.ONE;
      for (let j = 0; j < values.length; j++) {
        if (j === i) continue;
        weight = E.mul(weight, E.mul(E.sub(z, E.embed(j)), E.inverse(E.embed(i - j))));
      }
      return [weight, value] as const;
    }),
  );
}

export function powers(base: Ext, count: number): Ext[] {
  const result: Ext[] = [];
  let power = E.ONE;
  for (let i = 0; i < count; i++) {
    result.push(power);
    power = E.mul(power, base);
  }
  return result;
}
