/** The worker's side of a page: answers requests one after the other. */
import { ProvennError } from '../base/errors.ts';
import type { ProveStage } from '../pipeline/prove.ts';
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
  const onRequest = async ({ id, name, given }: Request): Promise<void> => {
    const since = performance.now();
    try {
      const service = services[name] as ((given: unknown, onStage: (stage: ProveStage) => void) => unknown) | undefined;
      if (service === undefined) throw new Error(`nothing answers ${name}`);
      const answer = await service(given, (stage) => scope.postMessage({ id, kind: 'stage', stage }));
      scope.postMessage({ id, kind: 'answer', answer, milliseconds: performance.now() - since });
    } catch (error) {
      scope.postMessage(problem(id, error));
    }
  };
  scope.onmessage = ({ data }) => void onRequest(data);
}

/** Whether this script runs as the worker that its page started from its own text. */
export function isWorker(): boolean {
  return typeof document === 'undefined';
}
