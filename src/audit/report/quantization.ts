/** What it cost to turn real numbers into bytes: the error of every activation, as it was measured. */
import type { AuditSource, LayerError } from '../bundle.ts';
import { bar } from './bars.ts';
import { html, type Markup } from './markup.ts';
import { brief, count, measure } from './words.ts';

/** The scale of the plot in decibels: beyond it a byte can hardly be better, below it little is left. */
const best = 60;

function errorRow({ name, op, maxError, meanError, sqnr }: LayerError): Markup {
  const share = sqnr === null ? 1 : sqnr / best;
  const decibels = sqnr === null ? 'exact' : sqnr.toFixed(1);
  return html`<tr><td>${brief(name)}<p>${op === '' ? 'input' : op}</p></td><td>${bar(share)}</td><td class="num">${decibels}</td><td class="num wide">${measure(meanError)}</td><td class="num wide">${measure(maxError)}</td></tr>
`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share === 1 ? 0 : 2)} %`;
}

export function quantizationSection({ comparison }: AuditSource): Markup {
  if (comparison === null) {
    return html`<section>
<h2>What quantization cost</h2>
<p class="intro">This bundle does not say how the network of integers compares with a network of real numbers. The proof is about the integers, and about nothing else.</p>
</section>
`;
  }
  const { samples, agreement, calibrationDigest, layers } = comparison;
  return html`<section>
<h2>What quantization cost</h2>
<p class="intro">The proof is about a network of whole numbers. It was made from one of real numbers, and gives the same class on ${percent(agreement)} of ${count(samples)} calibration samples. This was measured by whoever exported the bundle; a proof cannot show it.</p>
<table class="plot"><thead><tr><th>Values</th><th>Signal against error</th><th class="num">dB</th><th class="num wide">Mean error</th><th class="num wide">Largest error</th></tr></thead><tbody>
${layers.map(errorRow)}</tbody></table>
<p class="note">More decibels are better; each 6 dB are one more bit that is right. The plot ends at ${best} dB. Calibration data: SHA-256 <span class="hex">${calibrationDigest}</span></p>
</section>
`;
}
