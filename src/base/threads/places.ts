/**
 * The words in shared memory by which threads agree who does what. The calling thread writes kernel, pieces and their number,
 * then sets `left`; a thread takes a piece by lowering `left` by one, and what it then reads stays as it is until that piece is
 * counted in `done`, for the caller writes nothing new before. So no thread can take a piece of one call for one of another.
 */
export const places = {
  /** Pieces nobody has taken yet. Workers sleep on it while it is 0. */
  left: 0,
  /** Pieces that are finished. The caller sleeps on it. */
  done: 16,
  /** Pieces of this call, and which kernel they are of. */
  count: 32,
  kernel: 33,
  /** Workers that have begun; not 0 when one has crashed. */
  ready: 34,
  failed: 35,
  /** Pieces of a call at most, and words of arguments of each. */
  most: 64,
  arguments: 12,
  pieces: 48,
  /** After them, a float64 for each piece: what its kernel returned. */
  results: 816,
  words: 944,
} as const;
