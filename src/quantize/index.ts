/** The quantize room: float ONNX → int8 ONNX → QuantGraph. No Node built-ins; calibration lives in `node/`. */
export { importQuantized } from './import/import-quantized.ts';
export type { QuantizeOptions } from './quantizer/options.ts';
export { quantizeModel } from './quantizer/quantize-model.ts';
