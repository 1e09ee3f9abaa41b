/** provenn page: the pages that come with the package, to keep and to hand on. */
import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { ProvennError } from '../../base/errors.ts';
import { readFileIfPresent, writeFileAtomic } from '../../pipeline/node/files.ts';
import { packageRoot } from '../../pipeline/node/platform.ts';
import { formatBytes } from '../format.ts';
import type { Session } from '../session.ts';

const pages = ['verify', 'prove'] as const;

type PageName = (typeof pages)[number];

function pageOf(name: PageName): Uint8Array {
  const root = packageRoot();
  const bytes = root === null ? null : readFileIfPresent(join(root, 'dist', 'pages', `${name}.html`));
  if (bytes !== null) return bytes;
  throw new ProvennError('FILE_NOT_FOUND', `The page ${name}.html is not part of this installation.`, {
    next: 'Use provenn from the npm package, or build it from its source folder: npm run build',
  });
}

async function page(session: Session, name: PageName, output: string): Promise<void> {
  const bytes = pageOf(name);
  writeFileAtomic(output, bytes);
  const written = `wrote ${output} (${formatBytes(bytes.length)})`;
  session.result({ json: { output, bytes: bytes.length }, text: written, brief: written });
}

const help = `
Each page is one file. It needs no server and no network, and its own policy forbids it to send anything anywhere: open it
from a disk, put it on a web server, or attach it to the proofs you hand out.

  verify   shows what a proof establishes under a key, point by point
  prove    proves the answer for a drawing or a file of one's own, under the proving key of a compiled network

Examples:
  $ provenn page verify
  $ provenn page verify -o public/verify.html`;

export function addPage(program: Command, start: (command: Command) => Session): void {
  program
    .command('page')
    .description('write a page that checks proofs, or makes them, in a browser')
    .addArgument(new Argument('<page>', 'which page').choices(pages))
    .option('-o, --output <file>', 'where to write it (default: its name and .html)')
    .addHelpText('after', help)
    .action((name: PageName, { output }: { readonly output?: string }, command: Command) =>
      page(start(command), name, output ?? `${name}.html`),
    );
}
