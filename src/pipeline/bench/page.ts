/** Results of a benchmark as one HTML page without any other file. */
import { escapeXml, type Labelled, logPlot, peerBars, ratioBars, stageBars, standalone } from './plots.ts';
import type { BenchMachine, BenchReport, BenchResult, Comparison, Measurement, PeerResult } from './report.ts';
import { sweepOf } from './sweep.ts';
import { fullest } from './targets.ts';
import { bytes, milliseconds, shortNumber, spread } from './units.ts';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table>${line(head, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table></div>`;
}

function machineLines({
  processor,
  cores,
  memory,
  system,
  node,
  flags,
  provenn,
  revision,
  date,
  load,
}: BenchMachine): string {
  const facts = [
    `${processor}, ${cores} cores, ${shortNumber(memory / 2 ** 30)} GiB`,
    system,
    `Node ${node}${flags.length === 0 ? '' : ` ${flags.join(' ')}`}`,
    `provenn ${provenn}${revision === null ? '' : ` (${revision})`}`,
    date,
    `load ${load[0]} before, ${load[1]} after`,
  ];
  return escapeXml(facts.join(' · '));
}

function labelled<T>(
  results: readonly BenchResult[],
  pick: (result: BenchResult) => readonly (readonly [string, T])[],
): Labelled<T>[] {
  return results.flatMap((result) =>
    pick(result).map(([name, value]) => ({ label: `${result.network}, ${result.scales}, ${name}`, value })),
  );
}

function networkTable(results: readonly BenchResult[]): string {
  const rows = results.flatMap((result) =>
    result.measurements.map((m) => [
      result.network,
      result.about,
      result.scales,
      m.contestant,
      shortNumber(result.weights),
      shortNumber(result.activations),
      spread(m.prove),
      String(m.runs),
      spread(m.verify),
      bytes(m.proofBytes),
      bytes(m.peakMemory),
      `${(m.prove.median / (m.stages['execute']?.median ?? Number.NaN)).toFixed(1)}×`,
      spread(m.acceptKey),
      milliseconds(m.compile),
    ]),
  );
  const head = ['network', 'what', 'scales', 'by', 'weights', 'activations', 'prove', 'proofs', 'verify', 'proof'];
  return table([...head, 'peak memory', '÷ inference', 'accept key', 'compile'], rows);
}

function growthSection(results: readonly BenchResult[]): string {
  const sweeps = sweepOf(results);
  const [first] = sweeps;
  if (first === undefined) return '';
  const plots = first.quantities.map(({ what, unit }, i) => {
    const series = sweeps.map(({ name, quantities }) => ({ name, points: quantities[i]?.points ?? [] }));
    return `<h3>${escapeXml(what)}</h3>${logPlot(what, 'activations', unit, series)}`;
  });
  return `<h2>Growth</h2><p>Networks of one shape and growing size; dashed, the line of least squares through the logarithms.</p>${plots.join('')}`;
}

function comparisonRows(results: readonly BenchResult[]): Labelled<Comparison>[] {
  return labelled(results, ({ comparisons }) => comparisons.map((c) => [`${c.contestant} ÷ ${c.to}`, c] as const));
}

function comparisonSection(results: readonly BenchResult[]): string {
  const rows = comparisonRows(results);
  if (rows.length === 0) return '';
  return `<h2>Turn by turn</h2><p>Proving time of the first over that of the second, in pairs of neighbours: the median, and the line from least to greatest.</p>${ratioBars(rows)}`;
}

function peerPlot(peer: PeerResult): string {
  const { name, version, ours } = peer;
  return peerBars(
    ['provenn', `${name} ${version}`],
    [
      { label: 'prove', unit: 'milliseconds', values: [ours.prove.median, peer.prove.median] },
      { label: 'verify', unit: 'milliseconds', values: [ours.verify.median, peer.verify.median] },
      { label: 'proof', unit: 'bytes', values: [ours.proofBytes, peer.proofBytes] },
      { label: 'verifying key', unit: 'bytes', values: [ours.keyBytes, peer.verifyingKeyBytes] },
      { label: 'peak memory', unit: 'bytes', values: [ours.peakMemory, peer.peakMemory] },
    ],
  );
}

function peerSection(peer: PeerResult): string {
  const { name, settings, preparation, deviation } = peer;
  const facts = [
    ['proofs of each, turn by turn', String(peer.runs)],
    [
      'prove, their time over ours',
      `${shortNumber(peer.ratio.prove.ofMedians)} (pairs: ${shortNumber(peer.ratio.prove.ofPairs.min)} – ${shortNumber(peer.ratio.prove.ofPairs.max)})`,
    ],
    ['witness', spread(peer.execute)],
    ...Object.entries(preparation).map(([step, time]) => [`${step}, once`, milliseconds(time)]),
    ['their proving key', bytes(peer.provingKeyBytes)],
    ['largest difference from the float model, theirs', shortNumber(deviation.theirs)],
    ['largest difference from the float model, ours', shortNumber(deviation.ours)],
    ['both choose the class of the float model', peer.sameClass ? 'yes' : 'no'],
    ...Object.entries(settings).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  ];
  return `<h2>${escapeXml(name)} on the same LeNet-5</h2>${peerPlot(peer)}${table(['fact', ''], facts)}`;
}

const style = `body{font:14px/1.5 system-ui,sans-serif;color:#1e293b;margin:2.5em auto;max-width:88em;padding:0 1.5em}
h1{font-size:1.8em;margin:0}h2{margin:2em 0 .4em;border-bottom:2px solid #0f766e;padding-bottom:.2em}h3{margin:1.2em 0 .2em;font-weight:600}
.machine{color:#64748b}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:12px;font-variant-numeric:tabular-nums}
th{color:#64748b;font-weight:600}td,th{padding:.35em .6em;border-bottom:1px solid #e2e8f0;text-align:left;white-space:nowrap}
tr:hover td{background:#f8fafc}svg{max-width:100%;height:auto}`;

/** Plots as files of their own, by name: of stages, ratios, growth of proving time, and each peer, where there is something to show. */
export function benchPictures({ results, peers }: BenchReport): ReadonlyMap<string, string> {
  const pictures = new Map<string, string>();
  const rows = labelled(results, (result) => [[fullest(result).contestant, fullest(result)] as const]);
  if (rows.length > 0) pictures.set('stages', stageBars(rows));
  const ratios = comparisonRows(results);
  if (ratios.length > 0) pictures.set('threads', ratioBars(ratios));
  const series = sweepOf(results).map(({ name, quantities }) => ({ name, points: quantities[0]?.points ?? [] }));
  if (series.length > 0) pictures.set('growth', logPlot('proving time', 'activations', 'milliseconds', series));
  for (const peer of peers) if (!('reason' in peer)) pictures.set(peer.name, peerPlot(peer));
  return new Map([...pictures].map(([name, svg]) => [name, standalone(svg)]));
}

export function benchPage(report: BenchReport): string {
  const { results, failures, peers, machine, runs, warmup, commands } = report;
  const others = [
    ...failures.map(({ network, scales, contestant, message }) => [`${network}, ${scales}, ${contestant}`, message]),
    ...peers.flatMap((peer) => ('reason' in peer ? [[peer.name, `not run: ${peer.reason}`]] : [])),
  ];
  const stages: Labelled<Measurement>[] = labelled(results, ({ measurements }) =>
    measurements.map((measurement) => [measurement.contestant, measurement] as const),
  );
  const commandRows =
    commands === null ? [] : (['compile', 'prove', 'verify'] as const).map((name) => [name, spread(commands[name])]);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>provenn bench</title>
<style>${style}</style>
<h1>provenn bench</h1>
<p class="machine">${machineLines(machine)}</p>
<p>Medians of at most ${runs} proofs after ${warmup} for warming up, least and greatest in brackets. Weights and inputs are seeded, not
trained. Scales: one per weight tensor, or mixed: one per output channel of convolutions. Proving is from input to proof with an
accepted key; accepting it, and the check of one's own proof, are not part of it. Peak memory is of the whole process, compiling included.</p>
${networkTable(results)}
${stages.length === 0 ? '' : `<h2>Stages</h2>${stageBars(stages)}`}
${comparisonSection(results)}
${growthSection(results)}
${peers.map((peer) => ('reason' in peer ? '' : peerSection(peer))).join('')}
${commandRows.length === 0 ? '' : `<h2>Command line</h2><p>LeNet-5 in fresh processes, start-up included.</p>${table(['command', 'time'], commandRows)}`}
${others.length === 0 ? '' : `<h2>Without figures</h2>${table(['what', 'outcome'], others)}`}
</html>
`;
}
