/** The page's side of its worker: the page's own script, started once more from its text, so that one file holds both. */
import type { ProveStage } from '../pipeline/prove.ts';
import type { Reply, Request, RequestName, Requests } from './messages.ts';

/** An answer and how long the worker took for it. */
export type Answered<Name extends RequestName> = {
  readonly answer: Requests[Name]['answer'];
  readonly milliseconds: number;
};

/** What the worker says cannot be done, and what to do instead. */
export class Problem extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

type Pending = {
  readonly resolve: (reply: Extract<Reply, { kind: 'answer' }>) => void;
  readonly reject: (error: Error) => void;
  readonly onStage: (stage: ProveStage) => void;
};

export class Engine {
  private readonly source: string;
  private worker: Worker;
  private readonly pending: Map<number, Pending> = new Map();
  private last = 0;

  /** `script` is the text of the page's script. */
  constructor(script: string) {
    this.source = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    this.worker = this.start();
  }

  private start(): Worker {
    const worker = new Worker(this.source);
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.receive(data);
    worker.onerror = () => this.abandon('The worker of this page does not run in this browser.');
    return worker;
  }

  private receive(reply: Reply): void {
    const pending = this.pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.kind === 'stage') {
      pending.onStage(reply.stage);
      return;
    }
    this.pending.delete(reply.id);
    if (reply.kind === 'answer') pending.resolve(reply);
    else pending.reject(new Problem(reply.message, reply.next));
  }

  private abandon(message: string): void {
    for (const { reject } of this.pending.values()) reject(new Problem(message, ''));
    this.pending.clear();
  }

  async ask<Name extends RequestName>(
    name: Name,
    given: Requests[Name]['given'],
    onStage: (stage: ProveStage) => void = () => {},
  ): Promise<Answered<Name>> {
    const id = ++this.last;
    const reply = await new Promise<Extract<Reply, { kind: 'answer' }>>((resolve, reject) => {
      this.pending.set(id, { resolve, reject, onStage });
      this.worker.postMessage({ id, name, given } satisfies Request);
    });
    return { answer: reply.answer as Requests[Name]['answer'], milliseconds: reply.milliseconds };
  }

  /** Stops whatever is going on, and forgets what the worker had loaded. */
  cancel(): void {
    this.worker.terminate();
    this.abandon('Cancelled.');
    this.worker = this.start();
  }
}
