/** Progress of long work on standard error: a bar on a terminal, plain lines elsewhere, JSON lines for programs. */
import { canonicalJson } from '../base/canonical-json.ts';
import { formatMilliseconds } from './format.ts';
import type { Io } from './io.ts';
import { schemaVersion } from './render-error.ts';

export const progressModes = ['auto', 'bar', 'plain', 'json', 'none'] as const;

export type ProgressMode = (typeof progressModes)[number];

/** One finished stage and how long it took. */
export type StageTime = { readonly stage: string; readonly milliseconds: number };

export type Progress = {
  /** Begins a stage and thereby ends the one before; `fraction` in [0, 1] when it is known. */
  stage(name: string, fraction?: number): void;
  /** Ends the last stage and clears the bar. */
  finish(): void;
  /** Finished stages so far. */
  readonly times: readonly StageTime[];
};

const barWidth = 24;
const clearLine = '\r\u001b[2K';

function bar(fraction: number | undefined): string {
  if (fraction === undefined) return '';
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth);
  return `[${'█'.repeat(full)}${'·'.repeat(barWidth - full)}] `;
}

/** `auto` must be resolved by the caller's knowledge of the terminal: see `resolveMode`. */
export function createProgress(mode: Exclude<ProgressMode, 'auto'>, io: Io): Progress {
  const times: StageTime[] = [];
  const begin = io.now();
  let current: { readonly name: string; readonly since: number } | null = null;
  const end = (): void => {
    if (current !== null) times.push({ stage: current.name, milliseconds: io.now() - current.since });
    current = null;
  };
  const show = (name: string, fraction: number | undefined): void => {
    const elapsed = io.now() - begin;
    if (mode === 'plain') io.stderr(`[${(elapsed / 1000).toFixed(1).padStart(6)} s] ${name}\n`);
    if (mode === 'bar') io.stderr(`${clearLine}${bar(fraction)}${name}  ${formatMilliseconds(elapsed)}`);
    if (mode === 'json') {
      const event = { schemaVersion, event: 'stage', stage: name, seconds: Math.round(elapsed) / 1000 };
      io.stderr(`${canonicalJson(fraction === undefined ? event : { ...event, fraction })}\n`);
    }
  };
  return {
    times,
    stage: (name, fraction) => {
      end();
      current = { name, since: io.now() };
      show(name, fraction);
    },
    finish: () => {
      if (current !== null && mode === 'bar') io.stderr(clearLine);
      end();
    },
  };
}

export function resolveMode(mode: ProgressMode, quiet: boolean, io: Io): Exclude<ProgressMode, 'auto'> {
  if (mode !== 'auto') return mode;
  if (quiet) return 'none';
  const dumb = io.env['TERM'] === 'dumb' || (io.env['CI'] ?? '') !== '';
  return io.stderrIsTerminal && !dumb ? 'bar' : 'plain';
}
