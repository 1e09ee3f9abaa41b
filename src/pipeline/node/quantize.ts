/** quantize: float ONNX + calibration data → standard int8 ONNX, with what it costs in accuracy. */
import { ProvennError } from '../../base/errors.ts';
import { readModel, writeModel } from '../../onnx/index.ts';
import { type QuantizeOptions, quantizeModel } from '../../quantize/index.ts';
import { type CalibrateOptions, calibrate } from '../../quantize/node/calibrate.ts';
import { type QuantizationReport, quantizationReport } from '../../quantize/node/report.ts';
import { isFloatModel } from '../import.ts';
import type { FileArray } from '../io/array.ts';
import { readCalibration } from '../io/calibration.ts';
import type { Preprocessing } from '../io/preprocess.ts';

export type { QuantizationReport } from '../../quantize/node/report.ts';

export type QuantizeRequest = {
  readonly model: Uint8Array;
  readonly calibration: readonly FileArray[];
  /** Name of the calibration file for messages. */
  readonly where: string;
  readonly preprocessing: Preprocessing | null;
  readonly options?: QuantizeOptions;
  readonly method?: CalibrateOptions['method'];
  readonly onStage?: (stage: string) => void;
};

export type Quantized = { readonly model: Uint8Array; readonly report: QuantizationReport };

/** Throws `MODEL_…`, `INPUT_MISMATCH` for calibration data that do not fit, and `DEPENDENCY_MISSING` without onnxruntime-node. */
export async function quantizeFloatModel(request: QuantizeRequest): Promise<Quantized> {
  const { where, preprocessing, method = 'min-max', onStage = (): void => {} } = request;
  onStage('reading the model');
  const graph = readModel(request.model);
  if (!isFloatModel(graph)) {
    throw new ProvennError('USAGE', 'The model is already quantized.', { next: 'Compile it as it is.' });
  }
  const { samples, labels } = readCalibration(request.calibration, graph, preprocessing, where);
  onStage(`calibrating with ${samples.length} samples`);
  const ranges = await calibrate(graph, writeModel, samples, { method });
  onStage('quantizing');
  const quantized = quantizeModel(graph, ranges, request.options);
  onStage('measuring the error');
  const report = await quantizationReport(graph, quantized, writeModel, samples, labels);
  return { model: writeModel(quantized), report };
}
