/** Plots as SVG that needs nothing else: for the page of a benchmark, and as files of their own. */
import type { Comparison, Measurement } from './report.ts';
import { type Point, powerLaw } from './statistics.ts';
import { inUnit, milliseconds, shortNumber, type Unit } from './units.ts';

/** Proving stages in the order they run, with the colour of their bars. */
export const stageColours: Readonly<Record<string, string>> = {
  execute: '#94a3b8',
  assign: '#38bdf8',
  commit: '#0f766e',
  lookups: '#e11d48',
  contractions: '#f59e0b',
  opening: '#7c3aed',
};

const seriesColours = ['#0f766e', '#e11d48', '#7c3aed', '#f59e0b', '#38bdf8', '#475569'];
const ink = '#334155';
const faint = '#e2e8f0';

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

type Anchor = 'start' | 'middle' | 'end';

function text(x: number, y: number, content: string, anchor: Anchor = 'start', fill: string = ink): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${escapeXml(content)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string = faint, dashed = false): string {
  const dash = dashed ? ' stroke-dasharray="5 4"' : '';
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${stroke}"${dash}/>`;
}

function bar(x: number, y: number, width: number, fill: string, title: string, height = 16): string {
  return `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0, width).toFixed(1)}" height="${height}" fill="${fill}"><title>${escapeXml(title)}</title></rect>`;
}

function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12"><title>${escapeXml(title)}</title><rect width="${width}" height="${height}" fill="#ffffff"/>${parts.join('')}</svg>`;
}

/** The same picture as a file: outside a page its language has to be named. */
export function standalone(picture: string): string {
  return picture.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
}

const rowHeight = 24;
const labelWidth = 280;
const barWidth = 400;
const plotWidth = 760;

export type Labelled<T> = { readonly label: string; readonly value: T };

/** One bar per measurement: the shares of the stages, and the time they share. */
export function stageBars(rows: readonly Labelled<Measurement>[]): string {
  const stages = Object.entries(stageColours);
  const legend = stages.map(
    ([stage, colour], i) => `${bar(130 + i * 100, 6, 10, colour, stage, 10)}${text(130 + i * 100 + 14, 15, stage)}`,
  );
  const bars = rows.map(({ label, value }, row) => {
    const times = stages.map(([stage]) => value.stages[stage]?.median ?? 0);
    const total = times.reduce((sum, time) => sum + time, 0);
    const y = 28 + row * rowHeight;
    let x = labelWidth;
    const parts = stages.map(([stage, colour], i) => {
      const time = times[i] as number;
      const width = total === 0 ? 0 : (time / total) * barWidth;
      const share = total === 0 ? 0 : Math.round((100 * time) / total);
      const part = bar(x, y, width, colour, `${stage}: ${milliseconds(time)}, ${share} %`);
      x += width;
      return part;
    });
    const time = milliseconds(value.prove.median);
    return `${text(labelWidth - 8, y + 12, label, 'end')}${parts.join('')}${text(labelWidth + barWidth + 8, y + 12, time)}`;
  });
  return svg(plotWidth, 36 + rows.length * rowHeight, 'Shares of the stages of proving', [...legend, ...bars]);
}

export type PlotSeries = { readonly name: string; readonly points: readonly Point[] };

const plotHeight = 320;
const edge = { left: 76, right: 24, top: 20, bottom: 44 };

/** Whole decades around some values. */
function decades(values: readonly number[]): readonly [number, number] {
  const logs = values.map((value) => Math.log10(value));
  const low = Math.floor(Math.min(...logs));
  return [low, Math.max(low + 1, Math.ceil(Math.max(...logs)))];
}

/** Points on two logarithmic axes, with the line of least squares through each series. */
export function logPlot(title: string, xName: string, unit: Unit, series: readonly PlotSeries[]): string {
  const points = series.flatMap(({ points: own }) => own);
  if (points.length === 0) return '';
  const [left, right] = decades(points.map(({ x }) => x));
  const [low, high] = decades(points.map(({ y }) => y));
  const px = (value: number): number =>
    edge.left + ((Math.log10(value) - left) / (right - left)) * (plotWidth - edge.left - edge.right);
  const py = (value: number): number =>
    plotHeight - edge.bottom - ((Math.log10(value) - low) / (high - low)) * (plotHeight - edge.top - edge.bottom);
  const between = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  const bottom = plotHeight - edge.bottom;
  const grid = [
    ...between(left, right).map(
      (x) => line(px(x), edge.top, px(x), bottom) + text(px(x), bottom + 18, shortNumber(x), 'middle'),
    ),
    ...between(low, high).map(
      (y) =>
        line(edge.left, py(y), plotWidth - edge.right, py(y)) + text(edge.left - 8, py(y) + 4, inUnit(y, unit), 'end'),
    ),
    text(plotWidth - edge.right, plotHeight - 8, xName, 'end', '#64748b'),
  ];
  const drawn = series.map(({ name, points: own }, i) => {
    const colour = seriesColours[i % seriesColours.length] as string;
    const law = powerLaw(own);
    const ends = own.map(({ x }) => x);
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    const fit =
      law === null
        ? ''
        : line(
            px(from),
            py(law.factor * from ** law.exponent),
            px(to),
            py(law.factor * to ** law.exponent),
            colour,
            true,
          );
    const dots = own.map(
      ({ x, y }) =>
        `<circle cx="${px(x).toFixed(1)}" cy="${py(y).toFixed(1)}" r="4" fill="${colour}"><title>${escapeXml(`${name}, ${shortNumber(x)}: ${inUnit(y, unit)}`)}</title></circle>`,
    );
    const slope = law === null ? '' : `, slope ${law.exponent.toFixed(2)}`;
    const key = `${bar(edge.left + 12, edge.top + 8 + i * 18, 10, colour, name, 10)}${text(edge.left + 28, edge.top + 17 + i * 18, name + slope)}`;
    return fit + dots.join('') + key;
  });
  return svg(plotWidth, plotHeight, title, [...grid, ...drawn]);
}

/** How many times faster, with the range over the pairs of neighbours. */
export function ratioBars(rows: readonly Labelled<Comparison>[]): string {
  const most = Math.max(2, ...rows.map(({ value }) => value.prove.ofPairs.max));
  const px = (value: number): number => labelWidth + (value / most) * barWidth;
  const height = 30 + rows.length * rowHeight;
  const marks = Array.from({ length: Math.floor(most) + 1 }, (_, mark) => mark);
  const grid = marks.map(
    (mark) => line(px(mark), 4, px(mark), height - 20) + text(px(mark), height - 6, `${mark}×`, 'middle'),
  );
  const bars = rows.map(({ label, value: { prove } }, row) => {
    const y = 6 + row * rowHeight;
    const { min, max, median } = prove.ofPairs;
    const range = line(px(min), y + 8, px(max), y + 8, ink);
    const title = `pairs: median ${median.toFixed(2)}, ${min.toFixed(2)} – ${max.toFixed(2)}`;
    return `${text(labelWidth - 8, y + 12, label, 'end')}${bar(labelWidth, y, px(median) - labelWidth, '#0f766e', title)}${range}${text(labelWidth + barWidth + 8, y + 12, median.toFixed(2))}`;
  });
  return svg(plotWidth, height, 'Ratios of proving times', [...grid, ...bars]);
}

/** Two systems on a logarithmic scale, one pair of bars for each quantity. */
export function peerBars(
  names: readonly [string, string],
  rows: readonly { readonly label: string; readonly unit: Unit; readonly values: readonly [number, number] }[],
): string {
  const colours = ['#0f766e', '#e11d48'] as const;
  const pair = 2 * 18 + 10;
  const legend = names.map(
    (name, i) =>
      `${bar(labelWidth + i * 180, 6, 10, colours[i] as string, name, 10)}${text(labelWidth + i * 180 + 14, 15, name)}`,
  );
  const bars = rows.map(({ label, unit, values }, row) => {
    const y = 28 + row * pair;
    // A decade below the smaller one, so that both bars can be seen.
    const floor = Math.log10(Math.min(...values)) - 0.5;
    const span = Math.log10(Math.max(...values)) - floor;
    const own = values.map((value, i) => {
      const width = ((Math.log10(value) - floor) / span) * barWidth;
      const shown = inUnit(value, unit);
      return (
        bar(labelWidth, y + i * 18, width, colours[i] as string, shown) +
        text(labelWidth + width + 8, y + i * 18 + 12, shown)
      );
    });
    return text(labelWidth - 8, y + 20, label, 'end') + own.join('');
  });
  return svg(plotWidth, 30 + rows.length * pair, `${names.join(' and ')}, logarithmic`, [...legend, ...bars]);
}
