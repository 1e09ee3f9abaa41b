/** Whole numbers on the command line. */
import { InvalidArgumentError } from 'commander';
import { mostThreads, type Threads } from '../base/threads/crew.ts';
import type { Session } from './session.ts';

/** 0, 1, 2, … as people write them. */
export function parseCount(text: string): number {
  if (/^(?:0|[1-9][0-9]{0,8})$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, at most 999999999.');
}

const units: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** Bytes, as people write them: 512M, 3.5G, 2000000000. */
export function parseSize(text: string): number {
  const [, number, unit] = /^([0-9]{1,15}(?:\.[0-9]{1,6})?)([kmgt]?)b?$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit?.toLowerCase() ?? ''] as number));
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError('It must be a size in bytes, or one like 512M or 3.5G.');
}

/** A number of threads. */
export function parseThreads(text: string): number {
  if (/^[1-9][0-9]?$/.test(text) && Number(text) <= mostThreads) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${mostThreads}.`);
}

/** Says so when threads were asked for and are not to be had. */
export function noteThreads(session: Session, asked: number | undefined, threads: Threads | null): void {
  if (asked !== undefined && asked > 1 && threads === null)
    session.note('note: memory cannot be shared between threads here, so one thread proves.');
}

/** The option of every command that proves. */
export const threadsOption: readonly [flags: string, description: string, parse: (text: string) => number] = [
  '--threads <n>',
  'threads to prove on (default: one per core, when the network is large enough)',
  parseThreads,
];

/** The option that overrides what the system says about memory. */
export const memoryOption: readonly [flags: string, description: string, parse: (text: string) => number] = [
  '--max-memory <size>',
  'memory the proof may take, like 4G: more is refused beforehand (default: what is available)',
  parseSize,
];
