/**
 * Attacks on what masking adds: forged pads and products of pads, masks chosen after the challenges they mask, wrong salts and
 * random coefficients. Each is shown to work for a prover that knows one challenge too early, and to fail for any other.
 */
import { afterAll, describe, expect, test } from 'vitest';
import type { Proof } from '../../src/artifact/proof.ts';
import { VerifierChannel } from '../../src/backends/transparent/channel.ts';
import { batchClaims, ClaimBook } from '../../src/backends/transparent/claims.ts';
import { assign, proveCells } from '../../src/backends/transparent/index.ts';
import { defaultKernels } from '../../src/backends/transparent/kernels/choose.ts';
import type { Kernels } from '../../src/backends/transparent/kernels/kernels.ts';
import { addressOf } from '../../src/backends/transparent/layout.ts';
import { productElement } from '../../src/backends/transparent/mask.ts';
import { codeDimension } from '../../src/backends/transparent/matrix.ts';
import { claimVectorAt, innerProduct } from '../../src/backends/transparent/opening.ts';
import { lagrangeAt } from '../../src/backends/transparent/products.ts';
import { walkRelations } from '../../src/backends/transparent/relations.ts';
import { publicDataOf } from '../../src/backends/transparent/statement.ts';
import type { Mask } from '../../src/backends/transparent/system.ts';
import { Transcript } from '../../src/backends/transparent/transcript.ts';
import { ByteReader, ByteWriter } from '../../src/base/bytes.ts';
import { add, at, type Ext, inverse, multiply, negate, one, subtract } from '../../src/base/extension.ts';
import { P, pow, rootOfUnity } from '../../src/base/field.ts';
import { complete, everyGadget } from '../support/circuits.ts';
import { fresh } from '../support/fresh.ts';
import { freeze, judgeUnder, proveUnder, underOracle } from '../support/frozen.ts';
import { verifyProof } from '../support/judged.ts';
import { lieOnce, proveCodewords } from '../support/lying-prover.ts';
import { keyWithoutWork, noContext, withBody } from '../support/malicious.ts';
import { proofFields } from '../support/proof-map.ts';
import { Tally } from '../support/tally.ts';

const { circuit, inputs } = everyGadget();
const key = keyWithoutWork(circuit);
const { system, layout, parameters } = key;
const { plan, pads, blinding } = system.mask as Mask;
const cells = assign(system, complete(circuit, inputs));
const dimension = codeDimension(parameters);
const width = 2 ** layout.logRow;
const code = 2 ** (parameters.logRow + parameters.logBlowup);
const root = rootOfUnity(parameters.logBlowup);
const tally = new Tally();

afterAll(() => tally.print('attacks on the masking'));

/** Where cell number `cell` of a tensor stands among the committed rows. */
function placeOf(tensor: number, cell: number): number {
  const address = addressOf(layout, tensor) + cell;
  return layout.rows.indexOf(Math.floor(address / width)) * dimension + (address % width);
}

function rowsChanged(change: (rows: Uint32Array) => void): Kernels {
  const kernels = defaultKernels();
  return {
    ...kernels,
    encodeRows: (rows, ...rest) => {
      change(rows);
      return kernels.encodeRows(rows, ...rest);
    },
  };
}

function addTo(rows: Uint32Array, element: number, change: Ext): void {
  change.forEach((value, q) => {
    const place = placeOf(pads, 4 * element + q);
    rows[place] = ((rows[place] as number) + value) % P;
  });
}

function proveWith(change: (rows: Uint32Array) => void, randomness = fresh().randomness): Proof {
  return proveCells(key, cells, noContext, { randomness, kernels: rowsChanged(change) });
}

const judge = (proof: Proof) => verifyProof({ accepted: key }, proof);

describe('the pad block', () => {
  test('with any pad, factor or product other than the one used is rejected', () => {
    for (const element of [
      0,
      1,
      plan.messages - 1,
      plan.messages,
      plan.messages + 1,
      plan.messages + 2,
      plan.elements - 1,
    ])
      tally.reject(judge(proveWith((rows) => addTo(rows, element, [0, 1, 0, 0]))), `element ${element}`, ['opening']);
    for (const [v] of plan.products.entries())
      tally.reject(judge(proveWith((rows) => addTo(rows, productElement(plan, v + 1), one))), `c ${v + 1}`, [
        'opening',
      ]);
  });

  test('two false products that cancel in one claim are rejected', () => {
    tally.reject(
      judge(
        proveWith((rows) => {
          addTo(rows, productElement(plan, 1), one);
          addTo(rows, productElement(plan, 2), negate(one));
        }),
      ),
      'top',
      ['opening'],
    );
  });

  test('what no claim reads may be anything: the blinding row and the random coefficients', () => {
    const proof = proveWith((rows) => {
      rows[placeOf(blinding, 7)] = 5;
      rows[width] = 12345;
    });
    expect(judge(proof).ok).toBe(true);
  });
});

describe('a false product of pads', () => {
  const randomness = fresh().randomness;
  let committed = new Uint32Array(0);
  const honest = proveWith((rows) => {
    committed = rows.slice();
  }, randomness);
  const { draws, positions } = freeze(key, honest);
  const fields = proofFields(key, honest.body.length);
  const element = (name: string): Ext => {
    const from = fields.find((field) => field.name === name)?.from as number;
    return at(new ByteReader(honest.body.subarray(from, from + 16)).words(4), 0);
  };
  const padOf = (message: number): Ext =>
    [0, 1, 2, 3].map((q) => committed[placeOf(pads, 4 * message + q)] as number) as unknown as Ext;
  const drawn = (draw: number): Ext => draws[draw]?.[0] as Ext;
  // β and α; t of the top; λ and z of the first layer.
  const [t, z] = [drawn(1), drawn(3)];
  // The last draws are ζ, ω, one challenge per round, and γ₁ with γ₂.
  const zeta = drawn(draws.length - 3 - layout.logCells);

  /** The top claims p₀ + 1 instead of p₀; products 1 and 3 hide it, and the extrapolated values hide the products at ζ. */
  function forge(rows: Uint32Array): void {
    const q1 = add(element('top q1'), padOf(3));
    const top = negate(q1);
    const layer = multiply(subtract(one, t), multiply(z, inverse(t)));
    const weights = lagrangeAt(zeta, 2 * plan.products.length + 1) as Ext[];
    const last = 2 * plan.products.length;
    const owed = add(multiply(top, weights[1] as Ext), multiply(layer, weights[3] as Ext));
    addTo(rows, productElement(plan, 1), top);
    addTo(rows, productElement(plan, 3), layer);
    addTo(rows, productElement(plan, last), negate(multiply(owed, inverse(weights[last] as Ext))));
  }

  const prove = (): Proof => proveWith(forge, randomness);

  test('passes for a prover that knows every challenge, and for no other', () => {
    const lying = proveUnder(draws, positions, () => proveTop(prove));
    expect(judgeUnder(key, lying, draws, positions).ok).toBe(true);
    tally.add('passed only with frozen challenges');
    tally.reject(judge(lying), 'false product', ['opening']);
    tally.reject(judge(proveTop(prove)), 'false product, live', ['opening']);
  });
});

/** Runs a prover whose first message, p₀ of the top, is one too large. */
function proveTop(prove: () => Proof): Proof {
  return lieOnce(prove, 0, (message) => {
    message[0] = ((message[0] as number) + 1) % P;
  });
}

describe('the mask of the folded row', () => {
  const honest = proveCells(key, cells, noContext, fresh());
  const { draws, positions } = freeze(key, honest);
  const fields = proofFields(key, honest.body.length);

  /** Φ~(r) and γ₁, γ₂ of the proof. */
  function openingOf(): { phi: Ext; gamma1: Ext; gamma2: Ext } {
    let next = 0;
    return underOracle(
      () => draws[next++] as Ext[],
      positions,
      () => {
        const channel = new VerifierChannel(new Transcript(), new ByteReader(honest.body), true);
        const book = new ClaimBook(system, publicDataOf(system, honest.statement.publics), () => {});
        channel.receiveBytes(32);
        walkRelations({ system, channel, book }, 0);
        const { terms, value } = batchClaims(system, book.claims, channel.drawOne());
        const { point } = innerProduct(channel, layout.logCells, value, true);
        const [gamma1, gamma2] = channel.draw(2) as [Ext, Ext];
        return { phi: claimVectorAt(system, layout, terms, point), gamma1, gamma2 };
      },
    );
  }

  function plus(body: Uint8Array, name: string, change: Ext): Uint8Array {
    const from = fields.find((field) => field.name === name)?.from as number;
    const out = body.slice();
    const old = at(new ByteReader(body.subarray(from, from + 16)).words(4), 0);
    out.set(new ByteWriter().words(add(old, change)).finish(), from);
    return out;
  }

  test('its functionals sent after γ would let every y pass; sent before, none', () => {
    const { phi, gamma1, gamma2 } = openingOf();
    // y + 1 moves check 1 by γ₁ and check 2 by γ₁γ₂Φ~(r); f₁ and f₂ take it back.
    const y = plus(honest.body, 'opening y', one);
    const f1 = plus(y, 'opening f1', negate(gamma1));
    const forged = plus(f1, 'opening f2', negate(multiply(multiply(gamma1, gamma2), phi)));
    expect(judgeUnder(key, withBody(honest, forged), draws, positions).ok).toBe(true);
    expect(judgeUnder(key, withBody(honest, f1), draws, positions).ok).toBe(false);
    tally.add('passed only with frozen challenges');
    tally.reject(judge(withBody(honest, forged)), 'y');
  });

  test('m or s other than the rows committed is rejected', () => {
    for (let row = 0; row < 8; row++) {
      const place = (layout.rows.length + row) * dimension + 3;
      const changed = proveWith((rows) => {
        rows[place] = ((rows[place] as number) + 1) % P;
      });
      tally.reject(judge(changed), `noise row ${row}`, ['opening']);
    }
  });

  test('random coefficients other than the committed ones are rejected', () => {
    for (let row = 0; row < layout.rows.length; row++) {
      const changed = proveCodewords(key, cells, (codewords) => {
        // The codeword of x^(2^c), the first random coefficient: powers of a root of order 2^κ.
        for (let j = 0; j < code; j++)
          codewords[row * code + j] =
            ((codewords[row * code + j] as number) + pow(root, j % 2 ** parameters.logBlowup)) % P;
      });
      tally.reject(judge(changed), `row ${row}`, ['opening']);
    }
  });

  test('salts changed, exchanged or left out are rejected', () => {
    const salts = fields.filter(({ kind }) => kind === 'salt');
    const swap = honest.body.slice();
    const [first, second] = salts as [(typeof salts)[0], (typeof salts)[0]];
    swap.set(honest.body.subarray(second.from, second.to), first.from);
    swap.set(honest.body.subarray(first.from, first.to), second.from);
    tally.reject(judge(withBody(honest, swap)), 'salts exchanged', ['commitment']);
    for (const { from, to } of salts.filter((_, i) => i % 20 === 0)) {
      const zeroed = honest.body.slice();
      zeroed.fill(0, from, to);
      tally.reject(judge(withBody(honest, zeroed)), `salt at ${from}`, ['commitment']);
      const flipped = honest.body.slice();
      flipped[to - 1] = (flipped[to - 1] as number) ^ 128;
      tally.reject(judge(withBody(honest, flipped)), `salt at ${from}`, ['commitment']);
    }
  });
});
