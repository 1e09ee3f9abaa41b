/**
 * Geometry of sliding windows along one spatial axis: the arithmetic shared by convolution and pooling.
 *
 * Source: the ONNX operator texts of Conv, MaxPool and AveragePool (`auto_pad`, `pads`, `strides`, `dilations`,
 * `ceil_mode`), compared with onnxruntime 1.30. Nothing is judged here: a window that does not fit gives an output size
 * below 1, which the caller refuses (onnxruntime's pools round such a size towards zero and may answer 1).
 */

/** The values ONNX allows for `auto_pad`. */
export type AutoPad = 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';

/** One axis of a window: sizes in cells, all integers, `stride` and `dilation` >= 1. */
export type WindowAxis = {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Explicit padding; read only when `autoPad` is NOTSET. */
  readonly padBegin: number;
  readonly padEnd: number;
  readonly autoPad: AutoPad;
  readonly ceilMode: boolean;
  /**
   * Which kernel SAME_* padding makes room for: the dilated one as the ONNX text has it (default), or the undilated one,
   * which is what onnxruntime's pooling kernels do.
   */
  readonly samePadding?: 'dilated' | 'undilated';
};

/** `output` windows; `padBegin` and `padEnd` are the cells of padding in force, never negative. */
export type WindowGeometry = { readonly output: number; readonly padBegin: number; readonly padEnd: number };

/** Cells from the first to the last tap of a kernel, both included. */
function extent(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/** Cells SAME_* padding adds so that there are ceil(input / stride) windows; negative when the stride leaves a gap. */
function samePads(axis: WindowAxis): number {
  const covered = extent(axis.kernel, axis.samePadding === 'undilated' ? 1 : axis.dilation);
  return (Math.ceil(axis.input / axis.stride) - 1) * axis.stride + covered - axis.input;
}

/** An odd cell of SAME_* padding goes to the end for SAME_UPPER and to the beginning for SAME_LOWER. */
function padding(axis: WindowAxis): readonly [begin: number, end: number] {
  if (axis.autoPad === 'NOTSET') return [axis.padBegin, axis.padEnd];
  if (axis.autoPad === 'VALID') return [0, 0];
  const total = Math.max(0, samePads(axis));
  const begin = axis.autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
  return [begin, total - begin];
}

/**
 * Number of windows and padding along one axis.
 *
 * output = floor or ceil((input + padBegin + padEnd − extent) / stride) + 1. With `ceilMode` the last window may reach
 * past the end padding, but it must start inside the input or the beginning padding: otherwise it is dropped.
 */
export function windowGeometry(axis: WindowAxis): WindowGeometry {
  const [padBegin, padEnd] = padding(axis);
  const steps = (axis.input + padBegin + padEnd - extent(axis.kernel, axis.dilation)) / axis.stride;
  const output = (axis.ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
  const dropped = axis.ceilMode && (output - 1) * axis.stride >= axis.input + padBegin;
  return { output: dropped ? output - 1 : output, padBegin, padEnd };
}

/**
 * True when SAME_* padding comes out negative in a way that moves windows: onnxruntime then shifts them into the input
 * (or fails), the ONNX text is silent, and `windowGeometry`, which never crops, would disagree. Such models are refused.
 * A negative total of −1, as in a 1×1 convolution of stride 2, is harmless: it only drops cells no window reads.
 */
export function cropsInput(axis: WindowAxis): boolean {
  if (axis.autoPad !== 'SAME_UPPER' && axis.autoPad !== 'SAME_LOWER') return false;
  const total = samePads(axis);
  if (total >= 0) return false;
  return axis.dilation > 1 || total <= (axis.autoPad === 'SAME_UPPER' ? -2 : -3);
}
