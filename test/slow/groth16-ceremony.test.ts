/** Keys of a ceremony: what files are refused, what the transcript records, and that contributions keep proofs apart. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Circuit } from '../../src/artifact/circuit.ts';
import type { ProvingKey } from '../../src/artifact/keys.ts';
import { profile } from '../../src/artifact/quant-graph.ts';
import { decodeParameters, encodeParameters } from '../../src/backends/groth16/config.ts';
import { groth16 } from '../../src/backends/groth16/index.ts';
import { hermezDigests, knownCeremony } from '../../src/backends/groth16/node/known-ceremonies.ts';
import type { MadeKey, SetupChoice } from '../../src/backends/proving.ts';
import { digest } from '../../src/base/digest.ts';
import { ProvennError } from '../../src/base/errors.ts';
import { Builder } from '../../src/gadgets/builder.ts';
import { prepareKey, verifyProof } from '../../src/verify/index.ts';
import { setupTimeout } from '../support/backend-laws.ts';
import { complete } from '../support/circuits.ts';
import { writePtau } from '../support/ptau.ts';

/** max(x[0], x[1]): as few equations as a circuit can have. */
function smallCircuit(): Circuit {
  const build = new Builder();
  const x = build.publicWire('x', [2], [0, 255]);
  const y = build.publicWire('y', [1], [0, 255]);
  const side = (offset: number) => ({
    constant: 0,
    terms: [{ coefficient: 1, view: { wire: x, map: [{ kind: 'axis' as const, axis: 0, stride: 1, offset }] } }],
    accumulators: [],
  });
  build.maximum('maximum', [1], side(0), side(1), y);
  const port = { quantization: null, dtype: 'u8' as const };
  return build.finish(
    'maximum',
    profile,
    [{ ...port, name: 'x', tensor: 'x', dims: [2], wire: x }],
    [{ ...port, name: 'y', tensor: 'y', dims: [1], wire: y }],
  );
}

const circuit = smallCircuit();
const model = { name: 'm', profile, inputs: [], outputs: [], tensors: [], constants: new Map(), nodes: [] };
const folder = mkdtempSync(join(tmpdir(), 'provenn ptau '));
const ptau = join(folder, 'small.ptau');
let pinned = '';
let made: MadeKey;
let provingKey: ProvingKey;

const make = (setup: SetupChoice): Promise<MadeKey> => groth16.makeKey(circuit, { setup, onProgress: () => {} });
const choice = (path: string, digestOfFile: string | null): SetupChoice => ({
  kind: 'ceremony',
  ptau: path,
  digest: digestOfFile,
  contributor: 'Ada',
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'accepted';
}

beforeAll(async () => {
  pinned = await writePtau(ptau, 8);
  made = await make(choice(ptau, pinned));
  provingKey = { verifyingKey: made.verifyingKey, model, material: made.material };
}, setupTimeout);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const transcriptOf = (files: ReadonlyMap<string, Uint8Array>): Uint8Array => files.get('ceremony.json') as Uint8Array;

const prove = (key: ProvingKey) =>
  groth16.prove(key, complete(circuit, [Int32Array.of(7, 200)]), new Uint8Array(0), {
    randomness: new Uint8Array(32),
    onStage: () => {},
  });

describe('powers-of-tau files', () => {
  test('the known ones are named by their digests', () => {
    expect(Object.keys(hermezDigests)).toHaveLength(21);
    for (const known of Object.values(hermezDigests)) expect(known).toMatch(/^[0-9a-f]{128}$/);
    expect(knownCeremony(hermezDigests[8] as string)).toBe('powersOfTau28_hez_final_08.ptau');
    expect(knownCeremony(hermezDigests[28] as string)).toBe('powersOfTau28_hez_final.ptau');
    expect(knownCeremony('00')).toBeNull();
  });

  test(
    'unknown, altered and missing ones are refused',
    async () => {
      expect(await codeOf(make(choice(ptau, null)))).toBe('SETUP_REFUSED');
      expect(await codeOf(make(choice(ptau, '00'.repeat(64))))).toBe('SETUP_REFUSED');
      expect(await codeOf(make(choice(join(folder, 'none.ptau'), pinned)))).toBe('FILE_NOT_FOUND');
    },
    setupTimeout,
  );

  test(
    'one that is pinned and does not verify is refused',
    async () => {
      const bytes = readFileSync(ptau);
      const path = join(folder, 'altered.ptau');
      // A point of the first section takes the place of the one after it.
      const altered = Buffer.from(bytes);
      altered.copy(altered, 24 + 44 + 12 + 128, 24 + 44 + 12 + 192, 24 + 44 + 12 + 256);
      writeFileSync(path, altered);
      const { createHash } = await import('node:crypto');
      const own = createHash('blake2b512').update(altered).digest('hex');
      expect(await codeOf(make(choice(path, own)))).toBe('SETUP_REFUSED');
    },
    setupTimeout,
  );
});

describe('a key of a ceremony', () => {
  test(
    'is accepted by default, names its transcript, and proves',
    async () => {
      const proof = await prove(provingKey);
      const verdict = verifyProof(prepareKey(made.verifyingKey), proof);
      expect(verdict).toMatchObject({ ok: true, claims: { setup: 'ceremony', zeroKnowledge: true } });
      const transcript = transcriptOf(made.files);
      const { setup, transcriptDigest } = decodeParameters(made.verifyingKey.parameters);
      expect(setup).toBe('ceremony');
      expect(transcriptDigest).toEqual(digest(transcript));
      expect(JSON.parse(new TextDecoder().decode(transcript))).toMatchObject({
        powersOfTau: { blake2b: pinned, name: null },
        contributions: [{ name: 'Ada' }],
      });
    },
    setupTimeout,
  );

  test(
    'becomes another key with every contribution, recorded in the transcript',
    async () => {
      const transcript = transcriptOf(made.files);
      const next = await groth16.contribute?.(provingKey, transcript, 'Grace');
      if (next === undefined) throw new Error('nobody can contribute');
      const names = JSON.parse(new TextDecoder().decode(transcriptOf(next.files))) as {
        contributions: { name: string }[];
      };
      expect(names.contributions.map(({ name }) => name)).toEqual(['Ada', 'Grace']);
      const key = prepareKey(next.provingKey.verifyingKey);
      expect(verifyProof(key, await prove(next.provingKey)).ok).toBe(true);
      expect(verifyProof(key, await prove(provingKey))).toMatchObject({ ok: false, reason: { code: 'key' } });
      expect(await codeOf(groth16.contribute?.(provingKey, transcriptOf(next.files), 'Eve') as Promise<unknown>)).toBe(
        'SETUP_REFUSED',
      );
    },
    setupTimeout,
  );

  test('is refused without a contribution, and without a transcript', () => {
    const parameters = decodeParameters(made.verifyingKey.parameters);
    const withKey = (changes: Partial<typeof parameters>) => () =>
      prepareKey({ ...made.verifyingKey, parameters: encodeParameters({ ...parameters, ...changes }) });
    const { key } = parameters;
    expect(withKey({ key: { ...key, delta: key.gamma } })).toThrow('nobody contributed');
    expect(withKey({ transcriptDigest: new Uint8Array(32) })).toThrow('names no transcript');
    expect(withKey({ key: { ...key, ic: key.ic.slice(1) } })).toThrow('another circuit');
    expect(withKey({})).not.toThrow();
  });
});
