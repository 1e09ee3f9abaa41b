/**
 * The scalars behind a Groth16 key: every polynomial of the quadratic program at the secret point τ, as snarkjs lays them out.
 *
 * Only for development keys: whoever computes this knows τ, α, β and δ and can prove anything. Source: Groth, "On the size of
 * pairing-based non-interactive arguments" (2016), §3.2, with γ = 1 as in snarkjs.
 */
import { invariant } from '../../base/errors.ts';
import { invert, power, R, reduce } from './prime-field.ts';
import type { LinearForm, R1cs } from './r1cs.ts';

/** The secrets of a setup; elements other than 0. */
export type Secrets = { readonly tau: bigint; readonly alpha: bigint; readonly beta: bigint; readonly delta: bigint };

/** Discrete logarithms of the points of a key. */
export type SetupScalars = {
  readonly domain: number;
  readonly a: readonly bigint[];
  readonly b: readonly bigint[];
  /** For the constant and the public wires. */
  readonly ic: readonly bigint[];
  /** For the private wires. */
  readonly c: readonly bigint[];
  readonly h: readonly bigint[];
};

/** An element of order 2^28 of the scalar field: 5 generates the multiplicative group. */
const root28 = power(5n, (R - 1n) >> 28n);

export function rootOfUnity(log: number): bigint {
  return power(root28, 1n << BigInt(28 - log));
}

/** Smallest domain that holds the equations and one row per public wire, the constant included. */
export function domainLog(r1cs: Pick<R1cs, 'publics'> & { readonly constraints: { readonly length: number } }): number {
  let log = 1;
  while (2 ** log < r1cs.constraints.length + r1cs.publics + 1) log++;
  return log;
}

/** Inverses of all values, with one inversion. */
function invertAll(values: readonly bigint[]): bigint[] {
  const prefix: bigint[] = [];
  let product = 1n;
  for (const value of values) {
    prefix.push(product);
    product = (product * value) % R;
  }
  let inverse = invert(product);
  invariant(inverse !== 0n, 'a secret point lies in the domain');
  const out = new Array<bigint>(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    out[i] = (inverse * (prefix[i] as bigint)) % R;
    inverse = (inverse * (values[i] as bigint)) % R;
  }
  return out;
}

/** Lagrange polynomials of the domain of 2^log roots of unity, at τ. */
export function lagrangeAt(tau: bigint, log: number): bigint[] {
  const size = 2 ** log;
  const omega = rootOfUnity(log);
  const roots: bigint[] = [];
  for (let i = 0, root = 1n; i < size; i++, root = (root * omega) % R) roots.push(root);
  const differences = invertAll(roots.map((root) => reduce(tau - root)));
  const scale = (reduce(power(tau, BigInt(size)) - 1n) * invert(BigInt(size))) % R;
  return roots.map((root, i) => (((scale * root) % R) * (differences[i] as bigint)) % R);
}

function accumulate(into: bigint[], form: LinearForm, at: bigint): void {
  form.wires.forEach((wire, i) => {
    into[wire] = ((into[wire] as bigint) + (form.coefficients[i] as bigint) * at) % R;
  });
}

export function setupScalars(r1cs: R1cs, { tau, alpha, beta, delta }: Secrets): SetupScalars {
  const log = domainLog(r1cs);
  const lagrange = lagrangeAt(tau, log);
  const zeros = (): bigint[] => new Array<bigint>(r1cs.wires).fill(0n);
  const [a, b, c] = [zeros(), zeros(), zeros()];
  r1cs.constraints.forEach((constraint, row) => {
    const at = lagrange[row] as bigint;
    accumulate(a, constraint[0], at);
    accumulate(b, constraint[1], at);
    accumulate(c, constraint[2], at);
  });
  // A row of its own for each public wire keeps their polynomials independent, so no proof serves two statements.
  for (let wire = 0; wire <= r1cs.publics; wire++)
    a[wire] = ((a[wire] as bigint) + (lagrange[r1cs.constraints.length + wire] as bigint)) % R;
  const inverse = invert(delta);
  const combined = a.map((value, wire) => (beta * value + alpha * (b[wire] as bigint) + (c[wire] as bigint)) % R);
  return {
    domain: 2 ** log,
    a,
    b,
    ic: combined.slice(0, r1cs.publics + 1),
    c: combined.slice(r1cs.publics + 1).map((value) => (value * inverse) % R),
    // The quotient's numerator A·B − C vanishes on the domain; the prover gives it on the odd points of the doubled one.
    h: lagrangeAt(tau, log + 1).flatMap((value, i) => (i % 2 === 1 ? [(value * inverse) % R] : [])),
  };
}
