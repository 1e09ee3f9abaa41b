/** `provenn/verify` as a bundler makes it for the web: one minified file. */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = new URL('../../', import.meta.url).pathname;

export type Bundle = {
  readonly code: string;
  readonly gzipped: number;
  /** Source files that left code in it. */
  readonly files: readonly string[];
  /** What it would still import when it runs. */
  readonly imports: readonly string[];
};

/**
 * Bundles `source`, an ES module that may import from src; `provided` is left to be imported when it runs. `iife` leaves its
 * exports in the global `provenn`.
 */
export async function bundle(
  source: string,
  format: 'esm' | 'iife' = 'esm',
  provided: readonly string[] = [],
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format,
    globalName: 'provenn',
    platform: 'neutral',
    external: [...provided],
    target: 'es2022',
    write: false,
    metafile: true,
  });
  const [file] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  if (file === undefined || output === undefined) throw new Error('esbuild wrote nothing');
  const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    code: file.text,
    gzipped: gzipSync(file.contents, { level: 9 }).length,
    files: inputs.map(([path]) => path),
    imports: output.imports.map(({ path }) => path),
  };
}
