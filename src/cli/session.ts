/** What every command shares: the global options, where results go, and the progress of this run. */
import type { Command } from 'commander';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import type { Io } from './io.ts';
import { createProgress, type Progress, type ProgressMode, resolveMode } from './progress.ts';
import { printable, schemaVersion } from './render-error.ts';

/** A command's result: for programs, for people, and for people in a hurry (`--quiet`). */
export type Result = {
  readonly json: { readonly [key: string]: Json };
  readonly text: string;
  readonly brief?: string;
};

export type Session = {
  readonly io: Io;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly progress: Progress;
  /** The one result of a command, on standard output. */
  result(result: Result): void;
  /** A remark on standard error. */
  note(text: string): void;
  /** Ends the process with this code although nothing was thrown: a rejected proof, a failed check. */
  exitWith(code: number): void;
  exitCode: number;
};

export type GlobalOptions = {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly progress?: ProgressMode;
};

export function createSession(io: Io, options: GlobalOptions): Session {
  const json = options.json === true;
  const quiet = options.quiet === true;
  const progress = createProgress(resolveMode(options.progress ?? 'auto', quiet, io), io);
  const session: Session = {
    io,
    json,
    quiet,
    debug: options.debug === true,
    progress,
    exitCode: 0,
    result: (result) => {
      progress.finish();
      if (json) io.stdout(`${canonicalJson({ schemaVersion, ...result.json })}\n`);
      else io.stdout(`${printable(quiet ? (result.brief ?? result.text) : result.text).trimEnd()}\n`);
    },
    note: (text) => {
      if (!quiet) io.stderr(`${printable(text)}\n`);
    },
    exitWith: (code) => {
      session.exitCode = code;
    },
  };
  return session;
}

/** Registers one command: how it is declared, and what it does with a session. */
export type CommandModule = (program: Command, start: (command: Command) => Session) => void;
