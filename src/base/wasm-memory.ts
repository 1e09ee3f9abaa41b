/**
 * The memory of one WebAssembly instance as a stack. It grows only while no arena is open, because growing detaches every
 * view of it; what then does not fit is left to the caller.
 */
export type WasmMemory = { readonly buffer: ArrayBufferLike; grow(pages: number): number };

const page = 65536;
const most = 2 ** 32 - page;
/** Left above an arena for vectors that live elsewhere and are copied in for one call. */
const headroom = 2 ** 23;

export class Stack {
  private readonly memory: WasmMemory;
  private readonly clear: (at: number, bytes: number) => void;
  private top: number;
  private arenas = 0;
  private end = 0;
  private cells: Uint32Array;

  constructor(memory: WasmMemory, heap: number, clear: (at: number, bytes: number) => void) {
    this.memory = memory;
    this.clear = clear;
    this.top = Math.ceil(heap / 16) * 16;
    this.cells = new Uint32Array(memory.buffer);
  }

  /** The memory as cells; valid until it grows. */
  get words(): Uint32Array {
    return this.cells;
  }

  /** True when `bytes` more fit, after growing if that is possible. */
  private reserve(bytes: number): boolean {
    const need = this.top + bytes;
    const have = this.memory.buffer.byteLength;
    if (need <= have) return true;
    if (this.arenas > 0 || need > most) return false;
    try {
      this.memory.grow(Math.ceil((need - have) / page));
    } catch {
      return false;
    }
    this.cells = new Uint32Array(this.memory.buffer);
    return true;
  }

  /** Runs `work` with `bytes` bytes reserved above the top, and takes back what it pushed; null when they do not fit. */
  frame<T>(bytes: number, work: () => T): T | null {
    if (!this.reserve(bytes)) return null;
    const { top } = this;
    try {
      return work();
    } finally {
      this.top = top;
    }
  }

  /** Address of `bytes` new bytes, aligned to a vector register. */
  push(bytes: number): number {
    const at = this.top;
    this.top = at + Math.ceil(bytes / 16) * 16;
    return at;
  }

  pushWords(words: Uint32Array | Int32Array): number {
    const at = this.push(words.byteLength);
    this.cells.set(words, at / 4);
    return at;
  }

  pushBytes(bytes: Uint8Array): number {
    const at = this.push(bytes.length);
    new Uint8Array(this.memory.buffer).set(bytes, at);
    return at;
  }

  pushShorts(shorts: Int16Array): number {
    const at = this.push(shorts.byteLength);
    new Int16Array(this.memory.buffer).set(shorts, at / 2);
    return at;
  }

  read(at: number, bytes: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, bytes);
  }

  /** Address of a vector that lives here, or −1. */
  addressOf(vector: Uint32Array): number {
    return vector.buffer === this.memory.buffer ? vector.byteOffset : -1;
  }

  /** Vectors in this memory while they fit, plain arrays beyond. */
  arena<T>(cells: number, work: (allocate: (cells: number) => Uint32Array) => T): T {
    const bytes = 4 * cells + 16 * 64;
    this.reserve(bytes + headroom);
    const { top, end } = this;
    this.end = Math.max(top, Math.min(top + bytes, this.memory.buffer.byteLength - headroom));
    this.arenas += 1;
    try {
      return work((count) => {
        if (this.top + 4 * count + 16 > this.end) return new Uint32Array(count);
        const at = this.push(4 * count);
        this.clear(at, 4 * count);
        return new Uint32Array(this.memory.buffer, at, count);
      });
    } finally {
      this.arenas -= 1;
      this.top = top;
      this.end = end;
    }
  }
}
