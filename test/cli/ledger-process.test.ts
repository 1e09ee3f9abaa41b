/** The ledger among real processes: nothing is handed out twice, whatever they do at the same moment and whenever they die. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Purpose } from '../../src/pipeline/node/ledger.ts';
import { fixture, root, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const ledger = pathToFileURL(join(root, 'dist/src/pipeline/node/ledger.js')).href;
const state = (): NodeJS.ProcessEnv => ({ ...process.env, PROVENN_STATE: scratch.path('state') });

beforeAll(() => {
  // The processes run what is compiled, so it must be compiled from what is here.
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run setup failed: ${stderr}`);
}, 120_000);

/** What the processes share: one opening with some uses, of which the last is kept to re-key. */
type Shared = { readonly path: string; readonly name: string; readonly budget: number };

/** JavaScript of a process that has the ledger and the entry of the opening. */
function script({ path, name, budget }: Shared, body: string): string {
  return `
    import { claimUse, registerOpening, usesOf } from ${JSON.stringify(ledger)};
    const id = new Uint8Array(16).fill(1);
    const uses = Array.from({ length: ${budget} }, (_, i) => i + 1);
    const descriptor = new TextEncoder().encode(${JSON.stringify(name)});
    const entry = { path: ${JSON.stringify(path)}, descriptor, lease: { kind: 'original', id, uses }, budget: ${budget} };
    const say = (what) => process.stdout.write(what + '\\n');
    ${body}`;
}

/** Claims until nothing is left, and says every use before it asks for the next. */
const claiming = (purpose: Purpose): string => `
  process.stdin.once('data', () => {
    for (;;) {
      try { say(claimUse(entry, '${purpose}', String(process.pid))); }
      catch (error) { say(error.code); break; }
    }
    process.exit(0);
  });
  say('ready');`;

type Running = { readonly child: ChildProcess; readonly lines: string[]; readonly ended: Promise<string | null> };

function start(shared: Shared, body: string): Running {
  const args = ['--input-type=module', '-e', script(shared, body)];
  const child = spawn(process.execPath, args, { env: state(), stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  const ended = new Promise<string | null>((resolve) => child.once('close', (_, signal) => resolve(signal)));
  return { child, lines, ended };
}

/** Waits until `done`, looking often. Fails after a while. */
async function until(done: () => boolean): Promise<void> {
  const since = performance.now();
  while (!done()) {
    if (performance.now() - since > 20_000) throw new Error('it did not happen');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function registered(name: string, budget: number): Promise<Shared> {
  mkdirSync(scratch.path(name));
  const shared = { path: join(scratch.path(name), 'weights.opening'), name: name.padEnd(32, '.'), budget };
  writeFileSync(shared.path, 'secret', { mode: 0o600 });
  const { ended, lines } = start(shared, `registerOpening(entry, []); say('registered');`);
  await ended;
  expect(lines).toEqual(['registered']);
  return shared;
}

const numbersOf = (lines: readonly string[]): number[] => lines.filter((line) => /^\d+$/.test(line)).map(Number);

describe('processes that share an opening', () => {
  it('that claim at the same moment never get the same use, and together get all but the one that is kept', async () => {
    const shared = await registered('at once', 300);
    const running = Array.from({ length: 5 }, () => start(shared, claiming('proof')));
    await until(() => running.every(({ lines }) => lines.includes('ready')));
    for (const { child } of running) child.stdin?.write('go\n');
    await Promise.all(running.map(({ ended }) => ended));
    for (const { lines } of running) expect(lines.at(-1)).toBe('BUDGET_EXHAUSTED');
    const taken = running.flatMap(({ lines }) => numbersOf(lines));
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.every((use) => use >= 1 && use < 300)).toBe(true);
    const { ended, lines } = start(shared, `say(JSON.stringify(usesOf(entry)));`);
    await ended;
    expect(JSON.parse(lines[0] as string)).toEqual({ used: 299, left: 0, keptForRekeying: true });
  });

  it('killed after a claim waste that use: the next process gets another one', async () => {
    const shared = await registered('killed', 8);
    for (let round = 0; round < 3; round++) {
      const proving = start(shared, `say(claimUse(entry, 'proof', 'p')); setInterval(() => {}, 1000);`);
      await until(() => proving.lines.length > 0);
      proving.child.kill('SIGKILL');
      expect(await proving.ended).toBe('SIGKILL');
      expect(proving.lines).toEqual([String(round + 1)]);
    }
    const after = start(shared, `say(claimUse(entry, 'proof', 'p')); say(JSON.stringify(usesOf(entry)));`);
    await after.ended;
    expect(after.lines).toEqual(['4', JSON.stringify({ used: 4, left: 3, keptForRekeying: true })]);
  });

  it('killed at any moment of claiming lose at most the use they were claiming', async () => {
    const shared = await registered('any moment', 5000);
    const known: number[] = [];
    for (let round = 0; round < 6; round++) {
      const claimer = start(shared, claiming('proof'));
      await until(() => claimer.lines.includes('ready'));
      claimer.child.stdin?.write('go\n');
      await until(() => numbersOf(claimer.lines).length > 0);
      await new Promise((resolve) => setTimeout(resolve, 5 * round));
      claimer.child.kill('SIGKILL');
      expect(await claimer.ended).toBe('SIGKILL');
      known.push(...numbersOf(claimer.lines));
    }
    const last = start(shared, `say(claimUse(entry, 'rekey', 'r')); say(claimUse(entry, 'proof', 'p'));`);
    await last.ended;
    const [kept, next] = numbersOf(last.lines) as [number, number];
    expect(new Set(known).size).toBe(known.length);
    expect(known).not.toContain(next);
    expect(Math.max(...known)).toBeLessThan(next);
    expect(kept).toBe(5000);
  });
});

describe('provenn prove', () => {
  const folder = (): string => scratch.path('model');
  const opening = (): string => join(folder(), 'secret/weights.opening');
  const bin = join(root, 'bin/provenn.js');
  const provenn = (...args: string[]) =>
    spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', env: state() });
  const claimed = (): string[] =>
    readdirSync(`${opening()}.uses`)
      .filter((name) => /^\d+$/.test(name))
      .sort();

  it('killed between its claim and its proof leaves no proof, and its use is gone', async () => {
    const model = fixture('models/tiny-mlp.qop.onnx');
    const compiled = provenn('compile', model, '-o', folder(), '--visibility', 'weights=committed');
    expect(compiled.status, compiled.stderr).toBe(0);
    const { inputs } = JSON.parse(provenn('inspect', model, '--json').stdout).facts as { readonly inputs: string };
    const [, name = '', dims = ''] = /^(\S+) \w+\[(.*)\]$/.exec([inputs].flat()[0] as string) ?? [];
    const sizes = dims.split(',').map((size) => (/^\d+$/.test(size) ? Number(size) : 1));
    const data = new Array(sizes.reduce((total, size) => total * size, 1)).fill(0.25);
    const input = scratch.path('input.json');
    writeFileSync(input, JSON.stringify({ inputs: { [name]: { dims: sizes, type: 'float32', data } } }));
    expect(claimed()).toEqual(['1']);

    const target = scratch.path('killed.proof');
    const args = ['prove', folder(), '--input', input, '-o', target];
    const child = spawn(process.execPath, [bin, ...args], { env: state(), stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)));
    await until(() => existsSync(join(`${opening()}.uses`, '2')));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    expect(existsSync(target)).toBe(false);
    expect(claimed()).toEqual(['1', '2']);

    const again = provenn(...args);
    expect(again.status, again.stderr).toBe(0);
    expect(claimed()).toEqual(['1', '2', '3']);
    expect(provenn('inspect', opening()).stdout).toMatch(/3 spent, 4 left, and one kept to re-key$/m);
  });
});
