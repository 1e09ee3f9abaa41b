/** Answers and pictures on the page. */
import type { Answer, Score } from './answer.ts';
import { h } from './dom.ts';
import type { Picture } from './picture.ts';

const shownScores = 10;

function formatScore(value: number): string {
  const text = Number.isInteger(value) ? String(value) : value.toPrecision(4);
  return text.replace('-', '−');
}

/** A bar from zero to the score, on an axis that all scores share. */
function scoreRow({ label, value }: Score, low: number, high: number, isBest: boolean): HTMLElement {
  const span = high - low || 1;
  const bar = h('span', { class: value < 0 ? 'bar negative' : 'bar' });
  bar.style.left = `${(100 * (Math.min(0, value) - low)) / span}%`;
  bar.style.width = `${(100 * Math.abs(value)) / span}%`;
  return h(
    'tr',
    { class: isBest ? 'best' : '' },
    h('th', { scope: 'row' }, label),
    h('td', { class: 'track', 'aria-hidden': 'true' }, h('span', { class: 'axis' }, bar)),
    h('td', { class: 'number' }, formatScore(value)),
  );
}

function scoresView(scores: readonly Score[]): HTMLElement {
  const values = scores.map(({ value }) => value);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const rows = scores.slice(0, shownScores).map((score, i) => scoreRow(score, low, high, i === 0));
  const more = scores.length - rows.length;
  return h(
    'div',
    {},
    h('table', { class: 'scores' }, h('tbody', {}, ...rows)),
    more > 0 ? h('p', { class: 'aside' }, `and ${more} more classes`) : null,
  );
}

/** The answer in one line, for the headline. */
export function answerLine(answer: Answer): string | null {
  if (answer.kind === 'scores') return answer.scores[0]?.label ?? null;
  return answer.kind === 'classes' ? answer.labels.join(', ') : null;
}

export function answerView(answer: Answer): HTMLElement {
  const title = h('h3', {}, 'Output ', h('code', {}, answer.name));
  if (answer.kind === 'scores') return h('section', { class: 'answer' }, title, scoresView(answer.scores));
  const shown = answer.kind === 'classes' ? answer.labels : answer.values.map(formatScore);
  const more = answer.more > 0 ? `, and ${answer.more} more` : '';
  return h('section', { class: 'answer' }, title, h('p', { class: 'numbers' }, `${shown.join(', ')}${more}`));
}

export function pictureView({ width, height, rgba }: Picture, name: string): HTMLElement {
  const canvas = h('canvas', { width, height, role: 'img', 'aria-label': `Input ${name} as a picture` });
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return h(
    'figure',
    { class: 'picture' },
    canvas,
    h('figcaption', {}, 'Input ', h('code', {}, name), `, ${width} × ${height}: these pixels were proven`),
  );
}
