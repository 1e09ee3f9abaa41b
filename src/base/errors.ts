/**
 * One catalogue of everything provenn refuses. `docs/errors.md` is checked against it by a test.
 * A bad proof is not an error: it gets a `Verdict`. Errors are for misuse, unsupported models and broken files.
 */

/** Process exit codes, stable across releases. */
export const exitCodes = {
  ok: 0,
  rejected: 1,
  usage: 2,
  unsupported: 3,
  resource: 4,
  io: 5,
  tampered: 6,
  interrupted: 130,
} as const;

/** Every error code, the exit code family it belongs to, and what it means. */
export const errorCatalogue = {
  USAGE: { exit: 'usage', meaning: 'The command line or the library call is malformed.' },
  INPUT_MISMATCH: { exit: 'usage', meaning: 'The input data does not fit the model: name, shape, type or range.' },
  MODEL_UNSUPPORTED: {
    exit: 'unsupported',
    meaning: 'The model uses an operator, attribute or pattern that is not supported.',
  },
  MODEL_INVALID: {
    exit: 'unsupported',
    meaning: 'The model is not a valid graph: a cycle, a missing or duplicate name, NaN weights, inconsistent shapes.',
  },
  MODEL_UNSAFE: {
    exit: 'unsupported',
    meaning: 'The integers of the model could leave the range in which the proof system is sound.',
  },
  MODEL_MALFORMED: {
    exit: 'io',
    meaning: 'The file is not a well-formed ONNX protobuf: truncated, wrong wire type, oversized or nested too deeply.',
  },
  MODEL_EXTERNAL_DATA: {
    exit: 'io',
    meaning: 'The model keeps its weights in another file, which provenn never opens.',
  },
  RESOURCE_LIMIT: { exit: 'resource', meaning: 'The work would exceed a size or memory limit.' },
  THREAD_FAILED: { exit: 'resource', meaning: 'A thread of the prover crashed or no longer answers.' },
  BACKEND_UNSUPPORTED: {
    exit: 'unsupported',
    meaning: 'The proof system cannot prove this model, or not at this size; another one can.',
  },
  SETUP_REFUSED: {
    exit: 'tampered',
    meaning: 'The file of a setup ceremony is unknown, altered, too small or does not verify.',
  },
  PARAMETERS_REFUSED: {
    exit: 'resource',
    meaning: 'No parameters of the proof system reach the required soundness at this size.',
  },
  BUDGET_EXHAUSTED: {
    exit: 'resource',
    meaning:
      'A hidden commitment was opened as often as it may be: another proof could tell something about its content.',
  },
  OPENING_COPIED: {
    exit: 'resource',
    meaning: 'An opening is a copy, or restored, or from another machine: nobody knows how often it was used.',
  },
  FILE_NOT_FOUND: { exit: 'io', meaning: 'A file or folder does not exist or cannot be read.' },
  FILE_WRITE_FAILED: { exit: 'io', meaning: 'A file could not be written.' },
  FILE_MALFORMED: { exit: 'io', meaning: 'An input file (JSON, NumPy, PNG) is malformed.' },
  ARTIFACT_TAMPERED: { exit: 'tampered', meaning: 'A provenn file is truncated, altered or not canonical.' },
  ARTIFACT_VERSION: { exit: 'tampered', meaning: 'A provenn file has another kind or format version than expected.' },
  KEY_REFUSED: {
    exit: 'tampered',
    meaning: 'The verifying key breaks a rule of the proof system, for instance less than 100 bits of soundness.',
  },
  DEPENDENCY_MISSING: { exit: 'resource', meaning: 'An optional package that this command needs is not installed.' },
  ORACLE_MISMATCH: { exit: 'rejected', meaning: 'onnxruntime computed another integer than provenn.' },
  PROOF_SELF_CHECK: {
    exit: 'rejected',
    meaning: 'The prover could not verify its own proof, or it says something else than the model computed.',
  },
  INTERRUPTED: { exit: 'interrupted', meaning: 'The user interrupted the command.' },
  INTERNAL: { exit: 'resource', meaning: 'A broken invariant inside provenn: please report it.' },
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

/** What a refusal says besides its message: which node, and what to do next. */
export type ErrorDetails = {
  /** What the user can do about it, one sentence. */
  readonly next?: string;
  /** The graph node or file concerned. */
  readonly where?: string;
  readonly cause?: unknown;
};

/** The only exception type that leaves provenn on purpose. `message` says what and why, `next` what to do. */
export class ProvennError extends Error {
  readonly code: ErrorCode;
  readonly next: string | undefined;
  readonly where: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ProvennError';
    this.code = code;
    this.next = details.next;
    this.where = details.where;
  }

  get exitCode(): number {
    return exitCodes[errorCatalogue[this.code].exit];
  }
}

/** Throws `INTERNAL` when an invariant of our own code is broken; never used to judge user data. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition)
    throw new ProvennError('INTERNAL', message, { next: 'Report this with the command and the file that caused it.' });
}
