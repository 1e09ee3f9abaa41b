/** Writes docs/operators.md from the operator folders; `--check` only compares. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const ops = new URL('../src/ops/', import.meta.url);
const target = new URL('../docs/operators.md', import.meta.url);
const registry = readFileSync(new URL('registry.ts', ops), 'utf8');

const rows = readdirSync(ops, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && registry.includes(`./${entry.name}/op.ts`))
  .map(({ name }) => {
    const source = readFileSync(new URL(`${name}/op.ts`, ops), 'utf8');
    const summary = source.match(/^\/\*\*\s*([\s\S]*?)\s*\*\//)?.[1]?.replace(/\s*\n\s*\*\s*/g, ' ') ?? '';
    return `| ${source.match(/\bname: '(\w+)'/)?.[1] ?? name} | ${summary.replaceAll('|', '\\|')} | \`src/ops/${name}\` |`;
  })
  .sort();

const text = `# Operators

Generated from \`src/ops\` by \`node scripts/operators-table.mjs\`; a test holds it to the registry.

These are the operators of the integer network. Models in QOperator form name most of them directly; in QDQ form a group
DequantizeLinear → Conv, Gemm, MatMul, Add, MaxPool, GlobalMaxPool, AveragePool, GlobalAveragePool, Relu, Clip, Reshape, Flatten, Transpose, Squeeze, Unsqueeze, Slice, Split, Gather, Expand, Tile, Pad, nearest Resize, DepthToSpace, SpaceToDepth, Identity or Dropout →
QuantizeLinear becomes one of them wherever onnxruntime computes the group in integers. QuantizeLinear at inputs and DequantizeLinear at
outputs are ports. Everything else is refused by name (exit code 3), with what would make it supported.

| operator | what | where |
|---|---|---|
${rows.join('\n')}
`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text)
    throw new Error('docs/operators.md is stale: run node scripts/operators-table.mjs');
} else writeFileSync(target, text);
