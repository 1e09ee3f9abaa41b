import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeProof, encodeProof } from '../../src/artifact/proof.ts';
import { fixture, jsonOf, type Outcome, provenn, root, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const folder = (): string => scratch.path('tiny mlp');
const input = (): string => scratch.path('input.json');
const proof = (): string => scratch.path('a proof');
const key = (): string => join(folder(), 'verifying.key');

type Recorded = {
  readonly input: { readonly name: string; readonly dims: number[]; readonly data: number[] };
  readonly tensors: object;
};

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(fixture(`ort/${name}.json`), 'utf8'));
}

function inputDocument({ input: { name, dims, data } }: Recorded): object {
  return { inputs: { [name]: { dims, type: 'float32', data } } };
}

function save(name: string, document: unknown): string {
  const path = scratch.path(name);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

const verify = (...more: string[]): Promise<Outcome> => provenn(['verify', proof(), '--key', key(), ...more]);

beforeAll(async () => {
  save('input.json', inputDocument(recorded('tiny-mlp.qdq')));
  expect((await provenn(['compile', fixture('models/tiny-mlp.qdq.onnx'), '-o', folder()])).code).toBe(0);
  const outcome = await provenn(['prove', folder(), '--input', input(), '-o', proof(), '--context', 'request 7']);
  expect(outcome.stderr).not.toContain('error');
  expect(outcome.code).toBe(0);
});

describe('provenn prove --max-memory', () => {
  it('refuses a proof that takes more before it begins, and writes nothing', async () => {
    const path = scratch.path('no proof');
    const args = ['prove', folder(), '--input', input(), '-o', path];
    const refused = await provenn([...args, '--max-memory', '1.5M', '--json']);
    expect(refused.code).toBe(4);
    expect(jsonOf(refused).error).toMatchObject({ code: 'RESOURCE_LIMIT' });
    expect(existsSync(path)).toBe(false);
    for (const size of ['much', '0', '-1', '1.G', '2X']) {
      const wrong = await provenn([...args, '--max-memory', size]);
      expect([wrong.code, existsSync(path)]).toEqual([2, false]);
    }
  });

  it('compile says beforehand what a proof takes', async () => {
    const report = jsonOf(await provenn(['compile', fixture('models/tiny-mlp.qdq.onnx'), '--dry-run', '--json']))[
      'report'
    ] as { readonly estimatedProving: { readonly bytes: number; readonly milliseconds: number } };
    expect(report.estimatedProving.bytes).toBeGreaterThan(1.5e6);
    expect(report.estimatedProving.milliseconds).toBeGreaterThan(0);
  });
});

describe('provenn run', () => {
  it('computes the float values onnxruntime computed', async () => {
    const { tensors, input: ports } = recorded('tiny-mlp.qdq');
    const json = jsonOf(await provenn(['run', folder(), '--input', input(), '--json']));
    const outputs = json['outputs'] as Record<string, { readonly data: readonly number[] }>;
    for (const [name, { data }] of Object.entries(outputs)) {
      const theirs = (tensors as Record<string, { readonly data: readonly number[] }>)[name]?.data;
      expect(data.map(Math.fround)).toEqual(theirs?.map(Math.fround));
    }
    expect(Object.keys(outputs)).toHaveLength(1);
    expect(ports.name).toBe('input');
  });

  it('writes outputs and every tensor as JSON that can be read again', async () => {
    const [out, trace] = [scratch.path('out.json'), scratch.path('trace.json')];
    expect((await provenn(['run', folder(), '-i', input(), '-o', out, '--trace', trace, '-q'])).code).toBe(0);
    const tensors: Record<string, unknown> = JSON.parse(readFileSync(trace, 'utf8')).tensors;
    const theirs = Object.entries(recorded('tiny-mlp.qdq').tensors).filter(([name]) => Object.hasOwn(tensors, name));
    expect(theirs.length).toBeGreaterThanOrEqual(3);
    for (const [name, tensor] of theirs) expect(tensors[name]).toEqual(tensor);
    expect((await provenn(['inspect', out])).stdout).toMatch(/^result/);
  });

  it('agrees with onnxruntime on every tensor', async () => {
    const { code, stdout } = await provenn(['run', fixture('models/tiny-mlp.qdq.onnx'), '-i', input(), '--check-ort']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/bit-identical: \d+ tensors, \d+ elements/);
  });

  it('exits with 2 for an input of another shape and says which is wanted', async () => {
    const { code, stderr } = await provenn([
      'run',
      folder(),
      '-i',
      save('short.json', { input_data: [[1, 2]] }),
      '--progress',
      'none',
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error\[INPUT_MISMATCH\].*"input" \(float32 \[1,8\]\)/);
  });

  it('exits with 5 for inputs that are broken files', async () => {
    for (const [name, text] of Object.entries({
      'a.json': '{',
      'b.npy': '\x93NUMPY',
      'c.npz': 'PK\x03\x04',
      'd.png': '\x89PNG\r\n\x1a\n',
    })) {
      writeFileSync(scratch.path(name), Buffer.from(text, 'latin1'));
      const { code, stderr } = await provenn(['run', folder(), '-i', scratch.path(name)]);
      expect(code, name).toBe(5);
      expect(stderr).toContain(scratch.path(name));
    }
  });
});

describe('provenn prove', () => {
  it('writes nothing when the input does not fit or the key is damaged', async () => {
    const target = scratch.path('not made');
    expect((await provenn(['prove', folder(), '-i', save('bad.json', { input_data: [[1]] }), '-o', target])).code).toBe(
      2,
    );
    expect((await provenn(['prove', scratch.path('absent'), '-i', input(), '-o', target])).code).toBe(5);
    expect((await provenn(['prove', folder(), '-i', input(), '-o', target, '--context', 'x'.repeat(1025)])).code).toBe(
      2,
    );
    expect(existsSync(target)).toBe(false);
  });

  it('says in JSON what it proved', async () => {
    const outcome = await provenn([
      'prove',
      folder(),
      '-i',
      input(),
      '-o',
      scratch.path('other'),
      '--json',
      '--progress',
      'json',
    ]);
    expect(jsonOf(outcome)).toMatchObject({
      schemaVersion: 1,
      zeroKnowledge: true,
      context: '',
      outputs: { output: { type: 'float32' } },
    });
    const events = outcome.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map((event) => event.stage)).toContain('opening');
  });
});

describe('provenn verify', () => {
  it('accepts the proof and itemises what it claims', async () => {
    const { code, stdout } = await verify();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ACCEPTED/);
    for (const part of ['input', 'output', '"request 7"', 'circuit', 'bits', 'zero-knowledge', 'weights'])
      expect(stdout).toContain(part);
    expect((await verify('-q', '--progress', 'none')).stdout).toBe('accepted\n');
    expect(jsonOf(await verify('--json'))).toMatchObject({
      schemaVersion: 1,
      ok: true,
      claims: { zeroKnowledge: true },
    });
  });

  it('accepts the very input, output, context and model', async () => {
    const out = scratch.path('expected.json');
    await provenn(['run', folder(), '-i', input(), '-o', out]);
    const model = (jsonOf(await verify('--json'))['claims'] as { readonly circuitDigest: string }).circuitDigest;
    const { code } = await verify('--input', input(), '--output', out, '--context', 'request 7', '--model', model);
    expect(code).toBe(0);
  });

  it('rejects another input, output, context, model or key with exit code 1 and the reason', async () => {
    const document = recorded('tiny-mlp.qdq');
    const data = [...document.input.data];
    data[3] = (data[3] as number) + 0.5;
    const otherInput = save('other.json', inputDocument({ ...document, input: { ...document.input, data } }));
    const out = scratch.path('honest.json');
    await provenn(['run', folder(), '-i', input(), '-o', out]);
    const result = JSON.parse(readFileSync(out, 'utf8'));
    result.outputs.output.data[1] += 1e-4; // rounds to the same integer, and is not what the network says
    const otherKey = scratch.path('other model');
    await provenn(['compile', fixture('models/tiny-mlp.qop.onnx'), '-o', otherKey]);
    const cases: [string, string[]][] = [
      ['input', ['--input', otherInput]],
      ['output', ['--output', save('forged.json', result)]],
      ['context', ['--context', 'request 8']],
      ['model', ['--model', '0'.repeat(64)]],
    ];
    for (const [reason, args] of cases) {
      const { code, stdout } = await verify(...args);
      expect({ reason, code }).toEqual({ reason, code: 1 });
      expect(stdout).toMatch(new RegExp(`^REJECTED \\(${reason}\\): .+`));
      expect(jsonOf(await verify(...args, '--json'))).toMatchObject({
        schemaVersion: 1,
        ok: false,
        reason: { code: reason },
      });
    }
    const wrongKey = await provenn(['verify', proof(), '--key', join(otherKey, 'verifying.key')]);
    expect(wrongKey.code).toBe(1);
    expect(wrongKey.stdout).toMatch(/^REJECTED \((?:model|key)\)/);
  });

  it('rejects every changed public output value with exit code 1', async () => {
    const honest = decodeProof(readFileSync(proof()));
    const { publics } = honest.statement;
    const outputs = publics.at(-1) as Int32Array;
    for (let at = 0; at < outputs.length; at++) {
      const changed = outputs.slice();
      changed[at] = (changed[at] as number) + (changed[at] === 127 ? -1 : 1);
      const statement = { ...honest.statement, publics: [...publics.slice(0, -1), changed] };
      const forged = scratch.path('forged proof');
      writeFileSync(forged, encodeProof({ ...honest, statement }));
      const { code, stdout } = await provenn(['verify', forged, '--key', key()]);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^REJECTED \(.+\): .+/);
    }
  });

  it('exits with 6 for damaged proofs and keys, and for files that are something else', async () => {
    const good = readFileSync(proof());
    for (let at = 0; at < good.length; at += 997) {
      const bytes = Uint8Array.from(good);
      bytes[at] = (bytes[at] as number) ^ 1;
      writeFileSync(scratch.path('damaged'), bytes);
      const { code, stdout } = await provenn(['verify', scratch.path('damaged'), '--key', key()]);
      expect(code, `byte ${at}`).toBe(6);
      expect(stdout).toMatch(/^REJECTED \(malformed\)/);
    }
    const damagedKey = Uint8Array.from(readFileSync(key()));
    damagedKey[100] = (damagedKey[100] as number) ^ 1;
    writeFileSync(scratch.path('damaged key'), damagedKey);
    expect((await provenn(['verify', proof(), '--key', scratch.path('damaged key')])).code).toBe(6);
    expect((await provenn(['verify', key(), '--key', key()])).code).toBe(6);
    expect((await provenn(['verify', proof(), '--key', proof()])).code).toBe(6);
    expect((await provenn(['verify', proof(), '--key', scratch.path('absent')])).code).toBe(5);
    expect((await verify('--model', 'ABC')).code).toBe(2);
  });
});

describe('LeNet-5 as onnxruntime quantizes it', () => {
  const forms = ['qop', 'qdq'].flatMap((form) =>
    ['tensor', 'channel'].flatMap((scales) => ['u8s8', 's8s8'].map((types) => `lenet5.${form}.${scales}.${types}`)),
  );

  it.each(forms)('%s runs bit-identically', async (name) => {
    const image = `${root}artifacts/lenet5/images/7-sneaker.png`;
    const preprocess = `${root}artifacts/lenet5/preprocess.json`;
    const { code, stdout, stderr } = await provenn([
      'run',
      fixture(`models/${name}.onnx`),
      '-i',
      image,
      '--preprocess',
      preprocess,
      '--check-ort',
    ]);
    expect({ code, error: code === 0 ? '' : stderr }).toEqual({ code: 0, error: '' });
    expect(stdout).toMatch(/bit-identical: (?:[89]|1\d) tensors/);
  });
});

describe('provenn demo', () => {
  it('refuses what is not an image of the right size, and writes nothing', async () => {
    const target = scratch.path('no demo');
    const refused = await provenn(['demo', '--image', `${root}package.json`, '--out', target]);
    expect(refused.code).toBe(5);
    expect(existsSync(target)).toBe(false);
  });
});
