/** What a check of audit bundles asks of rooms that the audit room may not name. */
import { encodeVerifyingKey, type VerifyingKey } from '../artifact/keys.ts';
import type { Port } from '../artifact/quant-graph.ts';
import { equalBytes } from '../base/bytes.ts';
import type { IntTensor } from '../base/tensor.ts';
import { backendOf } from './backends.ts';
import { malformed } from './io/array.ts';
import { bindInputs } from './io/bind.ts';
import { decodeInputFile } from './io/input-file.ts';
import { isPng, plainPng } from './io/png.ts';
import { decodePreprocessing } from './io/preprocess.ts';

/** The key of a circuit, when the backend makes it of nothing else; null with a setup, or hidden weights. */
export async function remakeKey(key: VerifyingKey): Promise<Uint8Array | null> {
  const backend = await backendOf(key.backend);
  if (backend.needsSetup || key.commitments.length > 0) return null;
  const made = await backend.makeKey(key.circuit, { setup: null, onProgress: () => {} });
  return encodeVerifyingKey(made.verifyingKey);
}

/** Throws `FILE_MALFORMED`. */
export function labelsOf(preprocessing: Uint8Array): readonly string[] | null {
  return decodePreprocessing(preprocessing, 'io/preprocess.json').labels;
}

/** Integers that a PNG becomes. Throws `FILE_MALFORMED` or `INPUT_MISMATCH`. */
export function integersOf(
  image: Uint8Array,
  preprocessing: Uint8Array,
  ports: readonly Port[],
): ReadonlyMap<string, IntTensor> {
  const where = 'io/input.png';
  if (!isPng(image)) throw malformed(where, 'The picture is no PNG file.', 'Export the bundle again with the PNG.');
  if (!equalBytes(plainPng(image, where), image)) {
    const what = 'The picture holds more than its pixels: viewers may show something else.';
    throw malformed(where, what, 'Export the bundle again.');
  }
  const rules = decodePreprocessing(preprocessing, 'io/preprocess.json');
  return bindInputs(decodeInputFile(image, { where, preprocessing: rules }), ports, where);
}
