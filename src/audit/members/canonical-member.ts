/** Members that are canonical JSON: written in one way only, so that equal values are equal bytes. */
import { utf8 } from '../../base/bytes.ts';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { ProvennError } from '../../base/errors.ts';

export type JsonRecord = { readonly [key: string]: Json };

export function tampered(member: string, why: string): ProvennError {
  return new ProvennError('ARTIFACT_TAMPERED', `${member}: ${why}.`, {
    where: member,
    next: 'Get the bundle again from whoever exported it.',
  });
}

export function writeCanonical(value: Json): Uint8Array {
  return utf8(`${canonicalJson(value)}\n`);
}

/** Throws `ARTIFACT_TAMPERED` unless the text is the canonical form of one JSON value. */
export function parseCanonical(text: string, member: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    if (canonicalJson(value) === text) return value;
  } catch {
    throw tampered(member, 'it is no JSON');
  }
  throw tampered(member, 'its JSON is not canonical');
}

export function decodeText(bytes: Uint8Array, member: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw tampered(member, 'it is not valid UTF-8');
  }
}

/** The record a member holds on its one line. */
export function readCanonical(bytes: Uint8Array, member: string): MemberReader {
  const text = decodeText(bytes, member);
  if (!text.endsWith('\n')) throw tampered(member, 'its last line is not ended');
  return new MemberReader(parseCanonical(text.slice(0, -1), member), member);
}

/** Checked reading of one JSON record; every refusal is `ARTIFACT_TAMPERED` and names the member. */
export class MemberReader {
  private readonly record: JsonRecord;
  private readonly member: string;

  constructor(value: Json, member: string) {
    this.member = member;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw tampered(member, 'no JSON object');
    this.record = value as JsonRecord;
  }

  private refuse(key: string, what: string): never {
    throw tampered(this.member, `"${key}" is not ${what}`);
  }

  private own(key: string): Json | undefined {
    return Object.hasOwn(this.record, key) ? this.record[key] : undefined;
  }

  /** Refuses every key that is not listed. */
  only(...keys: readonly string[]): this {
    const extra = Object.keys(this.record).find((key) => !keys.includes(key));
    if (extra !== undefined) throw tampered(this.member, `"${extra}" is unknown`);
    return this;
  }

  get keys(): readonly string[] {
    return Object.keys(this.record);
  }

  isNull(key: string): boolean {
    return this.own(key) === null;
  }

  text(key: string): string {
    const value = this.own(key);
    return typeof value === 'string' ? value : this.refuse(key, 'a text');
  }

  optionalText(key: string): string | null {
    return this.isNull(key) ? null : this.text(key);
  }

  number(key: string): number {
    const value = this.own(key);
    return typeof value === 'number' ? value : this.refuse(key, 'a number');
  }

  count(key: string): number {
    const value = this.number(key);
    return Number.isSafeInteger(value) && value >= 0 ? value : this.refuse(key, 'a count');
  }

  list(key: string): readonly Json[] {
    const value = this.own(key);
    return Array.isArray(value) ? (value as readonly Json[]) : this.refuse(key, 'a list');
  }

  texts(key: string): readonly string[] {
    const values = this.list(key);
    return values.every((value) => typeof value === 'string')
      ? (values as readonly string[])
      : this.refuse(key, 'texts');
  }

  records(key: string): readonly MemberReader[] {
    return this.list(key).map((value) => new MemberReader(value, this.member));
  }

  child(key: string): MemberReader {
    return new MemberReader(this.own(key) ?? null, this.member);
  }
}
