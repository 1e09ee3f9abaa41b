/** First byte of the memory that the caller manages; nothing is allocated in here. */
export function heap(): usize {
  return __heap_base;
}
