import { describe, expect, it } from 'vitest';
import { ByteReader, BytesError, ByteWriter, concatBytes } from '../../base/bytes.ts';
import type { Ext } from '../../base/extension.ts';
import { P } from '../../base/field.ts';
import { ProverChannel, Rejected, VerifierChannel } from './channel.ts';
import { Transcript } from './transcript.ts';

const a: Ext = [1, 2, 3, P - 1];
const b: Ext = [5, 6, 7, 8];

function verifierOf(bytes: Uint8Array): VerifierChannel {
  return new VerifierChannel(new Transcript(), new ByteReader(bytes), false);
}

/** Everything a prover can do, and what it drew on the way. */
function conversation(prover: ProverChannel): unknown[] {
  prover.begin(2);
  prover.sendBytes(Uint8Array.of(9, 9));
  prover.begin(3);
  prover.grind(4);
  const first = prover.draw(2);
  prover.begin(4);
  prover.send(a, b);
  const second = prover.drawOne();
  prover.send(b);
  prover.grind(0);
  const third = prover.positions(5, 6);
  return [first, second, third];
}

describe('the two channels', () => {
  const prover = new ProverChannel(new Transcript(), null);
  const drawn = conversation(prover);
  const bytes = prover.bytes();

  it('draw the same challenges, and the verifier reads what was sent', () => {
    const verifier = verifierOf(bytes);
    verifier.begin(2);
    expect(verifier.receiveBytes(2)).toEqual(Uint8Array.of(9, 9));
    verifier.begin(3);
    verifier.checkWork(4);
    const first = verifier.draw(2);
    verifier.begin(4);
    expect([verifier.receive(), verifier.receive()]).toEqual([a, b]);
    const second = verifier.drawOne();
    expect(Array.from(verifier.receiveVector(1))).toEqual([...b]);
    verifier.checkWork(0);
    expect([first, second, verifier.positions(5, 6)]).toEqual(drawn);
    expect(verifier.reader.remaining).toBe(0);
  });

  it('absorb everything between two draws once, under the number of the step', () => {
    const channel = new ProverChannel(new Transcript(), null);
    channel.begin(7);
    channel.send(a);
    channel.sendBytes(Uint8Array.of(1));
    channel.send(b);
    const expected = new Transcript();
    expected.absorb('7', new ByteWriter().words(a).u8(1).words(b).finish());
    expect(channel.draw(3)).toEqual(expected.draw(3));
  });

  it('absorb nothing when nothing was sent', () => {
    const channel = new ProverChannel(new Transcript(), null);
    channel.begin(4);
    channel.begin(5);
    expect(channel.drawOne()).toEqual(new Transcript().drawOne());
  });

  it('tell steps apart: the same bytes in another step lead elsewhere', () => {
    const draws = [4, 5].map((step) => {
      const channel = new ProverChannel(new Transcript(), null);
      channel.begin(step);
      channel.send(a);
      return channel.drawOne().join();
    });
    expect(draws[0]).not.toBe(draws[1]);
  });

  it('appended openings influence no draw', () => {
    const channel = new ProverChannel(new Transcript(), null);
    channel.append(Uint8Array.of(1, 2, 3));
    expect(channel.drawOne()).toEqual(new Transcript().drawOne());
    expect(channel.bytes()).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe('what the verifier refuses to read', () => {
  it.each([0, 1, 2, 3])('a non-canonical coordinate %i', (coordinate) => {
    for (const bad of [P, 2 ** 32 - 1]) {
      const cells = [0, 0, 0, 0].map((_, i) => (i === coordinate ? bad : 0));
      expect(() => verifierOf(new ByteWriter().words(cells).finish()).receive()).toThrow(BytesError);
    }
  });

  it('an element cut short, and a missing nonce', () => {
    expect(() => verifierOf(new Uint8Array(15)).receive()).toThrow(BytesError);
    expect(() => verifierOf(new Uint8Array(7)).checkWork(1)).toThrow(BytesError);
  });

  it('proof of work for another history', () => {
    const prover = new ProverChannel(new Transcript(), null);
    prover.begin(2);
    prover.send(a);
    prover.grind(12);
    const changed = concatBytes(new ByteWriter().words(b).finish(), prover.bytes().slice(16));
    const verifier = verifierOf(changed);
    verifier.begin(2);
    verifier.receive();
    expect(() => verifier.checkWork(12)).toThrow(Rejected);
    expect(() => {
      const again = verifierOf(changed);
      again.receive();
      again.checkWork(12);
    }).toThrow(expect.objectContaining({ code: 'proof-of-work' }) as Error);
  });
});
