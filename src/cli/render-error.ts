/** How refusals look: what, where, and what to do next. Stack traces only for those who ask. */
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { ProvennError } from '../base/errors.ts';

/** Version of every JSON document the command line writes. */
export const schemaVersion = 1;

/** Anything thrown as an error of the catalogue; what we did not foresee is our own fault and says so. */
export function asProvennError(error: unknown): ProvennError {
  if (error instanceof ProvennError) return error;
  if (error instanceof RangeError && /allocation|Invalid (?:typed )?array/i.test(error.message)) {
    return new ProvennError('RESOURCE_LIMIT', 'The memory does not suffice for this work.', {
      next: 'Use a smaller model or batch, or a machine with more memory.',
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ProvennError('INTERNAL', `Something broke inside provenn: ${message}`, {
    next: 'Run again with --debug and report the output together with the command.',
    cause: error,
  });
}

/** Control characters of names that come from files must not reach a terminal. */
export function printable(text: string): string {
  return Array.from(text, (char) => (/[\p{Cc}\p{Cf}]/u.test(char) && char !== '\n' ? '\ufffd' : char)).join('');
}

/** A line of a verdict stays one line: a name with a line break in it must not pass for another line. */
export function oneLine(text: string): string {
  return text.replace(/[\n\r\u2028\u2029]/g, '\ufffd');
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `caused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}\n${cause}`;
}

export function renderError(
  error: ProvennError,
  options: { readonly debug: boolean; readonly colour: boolean },
): string {
  const tag = `error[${error.code}]`;
  const lines = [`${options.colour ? `\u001b[31m${tag}\u001b[0m` : tag} ${printable(error.message)}`];
  if (error.where !== undefined) lines.push(`  where: ${printable(error.where)}`);
  if (error.next !== undefined) lines.push(`  next: ${printable(error.next)}`);
  if (options.debug) lines.push(stackOf(error));
  return `${lines.join('\n').trimEnd()}\n`;
}

export function errorJson(error: ProvennError): string {
  const { code, message } = error;
  const detail: Json = { code, message, where: error.where ?? null, next: error.next ?? null };
  return `${canonicalJson({ schemaVersion, error: detail })}\n`;
}
