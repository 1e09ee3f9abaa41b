/**
 * How much of what was compared with onnxruntime, and found equal, in a test file: the numbers behind docs/operators.md.
 * `toMatchFileSnapshot` holds test/operators/compared/*.json to them; `npx vitest run -u test/operators` writes them anew.
 */
import type { QuantGraph } from '../../src/artifact/quant-graph.ts';
import { product } from '../../src/base/tensor.ts';

type Count = { cases: number; integers: number };

function add(counts: Map<string, Count>, name: string, cases: number, integers: number): void {
  const known = counts.get(name) ?? { cases: 0, integers: 0 };
  counts.set(name, { cases: known.cases + cases, integers: known.integers + integers });
}

export class Compared {
  private readonly operators = new Map<string, Count>();
  private readonly functions = new Map<string, Count>();

  /** One operator of the registry on one instance. */
  operator(name: string, integers: number): void {
    add(this.operators, name, 1, integers);
  }

  /** One float operator of ONNX through the import, and the operators of the registry that it became. */
  imported(name: string, { nodes, tensors }: QuantGraph): void {
    for (const { op, outputs } of nodes) {
      const integers = product(tensors.find((tensor) => tensor.name === outputs[0])?.dims ?? []);
      add(this.functions, name, 1, integers);
      add(this.operators, op, 1, integers);
    }
  }

  toString(): string {
    const sorted = (counts: Map<string, Count>): { readonly [name: string]: Count } =>
      Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    return `${JSON.stringify({ operators: sorted(this.operators), functions: sorted(this.functions) }, null, 2)}\n`;
  }
}
