import type { Expression } from './circuit.ts';
import type { Ext } from './extension.ts';
import * as E from './extension.ts';
import { type Claim, combine, type Form, known, minus, plus, type TensorTerm, times, zero } from './forms.ts';
import { type Kernel, viewKernels, weighedColumns } from './kernels.ts';
import type { Lookup } from './lower.ts';
import { boxIndicator, eqAt, eqTable, type Point } from './multilinear.ts';
import type { Products } from './products.ts';
import type { Layer } from './received.ts';
import { demand } from './refusal.ts';
import type { Shape } from './shape.ts';
import type { LookupTable } from './tables.ts';

/** §6.1: the sum of all fractions is 0. What is left are claims about p and q at a point of the leaves. */
export interface LeafClaims {
  readonly point: Point;
  readonly p: Form;
  readonly q: Form;
}

function interpolate([at0, at1]: readonly [Form, Form], t: Ext): Form {
  return combine([E.sub(E.ONE, t), at0], [t, at1]);
}

/** Step 4. Appends the claims of top and layers. */
export function walkLayers(layers: readonly Layer[], products: Products, claims: Claim[]): LeafClaims {
  let above: LeafClaims | undefined;
  for (const { lambda, rounds, p, q, t } of layers) {
    let claim = above && lambda ? combine([E.ONE, above.p], [lambda, above.q]) : zero;
    const z = new Array<Ext>(rounds.length);
    rounds.forEach(({ at0, leading, z: challenge }, round) => {
      const i = rounds.length - 1 - round;
      z[i] = challenge;
      claim = foldRound(claim, above?.point[i] as Ext, at0, leading, challenge);
    });
    const sum = plus(products.multiply(p[0], q[1]), products.multiply(p[1], q[0]));
    const whole = lambda ? plus(sum, times(lambda, products.multiply(q[0], q[1]))) : sum;
    claims.push({ form: minus(whole, claim), tensors: [] });
    above = { point: [...z, t], p: interpolate(p, t), q: interpolate(q, t) };
  }
  return above as LeafClaims;
}

/** g(1) = (C − (1 − ρ)g(0))/ρ and C ← (1 − z)g(0) + z·g(1) + z(z − 1)g(∞). */
function foldRound(claim: Form, rho: Ext, at0: Form, leading: Form, z: Ext): Form {
  demand(!E.isZero(rho), 'relation', 'a coordinate of a point of the layers is zero');
  const overRho = E.inverse(rho);
  const at1 = combine([overRho, claim], [E.negate(E.mul(E.sub(E.ONE, rho), overRho)), at0]);
  return combine([E.sub(E.ONE, z), at0], [z, at1], [E.mul(z, E.sub(z, E.ONE)), leading]);
}

/** What expressions are read against: the sizes of all tensors, and the accumulators' values at the point in question. */
export interface Reading {
  readonly sizes: readonly (readonly number[])[];
  accumulator(number: number): Form;
}

/** The value of an expression's extension at a point of its box: a known part, accumulators, tensor terms. */
export function expressionClaim(
  { constant, terms, accumulators }: Expression,
  box: readonly number[],
  point: Point,
  reading: Reading,
): Claim {
  const form = plus(
    known(E.mul(E.embed(constant), boxIndicator(box, point))),
    ...accumulators.map((number) => reading.accumulator(number)),
  );
  const tensors = terms.map(({ coefficient, view }) => {
    const { kernels, factor } = viewKernels(view, reading.sizes[view.wire] as readonly number[], box, point);
    return { coefficient: E.mul(E.embed(coefficient), factor), tensor: view.wire, kernels };
  });
  return { form, tensors };
}

/** "Leaves": both are linear in the tensors and the accumulators' values. */
export function leafClaims(
  shape: Shape,
  { point, p, q }: LeafClaims,
  { beta, alpha }: { readonly beta: Ext; readonly alpha: Ext },
  reading: Reading,
): Claim[] {
  let knownP = E.ZERO;
  const multiplicities: TensorTerm[] = [];
  let formQ: Form = known(E.ONE);
  const tensorsQ: TensorTerm[] = [];
  for (const { kind, lookup, table, box, bits, address } of shape.blocks) {
    const low = point.slice(0, bits);
    const chi = eqAt(point.slice(bits), address / 2 ** bits);
    const inside = E.mul(chi, boxIndicator(box, low));
    if (kind === 'lookup') knownP = E.add(knownP, inside);
    else {
      const kernels: Kernel[] = [{ kind: 'eq', point: low, size: table.rows }];
      multiplicities.push({ coefficient: E.negate(chi), tensor: table.multiplicity, kernels });
    }
    formQ = plus(formQ, known(E.mul(inside, E.sub(alpha, E.embed(table.id + 1)))));
    const tuple = lookup ? lookupTuple(lookup, low, reading) : tableTuple(table, low);
    let weight = E.negate(chi);
    for (const element of tuple) {
      weight = E.mul(weight, beta);
      formQ = combine([E.ONE, formQ], [weight, element.form]);
      for (const term of element.tensors) tensorsQ.push({ ...term, coefficient: E.mul(weight, term.coefficient) });
    }
  }
  return [
    { form: minus(known(knownP), p), tensors: multiplicities },
    { form: minus(formQ, q), tensors: tensorsQ },
  ];
}

/** The extensions of a lookup's elements at a point of its box. */
function lookupTuple({ tuple, box }: Lookup, point: Point, reading: Reading): Claim[] {
  return tuple.map((expression) => expressionClaim(expression, box, point, reading));
}

/** The extensions of a table's columns at a point of its rows. */
function tableTuple({ columns, rows }: LookupTable, point: Point): Claim[] {
  return weighedColumns(columns, eqTable(point, rows)).map((value) => ({ form: known(value), tensors: [] }));
}
