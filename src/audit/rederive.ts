/** From a model back to what is said about it: its circuit under the visibilities a key shows, and its run on public inputs. */
import type { Circuit, CircuitPort } from '../artifact/circuit.ts';
import { dataSetsOf, modelInputs } from '../artifact/data-set.ts';
import type { QuantGraph } from '../artifact/quant-graph.ts';
import type { Trace } from '../artifact/trace.ts';
import type { Claims } from '../artifact/verdict.ts';
import { type IntTensor, intTensor } from '../base/tensor.ts';
import { type Level, portName, type Side, type Visibility, weightsMatrix } from '../compile/visibility.ts';
import { readModel } from '../onnx/index.ts';
import { importQuantized } from '../quantize/index.ts';
import { execute } from '../runtime/execute.ts';

/** The integer network of an ONNX file. Throws `MODEL_…` errors. */
export function graphOf(int8: Uint8Array): QuantGraph {
  return importQuantized(readModel(int8, { bindings: {} }));
}

/**
 * The visibilities a circuit was built with, read off its wires. It need not be trusted: whoever builds the circuit again with
 * them compares every byte.
 */
export function visibilityOf(circuit: Circuit): Visibility {
  const [dataSet] = dataSetsOf(circuit);
  const level = (port: CircuitPort): Level => {
    if (port.wire === dataSet?.port.wire) return 'committed';
    const role = circuit.wires[port.wire]?.role;
    return role === 'public' || role === 'committed' ? role : 'private';
  };
  const levels = (side: Side, ports: readonly CircuitPort[]): [string, Level][] =>
    ports.map((port) => [portName(side, port.name), level(port)]);
  const ports = new Map([...levels('input', modelInputs(circuit)), ...levels('output', circuit.outputs)]);
  const weights = circuit.wires.some(({ matrix }) => matrix === weightsMatrix) ? 'committed' : 'public';
  const samples =
    dataSet === undefined
      ? {}
      : { samples: dataSet.samples, sample: dataSet.isSampleShown ? ('public' as const) : ('private' as const) };
  return { input: 'public', output: 'public', weights, ports, ...samples };
}

/** The run of a network on the inputs a proof shows; null when it does not show them all. Throws `INPUT_MISMATCH`. */
export function runOf(graph: QuantGraph, claims: Claims): Trace | null {
  const shown = new Map(claims.inputs.map((tensor) => [tensor.name, tensor]));
  if (!graph.inputs.every(({ name }) => shown.has(name))) return null;
  const inputs = [...shown].map(([name, { dtype, dims, integers }]): [string, IntTensor] => [
    name,
    intTensor(dtype, dims, integers),
  ]);
  return execute(graph, new Map(inputs));
}
