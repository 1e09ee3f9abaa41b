import { strFromU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import { readZip, writeZip } from './zip.ts';

const members = new Map([
  ['report.html', utf8('<!doctype html>')],
  ['keys/verifying.key', Uint8Array.from({ length: 300 }, (_, i) => i & 255)],
  ['bom.cdx.json', utf8('{}')],
  ['VERIFY.md', new Uint8Array(0)],
]);
const archive = writeZip(members);

function refusal(bytes: Uint8Array): string {
  try {
    readZip(bytes);
  } catch (error) {
    if (error instanceof ProvennError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

/** An archive that `writeZip` writes but for one member's path, which nothing there judges. */
function withPath(path: string): Uint8Array {
  return writeZip(new Map([[path, utf8('x')]]));
}

describe('the archive of a bundle', () => {
  it('is read back as it was, in the order of the paths', () => {
    const read = readZip(archive);
    expect([...read.keys()]).toEqual([...members.keys()].sort());
    expect(read).toEqual(members);
  });

  it('does not depend on the order in which members are given', () => {
    expect(writeZip(new Map([...members].reverse()))).toEqual(archive);
  });

  it('is a ZIP archive to other tools', () => {
    const read = unzipSync(archive);
    expect(Object.keys(read)).toEqual([...members.keys()].sort());
    expect(strFromU8(read['report.html'] as Uint8Array)).toBe('<!doctype html>');
  });

  it('has no byte that may be another one', () => {
    for (let at = 0; at < archive.length; at++) {
      const changed = Uint8Array.from(archive);
      changed[at] = (archive[at] as number) ^ (1 << (at % 8));
      expect(refusal(changed), `byte ${at}`).toMatch(/^ARTIFACT_TAMPERED/);
    }
  });

  it('is refused when it is truncated anywhere, or when anything follows', () => {
    for (let length = 0; length < archive.length; length++) {
      expect(refusal(archive.subarray(0, length))).toMatch(/^ARTIFACT_TAMPERED/);
    }
    expect(refusal(concatBytes(archive, Uint8Array.of(0)))).toContain('data follow its end');
    expect(refusal(concatBytes(archive, archive))).toContain('data follow its end');
    expect(refusal(concatBytes(Uint8Array.of(0), archive))).toMatch(/^ARTIFACT_TAMPERED/);
  });
});

describe('paths of an archive', () => {
  it.each([
    ['../report.html', 'leads out'],
    ['keys/../../x', 'leads out'],
    ['..\\report.html', 'leads out'],
    ['/etc/passwd', 'absolute'],
    ['C:/report.html', 'absolute'],
    ['c:report.html', 'absolute'],
    ['\\\\server\\share\\x', 'absolute'],
    ['//server/share/x', 'absolute'],
    ['keys\\verifying.key', 'backslash'],
    ['./report.html', 'no such member'],
    ['Report.html', 'resembles report.html'],
    ['KEYS/VERIFYING.KEY', 'resembles keys/verifying.key'],
    ['ｒeport.html', 'resembles report.html'],
    ['report.html/', 'no such member'],
    ['keys/', 'no such member'],
    ['report.html ', 'no such member'],
    ['report.html\0', 'no such member'],
    ['secret/weights.opening', 'no such member'],
    ['toString', 'no such member'],
    ['__proto__', 'no such member'],
    ['', 'no such member'],
  ])('%j is refused', (path, why) => {
    expect(refusal(withPath(path))).toMatch(/^ARTIFACT_TAMPERED/);
    expect(refusal(withPath(path))).toContain(why);
  });

  it('in another order, or twice, are refused', () => {
    const part = (path: string): Uint8Array => {
      const whole = writeZip(new Map([[path, utf8('x')]]));
      return whole.subarray(0, 30 + path.length + 1);
    };
    const end = Uint8Array.from(writeZip(new Map()));
    for (const paths of [
      ['report.html', 'VERIFY.md'],
      ['report.html', 'report.html'],
    ])
      expect(refusal(concatBytes(...paths.map(part), end))).toContain('not in the order of their paths');
  });
});

describe('archives of other tools', () => {
  it.each([
    ['compressed', 9],
    ['stored', 0],
  ] as const)('%s are refused, with what to do', (_, level) => {
    const foreign = zipSync({ 'report.html': [new Uint8Array(1_000_000), { level, mtime: '2020-01-01T12:00:00' }] });
    expect(refusal(foreign)).toMatch(/^ARTIFACT_TAMPERED/);
    expect(() => readZip(foreign)).toThrow(
      expect.objectContaining({ next: expect.stringContaining('unpack') as string }) as Error,
    );
  });

  it('a bomb costs nothing: what is compressed is never inflated', () => {
    const bomb = zipSync({ 'report.html': [new Uint8Array(10_000_000), { level: 9 }] });
    expect(bomb.length).toBeLessThan(100_000);
    expect(refusal(bomb)).toContain('a member is compressed');
  });

  it('a member that claims more than there is is refused before anything is allocated', () => {
    const lying = Uint8Array.from(archive);
    new DataView(lying.buffer).setUint32(18, 0x7fffffff, true);
    new DataView(lying.buffer).setUint32(22, 0x7fffffff, true);
    expect(refusal(lying)).toContain('larger than the archive');
    // 0xffffffff stands for "see the ZIP64 field".
    new DataView(lying.buffer).setUint32(18, 0xffffffff, true);
    expect(refusal(lying)).toContain('larger than the archive');
  });
});
