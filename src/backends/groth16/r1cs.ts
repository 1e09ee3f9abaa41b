/**
 * R1CS: the quadratic equations (A·w)(B·w) = C·w that circom writes, read from its file. They alone decide what can be proven;
 * the witness generator beside them is a convenience of the honest.
 *
 * Format: github.com/iden3/r1csfile, doc/r1cs_bin_format.md.
 */
import { type ByteReader, BytesError } from '../../base/bytes.ts';
import { elementBytes, fromBytes, R } from './prime-field.ts';
import { readSections, sectionOf } from './sections.ts';

/** Σ coefficient · w[wire], as parallel lists. */
export type LinearForm = { readonly wires: readonly number[]; readonly coefficients: readonly bigint[] };

export type Constraint = readonly [a: LinearForm, b: LinearForm, c: LinearForm];

export type R1cs = {
  /** Wire 0 is the constant 1, then come public outputs, public inputs, private inputs, and what the circuit computes. */
  readonly wires: number;
  readonly publics: number;
  readonly inputs: number;
  readonly constraints: readonly Constraint[];
};

function readElement(reader: ByteReader): bigint {
  const value = fromBytes(reader.raw(elementBytes));
  if (value >= R) throw new BytesError('a field element is not canonical');
  return value;
}

function readForm(reader: ByteReader, wires: number): LinearForm {
  const count = reader.count(4 + elementBytes);
  const form = { wires: new Array<number>(count), coefficients: new Array<bigint>(count) };
  for (let i = 0; i < count; i++) {
    const wire = reader.u32();
    if (wire >= wires) throw new BytesError(`a constraint reads wire ${wire} of ${wires}`);
    form.wires[i] = wire;
    form.coefficients[i] = readElement(reader);
  }
  return form;
}

/** Throws `BytesError` for anything but a well-formed system over the scalar field of BN254. */
export function readR1cs(bytes: Uint8Array): R1cs {
  const sections = readSections(bytes, 'r1cs');
  const header = sectionOf(sections, 1);
  if (header.u32() !== elementBytes || fromBytes(header.raw(elementBytes)) !== R)
    throw new BytesError('the constraints belong to another field');
  const wires = header.u32();
  const outputs = header.u32();
  const publicInputs = header.u32();
  const privateInputs = header.u32();
  header.u64();
  const count = header.u32();
  header.end();
  const body = sectionOf(sections, 2);
  const constraints = Array.from(
    { length: count },
    (): Constraint => [readForm(body, wires), readForm(body, wires), readForm(body, wires)],
  );
  body.end();
  return { wires, publics: outputs + publicInputs, inputs: publicInputs + privateInputs, constraints };
}

/** Values of all wires from a witness file. Throws `BytesError`. */
export function readWitness(bytes: Uint8Array): bigint[] {
  const sections = readSections(bytes, 'wtns');
  const header = sectionOf(sections, 1);
  if (header.u32() !== elementBytes || fromBytes(header.raw(elementBytes)) !== R)
    throw new BytesError('the witness belongs to another field');
  const count = header.u32();
  const body = sectionOf(sections, 2);
  const values = Array.from({ length: count }, () => readElement(body));
  body.end();
  return values;
}

export function evaluateForm({ wires, coefficients }: LinearForm, values: readonly bigint[]): bigint {
  let sum = 0n;
  for (let i = 0; i < wires.length; i++) sum += (coefficients[i] as bigint) * (values[wires[i] as number] as bigint);
  return ((sum % R) + R) % R;
}

/** Index of the first equation that the values break, or −1 when all hold. */
export function brokenConstraint(r1cs: R1cs, values: readonly bigint[]): number {
  if (values[0] !== 1n) return 0;
  return r1cs.constraints.findIndex(
    ([a, b, c]) => (evaluateForm(a, values) * evaluateForm(b, values) - evaluateForm(c, values)) % R !== 0n,
  );
}
