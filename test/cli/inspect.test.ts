import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { circuitDigest, encodeCircuit } from '../../src/artifact/circuit-codec.ts';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import { toHex, utf8 } from '../../src/base/bytes.ts';
import { Builder, identityMap } from '../../src/gadgets/builder.ts';
import { fixture, jsonOf, provenn, root, scratchFolder } from './cli.ts';

const scratch = scratchFolder();

const build = new Builder();
const input = build.publicWire('x_q', [2], [0, 255]);
const output = build.witness('y_q', [2], [0, 510]);
const doubled = {
  constant: 0,
  terms: [{ coefficient: 2, view: { wire: input, map: identityMap([2]) } }],
  accumulators: [],
};
build.linear('double', [2], doubled, output);
const port = { name: 'x', tensor: 'x_q', dims: [2], dtype: 'u8', quantization: null, wire: input } as const;
const circuit = build.finish('tiny', 'profile/1', [port], []);

function save(name: string, bytes: Uint8Array): string {
  const path = scratch.path(name);
  writeFileSync(path, bytes);
  return path;
}

describe('provenn inspect', () => {
  it('prints a circuit relation by relation, with the digest that names the model', async () => {
    const path = save('a circuit', encodeCircuit(circuit));
    const { code, stdout } = await provenn(['inspect', path]);
    expect(code).toBe(0);
    expect(stdout).toContain(toHex(circuitDigest(circuit)));
    expect(stdout).toContain('%1 = 2·%0[x0]');
    const json = jsonOf(await provenn(['inspect', path, '--json']));
    expect(json).toMatchObject({
      schemaVersion: 1,
      kind: 'circuit',
      version: 1,
      facts: { circuitDigest: toHex(circuitDigest(circuit)) },
    });
  });

  it('reads keys and proofs, and says that a proof was not checked', async () => {
    const key = save(
      'key',
      encodeVerifyingKey({ backend: 'transparent', parameters: new Uint8Array(3), circuit, commitments: [] }),
    );
    expect((await provenn(['inspect', key])).stdout).toMatch(/^verifying-key, format 1.*\n {2}backend +transparent/);
    const statement = {
      modelDigest: new Uint8Array(32),
      keyDigest: new Uint8Array(32),
      context: utf8('session 7'),
      publics: [Int32Array.of(1, 2)],
      commitments: [],
    };
    const proof = save('proof', encodeProof({ backend: 'transparent', statement, body: new Uint8Array(9) }));
    const { stdout } = await provenn(['inspect', proof]);
    expect(stdout).toContain('session 7');
    expect(stdout).toMatch(/checked +no: run provenn verify/);
  });

  it('shows a context that is not text in hexadecimal, and no control characters ever', async () => {
    const context = Uint8Array.of(0x1b, 0x5b, 0x33, 0x31, 0x6d);
    const digests = { modelDigest: new Uint8Array(32), keyDigest: new Uint8Array(32) };
    const statement = { ...digests, context, publics: [], commitments: [] };
    const proof = save('proof', encodeProof({ backend: '\u001b[31mred', statement, body: new Uint8Array(0) }));
    const { stdout } = await provenn(['inspect', proof]);
    expect(stdout).toContain('0x1b5b33316d');
    expect(stdout).not.toContain('\u001b');
  });

  it('reads ONNX models and input files', async () => {
    const float = await provenn(['inspect', fixture('models/tiny-cnn.float.onnx')]);
    expect(float.stdout).toMatch(/^onnx-model/);
    expect(float.stdout).toMatch(/arithmetic +float/);
    expect((await provenn(['inspect', fixture('models/lenet5.qop.tensor.u8s8.onnx')])).stdout).toMatch(
      /arithmetic +int8/,
    );
    const npz = await provenn(['inspect', `${root}artifacts/lenet5/calibration.npz`]);
    expect(npz.stdout).toMatch(/image +uint8 \[256,1,28,28\]/);
    expect((await provenn(['inspect', `${root}artifacts/lenet5/images/8-bag.png`])).stdout).toContain('28 × 28');
    const json = save('in.json', utf8('{"input_data":[[1,2]]}'));
    expect((await provenn(['inspect', json])).stdout).toContain('2 values');
  });

  it('exits with 6 for every altered or truncated provenn file', async () => {
    const good = encodeCircuit(circuit);
    const marker = 8;
    for (let at = marker; at < good.length; at += 7) {
      const bytes = good.slice();
      bytes[at] = (bytes[at] as number) ^ 32;
      const { code, stderr } = await provenn(['inspect', save('bad', bytes)]);
      expect(code, `byte ${at}`).toBe(6);
      expect(stderr).toMatch(/^error\[ARTIFACT_/m);
      expect((await provenn(['inspect', save('bad', good.slice(0, at))])).code).toBe(6);
    }
  });

  it('exits with 3 or 5 for bad models and names the file', async () => {
    const cases = { cycle: 3, 'duplicate-names': 3, truncated: 5, 'external-data': 5 } as const;
    for (const [name, expected] of Object.entries(cases)) {
      const path = fixture(`bad/${name}.onnx`);
      const { code, stdout, stderr } = await provenn(['inspect', path]);
      expect({ name, code, stdout }).toEqual({ name, code: expected, stdout: '' });
      expect(stderr).toContain(path);
    }
  });

  it('exits with 5 for a file that does not exist, JSON when asked', async () => {
    const path = scratch.path('absent');
    const { code, stdout, stderr } = await provenn(['inspect', path]);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain(
      `error[FILE_NOT_FOUND] The file cannot be read: it does not exist.\n  where: ${path}\n  next: `,
    );
    const json = await provenn(['inspect', path, '--json']);
    expect(json.code).toBe(5);
    expect(jsonOf(json)).toMatchObject({ schemaVersion: 1, error: { code: 'FILE_NOT_FOUND', where: path } });
  });

  it('shows a stack trace only with --debug', async () => {
    expect((await provenn(['inspect', scratch.path('absent')])).stderr).not.toMatch(/\n {4}at /);
    expect((await provenn(['inspect', scratch.path('absent'), '--debug'])).stderr).toMatch(/\n {4}at /);
  });

  it('colours errors on a terminal unless NO_COLOR is set', async () => {
    const args = ['inspect', scratch.path('absent'), '--progress', 'none'];
    expect((await provenn(args, { stderrIsTerminal: true })).stderr).toContain(
      '\u001b[31merror[FILE_NOT_FOUND]\u001b[0m',
    );
    expect((await provenn(args, { stderrIsTerminal: true, env: { NO_COLOR: '1' } })).stderr).toMatch(/^error/);
    expect((await provenn(args)).stderr).toMatch(/^error/);
  });
});
