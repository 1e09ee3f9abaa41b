/** provenn export-solidity: the verifier of a key as a contract, and the call data of a proof. */
import type { Command } from 'commander';
import { decodeVerifyingKey } from '../../artifact/keys.ts';
import { decodeProof } from '../../artifact/proof.ts';
import { toHex, utf8 } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { contractCallOf, exportSolidity } from '../../pipeline/index.ts';
import { readFile, writeFileAtomic } from '../../pipeline/node/files.ts';
import { prepareKey, verifyProof } from '../../verify/index.ts';
import { formatBytes } from '../format.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import type { Session } from '../session.ts';

type ExportOptions = {
  readonly output: string;
  readonly proof?: string;
  readonly allowInsecureSetup?: boolean;
};

async function exportCommand(session: Session, path: string, options: ExportOptions): Promise<void> {
  const allowInsecureSetup = options.allowInsecureSetup === true;
  session.progress.stage('reading the key');
  const key = await located(path, () => decodeVerifyingKey(readFile(path)));
  const source = utf8(await located(path, () => exportSolidity(key, allowInsecureSetup)));
  const call = options.proof === undefined ? null : await callOf(key, options.proof, allowInsecureSetup);
  await uninterrupted(() => writeFileAtomic(options.output, source));
  const written = `wrote ${options.output} (${formatBytes(source.length)})`;
  session.result({
    json: { output: options.output, bytes: source.length, call },
    text: call === null ? written : `${written}\n\n${JSON.stringify(call, null, 2)}`,
    brief: call === null ? written : call.calldata,
  });
}

/** What the contract is called with, for a proof that verifies. Throws `USAGE` for one that does not. */
async function callOf(
  key: Parameters<typeof contractCallOf>[0],
  path: string,
  allowInsecureSetup: boolean,
): Promise<{ readonly proof: string; readonly signals: readonly string[]; readonly calldata: string }> {
  const proof = await located(path, () => decodeProof(readFile(path)));
  const verdict = verifyProof(prepareKey(key), proof, { allowInsecureSetup });
  if (!verdict.ok) {
    throw new ProvennError('USAGE', `The proof does not verify under the key: ${verdict.reason.message}`, {
      where: path,
      next: 'Give a proof that was made with this key.',
    });
  }
  const { proof: body, signals, calldata } = await contractCallOf(key, proof);
  return { proof: `0x${toHex(body)}`, signals: signals.map(String), calldata: `0x${toHex(calldata)}` };
}

const help = `
The contract has one function, verify(bytes proof, uint256[] signals): true for the proofs that provenn verify accepts under
the key, as long as the signals are those of a statement. With --proof its arguments and the whole call data are printed. The
first signal binds a proof to model, key and context, the others pack the public integers: a contract that relies on them
compares them all, checks their ranges, and remembers what it has acted on. Roots of hidden weights are part of the contract.

Examples:
  $ provenn export-solidity model/verifying.key -o Verifier.sol
  $ provenn export-solidity model/verifying.key -o Verifier.sol --proof answer.proof --json`;

export function addExportSolidity(program: Command, start: (command: Command) => Session): void {
  program
    .command('export-solidity')
    .description('write the verifier of a groth16 key as a Solidity contract')
    .argument('<key>', 'a verifying key of the groth16 backend')
    .requiredOption('-o, --output <file>', 'where to write the contract')
    .option('--proof <file>', 'print the call that verifies this proof')
    .option('--allow-insecure-setup', 'for a test chain: accept a key whose maker can forge proofs')
    .addHelpText('after', help)
    .action((path: string, options: ExportOptions, command: Command) => exportCommand(start(command), path, options));
}
