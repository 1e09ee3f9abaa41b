/** The laws of a backend: what every proof system that the pipeline knows must do, on any model. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Proof } from '../../src/artifact/proof.ts';
import type { QuantGraph } from '../../src/artifact/quant-graph.ts';
import type { Verdict } from '../../src/artifact/verdict.ts';
import { toHex, utf8 } from '../../src/base/bytes.ts';
import type { IntTensor } from '../../src/base/tensor.ts';
import {
  type Compilation,
  compileFor,
  estimateFor,
  type Proven,
  proveFor,
  type SetupChoice,
} from '../../src/pipeline/index.ts';
import { prepareKey } from '../../src/verify/index.ts';
import { seeded } from './circuits.ts';
import { verifyProof } from './judged.ts';

export type Subject = { readonly backend: string; readonly setup: SetupChoice | null };

export const subjects: readonly Subject[] = [
  { backend: 'transparent', setup: null },
  { backend: 'groth16', setup: { kind: 'development' } },
];

export type Work = { readonly compilation: Compilation; readonly proven: Proven };

/** Why a well-formed statement is rejected: because the proof does not establish it. */
const proofReasons = ['relation', 'opening', 'commitment', 'proof-of-work', 'malformed'];

const context = utf8('session 1');

/** Two compilations and a proof, on a machine that does other things as well. */
export const setupTimeout = 180_000;

export function compileWith({ backend, setup }: Subject, model: QuantGraph): Promise<Compilation> {
  return compileFor(backend, model, { setup, onProgress: () => {} });
}

export async function workOf(
  subject: Subject,
  model: QuantGraph,
  inputs: ReadonlyMap<string, IntTensor>,
): Promise<Work> {
  const compilation = await compileWith(subject, model);
  const proven = await proveFor(compilation.provingKey, inputs, { randomness: new Uint8Array(32).fill(7), context });
  return { compilation, proven };
}

/** Any inputs of a model: integers of its ports' types. */
export function anyInputs(model: QuantGraph, seed: number): ReadonlyMap<string, IntTensor> {
  const random = seeded(seed);
  return new Map(
    model.inputs.map(({ name, dims, dtype }) => {
      const [low, high] = dtype === 's8' ? [-128, 127] : [0, 255];
      const data = Int32Array.from({ length: dims.reduce((total, size) => total * size, 1) }, () => random(low, high));
      return [name, { dtype, dims, data }];
    }),
  );
}

/** Registers the laws for one backend on one model. */
export function backendLaws(subject: Subject, model: QuantGraph): void {
  describe(`the ${subject.backend} backend`, () => {
    let work: Work;
    let other: Compilation;
    let judge: (proof: Proof) => Verdict;

    beforeAll(async () => {
      work = await workOf(subject, model, anyInputs(model, 3));
      other = await compileWith(subject, model);
      const key = prepareKey(work.compilation.verifyingKey);
      judge = (proof) => verifyProof(key, proof, { allowInsecureSetup: true });
    }, setupTimeout);

    /** The proof with its statement changed, nothing else. */
    const stating = (changes: Partial<Proof['statement']>): Proof => ({
      ...work.proven.proof,
      statement: { ...work.proven.proof.statement, ...changes },
    });

    const code = (verdict: Verdict): string => (verdict.ok ? 'accepted' : verdict.reason.code);

    test('says early that it can prove the model, and what that costs', async () => {
      const { costs, circuitDigest } = await estimateFor(subject.backend, model);
      expect(circuitDigest).toBe(work.compilation.report.circuitDigest);
      for (const count of Object.values(costs)) expect(count).toBeGreaterThan(0);
    });

    test('an honest proof is accepted and claims what the network computes', () => {
      const verdict = judge(work.proven.proof);
      expect(code(verdict)).toBe('accepted');
      if (!verdict.ok) return;
      const outputs = model.outputs.map(({ tensor }) => work.proven.trace.tensors.get(tensor)?.data);
      expect(verdict.claims.outputs.map(({ integers }) => integers)).toEqual(outputs);
      expect(verdict.claims.context).toBe(toHex(context));
    });

    test('any public value changed is rejected', () => {
      const { publics } = work.proven.proof.statement;
      publics.forEach((values, tensor) => {
        for (let cell = 0; cell < values.length; cell += Math.ceil(values.length / 6)) {
          const changed = publics.map((data, i) => (i === tensor ? Int32Array.from(data) : data));
          const target = changed[tensor] as Int32Array;
          target[cell] = (target[cell] as number) + (target[cell] === 127 || target[cell] === 255 ? -1 : 1);
          expect(proofReasons, `${tensor}[${cell}]`).toContain(code(judge(stating({ publics: changed }))));
        }
      });
    });

    test('another context, model or key is rejected', () => {
      expect(code(judge(stating({ context: utf8('session 2') })))).not.toBe('accepted');
      expect(code(judge(stating({ context: new Uint8Array(0) })))).not.toBe('accepted');
      expect(code(judge(stating({ modelDigest: new Uint8Array(32) })))).toBe('model');
      expect(code(judge(stating({ keyDigest: new Uint8Array(32) })))).toBe('key');
      expect(code(judge({ ...work.proven.proof, backend: 'another/1' }))).toBe('backend');
    });

    test('a proof moved to another key of the same model is rejected, or the keys are the same', () => {
      const accepted = prepareKey(other.verifyingKey);
      const moved = stating({ keyDigest: accepted.accepted.keyDigest });
      const same = other.report.keyDigest === work.compilation.report.keyDigest;
      const verdict = verifyProof(accepted, moved, { allowInsecureSetup: true });
      expect(code(verdict) === 'accepted').toBe(same);
    });

    test('any byte of the body changed, dropped or added is rejected', () => {
      const { proof } = work.proven;
      const { body } = proof;
      const random = seeded(9);
      // Every byte of a short body; of a long one a sample, its own suite does the rest.
      const step = body.length <= 256 ? 1 : Math.floor(body.length / 64);
      for (let at = 0; at < body.length; at += step) {
        const changed = Uint8Array.from(body);
        changed[at] = (changed[at] as number) ^ random(1, 255);
        expect(code(judge({ ...proof, body: changed })), `byte ${at}`).not.toBe('accepted');
      }
      for (const changed of [body.slice(1), body.slice(0, -1), Uint8Array.from([...body, 0]), new Uint8Array(0)])
        expect(code(judge({ ...proof, body: changed }))).not.toBe('accepted');
    });
  });
}
