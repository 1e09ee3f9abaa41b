/** Hidden inputs, outputs and weights on the command line, from compile to a verifier that never saw them. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeCommitment, decodeOpening, encodeOpening } from '../../src/artifact/commitment.ts';
import { decodeProvingKey, decodeVerifyingKey, encodeProvingKey, verifyingKeyDigest } from '../../src/artifact/keys.ts';
import { decodeLink, encodeLink } from '../../src/artifact/link.ts';
import { toHex } from '../../src/base/bytes.ts';
import { fixture, jsonOf, type Outcome, provenn, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const model = fixture('models/tiny-mlp.qop.onnx');
const recorded = fixture('ort/tiny-mlp.qop.json');
let before: string | undefined;

beforeAll(() => {
  before = process.env['PROVENN_STATE'];
  process.env['PROVENN_STATE'] = scratch.path('state');
});
afterAll(() => {
  if (before === undefined) delete process.env['PROVENN_STATE'];
  else process.env['PROVENN_STATE'] = before;
});

/** Some input of the model, as a file. */
async function inputFile(): Promise<string> {
  const cases = JSON.parse(readFileSync(recorded, 'utf8')) as unknown;
  expect(cases).toBeDefined();
  const path = scratch.path('input.json');
  const { graph } = (await import('../../src/pipeline/index.ts')).importModel(new Uint8Array(readFileSync(model)));
  const port = graph.inputs[0];
  const dims = (port?.dims ?? []).map((size) => (typeof size === 'number' ? size : 1));
  const count = dims.reduce((total, size) => total * size, 1);
  const data = Array.from({ length: count }, (_, i) => (i % 7) / 8 - 0.4);
  const inputs = { [port?.name as string]: { dims, type: 'float32', data } };
  writeFileSync(path, JSON.stringify({ inputs }));
  return path;
}

const reasonOf = (outcome: Outcome): unknown =>
  (jsonOf(outcome)['reason'] as { readonly code: string } | undefined)?.code;

describe('hidden weights and a private input', () => {
  const folder = (): string => scratch.path('model');
  const proof = (): string => scratch.path('answer.proof');
  const opening = (): string => join(folder(), 'secret/weights.opening');
  /** What a verifier is given: the key and the proof, nothing else. */
  const key = (): string => scratch.path('verifier/verifying.key');
  let input = '';

  beforeAll(async () => {
    input = await inputFile();
    const compiled = await provenn([
      'compile',
      model,
      '-o',
      folder(),
      '--visibility',
      'input=private,weights=committed',
    ]);
    expect(compiled.code, compiled.stderr).toBe(0);
    const proven = await provenn(['prove', folder(), '--input', input, '-o', proof()]);
    expect(proven.code, proven.stderr).toBe(0);
    mkdirSync(scratch.path('verifier'));
    copyFileSync(join(folder(), 'verifying.key'), key());
  });

  it('keeps what holds weights apart, for its owner alone', () => {
    expect(readdirSync(folder()).sort()).toEqual(['circuit.provenn', 'secret', 'verifying.key', 'weights.commitment']);
    expect(readdirSync(join(folder(), 'secret')).sort()).toEqual([
      'model.onnx',
      'proving.key',
      'weights.opening',
      'weights.opening.uses',
    ]);
    expect(statSync(join(folder(), 'secret')).mode & 0o777).toBe(0o700);
    for (const name of ['model.onnx', 'proving.key', 'weights.opening'])
      expect(statSync(join(folder(), 'secret', name)).mode & 0o777).toBe(0o600);
  });

  it('a verifier that has the key and the proof learns what is claimed, what is hidden and what is committed', async () => {
    const { code, stdout } = await provenn(['verify', proof(), '--key', key()]);
    expect(code).toBe(0);
    const commitment = decodeCommitment(readFileSync(join(folder(), 'weights.commitment')));
    expect(stdout).toContain('ACCEPTED: the network gives this output for a hidden input');
    expect(stdout).toMatch(/input +"[^"]+" float32 .*, private/);
    expect(stdout).toContain(`weights      hidden in the commitment ${toHex(commitment.descriptor)}`);
    expect(stdout).toContain('zero-knowledge: the proof says nothing about what is not shown here');
    const { claims } = jsonOf(await provenn(['verify', proof(), '--key', key(), '--json'])) as {
      readonly claims: { readonly [key: string]: unknown };
    };
    expect(claims).toMatchObject({
      zeroKnowledge: true,
      inputs: {},
      hidden: [{ side: 'input', commitment: null }],
      weights: [{ matrix: 'weights', commitment: toHex(commitment.descriptor) }],
    });
    expect(claims['modelDigest']).not.toBe(claims['circuitDigest']);
    const expecting = ['--model', claims['modelDigest'] as string];
    const weights = ['--expect-weights-commitment', join(folder(), 'weights.commitment')];
    expect((await provenn(['verify', proof(), '--key', key(), ...expecting, ...weights])).code).toBe(0);
    const other = await provenn([
      'verify',
      proof(),
      '--key',
      key(),
      '--model',
      claims['circuitDigest'] as string,
      '--json',
    ]);
    expect(reasonOf(other)).toBe('model');
  });

  it('what is hidden cannot be compared, so a comparison is a rejection', async () => {
    const compared = await provenn(['verify', proof(), '--key', key(), '--input', input, '--json']);
    expect([compared.code, reasonOf(compared)]).toEqual([1, 'input']);
  });

  it('public files and proofs hold no weight in any form that a search would find', () => {
    const proving = join(folder(), 'secret/proving.key');
    const { model: secret } = decodeProvingKey(readFileSync(proving));
    const published = ['verifying.key', 'circuit.provenn', 'weights.commitment'].map((name) => join(folder(), name));
    let searched = 0;
    for (const { dtype, data } of secret.constants.values()) {
      const words = new Uint8Array(Int32Array.from(data.slice(0, 4)).buffer);
      const bytes = Uint8Array.from(data.slice(0, 12), (x) => x & 255);
      // The search itself works: bytes are found where the secrets are kept.
      if (dtype !== 's32') expect(readFileSync(proving).includes(Buffer.from(bytes))).toBe(true);
      for (const run of dtype === 's32' ? [words] : [bytes, words]) {
        for (const path of [...published, proof()]) {
          searched++;
          expect(readFileSync(path).includes(Buffer.from(run)), path).toBe(false);
        }
      }
    }
    expect(searched).toBeGreaterThan(4);
  });

  it('the same architecture with other weights is another model', async () => {
    const again = scratch.path('other model');
    const visibility = ['--visibility', 'input=private,weights=committed'];
    expect((await provenn(['compile', model, '-o', again, ...visibility])).code).toBe(0);
    expect(readFileSync(join(again, 'circuit.provenn'))).toEqual(readFileSync(join(folder(), 'circuit.provenn')));
    const { code, stdout } = await provenn(['verify', proof(), '--key', join(again, 'verifying.key'), '--json']);
    expect([code, JSON.parse(stdout).reason.code]).toEqual([1, 'model']);
  });

  it('an opening that others can read is not used', async () => {
    chmodSync(opening(), 0o644);
    const { code, stderr } = await provenn(['prove', folder(), '--input', input, '-o', scratch.path('no.proof')]);
    chmodSync(opening(), 0o600);
    expect(code).toBe(2);
    expect(stderr).toContain('chmod 600');
    expect(existsSync(scratch.path('no.proof'))).toBe(false);
  });

  it('a copied folder proves nothing, and the budget ends after six proofs', async () => {
    cpSync(folder(), scratch.path('copy'), { recursive: true });
    const target = scratch.path('more.proof');
    const copied = await provenn(['prove', scratch.path('copy'), '--input', input, '-o', target]);
    expect([copied.code, copied.stderr.includes('OPENING_COPIED')]).toEqual([4, true]);
    expect(existsSync(target)).toBe(false);
    for (let use = 2; use <= 6; use++)
      expect((await provenn(['prove', folder(), '--input', input, '-o', target])).code).toBe(0);
    const last = await provenn(['prove', folder(), '--input', input, '-o', scratch.path('seventh.proof')]);
    expect([last.code, last.stderr.includes('BUDGET_EXHAUSTED'), last.stderr.includes('rekey')]).toEqual([
      4,
      true,
      true,
    ]);
    expect(existsSync(scratch.path('seventh.proof'))).toBe(false);
    expect(decodeOpening(readFileSync(opening())).lease.uses.length).toBe(8);
  });
});

describe('re-keying and leases', () => {
  const visibility = ['--visibility', 'weights=committed'];
  const first = (): string => scratch.path('first');
  const second = (): string => scratch.path('second');
  const proof = (): string => scratch.path('second.proof');
  const keyOf = (folder: string): string => join(folder, 'verifying.key');
  let input = '';

  beforeAll(async () => {
    input = await inputFile();
    expect((await provenn(['compile', model, '-o', first(), ...visibility])).code).toBe(0);
    const rekeyed = await provenn(['rekey', first(), '-o', second()]);
    expect(rekeyed.code, rekeyed.stderr).toBe(0);
    const proven = await provenn(['prove', second(), '--input', input, '-o', proof()]);
    expect(proven.code, proven.stderr).toBe(0);
  });

  it('whoever pinned the old key follows the link to the new one; nobody else is asked to', async () => {
    expect((await provenn(['verify', proof(), '--key', keyOf(second())])).code).toBe(0);
    const unlinked = await provenn(['verify', proof(), '--key', keyOf(first()), '--json']);
    expect([unlinked.code, reasonOf(unlinked)]).toEqual([1, 'model']);
    const linked = await provenn(['verify', proof(), '--key', keyOf(first()), '--chain', keyOf(second()), '--json']);
    expect(linked.code, linked.stdout).toBe(0);
    const { claims } = jsonOf(linked) as { readonly claims: { readonly [key: string]: unknown } };
    const pinned = toHex(verifyingKeyDigest(decodeVerifyingKey(readFileSync(keyOf(first())))));
    expect(claims['linkedFrom']).toBe(pinned);
    expect(claims['soundnessBits']).toBeGreaterThanOrEqual(100);
  });

  it('a chain that does not lead from key to key is refused', async () => {
    const stranger = scratch.path('stranger');
    expect((await provenn(['compile', model, '-o', stranger, ...visibility])).code).toBe(0);
    for (const [from, to] of [
      [stranger, second()],
      [second(), first()],
      [first(), stranger],
    ] as const) {
      const { code, stderr } = await provenn(['verify', proof(), '--key', keyOf(from), '--chain', keyOf(to)]);
      expect([code, stderr.includes('KEY_REFUSED')]).toEqual([6, true]);
    }
  });

  it('the use that is kept for re-keying is the one that is spent', async () => {
    expect((await provenn(['inspect', join(first(), 'secret/weights.opening')])).stdout).toMatch(/2 spent, 6 left$/m);
    const { stdout } = await provenn(['inspect', join(second(), 'secret/weights.opening')]);
    expect(stdout).toContain('2 spent, 5 left, and one kept to re-key');
  });

  it('one weight changed in what is proven with gives no proof, in the model or in the opening', async () => {
    const secret = join(second(), 'secret');
    const place = { key: join(secret, 'proving.key'), opening: join(secret, 'weights.opening') };
    const honest = { key: readFileSync(place.key), opening: readFileSync(place.opening) };
    const target = scratch.path('forged.proof');
    const key = decodeProvingKey(honest.key);
    const [name, tensor] = [...key.model.constants].find(([, { dtype }]) => dtype !== 's32') ?? [];
    if (name === undefined || tensor === undefined) throw new Error('no weights');
    const data = tensor.data.map((x) => (x > 0 ? x - 120 : x + 120));
    const constants = new Map([...key.model.constants, [name, { ...tensor, data }]]);
    writeFileSync(place.key, encodeProvingKey({ ...key, model: { ...key.model, constants } }));
    const moved = await provenn(['prove', second(), '--input', input, '-o', target]);
    writeFileSync(place.key, honest.key);
    expect([moved.code, moved.stderr.includes('PROOF_SELF_CHECK')]).toEqual([1, true]);
    const opening = decodeOpening(honest.opening);
    const cells = opening.cells.map((each, i) => (i === 0 ? each.map((x, at) => (at === 0 ? x ^ 1 : x)) : each));
    // Written in place: the ledger knows the file by its inode.
    writeFileSync(place.opening, encodeOpening({ ...opening, cells }));
    const forged = await provenn(['prove', second(), '--input', input, '-o', target]);
    writeFileSync(place.opening, honest.opening);
    expect(forged.code).not.toBe(0);
    expect(forged.stderr).toMatch(/ARTIFACT_TAMPERED|PROOF_SELF_CHECK/);
    expect(existsSync(target)).toBe(false);
    expect((await provenn(['prove', second(), '--input', input, '-o', target])).code).toBe(0);
  });

  it('a lease is used on the machine that accepts it, and counted there', async () => {
    const lease = scratch.path('worker.opening');
    const opening = join(second(), 'secret/weights.opening');
    expect((await provenn(['lease', opening, '--uses', '9', '-o', lease])).code).toBe(4);
    expect((await provenn(['lease', opening, '--uses', '1', '-o', lease])).code).toBe(0);
    expect(statSync(lease).mode & 0o777).toBe(0o600);
    expect((await provenn(['inspect', opening])).stdout).toMatch(/[0-9] spent, 1 left/);
    const here = process.env['PROVENN_STATE'];
    process.env['PROVENN_STATE'] = scratch.path('state of the worker');
    try {
      const prove = ['prove', second(), '--input', input, '-o', scratch.path('leased.proof')];
      expect((await provenn(prove)).code).toBe(4);
      expect((await provenn([...prove, '--opening', lease])).code).toBe(4);
      expect((await provenn(['lease', lease, '--accept'])).code).toBe(0);
      expect((await provenn(['lease', lease, '--accept'])).code).toBe(4);
      const proven = await provenn([...prove, '--opening', lease]);
      expect(proven.code, proven.stderr).toBe(0);
      expect((await provenn([...prove, '--opening', lease])).code).toBe(4);
    } finally {
      if (here !== undefined) process.env['PROVENN_STATE'] = here;
    }
    expect((await provenn(['verify', scratch.path('leased.proof'), '--key', keyOf(second())])).code).toBe(0);
  });
});

describe('committed inputs and outputs', () => {
  const folder = (): string => scratch.path('committed model');
  const key = (): string => join(folder(), 'verifying.key');
  let input = '';

  beforeAll(async () => {
    input = await inputFile();
    const visibility = ['--visibility', 'input=committed,output=committed'];
    expect((await provenn(['compile', model, '-o', folder(), ...visibility])).code).toBe(0);
  });

  it('a commitment made before is the one that a proof names, and verify can demand it', async () => {
    const ticket = scratch.path('ticket');
    const committed = await provenn(['commit', '--key', key(), '--input', input, '-o', ticket, '--label', 'mine']);
    expect(committed.code, committed.stderr).toBe(0);
    expect(statSync(`${ticket}.opening`).mode & 0o777).toBe(0o600);
    const proof = scratch.path('committed.proof');
    const args = ['prove', folder(), '--input', input, '--opening', `${ticket}.opening`, '-o', proof];
    const proven = await provenn(args);
    expect(proven.code, proven.stderr).toBe(0);
    const demand = ['--expect-input-commitment', `${ticket}.commitment`];
    expect((await provenn(['verify', proof, '--key', key(), ...demand])).code).toBe(0);
    const made = readdirSync(scratch.path('.')).filter((name) => name.startsWith('committed.proof.output-'));
    expect(made.filter((name) => name.endsWith('.commitment')).length).toBe(1);
    const output = scratch.path(made.find((name) => name.endsWith('.commitment')) as string);
    expect((await provenn(['verify', proof, '--key', key(), '--expect-output-commitment', output])).code).toBe(0);
    const hex = toHex(decodeCommitment(readFileSync(output)).descriptor);
    const wrong = await provenn(['verify', proof, '--key', key(), '--expect-input-commitment', hex, '--json']);
    expect([wrong.code, reasonOf(wrong)]).toEqual([1, 'input']);
    const swapped = await provenn([
      'verify',
      proof,
      '--key',
      key(),
      '--expect-output-commitment',
      '0'.repeat(64),
      '--json',
    ]);
    expect([swapped.code, reasonOf(swapped)]).toEqual([1, 'output']);
    const shown = await provenn(['verify', proof, '--key', key()]);
    expect(shown.stdout).toContain('ACCEPTED: the network gives a hidden output for a hidden input');
  });

  it('an opening of another input is refused before it is used', async () => {
    const other = JSON.parse(readFileSync(input, 'utf8')) as { inputs: Record<string, { data: number[] }> };
    for (const array of Object.values(other.inputs)) array.data = array.data.map((x) => x / 2 + 0.3);
    writeFileSync(scratch.path('other.json'), JSON.stringify(other));
    const args = [
      'prove',
      folder(),
      '--input',
      scratch.path('other.json'),
      '--opening',
      scratch.path('ticket.opening'),
    ];
    const { code, stderr } = await provenn([...args, '-o', scratch.path('x.proof')]);
    expect([code, stderr.includes('INPUT_MISMATCH')]).toEqual([2, true]);
    const uses = (await provenn(['inspect', scratch.path('ticket.opening')])).stdout;
    expect(uses).toContain('input:');
  });

  it('an input is re-keyed: a link leads from the commitment that was expected to the one that the proof names', async () => {
    const old = scratch.path('ticket');
    const renewed = scratch.path('ticket2');
    const pair = ['--commitment', `${old}.commitment`, '--opening', `${old}.opening`];
    const rekeyed = await provenn(['rekey', ...pair, '-o', renewed, '--json']);
    expect(rekeyed.code, rekeyed.stderr).toBe(0);
    const only = (ending: string, folder = renewed): string =>
      join(folder, readdirSync(folder).find((name) => name.endsWith(ending)) as string);
    const opening = only('.opening', join(renewed, 'secret'));
    expect(statSync(opening).mode & 0o777).toBe(0o600);
    expect((await provenn(['inspect', opening])).stdout).toMatch(/1 spent, 6 left, and one kept to re-key$/m);
    // One use of the ticket made a proof, the kept one the link.
    expect((await provenn(['inspect', `${old}.opening`])).stdout).toMatch(/2 spent, 6 left$/m);
    const proof = scratch.path('renewed.proof');
    const proven = await provenn(['prove', folder(), '--input', input, '--opening', opening, '-o', proof]);
    expect(proven.code, proven.stderr).toBe(0);

    const verify = ['verify', proof, '--key', key(), '--json'];
    const demand = ['--expect-input-commitment', `${old}.commitment`];
    const linked = await provenn([...verify, ...demand, '--chain', only('.link')]);
    expect(linked.code, linked.stdout).toBe(0);
    const { previousCommitment, commitment } = jsonOf(rekeyed);
    type Claimed = { readonly soundnessBits: number; readonly hidden: readonly { readonly [key: string]: unknown }[] };
    const claims = jsonOf(linked)['claims'] as Claimed;
    expect(claims.hidden.find(({ side }) => side === 'input')).toMatchObject({
      commitment,
      linkedFrom: previousCommitment,
    });
    const plain = await provenn([...verify, '--expect-input-commitment', only('.commitment')]);
    const unlinked = jsonOf(plain)['claims'] as Claimed;
    expect(claims.soundnessBits).toBeGreaterThanOrEqual(100);
    expect(claims.soundnessBits).toBeLessThan(unlinked.soundnessBits);
    expect((await provenn(['inspect', only('.link')])).stdout).toContain(String(previousCommitment));

    // Without the link, from another commitment, or for a proof that names the old one: not the expected input.
    const without = await provenn([...verify, ...demand]);
    expect([without.code, reasonOf(without)]).toEqual([1, 'input']);
    const stranger = ['--expect-input-commitment', '0'.repeat(64), '--chain', only('.link')];
    expect(reasonOf(await provenn([...verify, ...stranger]))).toBe('input');
    const backwards = ['verify', scratch.path('committed.proof'), '--key', key(), '--json'];
    const ahead = ['--expect-input-commitment', only('.commitment'), '--chain', only('.link')];
    expect(reasonOf(await provenn([...backwards, ...ahead]))).toBe('input');

    // A forged link is the reason itself; a damaged file is an error about that file.
    const honest = decodeLink(readFileSync(only('.link')));
    const forged = scratch.path('forged.link');
    const proofOf = (at: number): Uint8Array => honest.proof.map((byte, i) => (i === at ? byte ^ 1 : byte));
    for (const link of [
      { ...honest, from: honest.to, to: honest.from },
      { ...honest, previousRoot: honest.root, root: honest.previousRoot, from: honest.to, to: honest.from },
      { ...honest, proof: proofOf(honest.proof.length >> 1) },
      { ...honest, proof: honest.proof.slice(0, -1) },
    ]) {
      writeFileSync(forged, encodeLink(link));
      const outcome = await provenn([...verify, ...demand, '--chain', forged]);
      expect([outcome.code, reasonOf(outcome)]).toEqual([1, 'link']);
    }
    writeFileSync(forged, readFileSync(only('.link')).subarray(0, 5000));
    const cut = await provenn([...verify, ...demand, '--chain', forged]);
    expect([cut.code, jsonOf(cut).error?.['code']]).toEqual([6, 'ARTIFACT_TAMPERED']);
    expect((await provenn([...verify, '--chain', only('.link')])).code).toBe(2);
  });

  it('a re-keying that cannot be is refused before anything is spent', async () => {
    const old = scratch.path('ticket');
    const made = scratch.path('ticket2');
    const commitment = join(made, readdirSync(made).find((name) => name.endsWith('.commitment')) as string);
    const target = scratch.path('ticket3');
    for (const args of [
      ['--commitment', commitment, '--opening', `${old}.opening`],
      ['--commitment', commitment],
      [folder(), '--opening', `${old}.opening`],
      ['--opening', join(scratch.path('second'), 'secret/weights.opening')],
      [],
    ]) {
      const { code, stderr } = await provenn(['rekey', ...args, '-o', target]);
      expect([code, stderr.includes('USAGE')], args.join(' ')).toEqual([2, true]);
      expect(existsSync(target)).toBe(false);
    }
    // Its last use is spent: six proofs are left, no second link.
    for (const [i, code] of [0, 0, 0, 0, 0, 0, 4].entries()) {
      const again = ['rekey', '--opening', `${old}.opening`, '-o', scratch.path(`again ${i}`)];
      expect((await provenn(again)).code).toBe(code);
    }
  });

  it('only what the network holds committed can be committed or demanded', async () => {
    const open = scratch.path('open model');
    expect((await provenn(['compile', model, '-o', open])).code).toBe(0);
    const openKey = join(open, 'verifying.key');
    const refused = await provenn(['commit', '--key', openKey, '--input', input, '-o', scratch.path('none')]);
    expect([refused.code, refused.stderr.includes('--visibility')]).toEqual([2, true]);
    const demand = ['--expect-input-commitment', '0'.repeat(64)];
    expect((await provenn(['verify', scratch.path('committed.proof'), '--key', openKey, ...demand])).code).toBe(2);
  });
});

describe('a committed data set', () => {
  it('is re-keyed like an input: the proof about a sample names the fresh commitment, the verifier the old one', async () => {
    const folder = scratch.path('data model');
    const key = join(folder, 'verifying.key');
    const visibility = ['--visibility', 'input=committed', '--samples', '3'];
    expect((await provenn(['compile', model, '-o', folder, ...visibility])).code).toBe(0);
    const one = JSON.parse(readFileSync(await inputFile(), 'utf8')) as {
      inputs: Record<string, { dims: number[]; type: string; data: number[] }>;
    };
    for (const array of Object.values(one.inputs)) {
      array.data = [0, 0.1, -0.1].flatMap((shift) => array.data.map((x) => x + shift));
      array.dims = [3, ...array.dims.slice(1)];
    }
    const data = scratch.path('data.json');
    writeFileSync(data, JSON.stringify(one));
    const [old, renewed, proof] = [scratch.path('data'), scratch.path('data2'), scratch.path('data.proof')];
    const committed = await provenn(['commit', '--key', key, '--data', data, '-o', old]);
    expect(committed.code, committed.stderr).toBe(0);
    const rekeyed = await provenn(['rekey', '--opening', `${old}.opening`, '-o', renewed]);
    expect(rekeyed.code, rekeyed.stderr).toBe(0);
    const only = (ending: string, place: string): string =>
      join(place, readdirSync(place).find((name) => name.endsWith(ending)) as string);
    const opening = only('.opening', join(renewed, 'secret'));
    const proven = await provenn(['prove', folder, '--opening', opening, '--sample', '2', '-o', proof]);
    expect(proven.code, proven.stderr).toBe(0);
    const verify = ['verify', proof, '--key', key, '--expect-input-commitment', `${old}.commitment`, '--json'];
    const linked = await provenn([...verify, '--chain', only('.link', renewed)]);
    expect(linked.code, linked.stdout).toBe(0);
    expect(reasonOf(await provenn(verify))).toBe('input');
  });
});
