/**
 * Bundles src/page into dist/pages: one HTML file for each page, with its script and its style inside and a policy that allows
 * those two by their hashes and nothing else. Each file works from a disk, without a network.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src', 'page');
const target = join(root, 'dist', 'pages');

const pages = {
  verify: {
    title: 'Check a proof',
    role: 'verifier',
    lead: 'A verifying key and a proof are all it takes. They stay on this page: it is one file, works offline, and its own policy forbids it to send anything anywhere.',
  },
  prove: {
    title: 'Prove an answer',
    role: 'prover',
    lead: 'A network runs here on your input, and a proof shows that it gave this answer. The input stays in this tab: the page is one file, works offline, and its own policy forbids it to send anything anywhere.',
  },
};

/** Bundles one file; anything that would be loaded at run time is an error. */
function bundle(file, version, format) {
  const { buildSync } = createRequire(import.meta.url)('esbuild'); // not at the top: setup.mjs installs it
  const { outputFiles, metafile } = buildSync({
    entryPoints: [join(source, file)],
    absWorkingDir: root,
    bundle: true,
    define: { PROVENN_VERSION: JSON.stringify(version) },
    minify: true,
    format,
    platform: 'browser',
    target: ['es2022', 'chrome100', 'firefox100', 'safari16'],
    external: ['node:*', 'snarkjs', 'circom2', 'circomlib', 'onnxruntime-node'], // left out with the code that imports them
    logOverride: { 'empty-import-meta': 'silent' }, // in modules of Node's, which are left out
    legalComments: 'none',
    write: false,
    outdir: target,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  if (output.imports.length > 0)
    throw new Error(`pages: ${file} would load ${output.imports.map(({ path }) => path).join(', ')}`);
  const text = outputFiles[0].text.trim();
  const end = format === undefined ? /<\/style/i : /<\/script|<!--/i;
  if (end.test(text)) throw new Error(`pages: ${file} would end its own element`);
  return text;
}

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function html({ title, role, lead }, script, style, version) {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title} · provenn</title>
<style>${style}</style>
</head>
<body>
<header class="mast">provenn<span>${role} ${version}</span></header>
<main>
<h1>${title}</h1>
<p class="lead">${lead}</p>
<noscript><p>This page computes in JavaScript, which is switched off.</p></noscript>
<div id="app"></div>
</main>
<footer>provenn ${version}, Apache-2.0. What is shown here is derived from the files you gave, by the code in this file.</footer>
<script>${script}</script>
</body>
</html>
`;
}

/** Writes every page. */
export function buildPages() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(target, { recursive: true });
  const style = bundle('page.css', version);
  for (const [name, page] of Object.entries(pages)) {
    const script = bundle(`${name}-main.ts`, version, 'iife');
    writeFileSync(join(target, `${name}.html`), html(page, script, style, version));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildPages();
