/** One input file of any supported format as a list of arrays; the format is recognised by content, never by name. */
import type { FileArray } from './array.ts';
import { malformed } from './array.ts';
import { parseJson } from './bounded-json.ts';
import { imageArray } from './image.ts';
import { decodeJsonArrays } from './json-input.ts';
import { decodeNpy, isNpy } from './npy.ts';
import { decodeNpz } from './npz.ts';
import { decodePng, isPng } from './png.ts';
import type { Preprocessing } from './preprocess.ts';
import { isZip } from './zip.ts';

export type InputFileOptions = {
  /** File name for messages. */
  readonly where: string;
  /** Needed for images. */
  readonly preprocessing?: Preprocessing | null;
  /** JSON member that holds arrays by name; `outputs` when a result is read back. */
  readonly member?: 'inputs' | 'outputs';
};

/**
 * Decodes JSON, .npy, .npz or PNG bytes. Images become one preprocessed float32 array.
 * Throws `FILE_MALFORMED`, `INPUT_MISMATCH` (an image that does not fit) or `RESOURCE_LIMIT`.
 */
export function decodeInputFile(bytes: Uint8Array, options: InputFileOptions): FileArray[] {
  const { where, preprocessing = null, member = 'inputs' } = options;
  if (bytes.length === 0) throw malformed(where, 'The file is empty.', 'Inputs may be JSON, .npy, .npz or PNG files.');
  if (isNpy(bytes)) return [decodeNpy(bytes, where)];
  if (isZip(bytes)) return decodeNpz(bytes, where);
  if (isPng(bytes)) {
    if (preprocessing === null) {
      const next = 'Put a preprocess.json beside the model, or name one with --preprocess.';
      throw malformed(where, 'An image needs a description of how its pixels become the model input.', next);
    }
    return [imageArray(decodePng(bytes, where), preprocessing, where)];
  }
  return decodeJsonArrays(parseJson(bytes, where), where, member);
}
