import { afterEach, describe, expect, it, vi } from 'vitest';
import { openContestant } from './contestant.ts';
import { launch } from './lines.ts';
import { measureEzkl } from './peer.ts';
import { takeTurns } from './rivals.ts';

const still = { seconds: 1000, now: (): number => 0, onTurn: (): void => {} };

describe('takeTurns', () => {
  it('asks A B A B, and drops the rounds for warming up', async () => {
    const asked: string[] = [];
    const named = (name: string) => async (run: number) => {
      asked.push(`${name}${run}`);
      return run;
    };
    const turned = await takeTurns([named('a'), named('b')], { ...still, warmup: 1, runs: 2 });
    expect(asked).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
    expect(turned.map(({ runs }) => runs)).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('keeps what a contestant has when it fails, and goes on with the others', async () => {
    const failing = async (run: number) => {
      if (run === 1) throw new Error('out of memory');
      return run;
    };
    const [good, bad] = await takeTurns([async (run) => run, failing], { ...still, warmup: 0, runs: 3 });
    expect(good).toEqual({ runs: [0, 1, 2], error: null });
    expect(bad).toEqual({ runs: [0], error: new Error('out of memory') });
  });

  it('makes no more rounds than time allows, but at least three', async () => {
    let clock = 0;
    const slow = async (run: number) => {
      clock += 60_000;
      return run;
    };
    const [result] = await takeTurns([slow], { ...still, now: () => clock, seconds: 1, warmup: 1, runs: 9 });
    expect(result?.runs).toEqual([1, 2, 3]);
  });
});

describe('a peer that is not there', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is reported as not run', async () => {
    vi.stubEnv('PATH', '');
    const options = { runs: 1, threads: 1, folder: '/nowhere', now: () => 0, onStage: () => {} };
    expect(await measureEzkl(options)).toEqual({ name: 'ezkl', reason: 'not installed: python3 cannot import it' });
  });
});

describe('a contestant of another revision', () => {
  it('is refused where nothing is compiled', async () => {
    const job = { model: 'model.onnx', revision: '/nowhere', threads: 1, inputs: null };
    await expect(openContestant(job, () => 0)).rejects.toThrow('There is no compiled provenn in /nowhere.');
  });
});

describe('launch', () => {
  const script = (code: string) => ({ name: 'the test', command: process.execPath, args: ['-e', code] });

  it('gives answers in order and passes on what is only progress', async () => {
    const stages: string[] = [];
    const asked = launch({
      ...script(`
        console.log('{"event":"stage","stage":"waking"}\\n{"event":"ready","at":1}');
        process.stdin.on('data', (line) => console.log(JSON.stringify({ event: 'run', line: String(line).trim() })));`),
      onStage: (stage) => stages.push(stage),
    });
    expect(await asked.ask()).toEqual({ event: 'ready', at: 1 });
    expect(await asked.ask('7')).toEqual({ event: 'run', line: '7' });
    expect(stages).toEqual(['waking']);
    await asked.end();
  });

  it.each([
    [
      'ends on its own',
      `console.error('first'); console.error('no room left'); process.exit(3)`,
      /code 3: no room left/,
    ],
    ['is killed', `process.kill(process.pid, 'SIGKILL')`, /by SIGKILL/],
    [
      'reports an error',
      `console.log('{"event":"failed","code":"RESOURCE_LIMIT","message":"too large"}')`,
      /too large/,
    ],
    ['says what is no answer', `console.log('Segmentation fault')`, /Segmentation fault/],
  ])('throws when the process %s', async (_, code, message) => {
    const asked = launch(script(code));
    await expect(asked.ask()).rejects.toThrow(message);
    await asked.end();
  });

  it('throws when there is no such program', async () => {
    await expect(launch({ name: 'nothing', command: 'provenn-no-such-program', args: [] }).ask()).rejects.toThrow(
      /ENOENT/,
    );
  });
});
