/** Why something is not accepted. The kinds are those of docs/errors.md, so that two verifiers can be compared. */
export type Reason =
  | 'malformed'
  | 'backend'
  | 'key'
  | 'model'
  | 'statement'
  | 'context'
  | 'input'
  | 'output'
  | 'relation'
  | 'proof-of-work'
  | 'opening'
  | 'commitment'
  | 'link'
  | 'not-covered';

/** The only exception this verifier throws on purpose; the entry turns it into an answer. */
export class Refusal extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export function refuse(reason: Reason, message: string): never {
  throw new Refusal(reason, message);
}

/** Demands a condition of the bytes that are read. */
export function demand(condition: boolean, reason: Reason, message: string): asserts condition {
  if (!condition) refuse(reason, message);
}
