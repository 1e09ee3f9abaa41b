/** Results of a benchmark as one HTML page without any other file. */
import type { BenchMachine, BenchReport } from './report.ts';
import { growth, type Point } from './statistics.ts';

const width = 640;
const height = 300;
const margin = 56;

/** Proving stages in the order they run, with the colour of their bars. */
const colours: Readonly<Record<string, string>> = {
  execute: '#4e79a7',
  assign: '#76b7b2',
  commit: '#59a14f',
  lookups: '#e15759',
  contractions: '#f28e2b',
  opening: '#b07aa1',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function number(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${line(head, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table>`;
}

/** One bar per network, its parts the medians of the stages. */
function stageBars({ results }: BenchReport): string {
  const most = Math.max(1, ...results.map(({ prove }) => prove.median));
  const bars = results.map((result, row) => {
    let x = 110;
    const parts = Object.entries(colours).map(([stage, colour]) => {
      const time = result.stages[stage]?.median ?? 0;
      const wide = (time / most) * (width - 180);
      const part = `<rect x="${x.toFixed(1)}" y="${row * 26 + 4}" width="${wide.toFixed(1)}" height="18" fill="${colour}"><title>${stage} ${number(time)} ms</title></rect>`;
      x += wide;
      return part;
    });
    const label = `<text x="104" y="${row * 26 + 18}" text-anchor="end">${escapeHtml(result.network)}</text>`;
    return `${label}${parts.join('')}<text x="${x + 5}" y="${row * 26 + 18}">${number(result.prove.median)} ms</text>`;
  });
  const legend = Object.entries(colours)
    .map(([stage, colour]) => `<span style="color:${colour}">■</span> ${stage}`)
    .join(' &nbsp; ');
  return `<p>${legend}</p><svg width="${width}" height="${results.length * 26 + 8}">${bars.join('')}</svg>`;
}

/** Points on two logarithmic axes. */
function logPlot(title: string, points: readonly Point[], unit: string): string {
  if (points.length === 0) return '';
  const span = (pick: (point: Point) => number): readonly [number, number] => {
    const logs = points.map((point) => Math.log10(pick(point)));
    return [Math.floor(Math.min(...logs)), Math.max(Math.floor(Math.min(...logs)) + 1, Math.ceil(Math.max(...logs)))];
  };
  const [left, right] = span(({ x }) => x);
  const [low, high] = span(({ y }) => y);
  const px = (log: number): number => margin + ((log - left) / (right - left)) * (width - 2 * margin);
  const py = (log: number): number => height - margin - ((log - low) / (high - low)) * (height - 2 * margin);
  const ticks = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const grid = [
    ...ticks(left, right).map(
      (t) =>
        `<line x1="${px(t)}" x2="${px(t)}" y1="${margin}" y2="${height - margin}"/><text x="${px(t)}" y="${height - margin + 18}" text-anchor="middle">10^${t}</text>`,
    ),
    ...ticks(low, high).map(
      (t) =>
        `<line y1="${py(t)}" y2="${py(t)}" x1="${margin}" x2="${width - margin}"/><text x="${margin - 6}" y="${py(t) + 4}" text-anchor="end">${number(10 ** t)}</text>`,
    ),
  ];
  const dots = points.map(
    ({ x, y }) =>
      `<circle cx="${px(Math.log10(x)).toFixed(1)}" cy="${py(Math.log10(y)).toFixed(1)}" r="4"><title>${number(x)}: ${number(y)} ${unit}</title></circle>`,
  );
  const slope = growth(points);
  const fitted = slope === null ? '' : `, slope ${slope.toFixed(2)}`;
  return `<h3>${escapeHtml(title)}${fitted}</h3><svg width="${width}" height="${height}"><g stroke="#ddd">${grid.join('')}</g><g fill="#4e79a7">${dots.join('')}</g></svg>`;
}

function machineLine({ processor, cores, memory, node, provenn }: BenchMachine): string {
  return escapeHtml(`${processor}, ${cores} cores, ${number(memory / 1e9)} GB; Node ${node}; provenn ${provenn}`);
}

export function benchPage(report: BenchReport): string {
  const { results, failures, peers, machine, runs, warmup } = report;
  const rows = results.map((r) => [
    r.network,
    r.about,
    String(r.weights),
    String(r.activations),
    `${number(r.prove.median)} (${number(r.prove.min)} – ${number(r.prove.max)})`,
    `${number(r.verify.median)} (${number(r.verify.min)} – ${number(r.verify.max)})`,
    number(r.compile),
    `${number(r.proofBytes / 1000)} kB`,
    `${number(r.peakMemory / 1e6)} MB`,
  ]);
  const head = ['network', 'what', 'weights', 'activations', 'prove, ms', 'verify, ms', 'compile, ms', 'proof', 'peak'];
  const points = (pick: (r: (typeof results)[number]) => number): Point[] =>
    results.filter(({ network }) => network.startsWith('sweep')).map((r) => ({ x: r.activations, y: pick(r) }));
  const others = [
    ...failures.map(({ network, message }) => [network, `failed: ${message}`]),
    ...peers.map(({ name, reason }) => [name, `not run: ${reason}`]),
  ];
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>provenn bench</title>
<style>body{font:14px system-ui,sans-serif;margin:2em;max-width:70em}table{border-collapse:collapse}td,th{padding:.3em .7em;border-bottom:1px solid #ddd;text-align:left}svg text{font-size:12px;stroke:none;fill:#333}</style>
<h1>provenn bench</h1>
<p>${machineLine(machine)}</p>
<p>Medians of ${runs} proofs after ${warmup} for warming up, least and greatest in brackets. Weights and inputs are seeded, not trained.
Proving is from input to proof with an accepted key; the check of one's own proof is not part of it.</p>
${table(head, rows)}
<h2>Stages</h2>${stageBars(report)}
<h2>Growth</h2>${logPlot(
    'prove, ms, by activations',
    points((r) => r.prove.median),
    'ms',
  )}${logPlot(
    'verify, ms, by activations',
    points((r) => r.verify.median),
    'ms',
  )}${logPlot(
    'proof, bytes, by activations',
    points((r) => r.proofBytes),
    'bytes',
  )}
${others.length === 0 ? '' : `<h2>Others</h2>${table(['what', 'outcome'], others)}`}
</html>
`;
}
