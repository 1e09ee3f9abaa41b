/** Both backends obey the same laws on the same model, and make the same statement about the same run. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importModel } from '../../src/pipeline/index.ts';
import { prepareKey } from '../../src/verify/index.ts';
import { fixture } from '../cli/cli.ts';
import { anyInputs, backendLaws, setupTimeout, subjects, workOf } from '../support/backend-laws.ts';
import { verifyProof } from '../support/judged.ts';

const { model } = importModel(new Uint8Array(readFileSync(fixture('models/tiny-mlp.qop.onnx'))));

for (const subject of subjects) backendLaws(subject, model);

describe('two proof systems', () => {
  test(
    'make the same statement about the same run',
    async () => {
      const inputs = anyInputs(model, 11);
      const [first, second] = await Promise.all(subjects.map((subject) => workOf(subject, model, inputs)));
      const [a, b] = [first, second].map((work) => work?.proven.proof.statement);
      expect(a?.publics).toEqual(b?.publics);
      expect(a?.modelDigest).toEqual(b?.modelDigest);
      expect(a?.context).toEqual(b?.context);
      const claims = [first, second].map((work) => {
        if (work === undefined) throw new Error('a backend is missing');
        const verdict = verifyProof(prepareKey(work.compilation.verifyingKey), work.proven.proof, {
          allowInsecureSetup: true,
        });
        if (!verdict.ok) throw new Error(verdict.reason.message);
        const {
          backend: _,
          keyDigest: __,
          setup: ___,
          soundnessBits: ____,
          zeroKnowledge: _____,
          ...rest
        } = verdict.claims;
        return rest;
      });
      expect(claims[0]).toEqual(claims[1]);
    },
    setupTimeout,
  );
});
