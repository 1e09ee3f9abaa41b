/** Outputs of a network as text: class scores when they are scores, numbers otherwise. */
import type { Json } from '../base/canonical-json.ts';
import { portType } from '../pipeline/io/bind.ts';
import { isIndices, type PortResult, topClass } from '../pipeline/io/result.ts';

const shownClasses = 3;
const shownValues = 12;

/** At most six significant digits; integers as they are. */
export function formatScore(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** The best classes, one per line, highest first; ties keep the order of the classes. */
function classLines(result: PortResult, labels: readonly string[] | null, count: number): string[] {
  const values = Array.from(result.values ?? result.integers);
  const order = values.map((_, index) => index).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  const name = (index: number): string =>
    `${String(index).padStart(String(values.length - 1).length)} ${labels?.[index] ?? ''}`.trimEnd();
  const width = Math.max(...order.map((index) => name(index).length));
  const lines = order
    .slice(0, count)
    .map((index) => `  ${name(index).padEnd(width)}  ${formatScore(values[index] as number)}`);
  return order.length > count ? [...lines, `  … ${order.length - count} more`] : lines;
}

/** Indices with the names of the classes they stand for. */
function indexLines({ integers }: PortResult, labels: readonly string[] | null): string[] {
  const shown = Array.from(integers.subarray(0, shownValues), (index) =>
    `  ${index} ${labels?.[index] ?? ''}`.trimEnd(),
  );
  const more = integers.length - shownValues;
  return more > 0 ? [...shown, `  … ${more} more`] : shown;
}

export function describePort(result: Pick<PortResult, 'port'>): string {
  const { port } = result;
  return `"${port.name}" ${portType(port)} [${port.dims.join(',')}]`;
}

/** Values or classes of one output, indented. */
export function valueLines(
  result: PortResult,
  labels: readonly string[] | null,
  classes: number = shownClasses,
): string[] {
  if (isIndices(result)) return indexLines(result, labels);
  if (topClass(result, labels) !== null) return classLines(result, labels, classes);
  const values = Array.from((result.values ?? result.integers).subarray(0, shownValues), formatScore);
  const more = result.integers.length > shownValues ? `, … ${result.integers.length - shownValues} more` : '';
  return [`  ${values.join(', ')}${more}`];
}

/** Best class of each output that is one row of scores. */
export function topJson(results: readonly PortResult[], labels: readonly string[] | null): Json {
  return results.flatMap((result) => {
    const top = topClass(result, labels);
    return top === null ? [] : [{ ...top }];
  });
}

/** The shortest answer: the class, or the first values. */
export function briefAnswer(results: readonly PortResult[], labels: readonly string[] | null): string {
  return results
    .map((result) => {
      const top = topClass(result, labels);
      return top === null ? valueLines(result, labels).join(' ').trim() : (top.label ?? `class ${top.index}`);
    })
    .join('\n');
}
