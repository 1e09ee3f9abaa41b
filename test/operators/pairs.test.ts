/**
 * The functions of two bytes against onnxruntime itself, through the whole import: every pair of bytes under many
 * quantizations. What is compared is written to compared/pairs.json.
 */
import { describe, expect, it } from 'vitest';
import type { ElementType } from '../../src/artifact/graph.ts';
import { dtypeRange, type IntTensor, intTensor, product } from '../../src/base/tensor.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import type { ByteDtype } from '../../src/ops/attributes.ts';
import { Random } from '../../src/ops/vectors.ts';
import type { ByteQuantization } from '../../src/quantize/formula.ts';
import { arithmetic, comparisons } from '../../src/quantize/functions/binary.ts';
import { importQuantized } from '../../src/quantize/import/import-quantized.ts';
import { GraphBuilder } from '../../src/quantize/laws.ts';
import { execute } from '../../src/runtime/execute.ts';
import { openOracle } from '../../src/runtime/node/oracle.ts';
import { Compared } from '../support/compared.ts';

const elementTypes = { u8: 'uint8', s8: 'int8' } as const;

/** Scales that make ties and equal floats frequent, zero points anywhere. */
function quantization(random: Random, dtype: ByteDtype, low: number, high: number): ByteQuantization {
  return { scale: random.scale(low, high), zeroPoint: random.byte(dtype), dtype };
}

/** Every byte down the column; PRelu wants its left operand in the shape of the output. */
function columns(op: string): readonly number[] {
  return [256, op === 'PRelu' ? 256 : 1];
}

function everyByte(dtype: ByteDtype, dims: readonly number[]): IntTensor {
  const [low] = dtypeRange[dtype];
  const repeats = dims[0] === 1 ? 1 : (dims[1] as number);
  return intTensor(
    dtype,
    dims,
    Int32Array.from({ length: product(dims) }, (_, i) => low + Math.floor(i / repeats)),
  );
}

/** One operator under `count` triples of quantizations; a comparison has no output quantization. */
function model(
  op: string,
  [aType, bType, yType]: readonly [ByteDtype, ByteDtype, ByteDtype | 'bool'],
  count: number,
): Uint8Array {
  const random = new Random(op.length + 5);
  const b = new GraphBuilder();
  const integers: Record<string, ElementType> = { a: elementTypes[aType], b: elementTypes[bType] };
  const outputs = Array.from({ length: count }, (_, i) => {
    const from = quantization(random, aType, -8, -2);
    const a = b.dequantize('a', `da${i}`, from);
    const same = random.chance(0.3) ? { ...from, dtype: bType } : null;
    const zeroPoint = random.byte(bType);
    const other = b.dequantize(
      'b',
      `db${i}`,
      same === null ? quantization(random, bType, -8, -2) : { ...same, zeroPoint },
    );
    const made = b.node(op, [a, other], `f${i}`);
    const name = yType === 'bool' ? made : b.quantize(made, `y${i}`, quantization(random, yType, -9, 0));
    integers[name] = yType === 'bool' ? 'bool' : elementTypes[yType];
    return name;
  });
  return writeModel(b.graph({ a: columns(op), b: [1, 256] }, outputs, { opset: 17, integers }));
}

const compared = new Compared();

async function comparePairs(op: string, types: Parameters<typeof model>[1], count: number): Promise<void> {
  const bytes = model(op, types, count);
  const quant = importQuantized(readModel(bytes));
  const inputs = new Map([
    ['a', everyByte(types[0], columns(op))],
    ['b', everyByte(types[1], [1, 256])],
  ]);
  const oracle = await openOracle({ model: bytes, exposedModel: bytes, quant });
  const report = await oracle.check({ inputs, trace: execute(quant, inputs) });
  await oracle.close();
  expect(report.mismatch).toBeNull();
  compared.imported(op, quant);
}

describe('every pair of bytes gives what it gives in onnxruntime', () => {
  it.each([...arithmetic.keys()])('%s', async (op) => {
    await comparePairs(op, ['u8', 'u8', 'u8'], 12);
    await comparePairs(op, ['s8', 's8', 's8'], 12);
    await comparePairs(op, ['u8', 's8', 'u8'], 4);
    await comparePairs(op, ['s8', 's8', 'u8'], 4);
  });

  it.each([...comparisons.keys()])('%s', async (op) => {
    await comparePairs(op, ['u8', 'u8', 'bool'], 8);
    await comparePairs(op, ['s8', 'u8', 'bool'], 4);
  });

  it('is what the record says, or more', () => {
    compared.check('pairs');
  });
});
