/** Compares a trace with onnxruntime, tensor by tensor. */
import type { Trace } from '../../artifact/trace.ts';
import type { IntTensor } from '../../base/tensor.ts';
import { writeModel } from '../../onnx/index.ts';
import { checkAgainstOnnxruntime, exposableTensors, type OracleReport } from '../../runtime/node/oracle.ts';
import type { ImportedModel } from '../import.ts';

export type { OracleReport } from '../../runtime/node/oracle.ts';

/** Runs `bytes`, the model `imported` comes from, in onnxruntime on the same integers. Throws `DEPENDENCY_MISSING`. */
export async function checkOnnxruntime(
  bytes: Uint8Array,
  imported: ImportedModel,
  inputs: ReadonlyMap<string, IntTensor>,
  trace: Trace,
): Promise<OracleReport> {
  const { graph, model } = imported;
  const exposedModel = writeModel(graph, { extraOutputs: exposableTensors(graph, model) });
  return checkAgainstOnnxruntime({ model: bytes, exposedModel, quant: model, inputs, trace });
}
