/** Which row of a table a tuple is: mixed-radix keys in an open hash table, or texts when the keys would leave float64. */
import { extent } from '../../base/tensor.ts';

const outside = Number.NaN;

function slotOf(key: number, mask: number): number {
  const mixed = Math.imul((key | 0) ^ Math.imul(Math.floor(key / 2 ** 32) | 0, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & mask;
}

export class RowIndex {
  private readonly lows: readonly number[];
  private readonly spans: readonly number[];
  private readonly texts: Map<string, number> | null;
  private readonly keys: Float64Array;
  /** Row + 1 of each slot, 0 when it is free. */
  private readonly rows: Int32Array;

  constructor(columns: readonly Int32Array[]) {
    const length = (columns[0] as Int32Array).length;
    const ranges = columns.map(extent);
    this.lows = ranges.map(([low]) => low);
    this.spans = ranges.map(([low, high]) => high - low + 1);
    this.texts = this.spans.reduce((total, span) => total * span, 1) < 2 ** 53 ? null : new Map();
    const slots = this.texts === null ? 2 ** Math.ceil(Math.log2(2 * length + 2)) : 1;
    this.keys = new Float64Array(slots);
    this.rows = new Int32Array(slots);
    if (this.texts !== null) {
      for (let row = length - 1; row >= 0; row--) this.texts.set(columns.map((column) => column[row]).join(), row);
      return;
    }
    const keys = this.keysOf(columns, length);
    for (let row = 0; row < length; row++) this.insert(keys[row] as number, row);
  }

  /** Of equal rows the first counts. */
  private insert(key: number, row: number): void {
    const mask = this.keys.length - 1;
    let slot = slotOf(key, mask);
    for (; this.rows[slot] !== 0; slot = (slot + 1) & mask) if (this.keys[slot] === key) return;
    this.keys[slot] = key;
    this.rows[slot] = row + 1;
  }

  /** One key per tuple; not a number for tuples that leave the span of a column. */
  private keysOf(columns: readonly ArrayLike<number>[], count: number): Float64Array {
    const keys = new Float64Array(count);
    columns.forEach((column, i) => {
      const [low, span] = [this.lows[i] as number, this.spans[i] as number];
      for (let cell = 0; cell < count; cell++) {
        const digit = (column[cell] as number) - low;
        keys[cell] = digit >= 0 && digit < span ? (keys[cell] as number) * span + digit : outside;
      }
    });
    return keys;
  }

  private find(key: number): number {
    const mask = this.keys.length - 1;
    for (let slot = slotOf(key, mask); this.rows[slot] !== 0; slot = (slot + 1) & mask)
      if (this.keys[slot] === key) return (this.rows[slot] as number) - 1;
    return -1;
  }

  /** Calls `visit` with the row of every tuple that is in the table, given as columns. */
  forEachRow(columns: readonly ArrayLike<number>[], count: number, visit: (row: number) => void): void {
    if (this.texts !== null) {
      for (let cell = 0; cell < count; cell++) {
        const row = this.texts.get(columns.map((column) => column[cell]).join());
        if (row !== undefined) visit(row);
      }
      return;
    }
    const keys = this.keysOf(columns, count);
    for (let cell = 0; cell < count; cell++) {
      const row = this.find(keys[cell] as number);
      if (row >= 0) visit(row);
    }
  }
}
