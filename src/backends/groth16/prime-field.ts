/** The scalar field of BN254, in which circom circuits compute, and its few operations on BigInt. */

/** Order of the groups of BN254 (EIP-197); circuits compute modulo it. */
export const R: bigint = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** Bytes of a field element in the files of iden3. */
export const elementBytes = 32;

export function reduce(x: bigint, modulus: bigint = R): bigint {
  const rest = x % modulus;
  return rest < 0n ? rest + modulus : rest;
}

export function power(base: bigint, exponent: bigint, modulus: bigint = R): bigint {
  let result = 1n;
  let square = reduce(base, modulus);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Inverse by the extended Euclidean algorithm; 0 for 0. */
export function invert(x: bigint, modulus: bigint = R): bigint {
  let [a, b] = [reduce(x, modulus), modulus];
  let [u, v] = [1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b % a, a];
    [u, v] = [v - quotient * u, u];
    if (a === 0n) return 0n;
  }
  return a === 0n ? 0n : reduce(u, modulus);
}

/** Little-endian bytes of a non-negative integer. */
export function toBytes(x: bigint, length: number = elementBytes): Uint8Array {
  const out = new Uint8Array(length);
  let rest = x;
  for (let i = 0; i < length; i++) {
    out[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  return out;
}

const hex: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** The integer of little-endian bytes. */
export function fromBytes(bytes: Uint8Array): bigint {
  let text = '0x0';
  for (let i = bytes.length - 1; i >= 0; i--) text += hex[bytes[i] as number] as string;
  return BigInt(text);
}
