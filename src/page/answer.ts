/** An output as people read it: classes and their scores, classes alone, or numbers. */
import type { Port } from '../artifact/quant-graph.ts';
import { isIndices, type PortResult, topClass } from '../pipeline/io/result.ts';

export type Score = { readonly label: string; readonly value: number };

export type Answer =
  | { readonly kind: 'scores'; readonly name: string; readonly scores: readonly Score[] }
  | { readonly kind: 'classes'; readonly name: string; readonly labels: readonly string[]; readonly more: number }
  | { readonly kind: 'numbers'; readonly name: string; readonly values: readonly number[]; readonly more: number };

const shownValues = 24;

/** What a result says; the best class first, ties in the order of the classes. */
export function answerOf(result: PortResult, labels: readonly string[] | null): Answer {
  const { port, integers } = result;
  const values = Array.from(result.values ?? integers);
  const label = (index: number): string => labels?.[index] ?? `class ${index}`;
  if (isIndices(result)) {
    const shown = values.slice(0, shownValues);
    return { kind: 'classes', name: port.name, labels: shown.map(label), more: values.length - shown.length };
  }
  if (topClass(result, labels) !== null) {
    const order = values.map((_, i) => i).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
    const scores = order.map((index) => ({ label: label(index), value: values[index] as number }));
    return { kind: 'scores', name: port.name, scores };
  }
  const shown = values.slice(0, shownValues);
  return { kind: 'numbers', name: port.name, values: shown, more: values.length - shown.length };
}

/** The same of a claimed tensor, which carries its port in itself. */
export function answerOfClaim(
  tensor: Port & Pick<PortResult, 'integers' | 'values'>,
  labels: readonly string[] | null,
): Answer {
  const { integers, values, ...port } = tensor;
  return answerOf({ port, integers, values }, labels);
}
