/**
 * Reads ZIP archives with every size bounded before it is believed.
 *
 * Source: PKWARE APPNOTE.TXT 6.3, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end record). Only what
 * NumPy writes is read: one disk, no encryption, members stored or deflated; ZIP64 extra fields only in local headers.
 */
import { inflateSync } from 'fflate';
import { crc32 } from '../../base/crc32.ts';
import { ProvennError } from '../../base/errors.ts';
import { malformed } from './array.ts';

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endLength = 22;
const centralLength = 46;
const localLength = 30;
const maximumMembers = 4096;
/** Deflate cannot expand by more than 1032: a larger claim is a lie. */
const maximumRatio = 1040;
/** Bytes all members together may unpack to. */
export const maximumUnpacked: number = 1 << 30;

export type ZipMember = { readonly name: string; readonly bytes: Uint8Array };

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

function broken(where: string, message: string): ProvennError {
  return malformed(where, `The ZIP archive is malformed: ${message}.`, 'Save the file again with numpy.savez.');
}

/** The end record stands in the last 22 bytes, or before a comment of at most 65535. */
function findEnd(view: DataView, where: string): number {
  const lowest = Math.max(0, view.byteLength - endLength - 65535);
  for (let at = view.byteLength - endLength; at >= lowest; at--)
    if (view.getUint32(at, true) === endSignature) return at;
  throw broken(where, 'it has no end record');
}

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly local: number;
};

function readEntries(bytes: Uint8Array, view: DataView, where: string): Entry[] {
  const end = findEnd(view, where);
  const count = view.getUint16(end + 10, true);
  if (count > maximumMembers) throw broken(where, `${count} members`);
  const entries: Entry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + centralLength > end || view.getUint32(at, true) !== centralSignature) throw broken(where, 'bad directory');
    const nameLength = view.getUint16(at + 28, true);
    const next = at + centralLength + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw broken(where, 'bad directory');
    if ((view.getUint16(at + 8, true) & 1) !== 0) throw broken(where, 'a member is encrypted');
    entries.push({
      name: new TextDecoder('utf-8').decode(bytes.subarray(at + centralLength, at + centralLength + nameLength)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      unpacked: view.getUint32(at + 24, true),
      local: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return entries;
}

function unpack(entry: Entry, bytes: Uint8Array, view: DataView, where: string): Uint8Array {
  const { local, name } = entry;
  if (local + localLength > bytes.length || view.getUint32(local, true) !== localSignature) {
    throw broken(where, `member ${name} has no local header`);
  }
  const start = local + localLength + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + entry.packed > bytes.length) throw broken(where, `member ${name} is truncated`);
  const packed = bytes.subarray(start, start + entry.packed);
  if (entry.method !== 0 && entry.method !== 8) throw broken(where, `member ${name} uses compression ${entry.method}`);
  if (entry.method === 0 && entry.packed !== entry.unpacked) throw broken(where, `member ${name} has two sizes`);
  let out = packed;
  if (entry.method === 8) {
    try {
      // With a fixed output fflate never grows it; the checksum below catches members that hold more or less.
      out = inflateSync(packed, { out: new Uint8Array(entry.unpacked) });
    } catch (cause) {
      throw broken(where, `member ${name} does not inflate (${cause instanceof Error ? cause.message : 'damaged'})`);
    }
  }
  if (out.length !== entry.unpacked || crc32(out) !== entry.crc)
    throw broken(where, `member ${name} has a wrong checksum`);
  return out;
}

/** Every member in directory order. Throws `FILE_MALFORMED`, or `RESOURCE_LIMIT` for archives that claim too much. */
export function readZip(bytes: Uint8Array, where: string): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < endLength) throw broken(where, 'it is truncated');
  const entries = readEntries(bytes, view, where);
  const total = entries.reduce((sum, entry) => sum + entry.unpacked, 0);
  const impossible = entries.find((entry) => entry.unpacked > entry.packed * maximumRatio + 64);
  if (total > maximumUnpacked || impossible !== undefined) {
    throw new ProvennError('RESOURCE_LIMIT', `The archive claims to unpack to ${total} bytes.`, {
      where,
      next: `Split it: an archive may hold at most ${maximumUnpacked} bytes, honestly declared.`,
    });
  }
  return entries.map((entry) => ({ name: entry.name, bytes: unpack(entry, bytes, view, where) }));
}
