/**
 * A verifier whose challenges are frozen: it draws what an honest proof made it draw, whatever the prover sends. What it
 * still rejects is caught by algebra or by a hash alone; what it accepts and the real verifier rejects is caught because
 * challenges are bound to the messages before them.
 */
import { vi } from 'vitest';
import type { Proof } from '../../src/artifact/proof.ts';
import type { Verdict } from '../../src/artifact/verdict.ts';
import type { AcceptedKey } from '../../src/backends/transparent/index.ts';
import { Transcript } from '../../src/backends/transparent/transcript.ts';
import type { Ext } from '../../src/base/extension.ts';
import { verifyProof } from '../../src/verify/index.ts';
import { withBody } from './malicious.ts';

export type Frozen = {
  /** All challenges of the honest proof, one list per draw. */
  readonly draws: readonly (readonly Ext[])[];
  /** The columns it opens. */
  readonly positions: readonly number[];
  /** Verdict on another body under those challenges, proofs of work waived. */
  judge(body: Uint8Array): Verdict;
};

function recordDraws(key: AcceptedKey, proof: Proof): { draws: Ext[][]; positions: number[] } {
  const draws: Ext[][] = [];
  let positions: number[] = [];
  const { draw: drawn, positions: chosen } = Transcript.prototype;
  const draw = vi.spyOn(Transcript.prototype, 'draw').mockImplementation(function (this: Transcript, count) {
    draws.push(drawn.call(this, count));
    return draws.at(-1) as Ext[];
  });
  const place = vi.spyOn(Transcript.prototype, 'positions').mockImplementation(function (
    this: Transcript,
    count,
    bits,
  ) {
    positions = chosen.call(this, count, bits);
    return positions;
  });
  try {
    if (!verifyProof({ accepted: key }, proof).ok) throw new Error('only an honest proof can be frozen');
  } finally {
    draw.mockRestore();
    place.mockRestore();
  }
  return { draws, positions };
}

/** Runs something under an oracle that answers draws and positions as told, proofs of work waived. */
export function underOracle<T>(draw: (count: number) => Ext[], positions: readonly number[], run: () => T): T {
  const spies = [
    vi.spyOn(Transcript.prototype, 'draw').mockImplementation(draw),
    vi.spyOn(Transcript.prototype, 'positions').mockReturnValue([...positions]),
    vi.spyOn(Transcript.prototype, 'checkNonce').mockReturnValue(true),
  ];
  try {
    return run();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs a prover under frozen challenges: each of its transcripts hears them from the start. */
export function proveUnder<T>(draws: readonly (readonly Ext[])[], positions: readonly number[], run: () => T): T {
  const heard = new WeakMap<Transcript, number>();
  const draw = vi.spyOn(Transcript.prototype, 'draw').mockImplementation(function (this: Transcript) {
    const next = heard.get(this) ?? 0;
    heard.set(this, next + 1);
    return draws[next] as Ext[];
  });
  const place = vi.spyOn(Transcript.prototype, 'positions').mockReturnValue([...positions]);
  try {
    return run();
  } finally {
    draw.mockRestore();
    place.mockRestore();
  }
}

/** The verdict on a proof when the oracle answers with these challenges. */
export function judgeUnder(
  key: AcceptedKey,
  proof: Proof,
  draws: readonly (readonly Ext[])[],
  positions: readonly number[],
): Verdict {
  let next = 0;
  return underOracle(
    () => draws[next++] as Ext[],
    positions,
    () => verifyProof({ accepted: key }, proof),
  );
}

export function freeze(key: AcceptedKey, proof: Proof): Frozen {
  const { draws, positions } = recordDraws(key, proof);
  return { draws, positions, judge: (body) => judgeUnder(key, withBody(proof, body), draws, positions) };
}
