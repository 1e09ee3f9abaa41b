/** Results in the same JSON form as inputs, with the exact integers, and class labels when the classes have names. */
import type { Port, Quantization } from '../../artifact/quant-graph.ts';
import type { Json } from '../../base/canonical-json.ts';
import { portType } from './bind.ts';

/** One output (or public input) to be written: exact integers, and float values when the port is float. */
export type PortResult = {
  readonly port: Port;
  readonly integers: Int32Array;
  readonly values: Float32Array | null;
};

/** The most likely class of one output row. */
export type TopClass = {
  readonly output: string;
  readonly index: number;
  readonly label: string | null;
  /** Its score; null where the network itself names the class. */
  readonly score: number | null;
};

function quantizationJson(quantization: Quantization): Json {
  return { scale: quantization.scale, zeroPoint: quantization.zeroPoint };
}

/** The float32 value with as few decimal digits as still name it. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** One array as JSON. Float data have all digits that distinguish float32 values. */
export function arrayJson(result: PortResult): Json {
  const { port, integers, values } = result;
  const common = {
    dims: [...port.dims],
    type: portType(port),
    data: values === null ? Array.from(integers) : Array.from(values, shortest),
  };
  if (port.quantization === null) return common;
  return { ...common, integers: Array.from(integers), quantization: quantizationJson(port.quantization) };
}

/** Arrays by name, as `outputs` of a result or `inputs` of a claim. */
export function arraysJson(results: readonly PortResult[]): Json {
  return Object.fromEntries(results.map((result) => [result.port.name, arrayJson(result)]));
}

/** Whether the integers are indices, as ArgMax and TopK return them, and no scores. */
export function isIndices({ port }: PortResult): boolean {
  return port.dtype === 's64' && port.quantization === null;
}

/** Class of the largest value, or the class that the network returns; ties go to the lowest index, as argmax has it. null when the output is not one row of scores. */
export function topClass(result: PortResult, labels: readonly string[] | null): TopClass | null {
  const { port, integers } = result;
  if (isIndices(result)) {
    const [index, ...others] = integers;
    if (index === undefined || others.length > 0 || (labels !== null && labels[index] === undefined)) return null;
    return { output: port.name, index, label: labels?.[index] ?? null, score: null };
  }
  const classes = port.dims.at(-1) ?? 0;
  if (classes < 2 || classes !== integers.length) return null;
  if (labels !== null && labels.length !== classes) return null;
  let index = 0;
  for (let i = 1; i < classes; i++) if ((integers[i] as number) > (integers[index] as number)) index = i;
  const score = (result.values ?? integers)[index] as number;
  return { output: port.name, index, label: labels?.[index] ?? null, score };
}
