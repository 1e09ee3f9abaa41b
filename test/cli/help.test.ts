import { describe, expect, it } from 'vitest';
import { provenn } from './cli.ts';

const commandNames = async (): Promise<string[]> => {
  const { stdout } = await provenn(['--help']);
  const section = stdout.slice(stdout.indexOf('Commands:'), stdout.indexOf('Exit codes:'));
  return [...section.matchAll(/^ {2}([a-z-]+) /gm)]
    .map((match) => match[1] as string)
    .filter((name) => name !== 'help');
};

describe('help', () => {
  it('is complete: every command shows what it takes, the global options and an example', async () => {
    const names = await commandNames();
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      const { code, stdout, stderr } = await provenn([name, '--help']);
      expect(code, name).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toContain(`Usage: provenn ${name}`);
      expect(stdout, name).toContain('--json');
      expect(stdout, name).toMatch(new RegExp(`Examples?:\\n  \\$ provenn ${name}`));
      expect(stdout.split('\n').every((line) => line.length <= 130)).toBe(true);
      expect((await provenn(['help', name])).stdout).toBe(stdout);
    }
  });

  it('lists the commands of the product and nothing that does not exist yet', async () => {
    expect(await commandNames()).toEqual([
      'quantize',
      'compile',
      'run',
      'prove',
      'commit',
      'rekey',
      'lease',
      'verify',
      'audit',
      'inspect',
      'page',
      'contribute',
      'export-solidity',
      'demo',
      'bench',
      'doctor',
    ]);
  });

  it('shows the parts of audit with examples, too', async () => {
    for (const name of ['export', 'check', 'keygen']) {
      const { code, stdout } = await provenn(['audit', name, '--help']);
      expect(code, name).toBe(0);
      expect(stdout).toContain(`Usage: provenn audit ${name}`);
      expect(stdout, name).toMatch(/Examples?:\n {2}\$ provenn audit/);
      expect(stdout.split('\n').every((line) => line.length <= 130)).toBe(true);
    }
  });

  it('documents every exit code', async () => {
    const { stdout } = await provenn(['--help']);
    for (const code of [0, 1, 2, 3, 4, 5, 6, 130]) expect(stdout).toMatch(new RegExp(`\\b${code} {2}`));
  });

  it('comes on standard error with exit code 2 when nothing is asked for', async () => {
    const { code, stdout, stderr } = await provenn([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: provenn');
  });

  it('prints the version', async () => {
    const { code, stdout } = await provenn(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('usage errors', () => {
  it.each([
    [['frobnicate'], "'frobnicate'"],
    [['help', 'frobnicate'], "'frobnicate'"],
    [['--quiet'], 'No command'],
    [['inspect'], "'file'"],
    [['inspect', 'a', 'b'], 'arguments'],
    [['inspect', 'a', '--froce'], "'--froce'"],
    [['doctor', '--progress', 'rainbow'], 'rainbow'],
  ])('%j exits with 2 in our style', async (args, named) => {
    const { code, stdout, stderr } = await provenn(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error\[USAGE\] [A-Z].*\n {2}next: .*--help\n$/);
    expect(stderr).toContain(named);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('suggests what was probably meant', async () => {
    expect((await provenn(['inspct', 'x'])).stderr).toContain('inspect');
  });

  it('is JSON on standard output when asked for, even if the options do not parse', async () => {
    const { code, stdout, stderr } = await provenn(['inspect', '--frobnicate', '--json']);
    expect(code).toBe(2);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, error: { code: 'USAGE' } });
  });
});
