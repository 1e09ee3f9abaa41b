/**
 * The network's graph as rails beside its steps: every value runs down a lane from the step that makes it to the last that reads
 * it. One row a step, as tall as the row of text beside it, so that a long network breaks over pages like a table.
 */
import type { Step } from './flow.ts';
import { html, type Markup } from './markup.ts';

/** One row of the drawing: lanes are numbered from the left. */
export type RailRow = {
  /** Lane of the step's dot. */
  readonly dot: number;
  /** Lanes that come from above into the dot. */
  readonly into: readonly number[];
  /** Lanes that pass by, from where they enter to where they leave. */
  readonly past: readonly (readonly [from: number, to: number])[];
  /** Whether something leaves the dot downwards. */
  readonly leaves: boolean;
};

/** A value on its way down, or a free lane. */
type Lane = { readonly value: string; readonly last: number } | null;

function lastReads(steps: readonly Step[]): Map<string, number> {
  const last = new Map<string, number>();
  steps.forEach(({ reads }, i) => {
    for (const name of reads) last.set(name, i);
  });
  return last;
}

function freeLane(lanes: readonly Lane[], from: number): number {
  const at = lanes.findIndex((lane, i) => i >= from && lane === null);
  return at < 0 ? Math.max(from, lanes.length) : at;
}

export function railsOf(steps: readonly Step[]): RailRow[] {
  const last = lastReads(steps);
  let lanes: Lane[] = [];
  return steps.map(({ reads, makes }, i) => {
    const into = lanes.flatMap((lane, at) => (lane !== null && reads.includes(lane.value) ? [at] : []));
    const dot = into[0] ?? freeLane(lanes, 0);
    const next: Lane[] = lanes.map((lane, at) => (at !== dot && lane !== null && lane.last > i ? lane : null));
    const past = next.flatMap((lane, at) => (lane === null ? [] : [[at, at] as const]));
    const displaced = lanes[dot];
    const kept = makes.flatMap((value) => {
      const end = last.get(value) ?? i;
      return end > i ? [{ value, last: end }] : [];
    });
    next[dot] = kept[0] ?? null;
    // A value that is read again later steps aside for the one made of it, as a shortcut does; where nothing is made it stays.
    if (displaced != null && displaced.last > i) {
      const to = kept.length === 0 ? dot : freeLane(next, dot + 1);
      next[to] = displaced;
      past.push([dot, to]);
    }
    for (const lane of kept.slice(1)) next[freeLane(next, dot + 1)] = lane;
    const branches = kept.slice(1).map(({ value }) => next.findIndex((lane) => lane?.value === value));
    lanes = next;
    return { dot, into, past: [...past, ...branches.map((to) => [dot, to] as const)], leaves: kept.length > 0 };
  });
}

/** Lanes that are drawn: what runs further to the right shares the last one. */
const mostLanes = 10;

export function laneCount(rows: readonly RailRow[]): number {
  let last = 0;
  for (const { dot, into, past } of rows)
    for (const lane of [dot, ...into, ...past.flat()]) last = Math.max(last, lane);
  return Math.min(mostLanes, 1 + last);
}

const laneWidth = 18;
/** Height of the drawing in its own units; the page stretches it over its row. */
const rowHeight = 48;

function laneX(lane: number): number {
  return laneWidth / 2 + 2 + Math.min(lane, mostLanes - 1) * laneWidth;
}

/** A line from one lane to another, vertical at both ends. */
function curve(from: number, top: number, to: number, bottom: number): string {
  const [x, y] = [laneX(from), laneX(to)];
  if (x === y) return `M${x} ${top}V${bottom}`;
  const middle = (top + bottom) / 2;
  return `M${x} ${top}C${x} ${middle} ${y} ${middle} ${y} ${bottom}`;
}

function drawingWidth(lanes: number): number {
  return laneX(lanes - 1) + laneWidth / 2 + 2;
}

/** Nothing, as wide as the drawing: keeps the head of the table in line with its rows. */
export function railSpace(lanes: number): Markup {
  return html`<svg class="rail" width="${drawingWidth(lanes)}" height="1" aria-hidden="true"></svg>`;
}

export function drawRow(row: RailRow, lanes: number, isFolded: boolean): Markup {
  const width = drawingWidth(lanes);
  const middle = rowHeight / 2;
  const side = row.past.map(([from, to]) => curve(from, 0, to, rowHeight)).join('');
  const main = [
    ...row.into.map((lane) => curve(lane, 0, row.dot, middle)),
    ...(row.leaves ? [curve(row.dot, middle, row.dot, rowHeight)] : []),
  ].join('');
  const x = laneX(row.dot);
  const dot = isFolded
    ? html`<rect class="dot" x="${x - 6}" y="${middle - 6}" width="12" height="12" rx="3"/>`
    : html`<circle class="dot" cx="${x}" cy="${middle}" r="5"/>`;
  return html`<svg class="rail" viewBox="0 0 ${width} ${rowHeight}" width="${width}" height="${rowHeight}" aria-hidden="true"><path class="side" d="${side}"/><path class="main" d="${main}"/>${dot}</svg>`;
}
