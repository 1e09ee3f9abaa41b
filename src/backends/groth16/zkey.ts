/** The proving key file of snarkjs: writing one for development keys, and reading the verifying part of any. */
import { BytesError, ByteWriter } from '../../base/bytes.ts';
import { P } from './bn254.ts';
import type { Groth16Key } from './config.ts';
import { elementBytes, fromBytes, invert, R, toBytes } from './prime-field.ts';
import type { R1cs } from './r1cs.ts';
import { readSections, type Section, sectionOf, writeSections } from './sections.ts';

/** Points as snarkjs stores them: little-endian coordinates in Montgomery form. */
export type PointBytes = Uint8Array;

export type ZkeyPoints = {
  readonly domain: number;
  readonly alpha1: PointBytes;
  readonly beta1: PointBytes;
  readonly beta2: PointBytes;
  readonly gamma2: PointBytes;
  readonly delta1: PointBytes;
  readonly delta2: PointBytes;
  readonly ic: PointBytes;
  readonly a: PointBytes;
  readonly b1: PointBytes;
  readonly b2: PointBytes;
  readonly c: PointBytes;
  readonly h: PointBytes;
};

const montgomery = 1n << 256n;

/** Coefficients of A and B, which the prover multiplies with the witness: matrix, row, wire, value · 2^512. */
function coefficients(r1cs: R1cs): Uint8Array {
  const square = (montgomery * montgomery) % R;
  const out = new ByteWriter();
  let count = 0;
  const body = new ByteWriter();
  const push = (matrix: number, row: number, wire: number, value: bigint): void => {
    count++;
    body
      .u32(matrix)
      .u32(row)
      .u32(wire)
      .raw(toBytes((value * square) % R));
  };
  r1cs.constraints.forEach(([a, b], row) => {
    a.wires.forEach((wire, i) => push(0, row, wire, a.coefficients[i] as bigint));
    b.wires.forEach((wire, i) => push(1, row, wire, b.coefficients[i] as bigint));
  });
  for (let wire = 0; wire <= r1cs.publics; wire++) push(0, r1cs.constraints.length + wire, wire, 1n);
  return out.u32(count).raw(body.finish()).finish();
}

function header(r1cs: R1cs, points: ZkeyPoints): Uint8Array {
  const { alpha1, beta1, beta2, gamma2, delta1, delta2, domain } = points;
  const out = new ByteWriter().u32(elementBytes).raw(toBytes(P)).u32(elementBytes).raw(toBytes(R));
  out.u32(r1cs.wires).u32(r1cs.publics).u32(domain);
  for (const point of [alpha1, beta1, beta2, gamma2, delta1, delta2]) out.raw(point);
  return out.finish();
}

export function writeZkey(r1cs: R1cs, points: ZkeyPoints): Uint8Array {
  const sections: Section[] = [
    { type: 1, data: new ByteWriter().u32(1).finish() },
    { type: 2, data: header(r1cs, points) },
    { type: 4, data: coefficients(r1cs) },
    { type: 3, data: points.ic },
    { type: 9, data: points.h },
    { type: 8, data: points.c },
    { type: 5, data: points.a },
    { type: 6, data: points.b1 },
    { type: 7, data: points.b2 },
    // No contribution: a hash of 64 zero bytes, which no ceremony's key has.
    { type: 10, data: new Uint8Array(68) },
  ];
  return writeSections('zkey', 1, sections);
}

const fromMontgomery = invert(montgomery, P);

function coordinate(bytes: Uint8Array): bigint {
  const value = fromBytes(bytes);
  if (value >= P) throw new BytesError('a coordinate is not canonical');
  return (value * fromMontgomery) % P;
}

function point1(bytes: Uint8Array): { readonly x: bigint; readonly y: bigint } {
  return { x: coordinate(bytes.subarray(0, 32)), y: coordinate(bytes.subarray(32, 64)) };
}

function point2(bytes: Uint8Array): { readonly x: readonly [bigint, bigint]; readonly y: readonly [bigint, bigint] } {
  const at = (i: number): bigint => coordinate(bytes.subarray(32 * i, 32 * i + 32));
  return { x: [at(0), at(1)], y: [at(2), at(3)] };
}

/** The verifying part of a proving key. Throws `BytesError`; the points are checked when the verifying key is accepted. */
export function readVerifyingPart(zkey: Uint8Array): Groth16Key {
  const sections = readSections(zkey, 'zkey');
  const head = sectionOf(sections, 2);
  head.raw(2 * (4 + elementBytes));
  head.u32();
  const publics = head.u32();
  head.u32();
  const alpha = point1(head.raw(64));
  head.raw(64);
  const [beta, gamma] = [point2(head.raw(128)), point2(head.raw(128))];
  head.raw(64);
  const delta = point2(head.raw(128));
  head.end();
  const body = sectionOf(sections, 3);
  const ic = Array.from({ length: publics + 1 }, () => point1(body.raw(64)));
  body.end();
  return { alpha, beta, gamma, delta, ic };
}
