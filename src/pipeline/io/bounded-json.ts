/** JSON text from outside: bounded in size and depth before the parser sees it, and read only through own properties. */
import { BytesError } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { malformed } from './array.ts';

const maximumDepth = 32;

/** Well below the longest string of any JavaScript engine. */
const maximumLength = 1 << 28;

/** What JSON.parse returns, as far as types can say. */
export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property, so that `__proto__` and inherited names are never mistaken for content. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The first key that is not among the allowed ones. */
export function unknownKey(object: JsonObject, allowed: readonly string[]): string | undefined {
  return Object.keys(object).find((key) => !allowed.includes(key));
}

/** Deepest nesting of brackets outside strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (quoted) {
      if (char === 92) i++;
      else if (char === 34) quoted = false;
    } else if (char === 34) quoted = true;
    else if (char === 91 || char === 123) deepest = Math.max(deepest, ++depth);
    else if (char === 93 || char === 125) depth--;
  }
  return deepest;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BytesError('it is not UTF-8 text');
  }
}

/** Parses JSON bytes. Throws `FILE_MALFORMED` or `RESOURCE_LIMIT`. */
export function parseJson(bytes: Uint8Array, where: string): unknown {
  if (bytes.length > maximumLength) {
    throw new ProvennError('RESOURCE_LIMIT', `The JSON has ${bytes.length} bytes; at most ${maximumLength} are read.`, {
      where,
      next: 'Use .npy or .npz for data of this size.',
    });
  }
  let text: string;
  try {
    text = decodeText(bytes);
  } catch {
    const next = 'Inputs may be JSON, .npy, .npz or PNG files.';
    throw malformed(where, 'The file is none of the formats provenn reads: it is binary, but of no known kind.', next);
  }
  if (depthOf(text) > maximumDepth) {
    throw malformed(where, `The JSON nests deeper than ${maximumDepth} levels.`, 'Write the values as one flat list.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const literal = /(?<![\w"])-?(?:NaN|Infinity)\b/.exec(text)?.[0];
    if (literal !== undefined) {
      throw malformed(
        where,
        `The JSON holds ${literal}, which is not a JSON number.`,
        'Replace it by a finite number.',
      );
    }
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 160) : 'not JSON';
    throw malformed(where, `The file is not valid JSON: ${reason}.`, 'Check the file with a JSON tool.');
  }
}
