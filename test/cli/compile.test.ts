import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture, jsonOf, provenn, root, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const model = fixture('models/tiny-cnn.qop.onnx');
const everything = ['circuit.provenn', 'model.onnx', 'proving.key', 'verifying.key'];

describe('provenn compile', () => {
  it('writes model, circuit and keys into a path with spaces, and nothing beside it', async () => {
    const folder = scratch.path('first');
    mkdirSync(folder);
    const { code, stdout } = await provenn(['compile', model, '-o', join(folder, 'my model')]);
    expect(code).toBe(0);
    expect(stdout).toContain('QLinearConv');
    expect(stdout).toMatch(/^zero-knowledge +1\d\d\.\d bits$/m);
    expect(readdirSync(folder)).toEqual(['my model']);
    expect(readdirSync(join(folder, 'my model')).sort()).toEqual(everything);
    expect(readFileSync(join(folder, 'my model', 'model.onnx'))).toEqual(readFileSync(model));
  });

  it('gives the same bytes in every folder', async () => {
    const json = jsonOf(await provenn(['compile', model, '-o', scratch.path('twice a'), '--json']));
    await provenn(['compile', model, '-o', scratch.path('twice b')]);
    for (const name of everything) {
      expect(readFileSync(join(scratch.path('twice a'), name)), name).toEqual(
        readFileSync(join(scratch.path('twice b'), name)),
      );
    }
    const soundness = { bits: expect.any(Number), zeroKnowledgeBits: expect.any(Number) };
    expect(json).toMatchObject({ schemaVersion: 1, report: { soundness } });
  });

  it('copies a preprocess.json that lies beside the model or is named', async () => {
    const named = ['--preprocess', join(root, 'artifacts/lenet5/preprocess.json')];
    await provenn(['compile', model, '-o', scratch.path('with'), ...named]);
    expect(readdirSync(scratch.path('with'))).toContain('preprocess.json');
    writeFileSync(scratch.path('broken.json'), '{"kind":"image"');
    const { code } = await provenn([
      'compile',
      model,
      '-o',
      scratch.path('no'),
      '--preprocess',
      scratch.path('broken.json'),
    ]);
    expect(code).toBe(5);
    expect(existsSync(scratch.path('no'))).toBe(false);
  });

  it('writes nothing on a dry run and needs a folder otherwise', async () => {
    const dry = await provenn(['compile', model, '--dry-run']);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('nothing written');
    expect((await provenn(['compile', model, '-o', scratch.path('dry'), '--dry-run'])).code).toBe(0);
    expect(existsSync(scratch.path('dry'))).toBe(false);
    expect((await provenn(['compile', model])).code).toBe(2);
  });

  it('replaces its own folder only with --force, and a foreign one never', async () => {
    const target = scratch.path('again');
    expect((await provenn(['compile', model, '-o', target])).code).toBe(0);
    const before = readFileSync(join(target, 'verifying.key'));
    const other = fixture('models/tiny-mlp.qop.onnx');
    const refused = await provenn(['compile', other, '-o', target]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--force');
    expect(readFileSync(join(target, 'verifying.key'))).toEqual(before);
    expect((await provenn(['compile', other, '-o', target, '--force'])).code).toBe(0);
    expect(readFileSync(join(target, 'verifying.key'))).not.toEqual(before);
    writeFileSync(join(target, 'notes.txt'), 'mine');
    expect((await provenn(['compile', model, '-o', target, '--force'])).code).toBe(2);
    expect(readFileSync(join(target, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('exits with 5 when the target cannot be written, and leaves nothing', async () => {
    const file = scratch.path('a file');
    writeFileSync(file, '');
    const { code, stderr } = await provenn(['compile', model, '-o', join(file, 'below')]);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^error\[FILE_WRITE_FAILED\]/m);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('refuses a float model and says how to quantize it', async () => {
    const { code, stderr } = await provenn([
      'compile',
      fixture('models/tiny-cnn.float.onnx'),
      '-o',
      scratch.path('float'),
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/next: .*quantize/);
    expect(existsSync(scratch.path('float'))).toBe(false);
  });

  it('refuses visibilities that mean nothing, and writes nothing', async () => {
    const target = scratch.path('private');
    for (const wish of ['input=secret', 'weights=private', 'inputs=public', 'input:nobody=private', 'input']) {
      const { code, stderr } = await provenn(['compile', model, '-o', target, '--visibility', wish]);
      expect(code, wish).toBe(2);
      expect(stderr).toMatch(/^error\[USAGE\]/m);
    }
    expect(existsSync(target)).toBe(false);
    const open = 'input=public,output=public,weights=public';
    expect((await provenn(['compile', model, '-o', target, '--visibility', open])).code).toBe(0);
  });
});

describe('bad models', () => {
  /** Exit code, code, and the name that the message must contain. */
  const expected = {
    'cycle.onnx': [3, 'MODEL_INVALID', 'first'],
    'duplicate-names.onnx': [3, 'MODEL_INVALID', 'hidden'],
    'nan-weights.onnx': [3, 'MODEL_INVALID', 'fc1.weight_scale'],
    'nan-float.onnx': [3, 'MODEL_INVALID', 'fc1.weight'],
    'unsupported.onnx': [3, 'MODEL_UNSUPPORTED', 'Einsum'],
    'truncated.onnx': [5, 'MODEL_MALFORMED', 'truncated.onnx'],
    'external-data.onnx': [5, 'MODEL_EXTERNAL_DATA', 'fc1.weight'],
  } as const;

  it('are all covered', () => {
    expect(readdirSync(fixture('bad')).sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))(
    '%s: nothing is written, the cause is named, the way out too',
    async (name, [exit, code, named]) => {
      const target = scratch.path(`bad ${name}`);
      const path = fixture(`bad/${name}`);
      const { code: actual, stdout, stderr } = await provenn(['compile', path, '-o', target, '--progress', 'none']);
      expect({ actual, stdout }).toEqual({ actual: exit, stdout: '' });
      expect(stderr).toMatch(new RegExp(`^error\\[${code}\\] .+\n {2}where: .+\n {2}next: .+\n$`));
      expect(stderr).toContain(named);
      expect(stderr).toContain(path);
      expect(existsSync(target)).toBe(false);
      const json = jsonOf(await provenn(['compile', path, '-o', target, '--json']));
      expect(json).toMatchObject({
        schemaVersion: 1,
        error: { code, where: expect.stringContaining(path), next: expect.any(String) },
      });
    },
  );
});
