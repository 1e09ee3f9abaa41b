import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import { circuitDigest } from '../../artifact/circuit-codec.ts';
import { type VerifyingKey, verifyingKeyDigest } from '../../artifact/keys.ts';
import { ProvennError } from '../../base/errors.ts';
import { decodeParameters, encodeParameters, type Parameters } from './config.ts';
import { makeCoreKey, makeKey } from './index.ts';
import { acceptKey } from './verifier-key.ts';

const { circuit } = everyGadget();
const key = makeKey(circuit);

/** Why a key is refused; '' when it is accepted. Anything but KEY_REFUSED escapes. */
function refusal(bad: VerifyingKey): string {
  try {
    acceptKey(bad);
  } catch (error) {
    if (error instanceof ProvennError && error.code === 'KEY_REFUSED') return error.message;
    throw error;
  }
  return '';
}

function withParameters(change: Partial<Parameters>): VerifyingKey {
  return { ...key, parameters: encodeParameters({ ...decodeParameters(key.parameters), ...change }) };
}

describe('acceptKey', () => {
  it('derives digests, parameters and at least 100 bits', () => {
    const accepted = acceptKey(key);
    expect(accepted.modelDigest).toEqual(circuitDigest(circuit));
    expect(accepted.keyDigest).toEqual(verifyingKeyDigest(key));
    expect(accepted.parameters).toEqual(decodeParameters(key.parameters));
    expect(accepted.soundness.bits).toBeGreaterThanOrEqual(100);
  });

  it('accepts other parameters that reach 100 bits', () => {
    expect(refusal(withParameters({ queries: 200, tail: 200 }))).toBe('');
    expect(refusal(withParameters({ pieceBits: 12 }))).toBe('');
  });

  it.each<[string, VerifyingKey, RegExp]>([
    ['of another backend', { ...key, backend: 'groth16/1' }, /backend "groth16\/1"/],
    ['without parameters', { ...key, parameters: new Uint8Array(0) }, /truncated/],
    ['with trailing parameters', { ...key, parameters: new Uint8Array(18) }, /trailing/],
    ['with fewer random coefficients than opened columns', withParameters({ tail: 100 }), /100 random coefficients/],
    ['without masking', withParameters({ tail: 0 }), /0 random coefficients/],
    ['of the core protocol', makeCoreKey(circuit), /backend "transparent-core\/1"/],
    ['with one query', withParameters({ queries: 1 }), /soundness is/],
    ['with no query', withParameters({ queries: 0 }), /no column/],
    ['with more claimed work than anyone does', withParameters({ queryWork: 120 }), /40 bits/],
    ['with pieces that need a table beyond all bounds', withParameters({ pieceBits: 21 }), /impossible width/],
    ['whose circuit is ill-formed', { ...key, circuit: { ...circuit, outputs: [] } }, /no input or no output/],
    [
      'whose circuit leaves a wire free',
      { ...key, circuit: { ...circuit, gadgets: circuit.gadgets.filter(({ kind }) => kind !== 'table') } },
      /before anything confines it/,
    ],
  ])('refuses a key %s', (_, bad, message) => {
    expect(refusal(bad)).toMatch(message);
  });

  it('refuses step functions that need more than 2^23 rows', () => {
    const rowsOfRuns = (reach: number): string => {
      const long = { high: reach, starts: Int32Array.of(-reach, 0), values: Int32Array.of(0, 1) };
      const gadgets = circuit.gadgets.map((gadget) =>
        gadget.kind === 'step' ? { ...gadget, functions: gadget.functions.map(() => long) } : gadget,
      );
      return refusal({ ...withParameters({ pieceBits: 1 }), circuit: { ...circuit, gadgets } });
    };
    expect(rowsOfRuns(3e7)).toMatch(/2\^23 rows/);
    // Runs this long are cut into wide pieces: a few thousand rows.
    expect(rowsOfRuns(1e9)).toBe('');
  });

  it('refuses at once a small key that asks for endless tables or wires', () => {
    const [image] = circuit.inputs;
    const ranges = Array.from({ length: 100 }, (_, i) => ({
      kind: 'range' as const,
      name: `range ${i}`,
      wire: image?.wire as number,
      low: i,
      high: i + 2 ** 21,
    }));
    expect(refusal({ ...key, circuit: { ...circuit, gadgets: [...circuit.gadgets, ...ranges] } })).toMatch(
      /2\^23 rows/,
    );
    const sizes = [2 ** 24, 2];
    const extra = Array.from({ length: 20 }, (_, i) => ({
      name: `extra ${i}`,
      role: 'witness' as const,
      sizes,
      interval: [0, 0] as const,
      data: null,
    }));
    const linear = extra.map((wire, i) => ({
      kind: 'linear' as const,
      name: wire.name,
      box: sizes,
      input: { constant: 0, terms: [], accumulators: [] },
      output: circuit.wires.length + i,
    }));
    const wide = { ...circuit, wires: [...circuit.wires, ...extra], gadgets: [...circuit.gadgets, ...linear] };
    expect(refusal({ ...key, circuit: wide })).toMatch(/2\^27 cells/);
  });
});
