/** provenn audit check: everything a bundle claims, derived again, item by item. */
import type { Command } from 'commander';
import { checkBundle } from '../../audit/check.ts';
import type { AuditExpectation } from '../../audit/checks/context.ts';
import { signerKeyOf } from '../../audit/node/signatures.ts';
import { utf8 } from '../../base/bytes.ts';
import { exitCodes } from '../../base/errors.ts';
import { readBundle } from '../../pipeline/node/bundle-files.ts';
import { readFile } from '../../pipeline/node/files.ts';
import { auditTools } from '../audit-tools.ts';
import { parseContext } from '../context.ts';
import { parseDigest } from '../digest.ts';
import { located } from '../located.ts';
import { auditJson, renderAudit, summaryOf } from '../render-audit.ts';
import type { Session } from '../session.ts';

type CheckOptions = {
  readonly signer?: string;
  readonly key?: string;
  readonly model?: string;
  readonly context?: string;
  readonly audience?: string;
  readonly allowInsecureSetup?: boolean;
};

async function expectationOf(options: CheckOptions): Promise<AuditExpectation> {
  const { signer, key, model = null, context, audience = null, allowInsecureSetup = false } = options;
  return {
    signer: signer === undefined ? null : await located(signer, () => signerKeyOf(readFile(signer))),
    key: key === undefined ? null : readFile(key),
    model,
    context: context === undefined ? null : utf8(context),
    audience,
    allowInsecureSetup,
  };
}

async function check(session: Session, path: string, options: CheckOptions): Promise<void> {
  const { progress, io } = session;
  progress.stage('reading the bundle', 0);
  const expected = await expectationOf(options);
  const members = await located(path, () => readBundle(path));
  progress.stage('checking', 0.1);
  const verdict = await checkBundle({ members, expected, tools: auditTools(io) });
  session.result({ json: auditJson(verdict), text: renderAudit(verdict), brief: summaryOf(verdict) });
  if (!verdict.ok) session.exitWith(exitCodes.rejected);
}

const help = `
Nothing in the bundle is trusted. Digests and signature are checked, the proof is verified, the model is compiled again to circuit
and key, and run again where its inputs are public; what follows from them is made again and compared byte for byte. Each claim
is PASS, FAIL or NOT CHECKED, with the reason. Exits with 0 only without a FAIL, with 1 otherwise, with 6 when what is given
is no bundle: unknown, doubled or misplaced files, links, damaged archives.

Without --signer the verdict does not say who signed; without --key or --model it is about the model in the bundle.

Examples:
  $ provenn audit check demo.provenn-audit
  $ provenn audit check demo.provenn-audit.zip --signer signer.pem --key verifying.key --json`;

export function addAuditCheck(audit: Command, start: (command: Command) => Session): void {
  audit
    .command('check')
    .description('check a bundle and list what holds, what fails and what nobody checked')
    .argument('<bundle>', 'a folder or a .zip made by provenn audit export')
    .option('--signer <file>', 'demand that the holder of this public key (PEM) signed')
    .option('-k, --key <file>', 'demand this verifying key')
    .option('--model <digest>', 'demand that the network has this digest', parseDigest)
    .option('--context <text>', 'demand that the proof is bound to this text', parseContext)
    .option('--audience <text>', 'demand that the bundle is meant for this audience')
    .option('--allow-insecure-setup', 'accept keys whose maker could forge proofs; for development')
    .addHelpText('after', help)
    .action((path: string, options: CheckOptions, command: Command) => check(start(command), path, options));
}
