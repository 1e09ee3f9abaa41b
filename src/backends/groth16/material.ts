/** What a Groth16 prover needs besides the model: the witness generator, and snarkjs's proving key. */
import { ByteReader, ByteWriter } from '../../base/bytes.ts';
import { readInts, writeInts } from '../../base/int-array.ts';
import { elementBytes, fromBytes, toBytes } from './prime-field.ts';

/** Cells of hidden weights by wire, and one salt for each commitment: the owner's secrets. */
export type HeldSecrets = {
  readonly salts: readonly bigint[];
  readonly cells: ReadonlyMap<number, Int32Array>;
};

export type Material = { readonly wasm: Uint8Array; readonly zkey: Uint8Array; readonly secrets: HeldSecrets };

export const noSecrets: HeldSecrets = { salts: [], cells: new Map() };

export function encodeMaterial({ wasm, zkey, secrets }: Material): Uint8Array {
  const out = new ByteWriter().blob(wasm).blob(zkey).u32(secrets.salts.length);
  for (const salt of secrets.salts) out.raw(toBytes(salt));
  out.u32(secrets.cells.size);
  for (const [wire, cells] of secrets.cells) writeInts(out.u32(wire), cells);
  return out.finish();
}

/** Throws `BytesError`. */
export function decodeMaterial(bytes: Uint8Array): Material {
  const reader = new ByteReader(bytes);
  const [wasm, zkey] = [reader.blob(), reader.blob()];
  const salts = Array.from({ length: reader.count(elementBytes) }, () => fromBytes(reader.raw(elementBytes)));
  const cells = Array.from({ length: reader.count(9) }, () => [reader.u32(), readInts(reader)] as const);
  reader.end();
  return { wasm, zkey, secrets: { salts, cells: new Map(cells) } };
}
