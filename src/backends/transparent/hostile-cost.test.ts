/** Keys of a few kilobytes that once kept a verifier busy for long before it rejected a proof made of nothing. */
import { expect, test } from 'vitest';
import type { CircuitPort, StepFunction } from '../../artifact/circuit.ts';
import { profile } from '../../artifact/quant-graph.ts';
import { Builder } from '../../gadgets/builder.ts';
import { ProverChannel, Rejected } from './channel.ts';
import { planSteps } from './gadgets/step-plan.ts';
import { acceptKey, makeKey } from './index.ts';
import { openTranscript } from './statement.ts';
import { verifyBody } from './verifier.ts';

/** Why the verifier rejects a body with the work of its first messages done, and zeros from there on. */
function rejection(build: Builder, x: number, y: number): string {
  const port = (name: string, wire: number): CircuitPort => {
    return { name, tensor: name, dims: [1], dtype: 'u8', quantization: null, wire };
  };
  const key = acceptKey(makeKey(build.finish('costly', profile, [port('x', x)], [port('y', y)])));
  const { modelDigest, keyDigest } = key;
  const publics = [Int32Array.of(0), Int32Array.of(0)];
  const statement = { modelDigest, keyDigest, context: new Uint8Array(0), publics, commitments: [] };
  const channel = new ProverChannel(openTranscript(key.backend, keyDigest, [], statement), null);
  channel.begin(2);
  channel.sendBytes(new Uint8Array(32));
  channel.begin(3);
  channel.grind(key.parameters.lookupWork);
  const begun = channel.bytes();
  const body = new Uint8Array(begun.length + 2 ** 18);
  body.set(begun);
  try {
    verifyBody(key, statement, body);
  } catch (error) {
    if (error instanceof Rejected) return error.message;
    throw error;
  }
  return '';
}

test('views of one cell each of a large wire cost what their box has', () => {
  const build = new Builder();
  const x = build.publicWire('x', [1], [0, 3]);
  const y = build.publicWire('y', [1], [0, 255]);
  const wide = build.witness('wide', [2 ** 18], [0, 3]);
  build.range('range', wide, 0, 3);
  const terms = Array.from({ length: 200 }, (_, offset) => {
    return { coefficient: 1, view: { wire: wide, map: [{ kind: 'axis' as const, axis: 0, stride: 1, offset }] } };
  });
  const sum = build.witness('sum', [1], [0, 600]);
  build.linear('sum', [1], { constant: 0, terms, accumulators: [] }, sum);
  build.linear('y', [1], { constant: 0, terms: [], accumulators: [] }, y);
  expect(rejection(build, x, y)).toMatch(/opened value/);
});

test('many accumulators and many lookups cost their sum, not their product', () => {
  const build = new Builder();
  const x = build.publicWire('x', [1], [0, 3]);
  const y = build.publicWire('y', [1], [0, 3]);
  const zeros = build.constant('zeros', [1], new Int32Array(1));
  const left = { wire: x, zero: 0, map: [{ kind: 'output' as const, axis: 0 }] };
  const right = { wire: zeros, zero: 0, map: [{ kind: 'fixed' as const, index: 0 }] };
  const accumulators = Array.from({ length: 3000 }, () => build.contract('', [1], [], left, right));
  const table = build.table('zero', [Int32Array.of(0), Int32Array.of(0)]);
  build.lookup('', [1], table, [{ constant: 0, terms: [], accumulators }], y);
  for (let i = 0; i < 10_000; i++) build.range('', build.witness('', [1], [0, 3]), 0, 3);
  expect(rejection(build, x, y)).toMatch(/opened value/);
});

test('how steps are stated is found in time that follows the runs of a key, not the runs times every g and reach', () => {
  const starts = Int32Array.from({ length: 8 }, (_, run) => 2 ** 26 * run + 1000 * run * run - 2 ** 28);
  const step: StepFunction = { starts, values: starts.map((_, run) => run % 2), high: 2 ** 28 };
  const nothing = { constant: 0, terms: [], accumulators: [] };
  const functions = new Array<StepFunction>(2 ** 16).fill(step);
  const gadget = {
    kind: 'step' as const,
    name: '',
    box: [2 ** 16],
    input: nothing,
    functions,
    classes: null,
    output: 0,
  };
  const { choices } = planSteps([gadget], 10);
  expect(choices.get(gadget)?.rows).toBeGreaterThan(2 ** 16);
}, 4000);
