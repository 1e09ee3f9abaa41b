/** The groth16 backend on the command line: from a model to a verdict and a contract, and what is refused on the way. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setupTimeout } from '../support/backend-laws.ts';
import { fixture, jsonOf, provenn, root, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const digits = join(root, 'artifacts/digits-mlp/digits-mlp.int8.onnx');
const image = join(root, 'artifacts/digits-mlp/images/3.png');

describe('provenn with --backend groth16', () => {
  it(
    'compiles, proves, verifies and exports a contract',
    async () => {
      const folder = scratch.path('digits');
      const compiled = await provenn(['compile', digits, '--backend', 'groth16', '--dev-setup', '-o', folder]);
      expect(compiled.code).toBe(0);
      expect(compiled.stdout).toMatch(/constraints +3,827/);
      expect(readdirSync(folder)).toContain('main.circom');
      const proof = scratch.path('answer.proof');
      const proven = await provenn(['prove', folder, '-i', image, '-o', proof, '--context', 'hello', '--json']);
      expect(jsonOf(proven)).toMatchObject({ zeroKnowledge: true });
      const key = join(folder, 'verifying.key');
      const refused = await provenn(['verify', proof, '-k', key]);
      expect({ code: refused.code, said: refused.stdout.slice(0, 16) }).toEqual({ code: 1, said: 'REJECTED (setup)' });
      const verified = await provenn([
        'verify',
        proof,
        '-k',
        key,
        '--allow-insecure-setup',
        '--context',
        'hello',
        '-i',
        image,
      ]);
      expect(verified.code).toBe(0);
      expect(verified.stdout).toContain('INSECURE');
      const contract = scratch.path('Verifier.sol');
      expect((await provenn(['export-solidity', key, '-o', contract])).code).toBe(2);
      expect(existsSync(contract)).toBe(false);
      const exported = await provenn([
        'export-solidity',
        key,
        '-o',
        contract,
        '--proof',
        proof,
        '--allow-insecure-setup',
        '--json',
      ]);
      expect(jsonOf(exported)).toMatchObject({ call: { calldata: expect.stringMatching(/^0x[0-9a-f]{904}$/) } });
      expect(readFileSync(contract, 'utf8')).toContain('INSECURE');
    },
    setupTimeout,
  );

  it('answers at once about a network that is too large', async () => {
    const begun = performance.now();
    const { code, stderr } = await provenn([
      'compile',
      join(root, 'artifacts/lenet5/lenet5.int8.onnx'),
      '--backend',
      'groth16',
      '--dev-setup',
      '-o',
      scratch.path('lenet'),
    ]);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(code).toBe(3);
    expect(stderr).toMatch(/BACKEND_UNSUPPORTED\] .*constraints; the ceiling is 131,072/);
    expect(stderr).toContain('--backend transparent');
    expect(existsSync(scratch.path('lenet'))).toBe(false);
  });

  it('shows the estimate on a dry run, and needs a setup otherwise', async () => {
    const dry = await provenn(['compile', digits, '--backend', 'groth16', '--dry-run', '--json']);
    expect(jsonOf(dry)).toMatchObject({ estimate: { backend: 'groth16', costs: { constraints: expect.any(Number) } } });
    const without = await provenn(['compile', digits, '--backend', 'groth16', '-o', scratch.path('none')]);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('--dev-setup');
  });

  it('refuses setups that exclude each other or have no use', async () => {
    const target = scratch.path('never');
    const both = ['--backend', 'groth16', '--dev-setup', '--ptau', digits];
    expect((await provenn(['compile', digits, '-o', target, ...both])).code).toBe(2);
    expect((await provenn(['compile', digits, '-o', target, '--dev-setup'])).code).toBe(2);
    const file = await provenn(['compile', digits, '-o', target, '--backend', 'groth16', '--ptau', digits]);
    expect(file.code).toBe(6);
    expect(file.stderr).toContain('none of the known ceremonies');
    expect(existsSync(target)).toBe(false);
  });

  it('has no contract and no ceremony for the transparent backend', async () => {
    const folder = scratch.path('transparent');
    await provenn(['compile', fixture('models/tiny-mlp.qop.onnx'), '-o', folder]);
    const exported = await provenn(['export-solidity', join(folder, 'verifying.key'), '-o', scratch.path('x.sol')]);
    expect(exported.code).toBe(3);
    expect((await provenn(['contribute', folder, '--name', 'Ada'])).code).toBe(3);
  });
});
