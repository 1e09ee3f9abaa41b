import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { decodeNpy } from './npy.ts';
import { decodeNpz } from './npz.ts';

/** A .npy file as numpy.save writes it. */
function npy(descriptor: string, dims: readonly number[], cells: Uint8Array, version = 1, order = 'False'): Uint8Array {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
  let header = `{'descr': '${descriptor}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
  const prefix = version === 1 ? 10 : 12;
  header += `${' '.repeat(63 - ((prefix + header.length) % 64))}\n`;
  const length = version === 1 ? new Uint8Array(2) : new Uint8Array(4);
  new DataView(length.buffer)[version === 1 ? 'setUint16' : 'setUint32'](0, header.length, true);
  return concatBytes(Uint8Array.of(0x93), utf8('NUMPY'), Uint8Array.of(version, 0), length, utf8(header), cells);
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'none';
}

describe('decodeNpy', () => {
  it.each([
    ['<f4', Float32Array.of(1.5, -2, 0.1, 3), 'float32'],
    ['<f8', Float64Array.of(1.5, -2, 0.1, 3), 'float64'],
    ['|u1', Uint8Array.of(0, 1, 254, 255), 'uint8'],
    ['|i1', Int8Array.of(-128, -1, 0, 127), 'int8'],
    ['<i4', Int32Array.of(-5, 1 << 30, 0, 9), 'int32'],
  ])('reads %s', (descriptor, values, type) => {
    for (const version of [1, 2, 3]) {
      const array = decodeNpy(npy(descriptor, [2, 2], bytesOf(values), version), 'x.npy');
      expect(array.type).toBe(type);
      expect(array.dims).toEqual([2, 2]);
      expect(Array.from(array.values)).toEqual(Array.from(values));
    }
  });

  it('reads int64 exactly and refuses what a double cannot hold', () => {
    const good = decodeNpy(npy('<i8', [2], bytesOf(BigInt64Array.of(-7n, 2n ** 53n - 1n))), 'x.npy');
    expect(Array.from(good.values)).toEqual([-7, 2 ** 53 - 1]);
    expect(codeOf(() => decodeNpy(npy('<i8', [1], bytesOf(BigInt64Array.of(2n ** 53n))), 'x.npy'))).toBe(
      'FILE_MALFORMED',
    );
  });

  it('reads a scalar and an empty array', () => {
    expect(decodeNpy(npy('<f4', [], bytesOf(Float32Array.of(4))), 'x').dims).toEqual([]);
    expect(decodeNpy(npy('<f4', [0, 3], new Uint8Array(0)), 'x').values.length).toBe(0);
  });

  it.each([
    ['big-endian cells', npy('>f4', [1], new Uint8Array(4))],
    ['Python objects', npy('|O', [1], new Uint8Array(8))],
    ['structured types', npy("<f4'), ('y', '<f4", [1], new Uint8Array(8))],
    ['Fortran order', npy('<f4', [2, 2], new Uint8Array(16), 1, 'True')],
    ['missing cells', npy('<f4', [3], new Uint8Array(8))],
    ['trailing cells', npy('<f4', [1], new Uint8Array(8))],
    ['an unknown version', npy('<f4', [1], new Uint8Array(4), 9)],
    ['a name from Object.prototype', npy('toString', [1], new Uint8Array(4))],
  ])('refuses %s', (_, bytes) => {
    expect(codeOf(() => decodeNpy(bytes, 'x.npy'))).toBe('FILE_MALFORMED');
  });

  it('refuses a shape too large to hold before allocating it', () => {
    expect(codeOf(() => decodeNpy(npy('|u1', [1e6, 1e6, 1e6], new Uint8Array(1)), 'x.npy'))).toBe('RESOURCE_LIMIT');
  });

  it('answers a hostile header in linear time', () => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${'1'.repeat(60000)}`;
    const bytes = concatBytes(Uint8Array.of(0x93), utf8('NUMPY'), Uint8Array.of(1, 0, 0x60, 0xea), utf8(header));
    expect(codeOf(() => decodeNpy(bytes, 'x.npy'))).toBe('FILE_MALFORMED');
  });

  it('never fails in any other way, whatever the bytes', () => {
    const base = npy('<f4', [2, 2], bytesOf(Float32Array.of(1, 2, 3, 4)));
    fc.assert(
      fc.property(fc.nat(base.length - 1), fc.nat(255), fc.nat(base.length), (at, byte, length) => {
        const bytes = base.slice(0, length);
        if (at < length) bytes[at] = byte;
        expect(['none', 'FILE_MALFORMED', 'RESOURCE_LIMIT']).toContain(codeOf(() => decodeNpy(bytes, 'x.npy')));
      }),
    );
  });
});

describe('decodeNpz', () => {
  const cells = bytesOf(Float32Array.of(1, 2));
  const archive = zipSync({
    'a.npy': npy('<f4', [2], cells),
    'b.npy': [npy('|u1', [1], Uint8Array.of(7)), { level: 0 }],
  });

  it('reads every array by name, deflated or stored', () => {
    const arrays = decodeNpz(archive, 'x.npz');
    expect(arrays.map(({ name, values }) => [name, ...values])).toEqual([
      ['a', 1, 2],
      ['b', 7],
    ]);
  });

  it('refuses members that are not arrays', () => {
    expect(codeOf(() => decodeNpz(zipSync({ 'readme.txt': utf8('hello') }), 'x.npz'))).toBe('FILE_MALFORMED');
  });

  it('refuses an archive that claims more than any file could hold', () => {
    const bomb = archive.slice();
    const view = new DataView(bomb.buffer);
    for (let at = 0; at + 46 < bomb.length; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 0xfffffff0, true);
    }
    expect(codeOf(() => decodeNpz(bomb, 'x.npz'))).toBe('RESOURCE_LIMIT');
  });

  it('refuses a member that unpacks to more than it declares, without unpacking it', () => {
    const bomb = zipSync({ 'a.npy': new Uint8Array(1 << 22) }).slice();
    const view = new DataView(bomb.buffer);
    for (let at = 0; at + 46 < bomb.length; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true);
    }
    expect(codeOf(() => decodeNpz(bomb, 'x.npz'))).toBe('FILE_MALFORMED');
  });

  it('notices every altered byte of the packed data', () => {
    const at = 30 + 'a.npy'.length + 4;
    const altered = archive.slice();
    altered[at] = (altered[at] as number) ^ 64;
    expect(codeOf(() => decodeNpz(altered, 'x.npz'))).toBe('FILE_MALFORMED');
  });

  it('never fails in any other way, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.nat(archive.length - 1),
        fc.nat(255),
        fc.integer({ min: 1, max: archive.length }),
        (at, byte, length) => {
          const bytes = archive.slice(0, length);
          if (at < length) bytes[at] = byte;
          expect(['none', 'FILE_MALFORMED', 'RESOURCE_LIMIT']).toContain(codeOf(() => decodeNpz(bytes, 'x.npz')));
        },
      ),
    );
  });
});
