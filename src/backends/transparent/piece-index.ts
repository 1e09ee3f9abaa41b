/** Which row holds an integer: the rows (y, T, j, class) of segments or (y, T, E, class) of runs, those of one class by increasing T. */
import { invariant } from '../../base/errors.ts';

/** Pieces of one class, and where equal intervals of its range begin among them. */
type Group = {
  readonly first: number;
  readonly end: number;
  readonly low: number;
  /** Past the last integer of any piece. */
  readonly high: number;
  /** Bits of x below the number of its interval. */
  readonly shift: number;
  /** Place of the first interval in `intervals`. */
  readonly from: number;
};

/** Past the last integer of each piece; code h + 1 stands for pieces of 2^wideBits. */
export function endsOfPieces(columns: readonly Int32Array[], pieceBits: number, wideBits: number | null): Int32Array {
  const [, starts, codes] = columns as [Int32Array, Int32Array, Int32Array];
  const sizes = Array.from({ length: pieceBits + 2 }, (_, j) => 2 ** (j > pieceBits ? (wideBits ?? 0) : j));
  return starts.map((start, row) => start + (sizes[codes[row] as number] as number));
}

export class PieceIndex {
  private readonly outputs: Int32Array;
  private readonly starts: Int32Array;
  private readonly codes: Int32Array;
  /** Past the last integer of each piece. */
  private readonly ends: Int32Array;
  private readonly groups: (Group | undefined)[] = [];
  /** Last piece that begins at or before each interval: about as many as there are pieces. */
  private readonly intervals: Int32Array;

  constructor(columns: readonly Int32Array[], ends: Int32Array) {
    const [outputs, starts, codes, classes] = columns as [Int32Array, Int32Array, Int32Array, Int32Array];
    this.outputs = outputs;
    this.starts = starts;
    this.codes = codes;
    this.ends = ends;
    let intervals = 0;
    for (let first = 0; first < classes.length; ) {
      const group = this.groupFrom(first, classes, intervals);
      this.groups[classes[first] as number] = group;
      intervals += this.countIntervals(group) + 1;
      first = group.end;
    }
    this.intervals = new Int32Array(intervals);
    for (const group of this.groups) if (group !== undefined) this.fillIntervals(group);
  }

  private groupFrom(first: number, classes: Int32Array, from: number): Group {
    const { starts } = this;
    const id = classes[first] as number;
    invariant(this.groups[id] === undefined, 'the pieces of a class stand together');
    let end = first + 1;
    for (; end < classes.length && classes[end] === id; end++)
      invariant((starts[end] as number) > (starts[end - 1] as number), 'pieces of a class increase');
    const low = starts[first] as number;
    const high = this.ends[end - 1] as number;
    const shift = Math.max(0, Math.floor(Math.log2((high - low) / (end - first))));
    return { first, end, low, high, shift, from };
  }

  private countIntervals({ low, high, shift }: Group): number {
    return Math.floor((high - 1 - low) / 2 ** shift) + 1;
  }

  /** The last entry stands behind all intervals, so that each has a next one. */
  private fillIntervals(group: Group): void {
    const count = this.countIntervals(group);
    for (let i = 0, row = group.first; i <= count; i++) {
      const start = group.low + i * 2 ** group.shift;
      while (row + 1 < group.end && (this.starts[row + 1] as number) <= start) row++;
      this.intervals[group.from + i] = row;
    }
  }

  /** Last piece of a group that begins at or before x, which lies in its range. */
  private lastBefore(group: Group, x: number): number {
    const { starts, intervals } = this;
    const interval = group.from + ((x - group.low) >>> group.shift);
    let row = intervals[interval] as number;
    let above = (intervals[interval + 1] as number) + 1;
    while (above - row > 1) {
      const middle = (row + above) >> 1;
      if ((starts[middle] as number) <= x) row = middle;
      else above = middle;
    }
    return row;
  }

  /** The first piece of a class that holds x, or −1. */
  pieceAt(id: number, x: number): number {
    const group = this.groups[id];
    if (group === undefined || !(x >= group.low && x < group.high)) return -1;
    let row = this.lastBefore(group, x);
    while (row > group.first && x < (this.ends[row - 1] as number)) row--;
    return x < (this.ends[row] as number) ? row : -1;
  }

  /** The row (y, T, j, class) or (y, T, E, class), or −1. */
  rowOf(output: number, start: number, code: number, id: number): number {
    const group = this.groups[id];
    if (group === undefined || !(start >= group.low && start < group.high)) return -1;
    const row = this.lastBefore(group, start);
    return this.starts[row] === start && this.codes[row] === code && this.outputs[row] === output ? row : -1;
  }

  /** T and j, or T and E, of a row. */
  startOf(row: number): number {
    return this.starts[row] as number;
  }

  codeOf(row: number): number {
    return this.codes[row] as number;
  }
}
