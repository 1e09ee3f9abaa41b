/** --visibility: who learns inputs, outputs and weights. Until proofs are zero-knowledge the only honest answer is everybody. */
import { InvalidArgumentError } from 'commander';
import { ProvennError } from '../base/errors.ts';

const subjects = ['input', 'output', 'weights'];
const hidden = ['private', 'committed'];

/** Checks `input=public,output=public,weights=public`. Throws `USAGE` for what cannot be promised yet. */
export function checkVisibility(text: string): string {
  for (const part of text.split(',')) {
    const [subject = '', level = '', ...rest] = part.trim().split('=');
    if (!subjects.includes(subject) || rest.length > 0 || (level !== 'public' && !hidden.includes(level))) {
      throw new InvalidArgumentError(`"${part}" is not one of input=, output= or weights= followed by public.`);
    }
    if (hidden.includes(level)) {
      throw new ProvennError(
        'USAGE',
        `${subject}=${level} is not possible yet: proofs are not zero-knowledge in this version.`,
        {
          where: '--visibility',
          next: 'Nothing can be hidden from whoever holds a proof of this version. Use public, and share proofs accordingly.',
        },
      );
    }
  }
  return text;
}
