// BLAKE3 of one message per lane: u32 for one, v128 for four at once. src/base/blake3.ts is the reference.

export const CHUNK_START: u32 = 1;
export const CHUNK_END: u32 = 2;
export const PARENT: u32 = 4;
export const ROOT: u32 = 8;
export const KEYED: u32 = 16;

/** Message word order of the seven rounds, one byte a word. */
const schedule: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8,
  3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1,
  10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6,
  12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4,
  9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7,
  11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13,
]);

// @ts-ignore: decorator
@inline
export function splat<T>(word: u32): T {
  if (isVector<T>()) return i32x4.splat(word) as T;
  return word as T;
}

// @ts-ignore: decorator
@inline
export function add<T>(a: T, b: T): T {
  if (isVector<T>()) return i32x4.add(a as v128, b as v128) as T;
  return (u32(a) + u32(b)) as T;
}

// @ts-ignore: decorator
@inline
function xor<T>(a: T, b: T): T {
  if (isVector<T>()) return v128.xor(a as v128, b as v128) as T;
  return (u32(a) ^ u32(b)) as T;
}

// @ts-ignore: decorator
@inline
function rotate16<T>(a: T): T {
  if (isVector<T>())
    return v128.shuffle<i8>(a as v128, a as v128, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13) as T;
  return rotr<u32>(u32(a), 16) as T;
}

// @ts-ignore: decorator
@inline
function rotate8<T>(a: T): T {
  if (isVector<T>())
    return v128.shuffle<i8>(a as v128, a as v128, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12) as T;
  return rotr<u32>(u32(a), 8) as T;
}

// @ts-ignore: decorator
@inline
function rotate<T>(a: T, by: i32): T {
  if (isVector<T>()) return v128.or(i32x4.shr_u(a as v128, by), i32x4.shl(a as v128, 32 - by)) as T;
  return rotr<u32>(u32(a), by) as T;
}

/** Word `i` of this round, from the words at m. */
// @ts-ignore: decorator
@inline
function word<T>(m: usize, order: usize, i: usize): T {
  return load<T>(m + usize(load<u8>(order + i)) * sizeof<T>());
}

/** cv ← the first eight words of the compression of the 16 words at m. */
export function compress<T>(cv: usize, m: usize, counter: u32, length: u32, flags: u32): void {
  let v0 = load<T>(cv + 0 * sizeof<T>());
  let v1 = load<T>(cv + 1 * sizeof<T>());
  let v2 = load<T>(cv + 2 * sizeof<T>());
  let v3 = load<T>(cv + 3 * sizeof<T>());
  let v4 = load<T>(cv + 4 * sizeof<T>());
  let v5 = load<T>(cv + 5 * sizeof<T>());
  let v6 = load<T>(cv + 6 * sizeof<T>());
  let v7 = load<T>(cv + 7 * sizeof<T>());
  let v8 = splat<T>(0x6a09e667);
  let v9 = splat<T>(0xbb67ae85);
  let v10 = splat<T>(0x3c6ef372);
  let v11 = splat<T>(0xa54ff53a);
  let v12 = splat<T>(counter);
  let v13 = splat<T>(0);
  let v14 = splat<T>(length);
  let v15 = splat<T>(flags);
  for (let order = schedule, end = schedule + 112; order < end; order += 16) {
    v0 = add<T>(add<T>(v0, v4), word<T>(m, order, 0));
    v12 = rotate16<T>(xor<T>(v12, v0));
    v8 = add<T>(v8, v12);
    v4 = rotate<T>(xor<T>(v4, v8), 12);
    v0 = add<T>(add<T>(v0, v4), word<T>(m, order, 1));
    v12 = rotate8<T>(xor<T>(v12, v0));
    v8 = add<T>(v8, v12);
    v4 = rotate<T>(xor<T>(v4, v8), 7);
    v1 = add<T>(add<T>(v1, v5), word<T>(m, order, 2));
    v13 = rotate16<T>(xor<T>(v13, v1));
    v9 = add<T>(v9, v13);
    v5 = rotate<T>(xor<T>(v5, v9), 12);
    v1 = add<T>(add<T>(v1, v5), word<T>(m, order, 3));
    v13 = rotate8<T>(xor<T>(v13, v1));
    v9 = add<T>(v9, v13);
    v5 = rotate<T>(xor<T>(v5, v9), 7);
    v2 = add<T>(add<T>(v2, v6), word<T>(m, order, 4));
    v14 = rotate16<T>(xor<T>(v14, v2));
    v10 = add<T>(v10, v14);
    v6 = rotate<T>(xor<T>(v6, v10), 12);
    v2 = add<T>(add<T>(v2, v6), word<T>(m, order, 5));
    v14 = rotate8<T>(xor<T>(v14, v2));
    v10 = add<T>(v10, v14);
    v6 = rotate<T>(xor<T>(v6, v10), 7);
    v3 = add<T>(add<T>(v3, v7), word<T>(m, order, 6));
    v15 = rotate16<T>(xor<T>(v15, v3));
    v11 = add<T>(v11, v15);
    v7 = rotate<T>(xor<T>(v7, v11), 12);
    v3 = add<T>(add<T>(v3, v7), word<T>(m, order, 7));
    v15 = rotate8<T>(xor<T>(v15, v3));
    v11 = add<T>(v11, v15);
    v7 = rotate<T>(xor<T>(v7, v11), 7);
    v0 = add<T>(add<T>(v0, v5), word<T>(m, order, 8));
    v15 = rotate16<T>(xor<T>(v15, v0));
    v10 = add<T>(v10, v15);
    v5 = rotate<T>(xor<T>(v5, v10), 12);
    v0 = add<T>(add<T>(v0, v5), word<T>(m, order, 9));
    v15 = rotate8<T>(xor<T>(v15, v0));
    v10 = add<T>(v10, v15);
    v5 = rotate<T>(xor<T>(v5, v10), 7);
    v1 = add<T>(add<T>(v1, v6), word<T>(m, order, 10));
    v12 = rotate16<T>(xor<T>(v12, v1));
    v11 = add<T>(v11, v12);
    v6 = rotate<T>(xor<T>(v6, v11), 12);
    v1 = add<T>(add<T>(v1, v6), word<T>(m, order, 11));
    v12 = rotate8<T>(xor<T>(v12, v1));
    v11 = add<T>(v11, v12);
    v6 = rotate<T>(xor<T>(v6, v11), 7);
    v2 = add<T>(add<T>(v2, v7), word<T>(m, order, 12));
    v13 = rotate16<T>(xor<T>(v13, v2));
    v8 = add<T>(v8, v13);
    v7 = rotate<T>(xor<T>(v7, v8), 12);
    v2 = add<T>(add<T>(v2, v7), word<T>(m, order, 13));
    v13 = rotate8<T>(xor<T>(v13, v2));
    v8 = add<T>(v8, v13);
    v7 = rotate<T>(xor<T>(v7, v8), 7);
    v3 = add<T>(add<T>(v3, v4), word<T>(m, order, 14));
    v14 = rotate16<T>(xor<T>(v14, v3));
    v9 = add<T>(v9, v14);
    v4 = rotate<T>(xor<T>(v4, v9), 12);
    v3 = add<T>(add<T>(v3, v4), word<T>(m, order, 15));
    v14 = rotate8<T>(xor<T>(v14, v3));
    v9 = add<T>(v9, v14);
    v4 = rotate<T>(xor<T>(v4, v9), 7);
  }
  store<T>(cv + 0 * sizeof<T>(), xor<T>(v0, v8));
  store<T>(cv + 1 * sizeof<T>(), xor<T>(v1, v9));
  store<T>(cv + 2 * sizeof<T>(), xor<T>(v2, v10));
  store<T>(cv + 3 * sizeof<T>(), xor<T>(v3, v11));
  store<T>(cv + 4 * sizeof<T>(), xor<T>(v4, v12));
  store<T>(cv + 5 * sizeof<T>(), xor<T>(v5, v13));
  store<T>(cv + 6 * sizeof<T>(), xor<T>(v6, v14));
  store<T>(cv + 7 * sizeof<T>(), xor<T>(v7, v15));
}
