/** What a dropped file is, by its content: names are whatever people call them. */
import { isEnvelope, type Kind, openAny } from '../artifact/envelope.ts';
import { ProvennError } from '../base/errors.ts';
import { isNpy } from '../pipeline/io/npy.ts';
import { isPng } from '../pipeline/io/png.ts';
import { decodePreprocessing } from '../pipeline/io/preprocess.ts';
import { isZip } from '../pipeline/io/zip.ts';

export type Slot = 'key' | 'proving-key' | 'proof' | 'preprocessing' | 'input' | 'bundle' | 'signer';

/** A place for the file, or a sentence why there is none. */
export type Intake = { readonly slot: Slot } | { readonly refused: string };

const slots: Readonly<Partial<Record<Kind, Slot>>> = {
  'verifying-key': 'key',
  'proving-key': 'proving-key',
  proof: 'proof',
};

/** An envelope that is damaged keeps its place, so that the verdict can say what is wrong with it. */
function damagedSlot(bytes: Uint8Array): Slot | null {
  const code = (bytes[8] ?? 0) | ((bytes[9] ?? 0) << 8);
  return code === 3 ? 'key' : code === 4 ? 'proving-key' : code === 5 ? 'proof' : null;
}

function envelopeIntake(name: string, bytes: Uint8Array): Intake {
  try {
    const { kind } = openAny(bytes);
    const slot = slots[kind];
    if (slot !== undefined) return { slot };
    return { refused: `${name} is a ${kind}, which this page has no use for.` };
  } catch (error) {
    if (!(error instanceof ProvennError)) throw error;
    const slot = damagedSlot(bytes);
    return slot === null ? { refused: `${name}: ${error.message}` } : { slot };
  }
}

function isPreprocessing(name: string, bytes: Uint8Array): boolean {
  try {
    decodePreprocessing(bytes, name);
    return true;
  } catch (error) {
    if (error instanceof ProvennError) return name === 'preprocess.json';
    throw error;
  }
}

/** Zip archives with a manifest are audit bundles, others arrays of numpy. */
function zipSlot(bytes: Uint8Array): Slot {
  const text = new TextDecoder('latin1').decode(bytes.subarray(Math.max(0, bytes.length - 65536)));
  return text.includes('manifest.json') ? 'bundle' : 'input';
}

function isPem(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 26)) === '-----BEGIN PUBLIC KEY-----';
}

export function intake(name: string, bytes: Uint8Array): Intake {
  if (bytes.length === 0) return { refused: `${name} is empty.` };
  if (isEnvelope(bytes)) return envelopeIntake(name, bytes);
  if (isZip(bytes)) return { slot: zipSlot(bytes) };
  if (isPng(bytes) || isNpy(bytes)) return { slot: 'input' };
  if (isPem(bytes)) return { slot: 'signer' };
  const first = bytes.find((byte) => byte > 32);
  if (first !== 123 && first !== 91) return { refused: `${name} is neither a provenn file nor an input.` };
  return { slot: isPreprocessing(name, bytes) ? 'preprocessing' : 'input' };
}
