/** Single files that the build makes and the package ships, for bundles and for people. */
import { join } from 'node:path';
import { readFileIfPresent } from './files.ts';
import { packageRoot } from './platform.ts';

/** A file of dist/pages; null when this installation was not built with it. */
export function shippedPage(name: string): Uint8Array | null {
  const root = packageRoot();
  return root === null ? null : readFileIfPresent(join(root, 'dist', 'pages', name));
}
