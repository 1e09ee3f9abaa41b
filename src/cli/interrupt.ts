/**
 * Ctrl-C. While provenn computes, the signal ends the process at once, as it does any program (shells report 130). While
 * it writes files the signal waits: the file becomes complete, or its temporary part is removed, and then the process ends.
 */
import { ProvennError } from '../base/errors.ts';
import { discardPending } from '../pipeline/node/files.ts';
import { renderError } from './render-error.ts';

function leave(): never {
  discardPending();
  const error = new ProvennError('INTERRUPTED', 'Interrupted.', { next: 'Run the command again.' });
  process.stderr.write(renderError(error, { debug: false, colour: false }));
  process.exit(error.exitCode);
}

/** Runs synchronous writes that Ctrl-C must not cut in two. */
export async function uninterrupted<T>(write: () => T): Promise<T> {
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  try {
    const result = write();
    // A signal that arrived meanwhile is delivered on the next turn of the event loop: let it act before we go on.
    await new Promise((resolve) => setImmediate(resolve));
    return result;
  } finally {
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
  }
}
