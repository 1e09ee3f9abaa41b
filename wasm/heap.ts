/** Zeroes. */
export function clear(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}

/** First byte of the memory that the caller manages; nothing is allocated in here. */
export function heap(): usize {
  return __heap_base;
}
