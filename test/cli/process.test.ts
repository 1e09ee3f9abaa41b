import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const entry = join(root, 'bin/provenn.js');
const images = join(root, 'artifacts/lenet5/images');

/** Runs the installed command, as a shell would. */
function provenn(...args: string[]): {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

beforeAll(() => {
  // These tests run what is compiled, so it must be compiled from what is here.
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run setup failed: ${stderr}`);
}, 120_000);

describe('the installed command', () => {
  it('classifies and proves a real image, shows it, and leaves files that verify', () => {
    const out = scratch.path('first demo');
    const { code, stdout } = provenn('demo', '--out', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/[░▒▓█]{3}/);
    expect(stdout).toContain('The network says: Ankle boot. In truth it is: Ankle boot.');
    expect(stdout).toContain('ACCEPTED');
    expect(stdout).toContain('zero-knowledge: the proof says nothing about what is not shown here');
    expect(readdirSync(out).sort()).toEqual(['answer.proof', 'model', 'output.json']);
    const args = [join(out, 'answer.proof'), '--key', join(out, 'model/verifying.key')];
    const expected = ['--input', join(images, '9-ankle-boot.png'), '--output', join(out, 'output.json')];
    expect(provenn('verify', ...args, ...expected).code).toBe(0);
  });

  it('proves a wrong answer as well as a right one, within the promised sizes, as one JSON document', () => {
    const image = join(images, 'wrong-4-coat-as-6-shirt.png');
    const { code, stdout } = provenn('demo', '--image', image, '--out', scratch.path('the demo'), '--json');
    expect(code).toBe(0);
    const json = JSON.parse(stdout);
    expect(json).toMatchObject({
      schemaVersion: 1,
      ok: true,
      prediction: { label: 'Shirt', truth: 'Coat', right: false },
    });
    expect(json.bytes.proof).toBeLessThanOrEqual(300_000);
    expect(json.claims.soundnessBits).toBeGreaterThanOrEqual(100);
  });

  it('hands its exit code and its streams to the shell', () => {
    const key = join(scratch.path('the demo'), 'model/verifying.key');
    const proof = join(scratch.path('the demo'), 'answer.proof');
    const rejected = provenn('verify', proof, '--key', key, '--input', join(images, '8-bag.png'), '--progress', 'none');
    expect(rejected).toMatchObject({ code: 1, stderr: '' });
    expect(rejected.stdout).toMatch(/^REJECTED \(input\)/);
    const usage = provenn('verify');
    expect(usage).toMatchObject({ code: 2, stdout: '' });
    expect(usage.stderr).toMatch(/^error\[USAGE\]/);
  });

  it.skipIf(process.platform === 'win32')(
    'ends with 130 on Ctrl-C while it proves, and leaves nothing half written',
    async () => {
      const folder = scratch.path('interrupted');
      const child = spawn(process.execPath, [entry, 'demo', '--out', folder, '--progress', 'plain'], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stderr.on('data', (text: Buffer) => {
        if (text.includes('proving lookups')) child.kill('SIGINT');
      });
      const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
        child.on('exit', (exit, by) => resolve([exit, by]));
      });
      // A process that dies of a signal is reported by shells as 128 + its number.
      expect(signal === null ? code : 128 + constants.signals[signal]).toBe(130);
      expect(readdirSync(scratch.path('')).filter((name) => name.includes('interrupted'))).toEqual([]);
    },
  );

  it.skipIf(process.platform === 'win32')('does not mind a reader that goes away', () => {
    const circuit = join(scratch.path('the demo'), 'model/circuit.provenn');
    const script = '"$0" "$1" inspect "$2" --progress none | head -n 1; echo "$PIPESTATUS"';
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, entry, circuit], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^circuit, format 1.*\n0\n$/);
    expect(stderr).toBe('');
  });
});
