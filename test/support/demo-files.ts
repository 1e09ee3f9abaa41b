/** What `provenn demo` makes: the files a reader of the README has in hand. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../', import.meta.url).pathname;

export type DemoFiles = {
  readonly folder: string;
  readonly provingKey: string;
  readonly verifyingKey: string;
  readonly preprocessing: string;
  readonly proof: string;
  readonly image: string;
  /** An audit bundle of all this, signed. */
  readonly bundle: string;
  readonly signer: string;
  /** Of another network. */
  readonly otherKey: string;
};

function provenn(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin/provenn.js'), ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

export function demoFiles(): DemoFiles {
  const folder = mkdtempSync(join(tmpdir(), 'provenn-demo-'));
  provenn('demo', '--out', folder);
  provenn('compile', join(root, 'artifacts/digits-mlp/digits-mlp.int8.onnx'), '-o', join(folder, 'other'));
  provenn('audit', 'keygen', '-o', join(folder, 'keys'));
  const image = join(root, 'artifacts/lenet5/images/9-ankle-boot.png');
  const bundle = join(folder, 'demo.zip');
  const sealed = ['--input', image, '--sign', join(folder, 'keys/signing.key.pem'), '-o', bundle];
  provenn('audit', 'export', join(folder, 'model'), '--proof', join(folder, 'answer.proof'), ...sealed);
  return {
    folder,
    provingKey: join(folder, 'model/proving.key'),
    verifyingKey: join(folder, 'model/verifying.key'),
    preprocessing: join(folder, 'model/preprocess.json'),
    proof: join(folder, 'answer.proof'),
    image,
    bundle,
    signer: join(folder, 'keys/signer.pem'),
    otherKey: join(folder, 'other/verifying.key'),
  };
}

/** The proving key of the demo's network under another visibility. */
export function compileLeNet(folder: string, name: string, visibility: string): string {
  const model = join(folder, name);
  provenn('compile', join(root, 'artifacts/lenet5/lenet5.int8.onnx'), '--visibility', visibility, '-o', model);
  return [join(model, 'secret/proving.key'), join(model, 'proving.key')].find((path) => existsSync(path)) as string;
}
