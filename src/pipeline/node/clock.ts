/** The time of day, for the words that go with signatures; nothing that decides a result reads it. */
import { ProvennError } from '../../base/errors.ts';

/**
 * The present second in RFC 3339, UTC. `SOURCE_DATE_EPOCH` replaces it, as in all reproducible builds: the same bundle twice.
 */
export function currentInstant(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const epoch = env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined || epoch === '') return spell(new Date());
  const date = new Date(Number(epoch) * 1000);
  if (/^\d{1,11}$/.test(epoch) && date.getUTCFullYear() <= 9999) return spell(date);
  throw new ProvennError('USAGE', 'SOURCE_DATE_EPOCH is not a number of seconds.', {
    where: 'SOURCE_DATE_EPOCH',
    next: 'Set it to seconds since 1970, or unset it.',
  });
}

function spell(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
