/** provenn contribute: one more participant in the setup of a key. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { decodeProvingKey, encodeProvingKey, encodeVerifyingKey, verifyingKeyDigest } from '../../artifact/keys.ts';
import { toHex } from '../../base/bytes.ts';
import { contributeTo } from '../../pipeline/index.ts';
import { readFileIfPresent } from '../../pipeline/node/files.ts';
import { modelFile, modelFolder, secretFolder, writeFolderAtomic } from '../../pipeline/node/folder.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import { readModelFile } from '../model-files.ts';
import type { Session } from '../session.ts';

type ContributeOptions = { readonly name: string };

async function contribute(session: Session, folder: string, { name }: ContributeOptions): Promise<void> {
  session.progress.stage('reading the key', 0);
  const path = modelFile(folder, modelFolder.provingKey);
  const key = await located(path, () => decodeProvingKey(readModelFile(folder, modelFolder.provingKey)));
  const transcript = readFileIfPresent(join(folder, modelFolder.ceremony)) ?? new Uint8Array(0);
  session.progress.stage('contributing', 0.1);
  const { provingKey, files: changed } = await located(path, () => contributeTo(key, transcript, name));
  const files = new Map<string, Uint8Array>();
  for (const file of Object.values(modelFolder)) {
    for (const name of [file, `${secretFolder}/${file}`]) {
      const bytes = readFileIfPresent(join(folder, name));
      if (bytes !== null) files.set(name, bytes);
    }
  }
  // With hidden weights the proving key stands apart from what may be published, and stays there.
  const secret = `${secretFolder}/${modelFolder.provingKey}`;
  files.set(files.has(secret) ? secret : modelFolder.provingKey, encodeProvingKey(provingKey));
  files.set(modelFolder.verifyingKey, encodeVerifyingKey(provingKey.verifyingKey));
  for (const [file, bytes] of changed) files.set(file, bytes);
  session.progress.stage('writing', 0.9);
  await uninterrupted(() => writeFolderAtomic(folder, files, true));
  const keyDigest = toHex(verifyingKeyDigest(provingKey.verifyingKey));
  session.result({
    json: { output: folder, keyDigest, contributor: name },
    text: `contributed as "${name}"\nkey digest ${keyDigest}\nProofs of the earlier key do not verify under this one.`,
    brief: keyDigest,
  });
}

const help = `
A key of a ceremony is sound while one of its participants destroyed their secret. Each contribution changes the keys in DIR;
ceremony.json records it. The secret is drawn from the system's generator and is gone when the command ends.

Examples:
  $ provenn contribute model --name "Ada"`;

export function addContribute(program: Command, start: (command: Command) => Session): void {
  program
    .command('contribute')
    .description('take part in the setup of a groth16 key')
    .argument('<dir>', 'a folder made by provenn compile --backend groth16 --ptau')
    .requiredOption('--name <name>', 'who contributes, for the transcript')
    .addHelpText('after', help)
    .action((folder: string, options: ContributeOptions, command: Command) =>
      contribute(start(command), folder, options),
    );
}
