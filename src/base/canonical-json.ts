/** Canonical JSON in the sense of RFC 8785 for the values provenn writes: sorted keys, ECMAScript numbers, no white space. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A half of a surrogate pair, which UTF-8 cannot hold, is written as an escape; members of bundles may not have one. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('JSON has no NaN or Infinity');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const record = value as { readonly [key: string]: Json };
  // Keys sort by UTF-16 code units, which is what Array.prototype.sort does.
  const keys = Object.keys(record).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key] as Json)}`).join(',')}}`;
}

/** Nesting beyond which a text is not even parsed. */
const deepest = 32;

/** RFC 8785, section 3.2.2.2, demands an error for halves of surrogate pairs. */
function isPlain(value: Json, depth: number): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (value === null || typeof value !== 'object') return true;
  return depth < deepest && Object.entries(value).every(([key, part]) => isPlain(key, 0) && isPlain(part, depth + 1));
}

/** Brackets outside texts nest no deeper than the limit, so that neither the parser nor what follows runs out of stack. */
function isShallow(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length && depth <= deepest; i++) {
    const char = text[i];
    if (quoted) {
      if (char === '\\') i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
  }
  return depth <= deepest;
}

/**
 * The value of bytes that are canonical JSON; undefined for all others. So no key is there twice, and no value has two texts.
 */
export function parseCanonicalJson(bytes: Uint8Array): Json | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!isShallow(text)) return undefined;
    const value = JSON.parse(text) as Json;
    return canonicalJson(value) === text && isPlain(value, 0) ? value : undefined;
  } catch {
    return undefined;
  }
}
