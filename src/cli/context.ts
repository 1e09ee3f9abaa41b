/** --context: what a proof is bound to besides model, input and output. */
import { InvalidArgumentError } from 'commander';
import { maximumContextLength } from '../artifact/statement.ts';
import { utf8 } from '../base/bytes.ts';

export function parseContext(text: string): string {
  const length = utf8(text).length;
  if (length > maximumContextLength) {
    throw new InvalidArgumentError(
      `It has ${length} bytes; at most ${maximumContextLength} are allowed. Give a digest instead.`,
    );
  }
  return text;
}
