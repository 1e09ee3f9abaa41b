/** The container of iden3's binary files: magic, version, then sections of a type and a length. Bounded like every reader. */
import { ByteReader, BytesError, ByteWriter, utf8 } from '../../base/bytes.ts';

export type Section = { readonly type: number; readonly data: Uint8Array };

/** Sections of a file with the given four-letter magic, in order. Throws `BytesError`. */
export function readSections(bytes: Uint8Array, magic: string): Section[] {
  const reader = new ByteReader(bytes);
  const found = new TextDecoder().decode(reader.raw(4));
  if (found !== magic) throw new BytesError(`a file of kind ${magic} is expected`);
  reader.u32();
  const sections = Array.from({ length: reader.count(12) }, () => {
    const type = reader.u32();
    return { type, data: reader.raw(reader.u64()) };
  });
  reader.end();
  return sections;
}

export function writeSections(magic: string, version: number, sections: readonly Section[]): Uint8Array {
  const out = new ByteWriter().raw(utf8(magic)).u32(version).u32(sections.length);
  for (const { type, data } of sections) out.u32(type).u64(data.length).raw(data);
  return out.finish();
}

/** The one section of a type. */
export function sectionOf(sections: readonly Section[], type: number): ByteReader {
  const all = sections.filter((section) => section.type === type);
  if (all.length !== 1) throw new BytesError(`section ${type} occurs ${all.length} times`);
  return new ByteReader((all[0] as Section).data);
}
