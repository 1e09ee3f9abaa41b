import { describe, expect, it } from 'vitest';
import { ProvennError } from '../base/errors.ts';
import { checkNode, checkProcessor, renderFindings } from './commands/doctor.ts';
import { formatBytes, formatCount, formatMilliseconds, formatTable } from './format.ts';
import { imageArt } from './image-art.ts';
import type { Io } from './io.ts';
import { createProgress, resolveMode } from './progress.ts';
import { asProvennError, errorJson, renderError } from './render-error.ts';
import { createSession } from './session.ts';

/** A terminal whose clock advances by 250 ms whenever it is read. */
function fakeIo(changes: Partial<Io> = {}): { readonly io: Io; readonly out: string[]; readonly err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  let time = 0;
  const io: Io = {
    stdout: (text) => void out.push(text),
    stderr: (text) => void err.push(text),
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    env: {},
    now: () => {
      time += 250;
      return time;
    },
    ...changes,
  };
  return { io, out, err };
}

describe('progress', () => {
  it('is a bar on a terminal, lines elsewhere, nothing when quiet', () => {
    const terminal = fakeIo({ stderrIsTerminal: true }).io;
    expect(resolveMode('auto', false, terminal)).toBe('bar');
    expect(resolveMode('auto', true, terminal)).toBe('none');
    expect(resolveMode('json', true, terminal)).toBe('json');
    expect(resolveMode('auto', false, fakeIo().io)).toBe('plain');
    expect(resolveMode('auto', false, fakeIo({ stderrIsTerminal: true, env: { TERM: 'dumb' } }).io)).toBe('plain');
  });

  it('redraws one line and clears it at the end', () => {
    const { io, err } = fakeIo();
    const progress = createProgress('bar', io);
    progress.stage('proving', 0.5);
    progress.finish();
    expect(err).toEqual(['\r\u001b[2K[████████████············] proving  500 ms', '\r\u001b[2K']);
  });

  it('writes one JSON document per stage and keeps the times', () => {
    const { io, err } = fakeIo();
    const progress = createProgress('json', io);
    progress.stage('one');
    progress.stage('two', 0.25);
    progress.finish();
    expect(err.map((line) => JSON.parse(line).stage)).toEqual(['one', 'two']);
    expect(progress.times.map(({ stage }) => stage)).toEqual(['one', 'two']);
    expect(progress.times.every(({ milliseconds }) => milliseconds > 0)).toBe(true);
  });
});

describe('results', () => {
  const result = { json: { b: 1, a: [] }, text: 'long\ntext\n', brief: 'short' };

  it('are text, the shortest text, or one JSON document', () => {
    for (const [options, expected] of [
      [{}, 'long\ntext\n'],
      [{ quiet: true }, 'short\n'],
      [{ json: true }, '{"a":[],"b":1,"schemaVersion":1}\n'],
    ] as const) {
      const { io, out } = fakeIo();
      createSession(io, options).result(result);
      expect(out).toEqual([expected]);
    }
  });

  it('never carry control characters of file names to the terminal', () => {
    const { io, out } = fakeIo();
    createSession(io, {}).result({ json: {}, text: 'a\u001b[2Jb\u202ec\r' });
    expect(out).toEqual(['a\ufffd[2Jb\ufffdc\ufffd\n']);
  });
});

describe('errors', () => {
  const error = new ProvennError('MODEL_INVALID', 'A cycle.', { where: 'm.onnx: node', next: 'Export again.' });

  it('say what, where and what next', () => {
    const plain = { debug: false, colour: false };
    expect(renderError(error, plain)).toBe(
      'error[MODEL_INVALID] A cycle.\n  where: m.onnx: node\n  next: Export again.\n',
    );
    expect(renderError(new ProvennError('INTERNAL', 'x\u001b[0m'), plain)).toBe('error[INTERNAL] x\ufffd[0m\n');
    expect(JSON.parse(errorJson(new ProvennError('USAGE', 'No.'))).error).toEqual({
      code: 'USAGE',
      message: 'No.',
      where: null,
      next: null,
    });
  });

  it('show the stack and its causes with --debug only', () => {
    const outer = new ProvennError('INTERNAL', 'outer', { cause: new Error('inner') });
    expect(renderError(outer, { debug: true, colour: false })).toMatch(/caused by Error: inner\n {4}at /);
  });

  it('of other kinds become our own fault, or a limit of this machine', () => {
    expect(asProvennError(new TypeError('x is not a function')).code).toBe('INTERNAL');
    expect(asProvennError(new RangeError('Array buffer allocation failed')).code).toBe('RESOURCE_LIMIT');
    expect(asProvennError(error)).toBe(error);
  });
});

describe('numbers', () => {
  it('are short', () => {
    expect([0, 999, 1000, 117_349, 2_500_000, 3e9].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '117.3 kB',
      '2.50 MB',
      '3.00 GB',
    ]);
    expect([3.21, 42.4, 999, 2500, 120_000].map(formatMilliseconds)).toEqual([
      '3.2 ms',
      '42 ms',
      '999 ms',
      '2.50 s',
      '120 s',
    ]);
    expect([0, 1234, 1234567].map(formatCount)).toEqual(['0', '1,234', '1,234,567']);
  });

  it('stand to the right in tables', () => {
    expect(
      formatTable(
        ['name', 'n'],
        [
          ['a', 5],
          ['bcdef', 1200],
        ],
      ),
    ).toBe('name       n\n-----  -----\na          5\nbcdef  1,200');
  });
});

describe('imageArt', () => {
  it('draws two rows of pixels per line, without empty rows around', () => {
    expect(imageArt([0, 0, 0, 0, 255, 128, 255, 0, 255, 0, 0, 0], 2, 6)).toBe('█░\n▒');
  });
});

describe('doctor', () => {
  const processor = { architecture: 'x64', model: 'Some CPU', cores: 2 };

  it('finds an old Node and says what to install', () => {
    expect(checkNode('20.18.3')).toMatchObject({ state: 'bad', mend: expect.stringContaining('20.19') });
    expect(checkNode('20.19.0').state).toBe('ok');
    expect(checkNode('24.1.0').state).toBe('ok');
  });

  it('knows which processors onnxruntime computes exactly on by default', () => {
    expect(checkProcessor({ ...processor, features: new Set(['avx2', 'avx_vnni']) }).state).toBe('ok');
    expect(checkProcessor({ ...processor, features: new Set(['avx2']) }).state).toBe('note');
    expect(checkProcessor({ ...processor, features: null }).state).toBe('note');
    expect(checkProcessor({ ...processor, architecture: 'arm64', features: new Set(['asimddp']) }).state).toBe('note');
  });

  it('marks what must be mended', () => {
    expect(renderFindings([checkNode('18.0.0')])).toMatch(/^BAD {3}node +18\.0\.0\n +Install/);
  });
});
