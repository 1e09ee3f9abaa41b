/** Whole numbers on the command line. */
import { InvalidArgumentError } from 'commander';

/** 0, 1, 2, … as people write them. */
export function parseCount(text: string): number {
  if (/^(?:0|[1-9][0-9]{0,8})$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, at most 999999999.');
}
