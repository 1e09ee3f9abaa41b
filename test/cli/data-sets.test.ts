/** Committed data sets on the command line: one commitment to many samples, and proofs about one of them. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeCommitment } from '../../src/artifact/commitment.ts';
import { toHex } from '../../src/base/bytes.ts';
import { importModel } from '../../src/pipeline/index.ts';
import { fixture, jsonOf, provenn, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const model = fixture('models/tiny-mlp.qop.onnx');
const count = 5;
let before: string | undefined;

beforeAll(() => {
  before = process.env['PROVENN_STATE'];
  process.env['PROVENN_STATE'] = scratch.path('state');
});
afterAll(() => {
  if (before === undefined) delete process.env['PROVENN_STATE'];
  else process.env['PROVENN_STATE'] = before;
});

const { graph } = importModel(new Uint8Array(readFileSync(model)));
const port = graph.inputs[0];
const name = port?.name ?? '';
const dims = (port?.dims ?? []).map((size) => (typeof size === 'number' ? size : 1));
const size = dims.reduce((total, each) => total * each, 1);
const sampleOf = (k: number): number[] => Array.from({ length: size }, (_, i) => ((i + 3 * k) % 7) / 8 - 0.4);

function writeInput(file: string, shape: readonly number[], data: readonly number[]): string {
  const path = scratch.path(file);
  writeFileSync(path, JSON.stringify({ inputs: { [name]: { dims: shape, type: 'float32', data } } }));
  return path;
}

/** A little-endian float32 .npy file. */
function writeNpy(file: string, shape: readonly number[], data: readonly number[]): string {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117);
  const head = Buffer.from(`\u0093NUMPY\u0001\u0000v\u0000${header}\n`, 'latin1');
  writeFileSync(scratch.path(file), Buffer.concat([head, Buffer.from(Float32Array.from(data).buffer)]));
  return scratch.path(file);
}

const all = Array.from({ length: count }, (_, k) => sampleOf(k)).flat();

describe.each(['public', 'private'] as const)('a data set whose sample is %s', (sample) => {
  const folder = (): string => scratch.path(`${sample} model`);
  const key = (): string => join(folder(), 'verifying.key');
  const stem = (): string => scratch.path(`${sample} samples`);
  const proof = (k: number): string => scratch.path(`${sample}-${k}.proof`);
  const prove = (k: number | string, ...more: string[]) =>
    provenn(['prove', folder(), '--opening', `${stem()}.opening`, '--sample', `${k}`, '-o', proof(Number(k)), ...more]);
  let descriptor = '';

  beforeAll(async () => {
    const visibility = `input=committed${sample === 'private' ? ',sample=private' : ''}`;
    const args = ['compile', model, '-o', folder(), '--visibility', visibility, '--samples', `${count}`];
    const compiled = await provenn(args);
    expect(compiled.code, compiled.stderr).toBe(0);
    expect(compiled.stdout).toContain(`input:${name} (${sample === 'public' ? 'a stated one' : 'one'} of 5 committed`);
    const file =
      sample === 'public'
        ? writeNpy('all.npy', [count, ...dims], all)
        : writeInput('all.json', [count, ...dims.slice(1)], all);
    const committed = await provenn(['commit', '--key', key(), '--data', file, '-o', stem()]);
    expect(committed.code, committed.stderr).toBe(0);
    expect(statSync(`${stem()}.opening`).mode & 0o777).toBe(0o600);
    descriptor = toHex(decodeCommitment(readFileSync(`${stem()}.commitment`)).descriptor);
    for (const k of [0, 3]) {
      const proven = await prove(k);
      expect(proven.code, proven.stderr).toBe(0);
    }
  });

  it('gives proofs that name one commitment and say no more of the sample than they should', async () => {
    for (const k of [0, 3]) {
      const demand = ['--expect-input-commitment', `${stem()}.commitment`];
      const { code, stdout } = await provenn(['verify', proof(k), '--key', key(), ...demand]);
      expect(code).toBe(0);
      const which = sample === 'public' ? `sample ${k} of 5, counted from 0,` : 'one of 5 samples';
      expect(stdout).toContain(`hidden: ${which} in the commitment ${descriptor}`);
      const json = jsonOf(await provenn(['verify', proof(k), '--key', key(), '--json']));
      const index = sample === 'public' ? k : null;
      expect(json).toMatchObject({
        claims: { inputs: {}, hidden: [{ side: 'input', name, commitment: descriptor, sample: { count, index } }] },
      });
    }
    const wrong = await provenn([
      'verify',
      proof(0),
      '--key',
      key(),
      '--expect-input-commitment',
      '0'.repeat(64),
      '--json',
    ]);
    expect([wrong.code, jsonOf(wrong)['reason']]).toEqual([1, expect.objectContaining({ code: 'input' })]);
  });

  it('gives the output that the network gives for that sample', async () => {
    const result = scratch.path('result.json');
    for (const k of [0, 3]) {
      const ran = await provenn(['run', model, '--input', writeInput('one.json', dims, sampleOf(k)), '--json']);
      expect(ran.code, ran.stderr).toBe(0);
      writeFileSync(result, ran.stdout);
      expect((await provenn(['verify', proof(k), '--key', key(), '--output', result])).code).toBe(0);
      const swapped = await provenn(['verify', proof(3 - k), '--key', key(), '--output', result]);
      expect(swapped.code).toBe(1);
    }
  });

  it('is named by inspect', async () => {
    const { stdout } = await provenn(['inspect', key()]);
    expect(stdout).toMatch(
      new RegExp(`data set +${name} is ${sample === 'public' ? 'a stated one' : 'one'} of 5 committed`),
    );
  });

  it('counts its uses like any opening', async () => {
    const { code, stdout } = await provenn(['inspect', `${stem()}.opening`]);
    expect(code).toBe(0);
    expect(stdout).toContain(`data:${name}`);
    expect(stdout).toMatch(/\b2 spent/);
  });

  it('is re-keyed like any commitment: the link leads from the one that is expected to the one that is named', async () => {
    const next = scratch.path(`${sample} again`);
    const rekeyed = await provenn(['rekey', '--opening', `${stem()}.opening`, '-o', next, '--json']);
    expect(rekeyed.code, rekeyed.stderr).toBe(0);
    const files = jsonOf(rekeyed)['files'] as string[];
    const file = (end: string): string => files.find((path) => path.endsWith(end)) as string;
    const later = scratch.path(`${sample} later.proof`);
    const proven = await provenn(['prove', folder(), '--opening', file('.opening'), '--sample', '2', '-o', later]);
    expect(proven.code, proven.stderr).toBe(0);
    const demand = ['verify', later, '--key', key(), '--expect-input-commitment', `${stem()}.commitment`];
    expect((await provenn(demand)).code).toBe(1);
    const { code, stdout } = await provenn([...demand, '--chain', file('.link')]);
    expect(code).toBe(0);
    expect(stdout).toContain(`re-keyed from ${descriptor}`);
  });

  it('is refused with advice when the sample, the opening or the file is not what the network reads', async () => {
    const refused: readonly (readonly [Promise<{ code: number; stderr: string }>, string])[] = [
      [prove(count), 'K from 0 to 4'],
      [prove('x'), 'whole number'],
      [prove(1, '--input', writeInput('one.json', dims, sampleOf(1))), '--sample K'],
      [provenn(['prove', folder(), '--opening', `${stem()}.opening`, '-o', proof(9)]), '--sample K'],
      [provenn(['prove', folder(), '--sample', '1', '-o', proof(9)]), 'provenn commit --data'],
      [
        provenn([
          'commit',
          '--key',
          key(),
          '--data',
          writeInput('few.json', [2, ...dims], all.slice(0, 2 * size)),
          '-o',
          scratch.path('few'),
        ]),
        'shape',
      ],
      [
        provenn([
          'commit',
          '--key',
          key(),
          '--input',
          writeInput('one.json', dims, sampleOf(1)),
          '-o',
          scratch.path('few'),
        ]),
        `data:${name}`,
      ],
    ];
    for (const [outcome, words] of refused) {
      const { code, stderr } = await outcome;
      expect([code, stderr.includes(words)], stderr).toEqual([2, true]);
    }
  });
});

describe('a network without a data set', () => {
  it('has no samples to commit to or to prove about', async () => {
    const folder = scratch.path('plain');
    expect((await provenn(['compile', model, '-o', folder, '--visibility', 'input=committed'])).code).toBe(0);
    const args = ['--input', writeInput('one.json', dims, sampleOf(1)), '--sample', '0', '-o', scratch.path('x.proof')];
    const proven = await provenn(['prove', folder, ...args]);
    expect([proven.code, proven.stderr.includes('--samples N')], proven.stderr).toEqual([2, true]);
    const none = await provenn(['prove', folder, '-o', scratch.path('x.proof')]);
    expect([none.code, none.stderr.includes('--input FILE')], none.stderr).toEqual([2, true]);
    const file = writeInput('all.json', [count, ...dims], all);
    const key = join(folder, 'verifying.key');
    const committed = await provenn(['commit', '--key', key, '--data', file, '-o', scratch.path('y')]);
    expect([committed.code, committed.stderr.includes('--samples N')], committed.stderr).toEqual([2, true]);
    const compiled = await provenn(['compile', model, '-o', scratch.path('z'), '--samples', '4']);
    expect([compiled.code, compiled.stderr.includes('input=committed')], compiled.stderr).toEqual([2, true]);
    const huge = await provenn([
      'compile',
      model,
      '--dry-run',
      '--visibility',
      'input=committed',
      '--samples',
      '999999999',
    ]);
    expect(huge.code, huge.stderr).not.toBe(0);
    expect(huge.stderr).toContain('RESOURCE_LIMIT');
  });
});
