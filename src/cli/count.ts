/** Whole numbers on the command line. */
import { InvalidArgumentError } from 'commander';
import { mostThreads } from '../base/threads/crew.ts';

/** 0, 1, 2, … as people write them. */
export function parseCount(text: string): number {
  if (/^(?:0|[1-9][0-9]{0,8})$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, at most 999999999.');
}

/** A number of threads. */
export function parseThreads(text: string): number {
  if (/^[1-9][0-9]?$/.test(text) && Number(text) <= mostThreads) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${mostThreads}.`);
}

/** The option of every command that proves. */
export const threadsOption: readonly [flags: string, description: string, parse: (text: string) => number] = [
  '--threads <n>',
  'threads to prove on (default: one per core, when the network is large enough)',
  parseThreads,
];
