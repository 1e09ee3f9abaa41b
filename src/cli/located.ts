/** Errors of pure functions do not know files; this adds the path. */
import { ProvennError } from '../base/errors.ts';

/** The same error with the path in front of where it happened, unless it names this or another known file already. */
function withPath(path: string, others: readonly string[], error: unknown): unknown {
  if (!(error instanceof ProvennError)) return error;
  const { code, message, next, where } = error;
  const named = where !== undefined && [path, ...others].some((file) => where.startsWith(file));
  const place = where === undefined ? path : named ? where : `${path}: ${where}`;
  return new ProvennError(code, message, { where: place, cause: error, ...(next === undefined ? {} : { next }) });
}

/** Runs `act`, whose errors are about the file at `path` unless they begin with one of `others`. */
export async function located<T>(path: string, act: () => T | Promise<T>, others: readonly string[] = []): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw withPath(path, others, error);
  }
}
