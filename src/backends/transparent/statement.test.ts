import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import type { Statement } from '../../artifact/statement.ts';
import { ByteWriter, utf8 } from '../../base/bytes.ts';
import { P } from '../../base/field.ts';
import { lower } from './lower.ts';
import { openTranscript, publicDataOf } from './statement.ts';
import { Transcript } from './transcript.ts';

const keyDigest = new Uint8Array(32).fill(7);
const statement: Statement = {
  modelDigest: new Uint8Array(32).fill(1),
  keyDigest,
  context: utf8('audience'),
  publics: [Int32Array.of(3, -1), Int32Array.of(255)],
  commitments: [],
};

const challenge = (transcript: Transcript): string => transcript.drawOne().join();

describe('openTranscript', () => {
  it('absorbs version, key, context, roots and public cells, each under its label', () => {
    const expected = new Transcript();
    expected.absorb('protocol', utf8('transparent/1'));
    expected.absorb('vk', keyDigest);
    expected.absorb('context', statement.context);
    expected.absorb('roots', new Uint8Array(0));
    expected.absorb(
      'public',
      new ByteWriter()
        .u32(3)
        .u32(P - 1)
        .u32(255)
        .finish(),
    );
    expect(challenge(openTranscript('transparent/1', keyDigest, [], statement))).toBe(challenge(expected));
  });

  const open = (
    change: Partial<Statement> = {},
    key = keyDigest,
    descriptors: readonly Uint8Array[] = [],
    protocol = 'transparent/1',
  ): Transcript => openTranscript(protocol, key, descriptors, { ...statement, ...change });

  it('binds protocol, key, context, descriptors and every public integer', () => {
    const seen = new Set(
      [
        open(),
        open({}, new Uint8Array(32).fill(8)),
        open({ context: utf8('Audience') }),
        open({ publics: [Int32Array.of(3, -2), Int32Array.of(255)] }),
        open({ publics: [Int32Array.of(3, -1), Int32Array.of(254)] }),
        open({}, keyDigest, [new Uint8Array(32)]),
        open({}, keyDigest, [new Uint8Array(32), new Uint8Array(32)]),
        open({}, keyDigest, [], 'transparent/1+seeded'),
      ].map(challenge),
    );
    expect(seen.size).toBe(8);
  });
});

describe('publicDataOf', () => {
  const { circuit, inputs } = everyGadget();
  const system = lower(circuit, 8);
  const scores = Int32Array.of(1, 2, 3, 4);
  const data = publicDataOf(system, [inputs[0] as Int32Array, scores]);

  it('knows constants from the key, public wires from the statement in wire order, and nothing committed', () => {
    system.tensors.forEach(({ name, kind, data: constant }, id) => {
      const expected =
        kind === 'committed' ? null : name === 'image' ? inputs[0] : name === 'scores' ? scores : constant;
      expect(data(id)).toBe(expected);
    });
  });
});
