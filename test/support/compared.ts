/**
 * How much of what was compared with onnxruntime, and found equal, in a test file: the numbers behind docs/operators.md.
 * The records in test/operators/compared never claim more than the tests compare; PROVENN_RECORD=1 writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
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

  /** Every operator of a network, on some runs. */
  network({ nodes, tensors }: QuantGraph, runs: number): void {
    for (const { op, outputs } of nodes) {
      const dims = outputs.map((name) => tensors.find((tensor) => tensor.name === name)?.dims ?? []);
      add(this.operators, op, runs, runs * dims.reduce((total, each) => total + product(each), 0));
    }
  }

  /** Holds the record of that name to what was compared; with PROVENN_RECORD=1 in the environment, writes it. */
  check(name: string): void {
    const path = new URL(`../operators/compared/${name}.json`, import.meta.url);
    const sections = { operators: this.operators, functions: this.functions };
    if (process.env['PROVENN_RECORD'] === '1') {
      const sorted = Object.entries(sections).map(([section, counts]) => [
        section,
        Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
      ]);
      writeFileSync(path, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
    }
    const record = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, Readonly<Record<string, Count>>>>;
    for (const [section, counts] of Object.entries(sections)) {
      for (const [operator, claimed] of Object.entries(record[section] ?? {})) {
        const found = counts.get(operator) ?? { cases: 0, integers: 0 };
        expect(found.cases, `cases of ${operator}`).toBeGreaterThanOrEqual(claimed.cases);
        expect(found.integers, `integers of ${operator}`).toBeGreaterThanOrEqual(claimed.integers);
      }
    }
  }
}
