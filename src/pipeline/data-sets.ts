/** Proofs about one sample of a committed data set: the input and the hidden cells come from its opening. */
import type { WireId } from '../artifact/circuit.ts';
import { type DataSet, dataSetsOf } from '../artifact/data-set.ts';
import type { Accepted } from '../backends/verifying.ts';
import { ProvennError } from '../base/errors.ts';
import { type IntTensor, intTensor, product } from '../base/tensor.ts';
import { parametersOf } from './backends.ts';
import { cellsByWire, givenOpening, type UsableOpening } from './openings.ts';

/** What a run reads, and the cells of wires that no run computes. */
export type Selected = {
  readonly inputs: ReadonlyMap<string, IntTensor>;
  readonly cells: ReadonlyMap<WireId, ArrayLike<number>>;
};

function samplesOf(accepted: Accepted, { matrix, data }: DataSet, openings: readonly UsableOpening[]): Int32Array {
  const found = givenOpening(matrix, openings);
  if (found !== undefined)
    return cellsByWire(accepted.circuit, parametersOf(accepted), found.opening).get(data) as Int32Array;
  throw new ProvennError('USAGE', `The input is a sample of the data set "${matrix}", whose opening is not given.`, {
    next: 'Commit to the samples with provenn commit --data FILE, then prove with --opening FILE --sample K.',
  });
}

function checkIndex({ port, samples }: DataSet, index: number | undefined): number {
  if (index !== undefined && Number.isSafeInteger(index) && index >= 0 && index < samples) return index;
  throw new ProvennError(
    'USAGE',
    index === undefined ? 'Which sample to prove about is not said.' : `The data set has no sample ${index}.`,
    { where: port.name, next: `Say --sample K with K from 0 to ${samples - 1}.` },
  );
}

/** Adds the chosen samples, by input name, to the inputs of the others. Throws `USAGE` or `INPUT_MISMATCH`. */
export function selectSamples(
  accepted: Accepted,
  inputs: ReadonlyMap<string, IntTensor>,
  chosen: ReadonlyMap<string, number>,
  openings: readonly UsableOpening[],
): Selected {
  const dataSets = dataSetsOf(accepted.circuit);
  const stray = [...chosen.keys()].find((name) => !dataSets.some(({ port }) => port.name === name));
  if (stray !== undefined) throw new ProvennError('USAGE', `The input ${stray} is no sample of a data set.`);
  const all = new Map(inputs);
  const cells = new Map<WireId, ArrayLike<number>>();
  for (const dataSet of dataSets) {
    const { name, dtype, dims } = dataSet.port;
    if (inputs.has(name)) {
      throw new ProvennError('USAGE', `The input ${name} is read from the opening of its data set.`, {
        next: 'Give no other value for it.',
      });
    }
    const index = checkIndex(dataSet, chosen.get(name));
    const samples = samplesOf(accepted, dataSet, openings);
    const size = product(dims);
    all.set(name, intTensor(dtype, dims, samples.slice(index * size, (index + 1) * size)));
    cells.set(dataSet.data, samples);
    cells.set(dataSet.selector, new Int32Array(dataSet.samples).fill(1, index, index + 1));
  }
  return { inputs: all, cells };
}
