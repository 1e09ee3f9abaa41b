/** The verdict on a bundle for people and for programs. */
import type { AuditVerdict, Finding, Outcome } from '../audit/bundle.ts';
import type { Json } from '../base/canonical-json.ts';
import { oneLine } from './render-error.ts';

const words: Readonly<Record<Outcome, string>> = { pass: 'PASS', fail: 'FAIL', 'not-checked': 'NOT CHECKED' };

export function countOutcomes({ findings }: AuditVerdict): Record<Outcome, number> {
  const count = (outcome: Outcome): number => findings.filter((finding) => finding.outcome === outcome).length;
  return { pass: count('pass'), fail: count('fail'), 'not-checked': count('not-checked') };
}

function findingText({ claim, member, outcome, detail }: Finding): string {
  const where = member === null ? '' : `  [${oneLine(member)}]`;
  return `${words[outcome].padEnd(11)}  ${oneLine(claim)}${where}\n${' '.repeat(13)}${oneLine(detail)}`;
}

export function summaryOf(verdict: AuditVerdict): string {
  const { pass, fail, 'not-checked': open } = countOutcomes(verdict);
  return `${verdict.ok ? 'PASS' : 'FAIL'}: ${pass} passed, ${fail} failed, ${open} not checked`;
}

export function renderAudit(verdict: AuditVerdict): string {
  return `${verdict.findings.map(findingText).join('\n')}\n\n${summaryOf(verdict)}`;
}

export function auditJson(verdict: AuditVerdict): { readonly [key: string]: Json } {
  return {
    ok: verdict.ok,
    counts: countOutcomes(verdict),
    findings: verdict.findings.map((finding) => ({ ...finding })),
  };
}
