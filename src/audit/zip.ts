/**
 * A bundle as one file: a ZIP archive (APPNOTE.TXT 6.3.10) in exactly one form. Members are stored, not compressed, in the order
 * of their paths, one after the other from the first byte on; times and attributes are constants; the directory follows, then
 * the end record, then nothing. So every byte has one meaning: there is nothing to inflate, no second directory, no name in
 * two spellings, no gap, and no bundle has two archives.
 */
import { ByteReader, BytesError, ByteWriter, equalBytes, utf8 } from '../base/bytes.ts';
import { crc32 } from '../base/crc32.ts';
import { ProvennError } from '../base/errors.ts';
import type { Members } from './bundle.ts';
import { checkPath, inOrder, maximumBundleSize, maximumMembers } from './paths.ts';

const localSignature = 0x04034b50;
const directorySignature = 0x02014b50;
const endSignature = 0x06054b50;

const localLength = 30;
const directoryLength = 46;
const endLength = 22;

/** Version 2.0, names in UTF-8, method "stored", and 1 January 1980 at midnight. */
const versionNeeded = 20;
const utf8Flag = 0x0800;
const stored = 0;
const time = 0;
const date = (1 << 5) | 1;

type Entry = { readonly name: Uint8Array; readonly crc: number; readonly size: number; readonly offset: number };

function u16(out: ByteWriter, value: number): ByteWriter {
  return out.u8(value & 255).u8(value >>> 8);
}

/** The fields that the local header and the directory have in common, up to the length of the name. */
function writeCommon(out: ByteWriter, { name, crc, size }: Entry): void {
  for (const field of [versionNeeded, utf8Flag, stored, time, date]) u16(out, field);
  out.u32(crc).u32(size).u32(size);
  u16(out, name.length);
}

function writeLocal(out: ByteWriter, entry: Entry): void {
  writeCommon(out.u32(localSignature), entry);
  u16(out, 0).raw(entry.name);
}

/** Made by version 2.0 on Unix: a regular file that its owner may write and everybody may read. */
const madeBy = (3 << 8) | 20;
const attributes = 0o100644 * 65536;

function writeDirectory(out: ByteWriter, entry: Entry): void {
  writeCommon(u16(out.u32(directorySignature), madeBy), entry);
  for (const extra of [0, 0, 0, 0]) u16(out, extra);
  out.u32(attributes).u32(entry.offset).raw(entry.name);
}

function writeEnd(out: ByteWriter, count: number, size: number, offset: number): void {
  out.u32(endSignature);
  for (const field of [0, 0, count, count]) u16(out, field);
  u16(out.u32(size).u32(offset), 0);
}

/** The archive of some members. Throws `RESOURCE_LIMIT`. */
export function writeZip(members: Members): Uint8Array {
  const out = new ByteWriter();
  const entries: Entry[] = [];
  let offset = 0;
  for (const [path, bytes] of inOrder(members)) {
    const entry = { name: utf8(path), crc: crc32(bytes), size: bytes.length, offset };
    entries.push(entry);
    writeLocal(out, entry);
    out.raw(bytes);
    offset += localLength + entry.name.length + bytes.length;
    checkSize(offset);
  }
  for (const entry of entries) writeDirectory(out, entry);
  const size = entries.reduce((sum, { name }) => sum + directoryLength + name.length, 0);
  writeEnd(out, entries.length, size, offset);
  return out.finish();
}

function checkSize(size: number): void {
  if (size <= maximumBundleSize) return;
  throw new ProvennError('RESOURCE_LIMIT', `The bundle has more than ${maximumBundleSize} bytes.`, {
    next: 'Keep it as a folder, without the float model.',
  });
}

/** True when the bytes begin like a ZIP archive. */
export function isZipArchive(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new ByteReader(bytes).u32() === localSignature;
}

function refuse(what: string): ProvennError {
  return new ProvennError('ARTIFACT_TAMPERED', `The archive is refused: ${what}.`, {
    next: 'Obtain it again from its source. An archive packed with other tools: unpack it, and check the folder.',
  });
}

/** Reads one member at the reader's place; nothing is allocated beyond what the file holds. */
function readMember(reader: ByteReader): { readonly path: string; readonly entry: Entry; readonly bytes: Uint8Array } {
  const offset = reader.offset;
  const nameLength = (reader.bytes[offset + 26] ?? 0) | ((reader.bytes[offset + 27] ?? 0) << 8);
  const header = reader.raw(localLength + nameLength);
  const name = header.subarray(localLength);
  const field = (at: number): number => new DataView(header.buffer).getUint32(at, true);
  const method = (header[8] as number) | ((header[9] as number) << 8);
  if (method !== stored) throw new BytesError('a member is compressed');
  const size = field(18);
  if (size > reader.remaining) throw new BytesError('a member is larger than the archive');
  const bytes = reader.raw(size);
  const entry = { name, crc: crc32(bytes), size, offset };
  const expected = new ByteWriter();
  writeLocal(expected, entry);
  if (field(14) !== entry.crc) throw new BytesError('the checksum of a member is wrong');
  if (!equalBytes(expected.finish(), header)) throw new BytesError('a member has a header of another form');
  const path = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name);
  return { path, entry, bytes };
}

function readAll(reader: ByteReader): Map<string, Uint8Array> {
  const members = new Map<string, Uint8Array>();
  const entries: Entry[] = [];
  let previous = '';
  while (reader.remaining >= 4 && new ByteReader(reader.bytes.subarray(reader.offset)).u32() === localSignature) {
    if (entries.length === maximumMembers) throw new BytesError('it has too many members');
    const { path, entry, bytes } = readMember(reader);
    checkPath(path);
    if (entries.length > 0 && path <= previous) throw new BytesError('its members are not in the order of their paths');
    previous = path;
    entries.push(entry);
    members.set(path, bytes);
  }
  const rest = new ByteWriter();
  const start = reader.offset;
  for (const entry of entries) writeDirectory(rest, entry);
  const size = entries.reduce((sum, { name }) => sum + directoryLength + name.length, 0);
  writeEnd(rest, entries.length, size, start);
  if (reader.remaining < size + endLength) throw new BytesError('it is truncated');
  if (reader.remaining > size + endLength) throw new BytesError('data follow its end');
  if (!equalBytes(rest.finish(), reader.raw(reader.remaining)))
    throw new BytesError('its directory does not list its members as they are');
  return members;
}

/** Members of an archive. Throws `ARTIFACT_TAMPERED` for any archive that `writeZip` does not write, and `RESOURCE_LIMIT`. */
export function readZip(bytes: Uint8Array): Map<string, Uint8Array> {
  checkSize(bytes.length);
  if (!isZipArchive(bytes)) throw refuse('it does not begin with a member');
  try {
    return readAll(new ByteReader(bytes));
  } catch (error) {
    if (error instanceof BytesError) throw refuse(error.message);
    if (error instanceof TypeError) throw refuse('a path is not UTF-8');
    throw error;
  }
}
