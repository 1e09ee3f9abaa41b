/** Writes docs/operators.md from the operator folders; `--check` only compares. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const ops = new URL('../src/ops/', import.meta.url);
const target = new URL('../docs/operators.md', import.meta.url);
const registry = readFileSync(new URL('registry.ts', ops), 'utf8');

/** What the tests in test/operators compared with onnxruntime, summed over their records. */
const records = new URL('../test/operators/compared/', import.meta.url);
const counts = { operators: new Map(), functions: new Map() };
for (const file of readdirSync(records).sort()) {
  const record = JSON.parse(readFileSync(new URL(file, records), 'utf8'));
  for (const [section, known] of Object.entries(counts)) {
    for (const [name, { cases, integers }] of Object.entries(record[section])) {
      const before = known.get(name) ?? { cases: 0, integers: 0 };
      known.set(name, { cases: before.cases + cases, integers: before.integers + integers });
    }
  }
}

const tested = (count) =>
  count === undefined
    ? '–'
    : `${count.cases.toLocaleString('en')} cases, ${count.integers.toLocaleString('en')} integers`;

const rows = readdirSync(ops, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && registry.includes(`./${entry.name}/op.ts`))
  .map(({ name }) => {
    const source = readFileSync(new URL(`${name}/op.ts`, ops), 'utf8');
    const summary = source.match(/^\/\*\*\s*([\s\S]*?)\s*\*\//)?.[1]?.replace(/\s*\n\s*\*\s*/g, ' ') ?? '';
    const op = source.match(/\bname: '(\w+)'/)?.[1] ?? name;
    return `| ${op} | ${summary.replaceAll('|', '\\|')} | ${tested(counts.operators.get(op))} | \`src/ops/${name}\` |`;
  })
  .sort();

const functions = [...counts.functions]
  .map(([key, count]) => `| ${key.replace(/^com.microsoft:(.*)/, '$1 (com.microsoft)')} | ${tested(count)} |`)
  .sort();

const text = `# Operators

Generated from \`src/ops\` by \`node scripts/operators-table.mjs\`; a test holds it to the registry.

These are the operators of the integer network. Models in QOperator form name most of them directly; in QDQ form a group
DequantizeLinear → Conv, Gemm, MatMul, Add, MaxPool, GlobalMaxPool, AveragePool, GlobalAveragePool, Relu, Clip, Reshape, Flatten, Transpose, Squeeze, Unsqueeze, Slice, Split, Gather, Expand, Tile, Pad, nearest Resize, DepthToSpace, SpaceToDepth, Concat, ReduceMax, ReduceMin, Cast, Identity or Dropout →
QuantizeLinear becomes one of them wherever onnxruntime computes the group in integers; so does any chain of the float operators in the second table. QuantizeLinear at inputs and DequantizeLinear at
outputs are ports. Everything else is refused by name (exit code 3), with what would make it supported.

"Bit-exact" counts what the tests in \`test/operators\` compare with onnxruntime, operator by operator, and find equal: instances and the
integers in their outputs. Whole networks are compared besides.

| operator | what | bit-exact with onnxruntime: tested on | where |
|---|---|---|---|
${rows.join('\n')}

## Float operators between two quantizations

These become tables (or QLinearAdd and QLinearMul where onnxruntime fuses them). Each case is one table under one set of
quantizations, compared in all its entries: 256, or 65,536 for two operands.

| float operator | bit-exact with onnxruntime: tested on |
|---|---|
${functions.join('\n')}

Likewise Clip, Sum, Where, Not, And, Or, Xor and BatchNormalization, in any chain that depends on at most two tensors.
`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text)
    throw new Error('docs/operators.md is stale: run node scripts/operators-table.mjs');
} else writeFileSync(target, text);
