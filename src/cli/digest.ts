/** Digests on the command line. */
import { InvalidArgumentError } from 'commander';

export function parseDigest(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('A digest has 64 lower-case hexadecimal digits.');
  return text;
}
