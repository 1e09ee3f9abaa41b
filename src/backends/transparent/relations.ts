/**
 * The verifier's walk through the proof: from the first challenge to the list of linear claims (steps 3 to 7 of
 * docs/protocol.md). The prover runs the very same walk over its own messages to learn the claims it must open.
 */

import type { ContractGadget, Expression, Operand } from '../../artifact/circuit.ts';
import {
  add,
  at,
  type Ext,
  fromBase,
  inverse,
  isZero,
  multiply,
  negate,
  one,
  subtract,
  zero,
} from '../../base/extension.ts';
import { fromInteger, inv, pow } from '../../base/field.ts';
import type { Shape } from '../../base/tensor.ts';
import type { VerifierChannel } from './channel.ts';
import { Rejected } from './channel.ts';
import type { ClaimBook, ClaimTerm } from './claims.ts';
import { type ContractionShape, contractionBatch, linearVariables } from './contraction-shape.ts';
import {
  addForms,
  constantForm,
  type FoldRound,
  type Form,
  FormSum,
  foldRounds,
  scaleForm,
  subtractForms,
} from './forms.ts';
import {
  type AccumulatorClaim,
  accumulatorClaims,
  type Instance,
  type Stack,
  stack,
  tableIdentifier,
  tableRows,
} from './instances.ts';
import { boxAt, type ContractionPoint, kernelSum, operandKernels, splitPoint, viewKernels } from './kernel-vectors.ts';
import { defaultKernels } from './kernels/choose.ts';
import { paddedBits } from './layout.ts';
import { eqIndex, eqTruncated, interpolate } from './polynomials.ts';
import { walkProducts } from './products.ts';
import type { System, SystemTable, SystemTensor } from './system.ts';

export type Walk = { readonly system: System; readonly channel: VerifierChannel; readonly book: ClaimBook };

function hidden(walk: Walk): Form {
  return walk.channel.receiveHidden();
}

function line(a: Form, b: Form, x: Ext): Form {
  return addForms(scaleForm(a, subtract(one, x)), scaleForm(b, x));
}

/** Inverse of a small non-zero integer. */
export function inverseOf(n: number): number {
  return inv(fromInteger(n));
}

/** Outcome of LogUp-GKR: the leaves' numerator and denominator claimed at a point. */
type LeafClaim = { readonly point: readonly Ext[]; readonly numerator: Form; readonly denominator: Form };

/** One layer: eq-factored sumcheck of degree 2 for p₀q₁ + p₁q₀ + λq₀q₁ at the point of the layer above. */
function walkLayer(walk: Walk, claim: LeafClaim): LeafClaim {
  const { channel, book } = walk;
  const lambda = channel.drawOne();
  const start = addForms(claim.numerator, scaleForm(claim.denominator, lambda));
  const rounds: FoldRound[] = [];
  const point: Ext[] = [];
  for (let bit = claim.point.length - 1; bit >= 0; bit--) {
    const rho = claim.point[bit] as Ext;
    if (isZero(rho)) throw new Rejected('relation', 'A challenge is zero.');
    const g0 = hidden(walk);
    const gInfinity = hidden(walk);
    const z = channel.drawOne();
    // (1 − z)g(0) + z·g(1) + z(z − 1)g(∞), where g(1) = (claim − (1 − ρ)g(0)) / ρ
    const carry = multiply(z, inverse(rho));
    const byG0 = subtract(subtract(one, z), multiply(carry, subtract(one, rho)));
    rounds.push({
      carry,
      messages: [
        [g0, byG0],
        [gInfinity, multiply(z, subtract(z, one))],
      ],
    });
    point[bit] = z;
  }
  const value = foldRounds(start, rounds);
  const [p0, p1, q0, q1] = [hidden(walk), hidden(walk), hidden(walk), hidden(walk)];
  const left = book.multiply(p0, q1);
  const right = book.multiply(p1, q0);
  const both = scaleForm(book.multiply(q0, q1), lambda);
  book.assertZero(subtractForms(addForms(left, right, both), value), [], 'a layer of the lookup argument');
  const t = channel.drawOne();
  return { point: [...point, t], numerator: line(p0, p1, t), denominator: line(q0, q1, t) };
}

function walkLookups(walk: Walk, logLeaves: number): LeafClaim {
  const { channel, book } = walk;
  channel.begin(4);
  const [p0, p1, q0, q1] = [hidden(walk), hidden(walk), hidden(walk), hidden(walk)];
  const left = book.multiply(p0, q1);
  book.assertZero(addForms(left, book.multiply(p1, q0)), [], 'some looked-up tuple is in no table row');
  const t = channel.drawOne();
  let claim: LeafClaim = { point: [t], numerator: line(p0, p1, t), denominator: line(q0, q1, t) };
  for (let layer = 1; layer < logLeaves; layer++) claim = walkLayer(walk, claim);
  return claim;
}

/** Values a_ℓ the prover sent: in the order of the claims, and by point and accumulator. */
type Accumulated = {
  readonly claims: readonly AccumulatorClaim[];
  readonly values: readonly Form[];
  readonly of: Readonly<Record<AccumulatorClaim['at'], ReadonlyMap<number, Form>>>;
};

function receiveAccumulated(walk: Walk): Accumulated {
  const claims = accumulatorClaims(walk.system);
  const values = claims.map(() => hidden(walk));
  const of = { lookup: new Map<number, Form>(), linear: new Map<number, Form>() };
  claims.forEach((claim, i) => {
    of[claim.at].set(claim.accumulator, values[i] as Form);
  });
  return { claims, values, of };
}

/** coefficient · expression~(point): constants and accumulators go into the sum, the wires are terms. */
function addExpression(
  walk: Walk,
  sum: FormSum,
  expression: Expression,
  box: Shape,
  parts: readonly (readonly Ext[])[],
  coefficient: Ext,
  accumulated: ReadonlyMap<number, Form>,
): ClaimTerm[] {
  sum.add(constantForm(multiply(fromBase(fromInteger(expression.constant)), boxAt(parts, box))), coefficient);
  for (const id of expression.accumulators) sum.add(accumulated.get(id) as Form, coefficient);
  return expression.terms.map((term): ClaimTerm => {
    const { sizes } = walk.system.tensors[term.view.wire] as SystemTensor;
    const { factor, kernels } = viewKernels(term.view, sizes, box, parts);
    const scaled = multiply(multiply(coefficient, factor), fromBase(fromInteger(term.coefficient)));
    return { coefficient: scaled, tensor: term.view.wire, kernels };
  });
}

/** Σ_rows eq(point, row)·column[row] for every column. */
function columnsAt(table: SystemTable, point: readonly Ext[]): Ext[] {
  const kernels = defaultKernels();
  const cells = 4 * 2 ** point.length;
  return kernels.arena(cells + tableRows(table), (allocate) => {
    const weights = allocate(cells);
    kernels.eqTable(point, weights);
    const sum = new Uint32Array(4);
    return table.columns.map((column) => {
      kernels.weightedSums(weights, column, column.length, sum);
      return at(sum, 0);
    });
  });
}

/** The two claims about the leaves: numerators and denominators of all instances at one point. */
function claimLeaves(
  walk: Walk,
  { instances, logLeaves }: Stack,
  leaf: LeafClaim,
  alpha: Ext,
  beta: Ext,
  accumulated: Accumulated,
): void {
  const { system, book } = walk;
  const numerator = new FormSum();
  const denominator = new FormSum();
  numerator.add(leaf.numerator, negate(one));
  denominator.add(constantForm(one));
  denominator.add(leaf.denominator, negate(one));
  const numeratorTerms: ClaimTerm[] = [];
  const denominatorTerms: ClaimTerm[] = [];
  for (const instance of instances) {
    const point = leaf.point.slice(0, instance.bits);
    const chi = eqIndex(leaf.point.slice(instance.bits, logLeaves), instance.address / 2 ** instance.bits);
    const parts = splitPoint(point, instance.box);
    const inBox = multiply(chi, boxAt(parts, instance.box));
    const table = instance.kind === 'table' ? instance.index : (system.lookups[instance.index]?.table as number);
    const constant = subtract(subtract(alpha, fromBase(tableIdentifier(table))), one);
    denominator.add(constantForm(constant), inBox);
    if (instance.kind === 'table') {
      const { multiplicity } = system.tables[table] as SystemTable;
      numeratorTerms.push({
        coefficient: negate(chi),
        tensor: multiplicity,
        kernels: [{ kind: 'eq', point, count: instance.box[0] as number }],
      });
      const row = combine(columnsAt(system.tables[table] as SystemTable, point), beta);
      denominator.add(constantForm(row), negate(chi));
    } else {
      numerator.add(constantForm(inBox));
      // A loop, since a tuple may have more terms than a call may have arguments.
      for (const term of subtractTuple(walk, denominator, instance, parts, chi, beta, accumulated))
        denominatorTerms.push(term);
    }
  }
  book.assertZero(numerator.form(), numeratorTerms, 'the numerators of the lookup argument');
  book.assertZero(denominator.form(), denominatorTerms, 'the denominators of the lookup argument');
}

/** Σ_i β^(i+1) values_i. */
function combine(values: readonly Ext[], beta: Ext): Ext {
  return multiply(
    beta,
    values.reduceRight((total, value) => add(multiply(total, beta), value), zero),
  );
}

/** Takes χ·Σ_i β^(i+1) tuple_i~(point) from the sum, and returns the terms that do the same. */
function subtractTuple(
  walk: Walk,
  sum: FormSum,
  instance: Instance,
  parts: readonly (readonly Ext[])[],
  chi: Ext,
  beta: Ext,
  accumulated: Accumulated,
): ClaimTerm[] {
  const { tuple = [] } = walk.system.lookups[instance.index] ?? {};
  let weight = negate(chi);
  return tuple.flatMap((expression) => {
    weight = multiply(weight, beta);
    return addExpression(walk, sum, expression, instance.box, parts, weight, accumulated.of.lookup);
  });
}

/** Claims of the linear relations at their own point. */
function claimLinears(walk: Walk, tau: readonly Ext[], accumulated: Accumulated): void {
  for (const linear of walk.system.linears) {
    const parts = splitPoint(tau.slice(0, paddedBits(linear.box)), linear.box);
    const sum = new FormSum();
    const terms = addExpression(walk, sum, linear.expression, linear.box, parts, one, accumulated.of.linear);
    walk.book.assertZero(sum.form(), terms, linear.name);
  }
}

/** Where each accumulator claim stands: the low coordinates of the leaf point or of the linear point. */
export function accumulatorPoint(
  system: System,
  claim: AccumulatorClaim,
  leaf: readonly Ext[],
  tau: readonly Ext[],
): readonly Ext[] {
  const { box } = system.contractions[claim.accumulator] as { box: Shape };
  return (claim.at === 'lookup' ? leaf : tau).slice(0, paddedBits(box));
}

/** Reduces all accumulator claims to claims about their operands: one batched sumcheck, then one value per hidden operand. */
function walkContractions(walk: Walk, accumulated: Accumulated, leaf: readonly Ext[], tau: readonly Ext[]): void {
  const { system, channel, book } = walk;
  if (accumulated.claims.length === 0) return;
  channel.begin(6);
  const eta = channel.drawOne();
  const { gadgets, shapes, variables, degree } = contractionBatch(system);
  let power = one;
  const weights = shapes.map(() => {
    const weight = power;
    power = multiply(power, eta);
    return weight;
  });
  const start = addForms(
    ...shapes.map((shape, i) =>
      scaleForm(
        accumulated.values[i] as Form,
        multiply(weights[i] as Ext, fromBase(pow(2, variables - shape.variables))),
      ),
    ),
  );
  const rounds: FoldRound[] = [];
  const point: Ext[] = [];
  for (let bit = variables - 1; bit >= 0; bit--) {
    const messages = Array.from({ length: degree }, () => hidden(walk));
    const z = channel.drawOne();
    rounds.push(sumcheckRound(messages, z));
    point[bit] = z;
  }
  const value = foldRounds(start, rounds);
  const ends = shapes.map((shape, i) => {
    const claim = accumulated.claims[i] as AccumulatorClaim;
    return endOfContraction(
      walk,
      gadgets[i] as ContractGadget,
      shape,
      accumulatorPoint(system, claim, leaf, tau),
      point.slice(0, shape.variables),
    );
  });
  const total = addForms(
    ...ends.map((end, i) =>
      scaleForm(book.multiply(end.left.value, end.right.value), multiply(weights[i] as Ext, end.shared)),
    ),
  );
  book.assertZero(subtractForms(total, value), [], 'the contractions');
  for (const end of ends) for (const factor of [end.left, end.right]) if (factor.claim !== null) factor.claim();
}

/** The round whose messages are h(0), h(2), h(3), …: the claim becomes h(z), with h(1) = claim − h(0). */
export function sumcheckRound(messages: readonly Form[], z: Ext): FoldRound {
  const [byH0, carry, ...others] = Array.from({ length: messages.length + 1 }, (_, node) =>
    interpolate(
      Array.from({ length: messages.length + 1 }, (__, k) => (k === node ? one : zero)),
      z,
      inverseOf,
    ),
  ) as [Ext, Ext, ...Ext[]];
  const weights = [subtract(byH0, carry), ...others];
  return { carry, messages: messages.map((message, i) => [message, weights[i] as Ext]) };
}

/** A factor's value, and the linear claim that ties it to its tensor (null when the verifier computed the value). */
type Factor = { readonly value: Form; readonly claim: (() => void) | null };

function endOfContraction(
  walk: Walk,
  gadget: ContractGadget,
  shape: ContractionShape,
  outputs: readonly Ext[],
  point: readonly Ext[],
): { readonly left: Factor; readonly right: Factor; readonly shared: Ext } {
  const outputParts = splitPoint(outputs, gadget.box);
  const parts = splitPoint(point, shape.sizes);
  const place: ContractionPoint = {
    box: gadget.box,
    reduce: gadget.reduce,
    outputs: outputParts,
    shared: new Map(shape.shared.map((axis, i) => [axis, parts[i] as readonly Ext[]])),
    reduces: parts.slice(shape.shared.length),
  };
  const factor = (operand: Operand): Factor => {
    const { sizes } = walk.system.tensors[operand.wire] as SystemTensor;
    const kernels = operandKernels(operand, sizes, place);
    const zeroPart = multiply(
      fromBase(fromInteger(-operand.zero)),
      kernels.reduce((product, kernel, dim) => multiply(product, kernelSum(kernel, sizes[dim] as number)), one),
    );
    const known = walk.book.valueOf(operand.wire, kernels);
    if (known !== null) return { value: constantForm(add(known, zeroPart)), claim: null };
    const value = hidden(walk);
    const claim = (): void =>
      walk.book.assertZero(
        subtractForms(constantForm(zeroPart), value),
        [{ coefficient: one, tensor: operand.wire, kernels }],
        `an operand of ${gadget.name}`,
      );
    return { value, claim };
  };
  const left = factor(gadget.left);
  const right = factor(gadget.right);
  const shared = shape.shared.reduce(
    (product, axis, i) =>
      multiply(
        product,
        eqTruncated(outputParts[axis] as readonly Ext[], parts[i] as readonly Ext[], gadget.box[axis] as number),
      ),
    one,
  );
  return { left, right, shared };
}

/** Steps 3 to 7. Afterwards `walk.book` holds every linear claim of the proof. */
export function walkRelations(walk: Walk, lookupWork: number): void {
  const { system, channel, book } = walk;
  channel.begin(3);
  channel.checkWork(lookupWork);
  const [beta, alpha] = channel.draw(2) as [Ext, Ext];
  const stacked = stack(system);
  const leaf = walkLookups(walk, stacked.logLeaves);
  channel.begin(5);
  const coordinates = linearVariables(system);
  const tau = coordinates > 0 ? channel.draw(coordinates) : [];
  const accumulated = receiveAccumulated(walk);
  claimLeaves(walk, stacked, leaf, alpha, beta, accumulated);
  claimLinears(walk, tau, accumulated);
  walkContractions(walk, accumulated, leaf.point, tau);
  if (system.mask !== null) walkProducts(channel, book, system.mask.plan);
}
