/** An input that is one sample of a committed data set: the relations that select it. */
import type { CircuitPort, WireId } from '../artifact/circuit.ts';
import { dataMatrix, samplePort } from '../artifact/data-set.ts';
import type { Port, QuantGraph } from '../artifact/quant-graph.ts';
import { ProvennError } from '../base/errors.ts';
import { dtypeRange, product } from '../base/tensor.ts';
import type { Builder } from '../gadgets/builder.ts';
import { levelOf, type Visibility } from './visibility.ts';

/** Every proof looks up every cell of the data set once, so its size is the cost of each proof about one sample. */
const maximumDataCells = 2 ** 22;
/** A public selector is part of every statement. */
const maximumSamples = 2 ** 16;

/** The input that is stacked, when there is a data set. Throws `USAGE`, `MODEL_UNSUPPORTED` or `RESOURCE_LIMIT`. */
export function stackedInput(graph: QuantGraph, visibility: Visibility): Port | null {
  const { samples, sample } = visibility;
  if (samples === undefined) {
    if (sample === undefined) return null;
    throw new ProvennError('USAGE', 'There is no data set whose sample could be shown or hidden.', {
      next: 'Say how many samples it has: --samples N.',
    });
  }
  const [port, ...others] = graph.inputs.filter(({ name }) => levelOf(visibility, 'input', name) === 'committed');
  if (port === undefined || others.length > 0) {
    throw new ProvennError(
      'USAGE',
      `A data set holds samples of one input; ${port === undefined ? 'none is' : 'several are'} committed.`,
      { next: 'Name one: --visibility input=committed, or input:NAME=committed when the model has several.' },
    );
  }
  if (port.dtype !== 'u8' && port.dtype !== 's8') {
    throw new ProvennError('MODEL_UNSUPPORTED', 'Data sets hold samples of 8-bit inputs only.', { where: port.name });
  }
  const most = Math.min(maximumSamples, Math.floor(maximumDataCells / product(port.dims)));
  if (Number.isSafeInteger(samples) && samples >= 1 && samples <= most) return port;
  throw new ProvennError('RESOURCE_LIMIT', `A data set of ${samples} samples cannot be proven about.`, {
    where: port.name,
    next: `Choose 1 to ${most}: a data set has at most 2^16 samples and 2^22 integers, ${product(port.dims)} to each sample. Larger ones become several.`,
  });
}

/**
 * input = Σ_k s[k]·X[k], X the committed samples. *Soundness.* Every s[k] is the integer 0 or 1: the verifier looks at a
 * public selector, a hidden one is looked up. Their sum is thus an integer in [0, N], far below p/2, and is looked up in {1}:
 * exactly one s[K] is 1. So the sum of products is X[K] itself, one row and never a mixture, and X is looked up in the range
 * of its type. The last lookup, of that sum among the integers of the type, adds nothing to this; it tells those who read the
 * input its range, which interval arithmetic would put at N times that.
 */
export function selectSample(
  build: Builder,
  { tensor, dims, dtype, name }: Port,
  samples: number,
  sample: 'public' | 'private',
): { readonly input: WireId; readonly selector: CircuitPort | null } {
  const [low, high] = dtypeRange[dtype];
  const data = build.committed(`${tensor}:data`, [samples, ...dims], [low, high], dataMatrix(name));
  build.range(`${tensor}:data`, data, low, high);
  const label = `${tensor}:sample`;
  const selector =
    sample === 'public' ? build.publicWire(label, [samples], [0, 1]) : build.witness(label, [samples], [0, 1]);
  if (sample === 'private') build.range(label, selector, 0, 1);
  const bits = { wire: selector, zero: 0, map: [{ kind: 'reduce', axis: 0 }] } as const;

  const ones = build.constant(`${label}:ones`, [1, samples], new Int32Array(samples).fill(1));
  const sum = build.contract(`${label}:sum`, [1], [samples], bits, {
    wire: ones,
    zero: 0,
    map: [
      { kind: 'output', axis: 0 },
      { kind: 'reduce', axis: 0 },
    ],
  });
  const one = build.table('one', [Int32Array.of(1), Int32Array.of(1)]);
  const read = (accumulator: number) => ({ constant: 0, terms: [], accumulators: [accumulator] });
  build.lookup(`${label}:one`, [1], one, [read(sum)], build.witness(`${label}:one`, [1], [1, 1]));

  const row = build.contract(`${tensor}:row`, dims, [samples], bits, {
    wire: data,
    zero: 0,
    map: [{ kind: 'reduce', axis: 0 }, ...dims.map((_, axis) => ({ kind: 'output', axis }) as const)],
  });
  const all = Int32Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const input = build.witness(tensor, dims, [low, high]);
  build.lookup(tensor, dims, build.table(`integers of ${dtype}`, [all, all]), [read(row)], input);
  const port = { name: samplePort(name), tensor: label, dims: [samples], dtype: 'u8', quantization: null } as const;
  return { input, selector: sample === 'public' ? { ...port, wire: selector } : null };
}
