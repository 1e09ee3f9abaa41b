/**
 * The figures of docs/results.md, in about a quarter of an hour on a quiet machine with two cores:
 *
 *   node bench/results.mjs [--minutes 15] [--peers FOLDER] [--threads 1,2] [--out FOLDER] [--quick]
 *
 * writes data/bench.json, data/bench.html, its plots and results.md under docs (or --out). Parts that no time is left for are not
 * measured, and the page says so. --peers runs ezkl too, where python3 can import it (PYTHONPATH), and keeps its keys in FOLDER.
 * --page only writes the pages again, from the figures that are there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));
const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs')], { stdio: 'inherit' });
if (status !== 0) process.exit(1);
const dist = new URL('../dist/src/pipeline/bench/', import.meta.url);
const { benchPage, benchPictures } = await import(new URL('page.js', dist).href);
const { pictureFile, resultsPage } = await import(new URL('results.js', dist).href);

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    threads: { type: 'string', default: '1,2' },
    peers: { type: 'string' },
    out: { type: 'string', default: join(root, 'docs') },
    quick: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
});

const figures = join(options.out, 'data', 'bench.json');
/** A JSON file under docs/data, or nothing. */
function dataOf(name) {
  const file = join(root, 'docs', 'data', name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

const both = ['--scales', 'mixed,per-tensor'];
/** Few proofs of what takes seconds. */
const few = (runs) => ['--runs', String(runs), '--warmup', '1', '--seconds', '1'];
const sweep = (size, runs) => [`sweep-${size}`, '--scales', 'per-tensor', ...few(runs)];

/** What is measured, the most important first. */
const parts = options.quick
  ? [
      ['mlp', 'lenet5', ...both, '--runs', '2', '--warmup', '0', '--commands'],
      ['sweep-14', 'sweep-28', '--scales', 'per-tensor', '--runs', '2', '--warmup', '0'],
    ]
  : [
      ['mlp', 'lenet5', 'residual', ...both, '--runs', '15', '--warmup', '3', '--seconds', '12', '--commands'],
      ['vgg16', 'lenet5-x16', 'lenet5-x100', ...both, '--runs', '7', '--warmup', '1', '--seconds', '8'],
      ['resnet18', ...both, ...few(3)],
      ...[14, 28, 56, 112].map((size) => sweep(size, 5)),
      ...[224, 448].map((size) => sweep(size, 2)),
      ['mobilenetv2', ...both, ...few(2)],
    ];

function joined(reports) {
  const [first] = reports;
  const last = reports.at(-1);
  return {
    machine: { ...last.machine, load: [first.machine.load[0], last.machine.load[1]] },
    runs: Math.max(...reports.map(({ runs }) => runs)),
    warmup: Math.max(...reports.map(({ warmup }) => warmup)),
    results: reports.flatMap(({ results }) => results),
    failures: reports.flatMap(({ failures }) => failures),
    peers:
      reports.findLast(({ peers }) => peers.some(({ reason }) => reason !== 'not asked for'))?.peers ?? first.peers,
    commands: reports.find(({ commands }) => commands !== null)?.commands ?? null,
  };
}

function writePages(report) {
  const pictures = benchPictures(report);
  for (const [name, picture] of pictures) writeFileSync(join(options.out, 'data', pictureFile(name)), `${picture}\n`);
  const page = resultsPage(report, dataOf('bench-notes.json'), dataOf('costs.json'), [...pictures.keys()]);
  writeFileSync(join(options.out, 'results.md'), page);
  writeFileSync(join(options.out, 'data', 'bench.html'), benchPage(report));
}

function write(report) {
  mkdirSync(join(options.out, 'data'), { recursive: true });
  writeFileSync(figures, `${JSON.stringify(report, null, 1)}\n`);
  writePages(report);
}

function measure() {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'provenn-results-'));
  const reports = [];
  const run = (part) => {
    const data = join(folder, `${reports.length}.json`);
    const args = [join(root, 'bin', 'provenn.js'), 'bench', ...part, '--threads', options.threads, '--data', data];
    console.error(`${Math.round((performance.now() - began) / 1000)} s: ${part.join(' ')}`);
    const { signal } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (existsSync(data)) reports.push(JSON.parse(readFileSync(data, 'utf8')));
    if (reports.length > 0) write(joined(reports));
    if (signal !== null) throw new Error(`interrupted by ${signal}; what was measured is written`);
  };
  try {
    if (options.peers !== undefined) run(['--peers', resolve(options.peers)]);
    for (const part of parts) {
      const minutes = (performance.now() - began) / 60_000;
      if (minutes < Number(options.minutes)) run(part);
      else console.error(`no time left for ${part[0]}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (options.page) writePages(JSON.parse(readFileSync(figures, 'utf8')));
else measure();
