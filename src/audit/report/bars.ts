/** Bars: shares of a width, drawn where style attributes would be refused by the page's own policy. */
import { html, type Markup } from './markup.ts';

/** A share in hundredths of a percent, so that every engine writes the same digits. */
function hundredths(share: number): number {
  return Math.round(10_000 * Math.min(1, Math.max(0, share))) / 100;
}

/** Whatever is not nothing can be seen. */
function visible(share: number): number {
  return share > 0 ? Math.max(0.6, hundredths(share)) : 0;
}

export function bar(share: number, kind: 'value' | 'value second' = 'value'): Markup {
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="100" height="10"/><rect class="${kind}" width="${visible(share)}" height="10"/></svg>`;
}

/** Scores of either sign around a common zero. */
export function signedBar(value: number, low: number, high: number): Markup {
  const span = high - low || 1;
  const zero = hundredths(-low / span);
  const end = hundredths((value - low) / span);
  const from = Math.min(zero, end);
  const width = Math.round(100 * Math.max(0.6, Math.abs(end - zero))) / 100;
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="value" x="${from}" width="${width}" height="10"/><rect class="zero" x="${Math.min(99.7, zero)}" width="0.3" height="10"/></svg>`;
}

/** A bar with a mark at what is required. */
export function markedBar(share: number, required: number): Markup {
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="100" height="10"/><rect class="value" width="${visible(share)}" height="10"/><rect class="need" x="${hundredths(required)}" width="0.6" height="10"/></svg>`;
}
