/**
 * Envelope: the one outer format of every provenn file.
 *
 *   magic "provenn\0" · kind u16 · format version u16 · payload length u64 · payload · BLAKE3 of all that stands before
 *
 * The digest finds accidents, not attackers: whoever pins a file pins its digest or checks its proof.
 */
import { ByteReader, BytesError, ByteWriter, equalBytes, utf8 } from '../base/bytes.ts';
import { digest, digestLength } from '../base/digest.ts';
import { ProvennError } from '../base/errors.ts';

const magic = utf8('provenn\0');

/** Kind number and current format version of every artefact. Numbers are never reused. */
export const kinds = {
  'quantized-model': { code: 1, version: 1 },
  circuit: { code: 2, version: 1 },
  'verifying-key': { code: 3, version: 1 },
  'proving-key': { code: 4, version: 1 },
  proof: { code: 5, version: 1 },
  trace: { code: 6, version: 1 },
  commitment: { code: 7, version: 1 },
  opening: { code: 8, version: 1 },
  link: { code: 9, version: 1 },
} as const;

export type Kind = keyof typeof kinds;

const headerLength = magic.length + 2 + 2 + 8;

export function seal(kind: Kind, payload: Uint8Array): Uint8Array {
  const { code, version } = kinds[kind];
  const body = new ByteWriter()
    .raw(magic)
    .u8(code & 255)
    .u8(code >> 8)
    .u8(version & 255)
    .u8(version >> 8)
    .u64(payload.length)
    .raw(payload)
    .finish();
  return new ByteWriter().raw(body).raw(digest(body)).finish();
}

function tampered(message: string): ProvennError {
  return new ProvennError('ARTIFACT_TAMPERED', message, { next: 'Obtain the file again from its source.' });
}

/** True when the bytes begin like a provenn file. */
export function isEnvelope(bytes: Uint8Array): boolean {
  return bytes.length >= magic.length && equalBytes(bytes.subarray(0, magic.length), magic);
}

/** Opens an envelope of any kind. Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`. */
export function openAny(bytes: Uint8Array): {
  readonly kind: Kind;
  readonly version: number;
  readonly payload: Uint8Array;
} {
  if (!isEnvelope(bytes)) throw tampered('The file is not a provenn file: it does not start with the provenn magic.');
  if (bytes.length < headerLength + digestLength) throw tampered('The file is truncated.');
  const reader = new ByteReader(bytes);
  reader.raw(magic.length);
  const code = reader.u8() | (reader.u8() << 8);
  const version = reader.u8() | (reader.u8() << 8);
  const kind = (Object.keys(kinds) as Kind[]).find((name) => kinds[name].code === code);
  if (kind === undefined)
    throw new ProvennError(
      'ARTIFACT_VERSION',
      `The file has kind ${code}, which this version of provenn does not know.`,
    );
  if (version !== kinds[kind].version) {
    throw new ProvennError(
      'ARTIFACT_VERSION',
      `The ${kind} has format version ${version}; this version of provenn reads ${kinds[kind].version}.`,
      {
        next: 'Make the file again with this version, or use the version of provenn that wrote it.',
      },
    );
  }
  let length: number;
  try {
    length = reader.u64();
  } catch {
    throw tampered(`The ${kind} states an impossible length.`);
  }
  if (length !== bytes.length - headerLength - digestLength)
    throw tampered(`The ${kind} is truncated or has trailing bytes.`);
  const payload = reader.raw(length);
  if (!equalBytes(reader.raw(digestLength), digest(bytes.subarray(0, headerLength + length)))) {
    throw tampered(`The ${kind} was altered: its digest does not match.`);
  }
  return { kind, version, payload };
}

/** Opens an envelope that must be of one kind. */
export function open(kind: Kind, bytes: Uint8Array): Uint8Array {
  const opened = openAny(bytes);
  if (opened.kind !== kind)
    throw new ProvennError('ARTIFACT_VERSION', `The file is a ${opened.kind}; a ${kind} is expected here.`);
  return opened.payload;
}

/**
 * Decodes a payload and checks that it is the canonical encoding of what it says: encode(decode(b)) = b.
 * Every way a payload can be malformed becomes `ARTIFACT_TAMPERED`.
 */
export function decodeCanonical<T>(
  kind: Kind,
  payload: Uint8Array,
  decode: (reader: ByteReader) => T,
  encode: (value: T) => Uint8Array,
): T {
  try {
    const reader = new ByteReader(payload);
    const value = decode(reader);
    reader.end();
    if (!equalBytes(encode(value), payload)) throw new BytesError('the encoding is not canonical');
    return value;
  } catch (error) {
    if (error instanceof BytesError) throw tampered(`The ${kind} is malformed: ${error.message}.`);
    throw error;
  }
}
