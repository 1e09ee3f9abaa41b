/** The input as a picture where it is one, and the answer with its scores. */
import type { PublicTensor } from '../../artifact/verdict.ts';
import type { AuditSource } from '../bundle.ts';
import { signedBar } from './bars.ts';
import { type Content, html, type Markup } from './markup.ts';
import { pictureOf } from './picture.ts';
import { brief, count, decimal, kindOf, measure } from './words.ts';

const shownScores = 10;
const shownValues = 24;

/** Indices the network returns are no scores. */
function isIndex({ dtype, quantization }: PublicTensor): boolean {
  return dtype === 's64' && quantization === null;
}

function isScores(tensor: PublicTensor, labels: readonly string[] | null): boolean {
  const classes = tensor.dims.at(-1) ?? 0;
  const fits = labels === null || labels.length === classes;
  return !isIndex(tensor) && classes >= 2 && classes === tensor.integers.length && fits;
}

/** Class numbers from the highest score down; ties keep their order. */
function ranking({ values, integers }: PublicTensor): number[] {
  const scores = values ?? integers;
  return Array.from(scores, (_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
}

function className(index: number, labels: readonly string[] | null): string {
  return labels?.[index] ?? `class ${index}`;
}

/** The answer when it is a class. Its number is proven; what the class is called are words of the exporter. */
export function answerClass({
  claims,
  labels,
}: AuditSource): { readonly index: number; readonly label: string | null } | null {
  const [output] = claims.outputs;
  if (output === undefined || claims.outputs.length > 1) return null;
  const isOne = isIndex(output) ? output.integers.length === 1 : isScores(output, labels);
  if (!isOne) return null;
  const index = (isIndex(output) ? output.integers[0] : ranking(output)[0]) as number;
  return { index, label: labels?.[index] ?? null };
}

function scoreTable(tensor: PublicTensor, labels: readonly string[] | null): Markup {
  const scores = Array.from(tensor.values ?? tensor.integers);
  const low = scores.reduce((least, score) => Math.min(least, score), 0);
  const high = scores.reduce((most, score) => Math.max(most, score), 0);
  const order = ranking(tensor);
  const rows = order.slice(0, shownScores).map((index, place) => {
    const score = scores[index] as number;
    return html`<tr class="${place === 0 ? 'first' : 'rest'}"><td>${brief(className(index, labels), 32)}${labels === null ? null : html` <span class="note">${index}</span>`}</td><td>${signedBar(score, low, high)}</td><td class="num">${decimal(score, 2)}</td><td class="num note wide">${tensor.integers[index] as number}</td></tr>\n`;
  });
  const more = order.length - rows.length;
  return html`<table><thead><tr><th>Class</th><th></th><th class="num">Score</th><th class="num wide">Integer</th></tr></thead><tbody>
${rows}</tbody></table>${more > 0 ? html`<p class="note">and ${count(more)} lower ones</p>` : null}`;
}

function outputBlock(tensor: PublicTensor, labels: readonly string[] | null): Markup {
  const about = html`<p class="note">Output “${tensor.name}”: ${count(tensor.integers.length)} numbers, ${kindOf(tensor)}</p>`;
  if (isScores(tensor, labels)) {
    const best = className(ranking(tensor)[0] as number, labels);
    return html`<div class="scores"><strong>${best}</strong>${about}${scoreTable(tensor, labels)}</div>\n`;
  }
  const values = Array.from((tensor.values ?? tensor.integers).subarray(0, shownValues));
  const words = isIndex(tensor) ? values.map((index) => className(index, labels)) : values.map(measure);
  const more = tensor.integers.length - values.length;
  const rest = more > 0 ? `, and ${count(more)} more` : '';
  const text = `${words.join(', ')}${rest}`;
  return html`<div class="scores">${words.length === 1 ? html`<strong>${text}</strong>` : html`<p>${text}</p>`}${about}</div>\n`;
}

function inputFigure(tensor: PublicTensor, preprocessing: Uint8Array | null): Content {
  const picture = pictureOf(tensor, preprocessing);
  if (picture === null) return null;
  const { width, height, dataUrl } = picture;
  return html`<figure><img src="${dataUrl}" width="${width}" height="${height}" alt="The input “${tensor.name}” as a picture"><figcaption>Input “${tensor.name}”, ${width} × ${height}, drawn from the integers that were proven.</figcaption></figure>\n`;
}

/** A private answer has no commitment, and where the rest is public it is no secret either. */
function hiddenAnswer({ claims, trace }: AuditSource): string {
  const isCommitted = claims.hidden.some(({ side, commitment }) => side === 'output' && commitment !== null);
  const opened = isCommitted ? ' Whoever holds its opening can compare it with the commitment named below.' : '';
  const computed = trace === null ? '' : ' With model and input public, anybody can compute it.';
  return `The proof does not show the answer.${opened}${computed}`;
}

export function answerSection(source: AuditSource): Markup {
  const { claims, labels, preprocessing } = source;
  const figures = claims.inputs.map((tensor) => inputFigure(tensor, preprocessing));
  const outputs = claims.outputs.map((tensor) => outputBlock(tensor, labels));
  return html`<section>
<h2>The answer</h2>
<p class="intro">As the verifier read it from the checked proof. Scores are what the network gives, not probabilities.</p>
<div class="answer">
${figures}${outputs.length > 0 ? html`<div class="scores">${outputs}</div>` : html`<p>${hiddenAnswer(source)}</p>`}
</div>
</section>
`;
}
