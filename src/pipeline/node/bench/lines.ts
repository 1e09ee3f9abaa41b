/** Processes that are asked by a line and answer by a line of JSON. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type ErrorCode, errorCatalogue, ProvennError } from '../../../base/errors.ts';

/** What a process says: `stage` is progress, `failed` its last word, everything else an answer. */
type Message = { readonly event: string; readonly [field: string]: unknown };

export type Asked = {
  /** The next answer, after this line; without one, the answer that it gives by itself. Throws what the process says. */
  ask(line?: string): Promise<Message>;
  end(): Promise<void>;
};

/** An error as one line of JSON carries it. */
export function asError(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (error instanceof ProvennError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in errorCatalogue;
}

/** Null for what is no message: other programs print what they like. */
function parsed(line: string): Message | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'event' in value ? (value as Message) : null;
  } catch {
    return null;
  }
}

function failure(message: Message): ProvennError {
  const { code, message: text } = message;
  return new ProvennError(isErrorCode(code) ? code : 'INTERNAL', String(text), { next: 'See the other rows.' });
}

/** A process that ended without an answer, with the last thing it wrote on standard error. */
function died(name: string, code: number | null, signal: string | null, lastWords: string): ProvennError {
  const how = signal === null ? `with code ${code}` : `by ${signal}`;
  const said = lastWords.trim().split('\n').at(-1) ?? '';
  return new ProvennError('RESOURCE_LIMIT', `The process of ${name} ended ${how}${said === '' ? '.' : `: ${said}`}`, {
    next: 'It may have run out of memory: choose smaller networks, or close other programs.',
  });
}

export type Launch = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onStage?: (stage: string) => void;
};

const keptWords = 4000;

/** Children that are still there when this process ends by itself would go on computing for nobody. */
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill();
});

export function launch({ name, command, args, env, onStage = (): void => {} }: Launch): Asked {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...(env === undefined ? {} : { env }) });
  children.add(child);
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-keptWords);
  });
  child.stdin.on('error', () => {}); // of a process that is gone; its end is reported below
  const answers: Message[] = [];
  let ended: ProvennError | null = null;
  let wake = (): void => {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = parsed(line);
    if (message === null) {
      lastWords = `${lastWords}${line}\n`.slice(-keptWords);
      return;
    }
    if (message.event === 'stage') return onStage(String(message['stage']));
    answers.push(message);
    wake();
  });
  const closed = new Promise<void>((resolve) => {
    const close = (error: ProvennError): void => {
      children.delete(child);
      ended = error;
      wake();
      resolve();
    };
    child.on('error', ({ message }) => close(died(name, null, message, lastWords)));
    child.on('close', (code, signal) => close(died(name, code, signal, lastWords)));
  });
  const next = async (): Promise<Message> => {
    for (;;) {
      const answer = answers.shift();
      if (answer?.event === 'failed') throw failure(answer);
      if (answer !== undefined) return answer;
      if (ended !== null) throw ended;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    ask: (line) => {
      if (line !== undefined) child.stdin.write(`${line}\n`);
      return next();
    },
    end: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
