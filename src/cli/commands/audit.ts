/** provenn audit: bundles for auditors. */
import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { addAuditCheck } from './audit-check.ts';
import { addAuditExport } from './audit-export.ts';
import { addAuditKeygen } from './audit-keygen.ts';

const help = `
Examples:
  $ provenn audit keygen -o keys
  $ provenn audit export model --proof answer.proof --sign keys/signing.key.pem -o answer.provenn-audit
  $ provenn audit check answer.provenn-audit --signer keys/signer.pem`;

export function addAudit(program: Command, start: (command: Command) => Session): void {
  const audit = program.command('audit').description('make and check audit bundles').addHelpText('after', help);
  addAuditExport(audit, start);
  addAuditCheck(audit, start);
  addAuditKeygen(audit, start);
}
