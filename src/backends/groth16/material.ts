/** What a Groth16 prover needs besides the model: the witness generator, and snarkjs's proving key. */
import { ByteReader, ByteWriter } from '../../base/bytes.ts';

export type Material = { readonly wasm: Uint8Array; readonly zkey: Uint8Array };

export function encodeMaterial({ wasm, zkey }: Material): Uint8Array {
  return new ByteWriter().blob(wasm).blob(zkey).finish();
}

/** Throws `BytesError`. */
export function decodeMaterial(bytes: Uint8Array): Material {
  const reader = new ByteReader(bytes);
  const material = { wasm: reader.blob(), zkey: reader.blob() };
  reader.end();
  return material;
}
