/** docs/results.md, from the figures of a benchmark: nothing in it is typed by hand but the notes on missed targets. */
import { stageColours } from './plots.ts';
import type { BenchReport, BenchResult, PeerOutcome } from './report.ts';
import { growth, type Ratio } from './statistics.ts';
import { sweepOf } from './sweep.ts';
import { type Check, checksOf, isMet, networkChecks, otherChecks } from './targets.ts';
import { bytes, milliseconds, shortNumber, spread } from './units.ts';

/** Why a target is missed and what would reach it, by the id of its check. */
export type Notes = { readonly [id: string]: string };

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function ratio({ ofMedians, ofPairs: { median, min, max } }: Ratio): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} – ${max.toFixed(2)}); of medians ${ofMedians.toFixed(2)}`;
}

function shown({ kind }: Check, value: number): string {
  if (kind === 'milliseconds') return milliseconds(value);
  return kind === 'bytes' ? bytes(value) : String(Number(value.toPrecision(3)));
}

/** Running processes per core, of other programs, from which times say little. */
const busy = 0.5;

function machineSection({ machine }: BenchReport): string {
  const { processor, cores, memory, system, node, flags, provenn, revision, date, load } = machine;
  const facts = table(
    ['what', 'value'],
    [
      ['processor', `${processor}, ${cores} cores`],
      ['memory', `${shortNumber(memory / 2 ** 30)} GiB`],
      ['system', system],
      ['Node', [node, ...flags].join(' ')],
      ['provenn', revision === null ? provenn : `${provenn}, revision ${revision}`],
      ['date', date],
      ['load before and after', load.join(', ')],
    ],
  );
  if (load[0] <= busy * cores) return facts;
  return `${facts}\n\n**Other programs were running: times are longer than on a quiet machine. Ratios, sizes and the time of processors hold.**`;
}

const outcomes = new Map([
  [true, 'met'],
  [false, '**missed**'],
  [null, 'not measured'],
]);

function cell(check: Check): string {
  const { kind, target, measured } = check;
  const bound = `${kind === 'at least' ? '≥' : '≤'} ${shown(check, target)}`;
  if (measured === null) return `not measured (${bound})`;
  const value = shown(check, measured);
  return isMet(check) === true ? `${value} (${bound})` : `**${value}** (${bound})`;
}

function targetSection(report: BenchReport): string {
  const rows = networkChecks(report).map(({ network, scales, checks }) => [network, scales, ...checks.map(cell)]);
  const others = otherChecks(report).map((check) => [check.what, cell(check), outcomes.get(isMet(check)) as string]);
  const head = ['network', 'scales', 'prove', 'verify', 'proof', 'peak memory'];
  return `${table(head, rows)}\n\n${table(['what', 'measured (target)', ''], others)}`;
}

function missedSection(report: BenchReport, notes: Notes): string {
  const missed = [...new Set(checksOf(report).flatMap((check) => (isMet(check) === false ? [check.id] : [])))];
  if (missed.length === 0) return 'None.';
  return missed
    .map(
      (id) => `* *${id}*: ${notes[id] ?? 'the stages below say where the time goes; no reason is written down yet.'}`,
    )
    .join('\n');
}

function networkRows(results: readonly BenchResult[]): string[][] {
  return results.flatMap(({ network, scales, batch, weights, activations, costs, measurements }) =>
    measurements.map((m) => [
      ...[network, scales, m.contestant, shortNumber(weights), shortNumber(activations)],
      ...[shortNumber(costs['lookups'] ?? 0), shortNumber(costs['tableRows'] ?? 0)],
      spread(m.prove),
      milliseconds(m.processor.median),
      ...(batch === 1 ? [''] : [milliseconds(m.prove.median / batch)]),
      ...[String(m.runs), milliseconds(m.verify.median), bytes(m.proofBytes), bytes(m.keyBytes), bytes(m.peakMemory)],
      `${(m.prove.median / (m.stages['execute']?.median ?? Number.NaN)).toFixed(1)}`,
      ...[milliseconds(m.acceptKey.median), milliseconds(m.compile)],
    ]),
  );
}

const networkHead = [
  ...[
    'network',
    'scales',
    'by',
    'weights',
    'activations',
    'lookups',
    'table rows',
    'prove',
    'processors',
    'per input',
    'proofs',
  ],
  ...['verify', 'proof', 'verifying key', 'peak memory', '÷ inference', 'accept key', 'compile'],
];

function stageSection(results: readonly BenchResult[]): string {
  const stages = Object.keys(stageColours);
  const rows = results.flatMap(({ network, scales, measurements }) =>
    measurements.map(({ stages: times, prove, contestant }) => {
      const parts = stages.map((stage) => {
        const time = times[stage]?.median ?? 0;
        return `${milliseconds(time)}, ${Math.round((100 * time) / prove.median)} %`;
      });
      return [network, scales, contestant, ...parts, milliseconds(times['verify']?.median ?? 0)];
    }),
  );
  return table(['network', 'scales', 'by', ...stages, 'self-check'], rows);
}

function threadSection(results: readonly BenchResult[]): string {
  const rows = results.flatMap(({ network, scales, comparisons }) =>
    comparisons.map(({ contestant, to, prove, processor }) => {
      return [network, scales, `${contestant} ÷ ${to}`, ratio(prove), ratio(processor)];
    }),
  );
  return rows.length === 0
    ? 'One contestant only.'
    : table(['network', 'scales', 'ratio of', 'proving time', 'processors'], rows);
}

function growthSection(results: readonly BenchResult[]): string {
  const sweeps = sweepOf(results);
  if (sweeps.length === 0) return 'Not measured.';
  const rows = sweeps.map(({ name, quantities }) => {
    const sizes = quantities[0]?.points.map(({ x }) => x) ?? [];
    const range = `${shortNumber(Math.min(...sizes))} – ${shortNumber(Math.max(...sizes))}`;
    const exponents = quantities.map(({ points }) => {
      // What a proof of nothing costs flattens the line; the largest sizes show what is left of growth without it.
      const largest = [...points].sort((a, b) => b.x - a.x).slice(0, 3);
      return `${growth(points)?.toFixed(2) ?? ''}; ${growth(largest)?.toFixed(2) ?? ''}`;
    });
    return [name, range, ...exponents];
  });
  return table(['by', 'activations', 'prove', 'processors', 'verify', 'proof', 'peak memory'], rows);
}

function peerSection(peer: PeerOutcome): string {
  if ('reason' in peer) return `${peer.name}: not run, ${peer.reason}.`;
  const { name, version, ours, preparation, settings } = peer;
  const rows = [
    ['prove', spread(ours.prove), spread(peer.prove)],
    ['their time over ours, pairs', '', ratio(peer.ratio.prove)],
    ['execute (theirs: witness)', milliseconds(ours.stages['execute']?.median ?? 0), milliseconds(peer.execute.median)],
    ['verify', spread(ours.verify), spread(peer.verify)],
    ['proof', bytes(ours.proofBytes), bytes(peer.proofBytes)],
    ['verifying key', bytes(ours.keyBytes), bytes(peer.verifyingKeyBytes)],
    ['proving key', 'model and verifying key', bytes(peer.provingKeyBytes)],
    ['compile, once', milliseconds(ours.compile), ''],
    ...Object.entries(preparation).map(([step, time]) => [`${step}, once`, '', milliseconds(time)]),
    ['peak memory', bytes(ours.peakMemory), bytes(peer.peakMemory)],
    ['largest difference from the float model', shortNumber(peer.deviation.ours), shortNumber(peer.deviation.theirs)],
  ];
  const chosen = Object.entries(settings).map(([key, value]) => `${key} ${String(value)}`);
  return [
    [
      `${name} ${version}, its released package, on the float LeNet-5 of artifacts/lenet5 and one image; provenn on its int8 form and the same image, ${ours.contestant}.`,
      `${peer.runs} ${peer.runs === 1 ? 'proof' : 'proofs'} of each, turn by turn. Settings: ${chosen.join(', ')}.`,
      'Its reference string was made on the spot, good for timing only; its prover reads the proving key from disk for every proof.',
      `${peer.sameClass ? 'All three models choose the same class' : 'The models do not choose the same class'}.`,
    ].join('\n'),
    '',
    table(['', 'provenn', name], rows),
  ].join('\n');
}

/** What proofs of some networks cost, counted: by network, then by unit. */
export type CountedCosts = { readonly [network: string]: { readonly [unit: string]: number } };

function costSection(costs: CountedCosts): string {
  const units = [...new Set(Object.values(costs).flatMap((counts) => Object.keys(counts)))];
  const names = Object.keys(costs);
  const spaced = (unit: string): string => unit.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return table(
    ['unit', ...names],
    units.map((unit) => [spaced(unit), ...names.map((name) => (costs[name]?.[unit] ?? 0).toLocaleString('en-US'))]),
  );
}

/** The name of the file of a picture, beside the figures. */
export function pictureFile(name: string): string {
  return `bench-${name}.svg`;
}

/** `pictures` are the names of those that lie beside the figures. */
export function resultsPage(
  report: BenchReport,
  notes: Notes,
  costs: CountedCosts,
  pictures: readonly string[],
): string {
  const picture = (name: string, alt: string): string =>
    pictures.includes(name) ? `\n![${alt}](data/${pictureFile(name)})\n` : '';
  const { results, failures, peers, commands, runs } = report;
  const commandTimes =
    commands === null
      ? 'Not measured.'
      : table(
          ['command', 'time'],
          (['compile', 'prove', 'verify'] as const).map((command) => [command, spread(commands[command])]),
        );
  const failed =
    failures.length === 0
      ? 'None.'
      : table(
          ['network', 'scales', 'contestant', 'reason'],
          failures.map(({ network, scales, contestant, message }) => [network, scales, contestant, message]),
        );
  return `# Results

Written by \`node bench/results.mjs\` from [data/bench.json](data/bench.json), as [data/bench.html](data/bench.html) with more
plots; [performance.md](performance.md) says what is measured and how
to measure it yourself. Medians of at most ${runs} proofs, least and greatest in brackets. Weights and inputs are seeded, not trained, but
for the comparison with other systems. Scales: \`per-tensor\` is one scale for each weight tensor (onnxruntime's static quantization by
default), \`mixed\` one for each output channel of convolutions (\`provenn quantize\` by default).

## The machine

${machineSection(report)}

## Targets

For two cores, with the most threads measured. Bold: missed.

${targetSection(report)}

### Where a target is missed

${missedSection(report, notes)}

## Networks

Proving is from input to proof with an accepted key. "Processors" is the time of all of them for a proof and the check of it, which other work
on the machine disturbs less. "÷ inference": proving time over that of the exact integer run alone. Peak memory is
that of a process that compiles, proves and verifies.

${table(networkHead, networkRows(results))}

## Stages

${picture('stages', 'Shares of the stages of proving')}
${stageSection(results)}

## Threads

Proofs turn by turn, each contestant in a process of its own; ratios of neighbours.

${picture('threads', 'Ratios of proving times')}
${threadSection(results)}

## Growth

Exponents of the lines of least squares through the logarithms, networks of one shape: over all sizes, and over the three largest.

${picture('growth', 'Proving time by activations')}
${growthSection(results)}

## Command line

LeNet-5, every command a fresh process, start-up included; \`prove\` runs the network, proves, and checks its own proof.

${commandTimes}

## Other systems

${picture('ezkl', 'provenn and ezkl')}
${peers.map(peerSection).join('\n\n')}

## Counted

What one proof costs whatever the machine, held by a test: multiplications are of the plain algorithm, in the extension field unless they
are called base; hashed bytes are those of the commitment.

${Object.keys(costs).length === 0 ? 'Nothing counted.' : costSection(costs)}

## What failed

${failed}
`;
}
