/** The worker's side of a page: answers requests one after the other. */
import { ProvennError } from '../base/errors.ts';
import type { Reply, Request, Services } from './messages.ts';

/** The part of a worker's global scope that is used. */
type Scope = {
  onmessage: ((event: { readonly data: Request }) => void) | null;
  postMessage(reply: Reply): void;
};

function problem(id: number, error: unknown): Reply {
  if (error instanceof ProvennError) return { id, kind: 'problem', message: error.message, next: error.next ?? '' };
  const message = error instanceof Error ? error.message : String(error);
  return { id, kind: 'problem', message: `This page failed: ${message}`, next: 'Load it again.' };
}

export function serve(services: Services): void {
  const scope = globalThis as unknown as Scope;
  scope.onmessage = ({ data: { id, name, given } }) => {
    const since = performance.now();
    try {
      const service = services[name] as ((given: unknown, onStage: unknown) => unknown) | undefined;
      if (service === undefined) throw new Error(`nothing answers ${name}`);
      const answer = service(given, (stage: Extract<Reply, { kind: 'stage' }>['stage']) =>
        scope.postMessage({ id, kind: 'stage', stage }),
      );
      scope.postMessage({ id, kind: 'answer', answer, milliseconds: performance.now() - since });
    } catch (error) {
      scope.postMessage(problem(id, error));
    }
  };
}

/** Whether this script runs as the worker that its page started from its own text. */
export function isWorker(): boolean {
  return typeof document === 'undefined';
}
