/** Which cell of a wire an operand of a contraction reads, cell by cell. */
import type { Operand } from '../artifact/circuit.ts';
import { product, type Shape, strides } from '../base/tensor.ts';

/** One window dimension: coordinate = fromOutput + fromReduce, valid in [0, size). */
type WindowPart = {
  readonly output: Int32Array;
  readonly reduce: Int32Array;
  readonly size: number;
  readonly stride: number;
};

/** Address of an operand cell = outputs[o] + reduces[r] + Σ windows; −1 in `outputs` when a fixed index is outside. */
type OperandAddressing = {
  readonly outputs: Int32Array;
  readonly reduces: Int32Array;
  readonly windows: readonly WindowPart[];
};

/** For every cell of `box`, the coordinate along `axis`. */
function coordinates(box: Shape, axis: number): Int32Array {
  const inner = product(box.slice(axis + 1));
  const size = box[axis] as number;
  return Int32Array.from({ length: product(box) }, (_, cell) => Math.floor(cell / inner) % size);
}

function addressOperand(operand: Operand, sizes: Shape, box: Shape, reduce: Shape): OperandAddressing {
  const step = strides(sizes);
  const outputs = new Int32Array(product(box));
  const reduces = new Int32Array(product(reduce));
  const windows: WindowPart[] = [];
  operand.map.forEach((entry, dim) => {
    const stride = step[dim] as number;
    const size = sizes[dim] as number;
    if (entry.kind === 'fixed')
      for (let o = 0; o < outputs.length; o++) outputs[o] = (outputs[o] as number) + entry.index * stride;
    else if (entry.kind === 'output')
      coordinates(box, entry.axis).forEach((x, o) => {
        outputs[o] = (outputs[o] as number) + x * stride;
      });
    else if (entry.kind === 'reduce')
      coordinates(reduce, entry.axis).forEach((x, r) => {
        reduces[r] = (reduces[r] as number) + x * stride;
      });
    else {
      const output = coordinates(box, entry.axis).map((x) => x * entry.stride - entry.pad);
      const taps = coordinates(reduce, entry.reduce).map((x) => x * entry.dilation);
      windows.push({ output, reduce: taps, size, stride });
    }
  });
  return { outputs, reduces, windows };
}

/** The cells of (wire − zero) that one row holds; 0 outside the wire. */
function gatherRow(at: OperandAddressing, row: number, data: ArrayLike<number>, zero: number, out: Float64Array): void {
  const base = at.outputs[row] as number;
  for (let r = 0; r < out.length; r++) {
    let address = base + (at.reduces[r] as number);
    let inside = true;
    for (const window of at.windows) {
      const x = (window.output[row] as number) + (window.reduce[r] as number);
      if (x < 0 || x >= window.size) {
        inside = false;
        break;
      }
      address += x * window.stride;
    }
    if (inside) out[r] = (data[address] as number) - zero;
  }
}

/**
 * Addresses instead of values: for output cell `o`, the operand cell that each reduction cell reads, or −1 outside the wire.
 */
export function operandAddresses(
  operand: Operand,
  sizes: Shape,
  box: Shape,
  reduce: Shape,
): (o: number) => Float64Array {
  const at = addressOperand(operand, sizes, box, reduce);
  const numbers = Float64Array.from({ length: product(sizes) }, (_, cell) => cell + 1);
  return (o) => {
    const cells = new Float64Array(product(reduce));
    gatherRow(at, o, numbers, 0, cells);
    return cells.map((number) => number - 1);
  };
}
