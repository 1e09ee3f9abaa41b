/** provenn inspect: says what a file is. */
import type { Command } from 'commander';
import type { Json } from '../../base/canonical-json.ts';
import { ProvennError } from '../../base/errors.ts';
import { type Description, describeBundle, describeFile } from '../../pipeline/describe.ts';
import { looksLikeBundle, readBundle } from '../../pipeline/node/bundle-files.ts';
import { readFile } from '../../pipeline/node/files.ts';
import { usesOf } from '../../pipeline/node/ledger.ts';
import { ledgerEntry, readOpening } from '../../pipeline/node/openings.ts';
import { formatBytes } from '../format.ts';
import { located } from '../located.ts';
import { oneLine } from '../render-error.ts';
import type { Session } from '../session.ts';

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A fact on one line, or a list below its name. */
function factText(name: string, value: Json): string {
  const label = name.padEnd(15);
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => oneLine(String(item)));
    return items.length <= 1 ? `  ${label} ${items[0] ?? 'none'}` : `  ${label} ${items.join(`\n  ${' '.repeat(16)}`)}`;
  }
  if (isRecord(value))
    return `  ${label} ${Object.entries(value)
      .map(([key, count]) => oneLine(`${key} ${count}`))
      .join(', ')}`;
  return `  ${label} ${value === '' ? 'none' : oneLine(String(value))}`;
}

export function renderDescription(description: Description): string {
  const { kind, version, bytes, fileDigest, facts, listing } = description;
  const title = `${kind}${version === null ? '' : `, format ${version}`}, ${formatBytes(bytes)}`;
  const lines = [title, ...facts.map(([name, value]) => factText(name, value)), factText('file digest', fileDigest)];
  return listing === null ? lines.join('\n') : `${lines.join('\n')}\n\n${listing}`;
}

/** `circuit digest` → `circuitDigest`. */
function camelCase(name: string): string {
  return name.replace(/ +(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function descriptionJson(description: Description): { readonly [key: string]: Json } {
  const { kind, version, bytes, fileDigest, facts, listing } = description;
  const named = Object.fromEntries(facts.map(([name, value]) => [camelCase(name), value]));
  return { kind, version, bytes, fileDigest, facts: named, ...(listing === null ? {} : { listing }) };
}

/** What is left of an opening here, or why it cannot be used. */
function usesText(path: string): string {
  try {
    const { used, left, keptForRekeying } = usesOf(ledgerEntry(path, readOpening(path)));
    return `${used} spent, ${left} left${keptForRekeying ? ', and one kept to re-key' : ''}`;
  } catch (error) {
    if (error instanceof ProvennError) return `none: ${error.message}`;
    throw error;
  }
}

async function inspect(session: Session, path: string): Promise<void> {
  session.progress.stage('reading the file');
  const description = await located(path, () =>
    looksLikeBundle(path) ? describeBundle(readBundle(path)) : describeFile(readFile(path), path),
  );
  const uses = description.kind === 'opening' ? usesText(path) : null;
  session.result({
    json: { ...descriptionJson(description), ...(uses === null ? {} : { uses }) },
    text:
      uses === null ? renderDescription(description) : `${renderDescription(description)}\n  uses            ${uses}`,
    brief: `${description.kind} ${description.fileDigest}`,
  });
}

export function addInspect(program: Command, start: (command: Command) => Session): void {
  program
    .command('inspect')
    .description('say what a file is: any provenn file, an audit bundle, an ONNX model, or an input')
    .argument('<file>', 'the file; a circuit is printed relation by relation')
    .addHelpText(
      'after',
      `
Checks the integrity of provenn files, but proves nothing: what a proof claims is only established by provenn verify.

Examples:
  $ provenn inspect model.onnx
  $ provenn inspect model/circuit.provenn
  $ provenn inspect answer.proof --json`,
    )
    .action((file: string, _options: unknown, command: Command) => inspect(start(command), file));
}
