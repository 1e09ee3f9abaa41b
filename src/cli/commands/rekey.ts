/** provenn rekey: a fresh commitment to hidden weights, linked to the one whose uses are spent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { encodeCommitment, encodeOpening } from '../../artifact/commitment.ts';
import { decodeProvingKey, encodeProvingKey, encodeVerifyingKey, verifyingKeyDigest } from '../../artifact/keys.ts';
import { toHex } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { rekey } from '../../pipeline/index.ts';
import { readFile, readFileIfPresent } from '../../pipeline/node/files.ts';
import { checkTarget, modelFile, modelFolder, secretFolder, writeFolderAtomic } from '../../pipeline/node/folder.ts';
import { registerOpening } from '../../pipeline/node/ledger.ts';
import { ledgerEntry } from '../../pipeline/node/openings.ts';
import { freshRandomness } from '../../pipeline/node/randomness.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import { readModelFile } from '../model-files.ts';
import { usableOpening, weightsOpening } from '../openings.ts';
import type { Session } from '../session.ts';

async function rekeyFolder(session: Session, folder: string, output: string): Promise<void> {
  const { progress } = session;
  progress.stage('reading the key', 0);
  checkTarget(output, false);
  const path = modelFile(folder, modelFolder.provingKey);
  const key = await located(path, () => decodeProvingKey(readModelFile(folder, modelFolder.provingKey)));
  const place = weightsOpening(folder);
  if (!existsSync(place)) {
    throw new ProvennError('USAGE', 'The model has no hidden weights, so there is nothing to re-key.', {
      where: folder,
      next: 'Only folders compiled with --visibility weights=committed have an opening.',
    });
  }
  progress.stage('committing and linking', 0.2);
  const { provingKey, opening } = await located(place, () =>
    rekey(key, usableOpening(place, 'rekey'), freshRandomness),
  );
  const { verifyingKey } = provingKey;
  const files = new Map<string, Uint8Array>([
    [`${secretFolder}/${modelFolder.model}`, readFile(modelFile(folder, modelFolder.model))],
    [modelFolder.circuit, readModelFile(folder, modelFolder.circuit)],
    [`${secretFolder}/${modelFolder.provingKey}`, encodeProvingKey(provingKey)],
    [modelFolder.verifyingKey, encodeVerifyingKey(verifyingKey)],
    [modelFolder.weightsCommitment, encodeCommitment(opening.commitment)],
    [`${secretFolder}/${modelFolder.weightsOpening}`, encodeOpening(opening)],
  ]);
  const preprocessing = readFileIfPresent(join(folder, modelFolder.preprocessing));
  if (preprocessing !== null) files.set(modelFolder.preprocessing, preprocessing);
  await uninterrupted(() => {
    writeFolderAtomic(output, files, false);
    registerOpening(ledgerEntry(weightsOpening(output), opening), ['link']);
  });
  const digests = [key.verifyingKey, verifyingKey].map((each) => toHex(verifyingKeyDigest(each)));
  session.result({
    json: { output, previousKeyDigest: digests[0] as string, keyDigest: digests[1] as string },
    text: [
      `old key  ${digests[0]}`,
      `new key  ${digests[1]}`,
      `wrote ${output}`,
      `Publish ${join(output, modelFolder.verifyingKey)}: whoever pinned the old key can follow it with verify --chain.`,
    ].join('\n'),
    brief: digests[1] as string,
  });
}

const help = `
A proof shows a few columns of the committed weights, hidden by randomness that suffices for a number of proofs. After that a
fresh commitment takes over. Its key carries a proof that the weights are the same, for which one use of the old opening is
kept. The network, and everything else in the folder, stays what it is.

Examples:
  $ provenn rekey model -o model2
  $ provenn verify answer.proof --key model/verifying.key --chain model2/verifying.key`;

export function addRekey(program: Command, start: (command: Command) => Session): void {
  program
    .command('rekey')
    .description('commit afresh to hidden weights, linked to the commitment before')
    .argument('<dir>', 'a folder made by provenn compile or provenn rekey')
    .requiredOption('-o, --output <dir>', 'the new folder')
    .addHelpText('after', help)
    .action((folder: string, options: { readonly output: string }, command: Command) =>
      rekeyFolder(start(command), folder, options.output),
    );
}
