/**
 * Bundles the second verifier into one file, dist/pages/verify.mjs, that runs on plain Node with nothing installed.
 * Audit bundles carry it.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export const verifyMjs = join(root, 'dist', 'pages', 'verify.mjs');

export function bundleVerifyMjs(outfile = verifyMjs) {
  const { buildSync } = createRequire(import.meta.url)('esbuild'); // not at the top: setup.mjs installs it
  buildSync({
    entryPoints: [join(root, 'src', 'second', 'node', 'verify.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    banner: {
      js: '// provenn: a second verifier, written from docs/protocol.md. node verify.mjs --key FILE --proof FILE',
    },
  });
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stderr.write(`${bundleVerifyMjs(process.argv[2])}\n`);
