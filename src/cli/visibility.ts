/** --visibility: who learns inputs, outputs and weights. */
import { InvalidArgumentError } from 'commander';
import { allPublic, type Level, portName, type Visibility } from '../pipeline/index.ts';

const levels: readonly Level[] = ['public', 'private', 'committed'];

function levelOf(part: string, level: string): Level {
  const found = levels.find((known) => known === level);
  if (found === undefined) throw new InvalidArgumentError(`"${part}" does not end in =${levels.join(', =')}.`);
  return found;
}

function withPart(visibility: Visibility, part: string): Visibility {
  const at = part.lastIndexOf('=');
  const subject = at < 0 ? part : part.slice(0, at);
  const level = levelOf(part, at < 0 ? '' : part.slice(at + 1));
  if (subject === 'sample') {
    if (level !== 'committed') return { ...visibility, sample: level };
    throw new InvalidArgumentError('Which sample a proof is about is public or private: it is not committed itself.');
  }
  if (subject === 'input' || subject === 'output') return { ...visibility, [subject]: level };
  if (subject === 'weights') {
    if (level !== 'private') return { ...visibility, weights: level };
    throw new InvalidArgumentError('Hidden weights are always committed: say weights=committed.');
  }
  const [, side, name] = /^(input|output):(.+)$/s.exec(subject) ?? [];
  if (side !== undefined && name !== undefined)
    return {
      ...visibility,
      ports: new Map([...visibility.ports, [portName(side as 'input' | 'output', name), level]]),
    };
  throw new InvalidArgumentError(
    `"${part}" does not begin with input=, output=, weights=, sample=, input:NAME= or output:NAME=.`,
  );
}

/** Reads `input=private,weights=committed,output:scores=public`; what is not named is public. */
export function parseVisibility(text: string): Visibility {
  return text
    .split(',')
    .map((part) => part.trim())
    .reduce(withPart, allPublic);
}
