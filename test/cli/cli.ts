import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';

export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

export const root: string = new URL('../../', import.meta.url).pathname;

export const fixture = (path: string): string => join(root, 'test/fixtures', path);

/** Runs the command line in this process. */
export async function provenn(args: readonly string[], changes: Partial<Io> = {}): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    env: {},
    now: () => performance.now(),
    ...changes,
  };
  const code = await run(args, io);
  return { code, stdout, stderr };
}

/** A folder with a space in its name that is removed after the tests of a file. */
export function scratchFolder(): { readonly path: (name: string) => string } {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'provenn cli '));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return { path: (name) => join(folder, name) };
}

/** The single JSON document a command must have written to standard output. */
export function jsonOf(outcome: Outcome): {
  readonly [key: string]: unknown;
  readonly error?: { readonly [key: string]: unknown };
} {
  return JSON.parse(outcome.stdout);
}
