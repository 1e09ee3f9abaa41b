/** provenn audit keygen: a key pair for signing bundles. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { SignerKey } from '../../audit/bundle.ts';
import { makeSigningKey, signatureAlgorithms, signerKeyOf } from '../../audit/node/signatures.ts';
import { ProvennError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../pipeline/node/files.ts';
import { uninterrupted } from '../interrupt.ts';
import type { Session } from '../session.ts';

type KeygenOptions = { readonly output: string; readonly algorithm: SignerKey['algorithm'] };

const secretName = 'signing.key.pem';
const publicName = 'signer.pem';

async function keygen(session: Session, { output, algorithm }: KeygenOptions): Promise<void> {
  const paths = { secret: join(output, secretName), public: join(output, publicName) };
  for (const path of Object.values(paths)) {
    if (existsSync(path))
      throw new ProvennError('USAGE', 'There is a key already; provenn never replaces one.', {
        where: path,
        next: 'Choose another folder with -o.',
      });
  }
  const { secret, pem } = makeSigningKey(algorithm);
  await uninterrupted(() => {
    writeFileAtomic(paths.secret, secret, 0o600);
    writeFileAtomic(paths.public, pem);
  });
  const { keyId } = signerKeyOf(pem);
  session.result({
    json: { algorithm, keyId, ...paths },
    text: [
      `wrote ${paths.secret}   the secret key: keep it, it is not protected by a password`,
      `wrote ${paths.public}   the public key: give it to whoever checks your bundles`,
      `key id ${keyId}   SHA-256 of the public key's file`,
    ].join('\n'),
    brief: keyId,
  });
}

const help = `
Examples:
  $ provenn audit keygen -o keys
  $ provenn audit export model --proof answer.proof --sign keys/signing.key.pem -o answer.provenn-audit
  $ provenn audit check answer.provenn-audit --signer keys/signer.pem`;

export function addAuditKeygen(audit: Command, start: (command: Command) => Session): void {
  audit
    .command('keygen')
    .description('make a key pair for signing bundles')
    .requiredOption('-o, --output <dir>', 'the folder for signing.key.pem and signer.pem')
    .addOption(
      new Option('--algorithm <name>', 'how to sign; model-signing tools know the first')
        .choices(signatureAlgorithms)
        .default(signatureAlgorithms[0]),
    )
    .addHelpText('after', help)
    .action((options: KeygenOptions, command: Command) => keygen(start(command), options));
}
