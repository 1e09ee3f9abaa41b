/** Bounds on what a model file may ask of its reader. Exceeding one is a refusal, never an allocation. */
import { ProvennError } from '../base/errors.ts';

export type ModelLimits = {
  readonly maxFileBytes: number;
  readonly maxNodes: number;
  /** Initializers, value declarations and the entries of any other list of named things. */
  readonly maxInitializers: number;
  /** Protobuf messages inside each other. */
  readonly maxDepth: number;
  /** Dimensions of one tensor. */
  readonly maxRank: number;
  /** Elements of one tensor, constant or inferred. */
  readonly maxElements: number;
  /** Numbers or strings in one attribute. */
  readonly maxAttributeElements: number;
  /** UTF-8 bytes of one name. */
  readonly maxNameBytes: number;
};

export const defaultLimits: ModelLimits = {
  maxFileBytes: 512 * 1024 * 1024,
  maxNodes: 100_000,
  maxInitializers: 100_000,
  maxDepth: 16,
  maxRank: 8,
  maxElements: 2 ** 28,
  maxAttributeElements: 2 ** 20,
  maxNameBytes: 4096,
};

/** Throws `RESOURCE_LIMIT` when `count` exceeds `limit`. */
export function enforceLimit(count: number, limit: number, what: string): void {
  if (count <= limit) return;
  throw new ProvennError('RESOURCE_LIMIT', `The model has ${count} ${what}; the limit is ${limit}.`, {
    next: 'Use a smaller model, or raise the limit where the library is called.',
  });
}

/**
 * Number of elements of a tensor of these dimensions, checked against the limit before anything is allocated.
 * `dims` are non-negative safe integers; the product may exceed 2^53, which the early exit makes harmless.
 */
export function elementCount(dims: readonly number[], limits: ModelLimits, what: string): number {
  if (dims.includes(0)) return 0;
  let count = 1;
  for (const size of dims) {
    count *= size;
    if (count > limits.maxElements) {
      throw new ProvennError(
        'RESOURCE_LIMIT',
        `${what} of shape [${dims.join(', ')}] has more than ${limits.maxElements} elements.`,
        {
          next: 'Use a smaller model, or raise the limit where the library is called.',
        },
      );
    }
  }
  return count;
}
