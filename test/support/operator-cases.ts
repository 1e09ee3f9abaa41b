/** Small networks around one operator each, drawn from the operator's own vectors. */

import type { Circuit } from '../../src/artifact/circuit.ts';
import { type Port, profile, type QuantGraph } from '../../src/artifact/quant-graph.ts';
import type { Witness } from '../../src/artifact/witness.ts';
import type { IntTensor } from '../../src/base/tensor.ts';
import { buildCircuit } from '../../src/compile/circuit.ts';
import { assignWitness } from '../../src/compile/witness.ts';
import { argExtremeVectors } from '../../src/ops/arg-extreme/vectors.ts';
import { castVectors } from '../../src/ops/cast/vectors.ts';
import { concatVectors } from '../../src/ops/concat/vectors.ts';
import { convIntegerVectors } from '../../src/ops/conv-integer/vectors.ts';
import { identityVectors } from '../../src/ops/identity/vectors.ts';
import { matMulIntegerVectors } from '../../src/ops/matmul-integer/vectors.ts';
import { maxPoolVectors } from '../../src/ops/max-pool/vectors.ts';
import { padVectors } from '../../src/ops/pad/vectors.ts';
import { pairTableVectors } from '../../src/ops/pair-table/vectors.ts';
import { qgemmVectors } from '../../src/ops/qgemm/vectors.ts';
import { qlinearAddVectors } from '../../src/ops/qlinear-add/vectors.ts';
import { qlinearAveragePoolVectors } from '../../src/ops/qlinear-average-pool/vectors.ts';
import { qlinearConvVectors } from '../../src/ops/qlinear-conv/vectors.ts';
import { qlinearGlobalAveragePoolVectors } from '../../src/ops/qlinear-global-average-pool/vectors.ts';
import { qlinearMatMulVectors } from '../../src/ops/qlinear-matmul/vectors.ts';
import { qlinearMulVectors } from '../../src/ops/qlinear-mul/vectors.ts';
import { reduceExtremeVectors } from '../../src/ops/reduce-extreme/vectors.ts';
import { reshapeVectors } from '../../src/ops/reshape/vectors.ts';
import { selectVectors } from '../../src/ops/select/vectors.ts';
import { transposeVectors } from '../../src/ops/transpose/vectors.ts';
import { unaryTableVectors } from '../../src/ops/unary-table/vectors.ts';
import { type OpCase, type OpVectors, Random } from '../../src/ops/vectors.ts';
import { execute } from '../../src/runtime/execute.ts';

export const operatorVectors: readonly OpVectors[] = [
  argExtremeVectors,
  castVectors,
  concatVectors,
  convIntegerVectors,
  identityVectors,
  matMulIntegerVectors,
  maxPoolVectors,
  padVectors,
  pairTableVectors,
  qgemmVectors,
  qlinearAddVectors,
  qlinearAveragePoolVectors,
  qlinearConvVectors,
  qlinearGlobalAveragePoolVectors,
  qlinearMatMulVectors,
  qlinearMulVectors,
  reduceExtremeVectors,
  reshapeVectors,
  selectVectors,
  transposeVectors,
  unaryTableVectors,
];

export type OperatorCase = { readonly circuit: Circuit; readonly witness: Witness };

type Part = { readonly vectors: OpVectors; readonly sample: OpCase; readonly name: string };

function portOf(name: string, { dtype, dims }: IntTensor): Port {
  return { name, tensor: name, dims, dtype, quantization: null };
}

/** A network of nodes side by side, each with inputs of its own. */
function graphOf(parts: readonly Part[]): { readonly graph: QuantGraph; readonly inputs: Map<string, IntTensor> } {
  const inputs = new Map<string, IntTensor>();
  const constants = new Map<string, IntTensor>();
  const outputs = new Map<string, IntTensor>();
  const nodes = parts.map(({ vectors: { op }, sample, name }) => {
    sample.inputs.forEach((tensor, i) => {
      (sample.constants[i] === true ? constants : inputs).set(`${name}/in${i}`, tensor);
    });
    const produced = op.run(sample.inputs, sample.attrs).map((tensor, i) => [`${name}/out${i}`, tensor] as const);
    for (const [tensor, value] of produced) outputs.set(tensor, value);
    return {
      name,
      op: op.name,
      inputs: sample.inputs.map((_, i) => `${name}/in${i}`),
      outputs: produced.map(([tensor]) => tensor),
      attrs: sample.attrs,
    };
  });
  const graph: QuantGraph = {
    name: nodes.map(({ op }) => op).join(' and '),
    profile,
    inputs: [...inputs].map(([name, tensor]) => portOf(name, tensor)),
    outputs: [...outputs].map(([name, tensor]) => portOf(name, tensor)),
    tensors: [...inputs, ...outputs].map(([name, { dtype, dims }]) => ({ name, dtype, dims })),
    constants,
    nodes,
  };
  return { graph, inputs };
}

function drawn(vectors: OpVectors, random: Random): OpCase {
  for (;;) {
    const sample = vectors.sample(random);
    if (sample.constants.some((constant) => !constant)) return sample;
  }
}

/** One random instance of an operator beside a table, because a proof needs a lookup and some operators have none. */
export function operatorCase(vectors: OpVectors, seed: number): OperatorCase {
  const random = new Random(seed);
  const { graph, inputs } = graphOf([
    { vectors, sample: drawn(vectors, random), name: 'node' },
    { vectors: unaryTableVectors, sample: drawn(unaryTableVectors, random), name: 'beside' },
  ]);
  const circuit = buildCircuit(graph);
  return { circuit, witness: assignWitness(circuit, execute(graph, inputs)) };
}
