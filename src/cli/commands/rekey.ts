/** provenn rekey: a fresh commitment to hidden weights, an input, a data set or an output, linked to the one whose uses are spent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { decodeCommitment, encodeCommitment, encodeOpening } from '../../artifact/commitment.ts';
import { decodeProvingKey, encodeProvingKey, encodeVerifyingKey, verifyingKeyDigest } from '../../artifact/keys.ts';
import { encodeLink } from '../../artifact/link.ts';
import { equalBytes, toHex } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { rekey, rekeyCommitment } from '../../pipeline/index.ts';
import { readFile, readFileIfPresent } from '../../pipeline/node/files.ts';
import { checkTarget, modelFile, modelFolder, secretFolder, writeFolderAtomic } from '../../pipeline/node/folder.ts';
import { registerOpening } from '../../pipeline/node/ledger.ts';
import { ledgerEntry } from '../../pipeline/node/openings.ts';
import { freshRandomness } from '../../pipeline/node/randomness.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import { readModelFile } from '../model-files.ts';
import { fileName, usableOpening, weightsOpening } from '../openings.ts';
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

type RekeyOptions = { readonly output: string; readonly opening?: string; readonly commitment?: string };

async function rekeyOpening(session: Session, path: string, { output, commitment }: RekeyOptions): Promise<void> {
  const { progress } = session;
  progress.stage('reading the opening', 0);
  checkTarget(output, false);
  const old = await located(path, () => usableOpening(path, 'rekey'));
  const before = old.opening.commitment;
  if (commitment !== undefined) {
    const named = await located(commitment, () => decodeCommitment(readFile(commitment)));
    if (!equalBytes(named.descriptor, before.descriptor)) {
      throw new ProvennError('USAGE', 'The opening is not one of this commitment.', {
        where: commitment,
        next: `It opens ${toHex(before.descriptor)}.`,
      });
    }
  }
  progress.stage('committing and linking', 0.2);
  const { link, opening } = await located(path, () => rekeyCommitment(old, freshRandomness));
  const stem = fileName(before.matrix);
  const names = { commitment: `${stem}.commitment`, link: `${stem}.link`, opening: `${secretFolder}/${stem}.opening` };
  const files = new Map([
    [names.commitment, encodeCommitment(opening.commitment)],
    [names.link, encodeLink(link)],
    [names.opening, encodeOpening(opening)],
  ]);
  await uninterrupted(() => {
    writeFolderAtomic(output, files, false);
    registerOpening(ledgerEntry(join(output, names.opening), opening), ['link']);
  });
  const descriptors = [before, opening.commitment].map(({ descriptor }) => toHex(descriptor));
  session.result({
    json: {
      output,
      files: [...files.keys()].map((name) => join(output, name)),
      previousCommitment: descriptors[0] as string,
      commitment: descriptors[1] as string,
    },
    text: [
      `old commitment  ${descriptors[0]}`,
      `new commitment  ${descriptors[1]}`,
      `wrote ${output}`,
      `Publish ${join(output, names.link)}: whoever expects the old commitment can follow it with verify --chain.`,
    ].join('\n'),
    brief: descriptors[1] as string,
  });
}

async function rekeyEither(session: Session, folder: string | undefined, options: RekeyOptions): Promise<void> {
  const { opening, output } = options;
  if (folder !== undefined && opening === undefined && options.commitment === undefined)
    return rekeyFolder(session, folder, output);
  if (folder === undefined && opening !== undefined) return rekeyOpening(session, opening, options);
  throw new ProvennError('USAGE', 'Re-keying takes the folder of a model with hidden weights, or one opening.', {
    next: 'provenn rekey DIR -o DIR, or provenn rekey --opening FILE -o DIR',
  });
}

const help = `
A proof shows a few columns of what is committed, hidden by randomness that suffices for a number of proofs. After that a
fresh commitment takes over, with a proof that it holds the same integers, for which one use of the old opening is kept.
For hidden weights the new key carries that proof; the network, and everything else in the folder, stays what it is. For
an input, a data set or an output it is a link, a public file of its own; the new opening is in the folder's ${secretFolder}/.
A verifier can follow two links or so before less than 100 bits are left; then a later commitment is the one to expect.

Examples:
  $ provenn rekey model -o model2
  $ provenn verify answer.proof --key model/verifying.key --chain model2/verifying.key
  $ provenn rekey --commitment ticket.commitment --opening ticket.opening -o ticket2
  $ provenn verify answer.proof --key model/verifying.key --expect-input-commitment ticket.commitment \\
      --chain ticket2/input-image.link`;

export function addRekey(program: Command, start: (command: Command) => Session): void {
  program
    .command('rekey')
    .description('commit afresh to what is hidden, linked to the commitment before')
    .argument('[dir]', 'a folder made by provenn compile or provenn rekey')
    .option('--opening <file>', 'the opening of an input, a data set or an output, instead of a folder')
    .option('--commitment <file>', 'demand that the opening is one of this commitment')
    .requiredOption('-o, --output <dir>', 'the new folder')
    .addHelpText('after', help)
    .action((folder: string | undefined, options: RekeyOptions, command: Command) =>
      rekeyEither(start(command), folder, options),
    );
}
