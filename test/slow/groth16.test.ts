/** Larger networks under both backends: the same run, the same statement; every shipped digit. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importModel } from '../../src/pipeline/index.ts';
import { decodePng } from '../../src/pipeline/io/png.ts';
import { quantizeInput } from '../../src/runtime/ports.ts';
import { fixture, root } from '../cli/cli.ts';
import { anyInputs, backendLaws, subjects, workOf } from '../support/backend-laws.ts';

const read = (path: string) => importModel(new Uint8Array(readFileSync(path))).model;
const digits = read(join(root, 'artifacts/digits-mlp/digits-mlp.int8.onnx'));

for (const subject of subjects) backendLaws(subject, read(fixture('models/tiny-cnn.qop.onnx')));

describe('both backends', () => {
  test.each(['tiny-cnn.qdq.onnx', 'tiny-cnn.symmetric.qop.onnx', 'tiny-mlp.qop.onnx'])(
    'state the same about %s',
    async (name) => {
      const model = read(fixture(`models/${name}`));
      const works = [];
      for (const subject of subjects) works.push(await workOf(subject, model, anyInputs(model, 21)));
      const [first, second] = works.map(({ proven }) => proven.proof.statement);
      expect(first?.publics).toEqual(second?.publics);
      expect(first?.modelDigest).toEqual(second?.modelDigest);
    },
  );

  test('state the same about a held-out digit, and classify it right', async () => {
    const folder = join(root, 'artifacts/digits-mlp/images');
    const [port] = digits.inputs;
    if (port === undefined) throw new Error('no input');
    for (const file of readdirSync(folder).slice(0, 2)) {
      const { data: pixels } = decodePng(new Uint8Array(readFileSync(join(folder, file))), file);
      const image = Float32Array.from(pixels, (pixel) => Math.fround(pixel / 240));
      const inputs = new Map([[port.name, quantizeInput(port, image)]]);
      const works = [];
      for (const subject of subjects) works.push(await workOf(subject, digits, inputs));
      const [first, second] = works.map(({ proven }) => proven.proof.statement.publics);
      expect(first).toEqual(second);
      const scores = first?.[1] as Int32Array;
      expect(scores.indexOf(Math.max(...scores))).toBe(Number(file[0]));
    }
  });
});
