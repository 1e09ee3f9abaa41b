/** Sizes for the symbolic dimensions of graph inputs. */
import type { Dimension, ValueInfo } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import { elementCount, type ModelLimits } from './limits.ts';

/** Sizes for symbolic dimensions of the graph inputs, by name. */
export type Bindings = Readonly<Record<string, number>>;

/** Every symbol of the inputs with its size. */
export function bindSymbols(inputs: readonly ValueInfo[], bindings: Bindings): ReadonlyMap<string, number> {
  const given = new Map(Object.entries(bindings));
  const symbols = new Map<string, number>();
  for (const { dims } of inputs) {
    for (const dim of dims ?? []) {
      const size = typeof dim === 'string' ? given.get(dim) : undefined;
      if (size !== undefined) symbols.set(dim as string, size);
    }
  }
  for (const [name, size] of given) {
    if (!symbols.has(name)) {
      throw new ProvennError('USAGE', `No input of the model has a dimension called '${name}'.`, {
        where: name,
        next: `Symbolic dimensions of the inputs: ${symbolNames(inputs)}.`,
      });
    }
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new ProvennError('USAGE', `Dimension '${name}' cannot be ${size}: it must be a positive integer.`, {
        where: name,
        next: 'Bind it to the number of elements along that dimension.',
      });
    }
  }
  for (const { dims } of inputs) {
    const first = dims?.[0];
    if (typeof first === 'string' && first !== '' && !symbols.has(first)) symbols.set(first, 1);
  }
  return symbols;
}

function symbolNames(inputs: readonly ValueInfo[]): string {
  const names = inputs.flatMap(({ dims }) => dims ?? []).filter((dim) => typeof dim === 'string' && dim !== '');
  return [...new Set(names)].join(', ') || 'none';
}

/** The input with its sizes; throws where one is missing. */
export function boundInput(
  input: ValueInfo,
  symbols: ReadonlyMap<string, number>,
  limits: ModelLimits,
): ValueInfo & { readonly dims: readonly number[] } {
  if (input.dims === undefined || input.type === undefined) {
    throw new ProvennError('MODEL_INVALID', `The graph input '${input.name}' declares no tensor type and shape.`, {
      where: input.name,
      next: 'Declare the shape when exporting the model.',
    });
  }
  const dims = input.dims.map((dim, i) => {
    const size = dim === '' && i === 0 ? 1 : bound(dim, symbols);
    if (size !== undefined) return size;
    const called = dim === '' ? `Dimension ${i}` : `Dimension '${dim}'`;
    throw new ProvennError('INPUT_MISMATCH', `${called} of the graph input '${input.name}' has no size.`, {
      where: input.name,
      next: dim === '' ? 'Export the model with a fixed shape.' : `Bind it, for instance to 1: { '${dim}': 1 }.`,
    });
  });
  elementCount(dims, limits, `The graph input '${input.name}'`);
  return { ...input, dims };
}

/** The size of a dimension, if it has one. */
export function bound(dim: Dimension, symbols: ReadonlyMap<string, number>): number | undefined {
  return typeof dim === 'number' ? dim : symbols.get(dim);
}
