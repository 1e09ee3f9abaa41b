import type { Ext } from './extension.ts';
import * as E from './extension.ts';
import * as F from './field.ts';
import { type Claim, type Form, known, minus, pad, plus, times } from './forms.ts';
import { demand } from './refusal.ts';
import type { Shape } from './shape.ts';

/** §7: products of two hidden messages, and the fully linear PCP that the committed products are products. */
export class Products {
  private readonly shape: Shape;
  private readonly factors: (readonly [number, number])[] = [];

  constructor(shape: Shape) {
    this.shape = shape;
  }

  /** x̂_i x̂_j + x̂_i π_j + x̂_j π_i + c_v, for two messages as they were received. */
  multiply(a: Form, b: Form): Form {
    this.factors.push([padNumber(a), padNumber(b)]);
    const v = this.factors.length;
    const onlyPad = (form: Form): Form => pad(padNumber(form));
    return plus(
      known(E.mul(a.constant, b.constant)),
      times(a.constant, onlyPad(b)),
      times(b.constant, onlyPad(a)),
      pad(this.value(v)),
    );
  }

  /** The element of the pad block that holds the value of A·B at v. Before the values stand a₀ and b₀. */
  private value(v: number): number {
    return this.shape.messages + 2 + v;
  }

  /** Step 7: the committed left pads, right pads and values interpolate to A(ζ), B(ζ), A(ζ)·B(ζ). */
  claims(zeta: Ext, [a, b]: readonly [Ext, Ext]): Claim[] {
    const count = this.shape.products;
    const isNode = zeta[1] === 0 && zeta[2] === 0 && zeta[3] === 0 && zeta[0] <= 2 * count;
    demand(!isNode, 'relation', 'the point of the products is one of their nodes');
    const short = lagrange(count, zeta);
    const long = lagrange(2 * count, zeta);
    const { messages: m } = this.shape;
    const interpolated = (first: number, side: 0 | 1): Form =>
      plus(...short.map((weight, v) => times(weight, pad(v === 0 ? first : (this.factors[v - 1]?.[side] as number)))));
    const values = plus(...long.map((weight, v) => times(weight, pad(this.value(v)))));
    return [
      { form: minus(interpolated(m, 0), known(a)), tensors: [] },
      { form: minus(interpolated(m + 1, 1), known(b)), tensors: [] },
      { form: minus(values, known(E.mul(a, b))), tensors: [] },
    ];
  }
}

function padNumber(form: Form): number {
  return form.pads.keys().next().value as number;
}

/** The Lagrange polynomials of the nodes 0 … last at ζ: Π_{u≠v} (ζ − u)/(v − u), the denominators being factorials. */
function lagrange(last: number, zeta: Ext): Ext[] {
  const nodes = Array.from({ length: last + 1 }, (_, v) => E.sub(zeta, E.embed(v)));
  const all = nodes.reduce(E.mul, E.ONE);
  const factorial = [1];
  for (let v = 1; v <= last; v++) factorial.push(F.mul(factorial[v - 1] as number, v));
  return nodes.map((distance, v) => {
    const size = F.mul(factorial[v] as number, factorial[last - v] as number);
    const denominator = (last - v) % 2 === 0 ? size : F.sub(0, size);
    return E.mul(all, E.inverse(E.scale(distance, denominator)));
  });
}
