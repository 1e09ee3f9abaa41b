/** Lies about committed data sets: selectors that choose no sample, several, a mixture, or another one than the statement says. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Circuit, Gadget } from '../../src/artifact/circuit.ts';
import { dataSetsOf, modelInputs } from '../../src/artifact/data-set.ts';
import { matricesOf } from '../../src/artifact/matrices.ts';
import type { Proof } from '../../src/artifact/proof.ts';
import type { Verdict } from '../../src/artifact/verdict.ts';
import { decodeParameters } from '../../src/backends/transparent/config.ts';
import { acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { toHex } from '../../src/base/bytes.ts';
import type { ProvennError } from '../../src/base/errors.ts';
import { P } from '../../src/base/field.ts';
import { intTensor, product } from '../../src/base/tensor.ts';
import { buildCircuit } from '../../src/compile/circuit.ts';
import { allPublic, type Visibility } from '../../src/compile/visibility.ts';
import { assignWitness } from '../../src/compile/witness.ts';
import { violations } from '../../src/gadgets/evaluate.ts';
import { readModel } from '../../src/onnx/index.ts';
import { makeOpening, openMatrix } from '../../src/pipeline/openings.ts';
import { importQuantized } from '../../src/quantize/index.ts';
import { execute } from '../../src/runtime/execute.ts';
import { seeded } from '../support/circuits.ts';
import { fresh } from '../support/fresh.ts';
import { verifyProof } from '../support/judged.ts';
import { noContext } from '../support/malicious.ts';
import { Tally } from '../support/tally.ts';

const file = new URL('../fixtures/models/tiny-mlp.qop.onnx', import.meta.url);
const graph = importQuantized(readModel(new Uint8Array(readFileSync(file))));
const [port] = graph.inputs;
if (port === undefined) throw new Error('the model has no input');
const size = product(port.dims);
const samples = 3;
const random = seeded(11);
/** Small integers: sums and differences of samples stay in the range of the input, so that no other relation catches them. */
const low = Array.from({ length: size }, () => random(10, 20));
const data = Int32Array.from([
  ...low.map((x) => x + random(20, 40)),
  ...low.map((x) => 2 * x),
  ...low.map((x) => x - random(1, 9)),
]);
const other = data.map((x) => x + 1);
const tally = new Tally();

afterAll(() => tally.print('data sets'));

const visible: Visibility = { ...allPublic, input: 'committed', samples };

function setting(sample: 'public' | 'private') {
  const circuit = buildCircuit(graph, { ...visible, sample });
  const key = acceptKey(makeKey(circuit));
  const [set] = dataSetsOf(circuit);
  if (set === undefined) throw new Error('no data set is recognised');
  const parameters = decodeParameters(makeKey(circuit).parameters);
  const commit = (cells: Int32Array) =>
    openMatrix(makeOpening(circuit, parameters, set.matrix, [cells], '', () => fresh().randomness).opening);
  return { circuit, key, set, opening: commit(data), commit };
}

type Setting = ReturnType<typeof setting>;

/** The input that a selector makes, cell by cell. */
function sumOf(selector: readonly number[], cells = data): number[] {
  return Array.from({ length: size }, (_, i) =>
    selector.reduce((total, s, k) => total + s * (cells[k * size + i] as number), 0),
  );
}

/** A proof with that selector and input, everything else honest; whatever the looked-up sum is, it is said to be 1. */
function prove(
  { circuit, key, set, opening }: Setting,
  selector: readonly number[],
  input = sumOf(selector),
  committed = opening,
  cells = data,
): Proof {
  const one = circuit.wires.findIndex(({ name }) => name.endsWith(':sample:one'));
  const trace = execute(
    graph,
    new Map([[port?.name as string, intTensor(port?.dtype ?? 'u8', port?.dims ?? [], input)]]),
  );
  const secrets = new Map<number, ArrayLike<number>>([
    [set.data, cells],
    [set.selector, selector],
    [one, [1]],
  ]);
  const witness = assignWitness(circuit, trace, secrets);
  const openings = new Map([[set.matrix, committed]]);
  return proveWitness(key, witness, noContext, { ...fresh(), openings });
}

const judge = ({ key }: Setting, proof: Proof): Verdict => verifyProof({ accepted: key }, proof);

const shown = setting('public');
const secret = setting('private');

describe('honest proofs', () => {
  test('about different samples name the same commitment, and the sample only when it is public', () => {
    for (const each of [shown, secret]) {
      for (let k = 0; k < samples; k++) {
        const selector = Array.from({ length: samples }, (_, i) => (i === k ? 1 : 0));
        const verdict = judge(each, prove(each, selector));
        if (!verdict.ok) throw new Error(verdict.reason.message);
        const index = each === shown ? k : null;
        const commitment = toHex(each.opening.descriptor);
        expect(verdict.claims.hidden).toMatchObject([{ side: 'input', commitment, sample: { count: samples, index } }]);
        expect(verdict.claims.inputs).toEqual([]);
      }
    }
  });
});

describe.each([
  ['public', shown],
  ['hidden', secret],
] as const)('a %s selector', (_, each) => {
  test.each<[string, number[]]>([
    ['two ones', [0, 1, 1]],
    ['all zero', [0, 0, 0]],
    ['2 and −1', [2, -1, 0]],
    ['a sum and a difference', [1, 1, -1]],
    ['only a 2', [0, 0, 2]],
  ])('that is %s is rejected', (name, selector) => {
    const input = sumOf(selector);
    expect(Math.min(...input)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...input)).toBeLessThanOrEqual(127);
    tally.reject(judge(each, prove(each, selector)), name, ['statement', 'relation', 'opening']);
  });

  test('of one sample while the network reads another is rejected', () => {
    tally.reject(judge(each, prove(each, [1, 0, 0], sumOf([0, 1, 0]))), 'another sample', ['relation', 'opening']);
    const nearly = sumOf([1, 0, 0]);
    nearly[0] = (nearly[0] as number) + 1;
    tally.reject(judge(each, prove(each, [1, 0, 0], nearly)), 'one cell changed', ['relation', 'opening']);
  });

  test('over other samples than the committed ones is rejected', () => {
    const proof = prove(each, [0, 1, 0], sumOf([0, 1, 0], other), each.opening, other);
    tally.reject(judge(each, proof), 'other data', ['relation', 'opening', 'commitment']);
    const honest = prove(each, [0, 1, 0]);
    const { root } = each.commit(other);
    const renamed = { ...honest, statement: { ...honest.statement, commitments: [root] } };
    tally.reject(judge(each, renamed), 'another root');
  });
});

describe('fractions and statements', () => {
  test('halves of two samples, which sum to 1 in the field, are rejected', () => {
    const even = data.map((x, i) => (i < 2 * size ? x - (x % 2) : x));
    const half = (P + 1) / 2;
    const input = sumOf([1, 1, 0], even).map((x) => x / 2);
    for (const each of [shown, secret]) {
      const proof = prove(each, [half, half, 0], input, each.commit(even), even);
      tally.reject(judge(each, proof), 'halves', ['statement', 'relation', 'opening', 'malformed']);
    }
  });

  test('a statement that names another sample, or several, or none is rejected', () => {
    const honest = prove(shown, [0, 1, 0]);
    expect(judge(shown, honest).ok).toBe(true);
    const at = honest.statement.publics.findIndex((values) => values.length === samples && values.join() === '0,1,0');
    for (const selector of [
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 1],
      [0, 0, 0],
      [0, 2, -1],
      [1, 0],
      [0, 1, 0, 0],
    ]) {
      const publics = honest.statement.publics.map((values, i) => (i === at ? Int32Array.from(selector) : values));
      const forged = { ...honest, statement: { ...honest.statement, publics } };
      tally.reject(judge(shown, forged), `statement ${selector}`);
    }
  });
});

describe('the circuit', () => {
  /** A circuit with one relation changed: then it says something else than a data set, and no verdict may speak of one. */
  const changed = (change: (gadget: Gadget) => Gadget | null): Circuit => ({
    ...shown.circuit,
    gadgets: shown.circuit.gadgets.flatMap((gadget) => change(gadget) ?? []),
  });

  test('confines the data set itself and is satisfied by every sample', () => {
    expect(matricesOf(shown.circuit)).toMatchObject([{ name: `data:${port.name}`, imported: false }]);
    expect(modelInputs(shown.circuit).map(({ name }) => name)).toEqual([port.name]);
    const trace = execute(graph, new Map([[port.name, intTensor(port.dtype, port.dims, sumOf([0, 0, 1]))]]));
    for (const { circuit, set } of [shown, secret]) {
      const secrets = new Map<number, ArrayLike<number>>([
        [set.data, data],
        [set.selector, [0, 0, 1]],
      ]);
      expect(violations(circuit, assignWitness(circuit, trace, secrets))).toEqual([]);
    }
  });

  test('without the sum, with another table for it, or with a shifted read of the data is no data set', () => {
    expect(dataSetsOf(changed((gadget) => gadget))).toHaveLength(1);
    expect(dataSetsOf(changed((gadget) => (gadget.name.endsWith(':sample:one') ? null : gadget)))).toEqual([]);
    expect(
      dataSetsOf(
        changed((gadget) => {
          if (gadget.kind !== 'table' || !gadget.name.endsWith(':sample:one')) return gadget;
          return { ...gadget, table: shown.circuit.tables.findIndex(({ name }) => name.startsWith('integers')) };
        }),
      ),
    ).toEqual([]);
    expect(
      dataSetsOf(
        changed((gadget) =>
          gadget.kind === 'contract' && gadget.name.endsWith(':row')
            ? { ...gadget, right: { ...gadget.right, zero: 1 } }
            : gadget,
        ),
      ),
    ).toEqual([]);
  });
});

describe('each relation is needed', () => {
  const isSum = (gadget: Gadget): boolean => gadget.name.endsWith(':sample:one');
  const judged = (circuit: Circuit, selector: readonly number[]): Verdict => {
    const key = acceptKey(makeKey(circuit));
    const { set, opening } = secret;
    return judge(
      { ...secret, circuit, key },
      prove({ ...secret, circuit, key, set }, selector, sumOf(selector), opening),
    );
  };

  test('without Σ s = 1 two ones and no one pass, and the verdict speaks of no data set', () => {
    const gadgets = secret.circuit.gadgets.map((gadget): Gadget => {
      if (gadget.kind !== 'table' || !isSum(gadget)) return gadget;
      return { kind: 'range', name: gadget.name, wire: gadget.output, low: 1, high: 1 };
    });
    for (const selector of [
      [0, 1, 1],
      [0, 0, 0],
    ]) {
      const verdict = judged({ ...secret.circuit, gadgets }, selector);
      if (!verdict.ok) throw new Error(verdict.reason.message);
      expect(verdict.claims.hidden[0]?.sample).toBeUndefined();
      expect(verdict.claims.hidden[0]?.commitment).toBeNull();
    }
  });

  test('with selectors in [−1, 2] mixtures pass, and the verdict speaks of no data set', () => {
    const { selector } = secret.set;
    const wires = secret.circuit.wires.map((wire, id) =>
      id === selector ? { ...wire, interval: [-1, 2] as const } : wire,
    );
    const gadgets = secret.circuit.gadgets.map((gadget) =>
      gadget.kind === 'range' && gadget.wire === selector ? { ...gadget, low: -1, high: 2 } : gadget,
    );
    for (const mixture of [
      [2, -1, 0],
      [1, 1, -1],
    ]) {
      const verdict = judged({ ...secret.circuit, wires, gadgets }, mixture);
      if (!verdict.ok) throw new Error(verdict.reason.message);
      expect(verdict.claims.hidden[0]?.sample).toBeUndefined();
    }
  });
});

describe('what is refused', () => {
  const refusal = (visibility: Visibility): string => {
    try {
      buildCircuit(graph, visibility);
      return 'nothing';
    } catch (error) {
      return (error as ProvennError).code;
    }
  };

  test('too many samples, none, a part of one, and a data set without a committed input', () => {
    const most = Math.floor(2 ** 22 / size);
    expect(refusal({ ...visible, samples: most + 1 })).toBe('RESOURCE_LIMIT');
    for (const count of [0, -1, 1.5, Number.NaN])
      expect(refusal({ ...visible, samples: count })).toBe('RESOURCE_LIMIT');
    expect(refusal({ ...allPublic, samples })).toBe('USAGE');
    expect(refusal({ ...allPublic, input: 'committed', sample: 'private' })).toBe('USAGE');
  });
});
