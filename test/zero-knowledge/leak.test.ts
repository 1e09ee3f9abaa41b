/** No integer of a private input or of committed weights stands in a proof, in whatever encoding one would look for. */
import { describe, expect, test } from 'vitest';
import { assign, proveCells } from '../../src/backends/transparent/index.ts';
import type { SystemTensor } from '../../src/backends/transparent/system.ts';
import { ByteWriter, concatBytes } from '../../src/base/bytes.ts';
import { fromInteger, mul, P } from '../../src/base/field.ts';
import { dotProduct } from '../support/dot-product.ts';
import { fresh } from '../support/fresh.ts';
import { keyWithoutWork, noContext } from '../support/malicious.ts';
import { inputs, privateCircuit, witnessOf } from '../support/private-circuit.ts';

type Encoding = readonly [name: string, encode: (integers: readonly number[]) => Uint8Array];

const words = (values: readonly number[]): Uint8Array => new ByteWriter().words(values).finish();

/** Montgomery form: x·2³² mod p. */
const radix = 2 ** 32 % P;

const encodings: readonly Encoding[] = [
  ['bytes', (list) => Uint8Array.from(list, (x) => x & 255)],
  ['zigzag bytes', (list) => Uint8Array.from(list, (x) => (x < 0 ? -2 * x - 1 : 2 * x) & 255)],
  ['canonical words', (list) => words(list.map(fromInteger))],
  ['two’s complement words', (list) => words(list.map((x) => x >>> 0))],
  ['Montgomery words', (list) => words(list.map((x) => mul(fromInteger(x), radix)))],
  ['elements of E', (list) => words(list.flatMap((x) => [fromInteger(x), 0, 0, 0]))],
  ['half words', (list) => concatBytes(...list.map((x) => Uint8Array.of(x & 255, (x >> 8) & 255)))],
  ['big-endian words', (list) => concatBytes(...list.map((x) => words([fromInteger(x)]).reverse()))],
];

function contains(body: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; at + part.length <= body.length; at++) {
    let i = 0;
    while (i < part.length && body[at + i] === part[i]) i++;
    if (i === part.length) return true;
  }
  return false;
}

/** Runs of some cells that are long enough not to occur by chance: 8 bytes at least, not all the same. */
function findings(body: Uint8Array, secret: readonly number[]): string[] {
  return encodings.flatMap(([name, encode]) => {
    const length = Math.ceil(8 / encode([0]).length);
    return secret.flatMap((_, from) => {
      const run = secret.slice(from, from + length);
      return run.length === length && contains(body, encode(run)) ? [`${name} of ${run.join()}`] : [];
    });
  });
}

/** Words of a body that are small integers, centred. */
function smallWords(body: Uint8Array): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let small = 0;
  for (let at = 0; at + 4 <= body.length; at += 4) {
    const x = view.getUint32(at, true);
    if (x < 2 ** 15 || (x < P && P - x < 2 ** 15)) small += 1;
  }
  return small;
}

const key = keyWithoutWork(privateCircuit);

describe('a proof about a private input', () => {
  test.each(inputs.map((input) => [input.join(), input] as const))('does not contain %s', (_, input) => {
    const cells = assign(key.system, witnessOf(input));
    const { body, statement } = proveCells(key, cells, noContext, fresh());
    expect(statement.publics).toHaveLength(1);
    const committed = key.system.tensors.flatMap((tensor: SystemTensor, id) =>
      tensor.kind === 'committed' && cells.tensors[id] !== undefined ? [Array.from(cells.tensors[id])] : [],
    );
    expect(committed.length).toBeGreaterThan(3);
    // Zeros and repeated counts are no secrets; runs of them may occur in honest padding of nothing, so they are left out.
    for (const secret of committed) {
      const distinct = secret.filter((x, i) => x !== 0 && x !== secret[i - 1]);
      expect(findings(body, distinct)).toEqual([]);
    }
    // 2^16 of 2^31 residues are small: seven thousand uniform words have about 0.2 of them.
    expect(smallWords(body)).toBeLessThan(10);
  });

  test('and the search would find them: in any encoding, at any place', () => {
    const { body } = proveCells(key, assign(key.system, witnessOf(inputs[0])), noContext, fresh());
    const secret = [131, -2, 77, 250, 9, 1000, -31, 12];
    for (const [name, encode] of encodings)
      for (const at of [0, 13, body.length - 1])
        expect(
          findings(concatBytes(body.subarray(0, at), encode(secret), body.subarray(at)), secret),
          name,
        ).not.toEqual([]);
  });
});

describe('a proof about committed weights and a committed input', () => {
  const { key: committedKey, prove, weights, input, openings } = dotProduct(3);

  test('contains neither, nor any seed, and differs from the next in every opened column', () => {
    const [first, second] = [prove(), prove()];
    for (const secret of [weights, input]) {
      expect(findings(first.body, Array.from(secret))).toEqual([]);
      expect(findings(first.body, Array.from(secret).reverse())).toEqual([]);
    }
    for (const { root } of openings.values()) expect(contains(first.body, root.subarray(0, 8))).toBe(false);
    expect(first.body).not.toEqual(second.body);
    expect(committedKey.matrices).toHaveLength(2);
  });
});
