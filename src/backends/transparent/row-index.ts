/** Which row of a table a tuple is: mixed-radix keys in a table or an open hash table, or texts where keys would leave float64. */
import { extent } from '../../base/tensor.ts';

const outside = Number.NaN;

/** Keys up to so many times the rows are places of a table. */
const roomPerRow = 16;

function slotOf(key: number, mask: number): number {
  const mixed = Math.imul((key | 0) ^ Math.imul(Math.floor(key / 2 ** 32) | 0, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & mask;
}

export class RowIndex {
  private readonly lows: readonly number[];
  private readonly spans: readonly number[];
  private readonly texts: Map<string, number> | null;
  /** Row + 1 of every key, when there are not many more keys than rows. */
  private readonly places: Int32Array | null;
  private readonly keys: Float64Array;
  /** Row + 1 of each slot, 0 when it is free. */
  private readonly rows: Int32Array;

  constructor(columns: readonly Int32Array[]) {
    const length = (columns[0] as Int32Array).length;
    const ranges = columns.map(extent);
    this.lows = ranges.map(([low]) => low);
    this.spans = ranges.map(([low, high]) => high - low + 1);
    const possible = this.spans.reduce((total, span) => total * span, 1);
    this.texts = possible < 2 ** 53 ? null : new Map();
    this.places = possible <= roomPerRow * length + 2 ** 12 ? new Int32Array(possible) : null;
    const slots = this.texts === null && this.places === null ? 2 ** Math.ceil(Math.log2(2 * length + 2)) : 1;
    this.keys = new Float64Array(slots);
    this.rows = new Int32Array(slots);
    // Backwards: of equal rows the first counts.
    if (this.texts !== null)
      for (let row = length - 1; row >= 0; row--) this.texts.set(columns.map((column) => column[row]).join(), row);
    else {
      const keys = this.keysOf(columns, length);
      for (let row = length - 1; row >= 0; row--) this.insert(keys[row] as number, row);
    }
  }

  private insert(key: number, row: number): void {
    if (this.places !== null) {
      this.places[key] = row + 1;
      return;
    }
    const mask = this.keys.length - 1;
    let slot = slotOf(key, mask);
    while (this.rows[slot] !== 0 && this.keys[slot] !== key) slot = (slot + 1) & mask;
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
    if (this.places !== null) return key === key >>> 0 ? (this.places[key >>> 0] as number) - 1 : -1;
    const mask = this.keys.length - 1;
    for (let slot = slotOf(key, mask); this.rows[slot] !== 0; slot = (slot + 1) & mask)
      if (this.keys[slot] === key) return (this.rows[slot] as number) - 1;
    return -1;
  }

  /** The row of every tuple, given as columns; −1 for those that are in none. */
  rowsOf(columns: readonly ArrayLike<number>[], count: number): Int32Array {
    const out = new Int32Array(count);
    if (this.texts !== null) {
      for (let cell = 0; cell < count; cell++)
        out[cell] = this.texts.get(columns.map((column) => column[cell]).join()) ?? -1;
      return out;
    }
    const keys = this.keysOf(columns, count);
    for (let cell = 0; cell < count; cell++) out[cell] = this.find(keys[cell] as number);
    return out;
  }
}
