import { appendFileSync, cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { jsonOf, type Outcome, provenn, root, scratchFolder } from './cli.ts';

const example = join(root, 'artifacts/digits-mlp');
const image = join(example, 'images/7.png');
const scratch = scratchFolder();
const env = { SOURCE_DATE_EPOCH: '1800000000' };

const exported = (name: string, ...options: readonly string[]): Promise<Outcome> => {
  const [folder, proof] = [scratch.path('model'), scratch.path('answer.proof')];
  return provenn(['audit', 'export', folder, '--proof', proof, '-o', scratch.path(name), ...options], { env });
};

const checked = (name: string, ...options: readonly string[]): Promise<Outcome> =>
  provenn(['audit', 'check', scratch.path(name), '--json', ...options], { env });

const failed = (outcome: Outcome): unknown[] =>
  (jsonOf(outcome)['findings'] as { outcome: string; member: string }[]).flatMap((finding) =>
    finding.outcome === 'fail' ? [finding.member] : [],
  );

beforeAll(async () => {
  await provenn(['compile', join(example, 'digits-mlp.int8.onnx'), '-o', scratch.path('model')]);
  await provenn(['prove', scratch.path('model'), '-i', image, '-o', scratch.path('answer.proof'), '--context', 'n1']);
  await provenn(['audit', 'keygen', '-o', scratch.path('keys'), '--algorithm', 'ed25519']);
});

describe('audit', () => {
  it('keygen keeps the secret key to its owner, and replaces none', async () => {
    expect(statSync(scratch.path('keys/signing.key.pem')).mode & 0o777).toBe(0o600);
    const again = await provenn(['audit', 'keygen', '-o', scratch.path('keys')]);
    expect(again.code).toBe(2);
  });

  it('export and check: everything passes, in a folder and in an archive, by both verifiers', async () => {
    const key = scratch.path('keys/signing.key.pem');
    for (const name of ['whole.provenn-audit', 'whole.provenn-audit.zip'])
      expect((await exported(name, '--input', image, '--sign', key, '--audience', 'you')).code).toBe(0);
    const known = ['--signer', scratch.path('keys/signer.pem'), '--key', scratch.path('model/verifying.key')];
    const outcome = await checked('whole.provenn-audit.zip', ...known, '--context', 'n1', '--audience', 'you');
    expect(failed(outcome)).toEqual([]);
    expect(outcome.code).toBe(0);
    const { findings } = jsonOf(outcome) as { findings: { claim: string; outcome: string }[] };
    const second = findings.find(({ claim }) => claim === 'a second, independent verifier agrees');
    expect(second?.outcome).toBe('pass');
    const text = await provenn(['audit', 'check', scratch.path('whole.provenn-audit')], { env });
    expect(text.stdout).toMatch(/^NOT CHECKED {2}the signer is who you expect/m);
    expect(text.stdout).toMatch(/PASS: \d+ passed, 0 failed, \d+ not checked\n$/);
    expect((await provenn(['inspect', scratch.path('whole.provenn-audit.zip')])).stdout).toMatch(/^audit-bundle/);
  });

  it('the same files by the same key are the same bundle', async () => {
    const sign = ['--input', image, '--audience', 'you', '--sign', scratch.path('keys/signing.key.pem')];
    await exported('again.zip', ...sign);
    expect(readFileSync(scratch.path('again.zip')).equals(readFileSync(scratch.path('whole.provenn-audit.zip')))).toBe(
      true,
    );
  });

  it('check names a changed member and exits with 1; what is no bundle exits with 6', async () => {
    cpSync(scratch.path('whole.provenn-audit'), scratch.path('changed'), { recursive: true });
    appendFileSync(scratch.path('changed/quantization.json'), ' ');
    const outcome = await checked('changed');
    expect(outcome.code).toBe(1);
    expect(failed(outcome)).toContain('quantization.json');
    writeFileSync(scratch.path('changed/extra.txt'), 'x');
    expect((await checked('changed')).code).toBe(6);
    expect((await checked('model')).code).toBe(6);
    expect((await checked('nowhere')).code).toBe(5);
  });

  it.each<[string, readonly string[], number]>([
    ['another picture than the proven one', ['--input', join(example, 'images/3.png')], 2],
    ['a signing key that is none', ['--sign', image], 5],
    ['calibration data without the float model', ['--calibration', join(example, 'calibration.npz')], 2],
    ['a bundle that has expired before it is made', ['--expires', '2020-01-01'], 2],
    ['a time that is none', ['--expires', 'tomorrow'], 2],
  ])('export refuses %s', async (_, options, code) => {
    expect((await exported('refused', ...options)).code).toBe(code);
    expect(existsSync(scratch.path('refused'))).toBe(false);
  });

  it('export refuses a place that is taken', async () => {
    expect((await exported('whole.provenn-audit')).code).toBe(2);
    expect((await exported('whole.provenn-audit', '--force')).code).toBe(0);
  });

  it('export never shows what a proof hides', async () => {
    const [folder, proof] = [scratch.path('private'), scratch.path('private.proof')];
    const visibility = ['--visibility', 'input=private'];
    await provenn(['compile', join(example, 'digits-mlp.int8.onnx'), '-o', folder, ...visibility]);
    await provenn(['prove', folder, '-i', image, '-o', proof]);
    const args = ['audit', 'export', folder, '--proof', proof, '-o', scratch.path('private.zip')];
    expect((await provenn([...args, '--input', image], { env })).code).toBe(2);
    expect((await provenn(args, { env })).code).toBe(0);
    expect(failed(await checked('private.zip'))).toEqual([]);
  });
});
