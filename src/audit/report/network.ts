/** The network step by step: its graph as rails, and what each step costs to prove. */
import type { AuditSource } from '../bundle.ts';
import { addCounts, nothing } from '../layers.ts';
import { bar } from './bars.ts';
import { type Step, stepsOf } from './flow.ts';
import { html, type Markup } from './markup.ts';
import { drawRow, laneCount, railSpace, railsOf } from './rails.ts';
import { brief, count, listed, shape } from './words.ts';

function opWords({ ops, nodes, reads }: Step): string {
  if (ops.length === 0) return reads.length === 0 ? 'input' : 'output';
  const words = ops.slice(0, 3).map(([op, times]) => (times === 1 ? op : `${times} ${op}`));
  return `${listed(words)}${ops.length > 3 ? ' …' : ''}${nodes > 1 ? `, ${nodes} layers` : ''}`;
}

function stepRow(step: Step, rail: Markup, most: { readonly products: number; readonly lookups: number }): Markup {
  const { products, lookups, linear } = step.counts;
  const cost = (value: number, share: number, kind: 'value' | 'value second'): Markup =>
    value === 0
      ? html`<span class="cost">–</span>`
      : html`<span class="cost">${count(value)}</span>${bar(share, kind)}`;
  return html`<div class="row" role="row">${rail}<div role="cell"><span class="name" title="${brief(step.name, 200)}">${brief(step.name)}</span><span class="op">${opWords(step)}</span></div><div class="size" role="cell">${step.dims === null ? null : shape(step.dims)}</div><div role="cell">${cost(products, products / most.products, 'value')}</div><div class="second" role="cell">${cost(lookups + linear, (lookups + linear) / most.lookups, 'value second')}</div></div>
`;
}

export function networkSection({ key, graph }: AuditSource): Markup {
  const steps = stepsOf(key.circuit, graph);
  const rails = railsOf(steps);
  const lanes = laneCount(rails);
  const most = {
    products: Math.max(1, ...steps.map(({ counts }) => counts.products)),
    lookups: Math.max(1, ...steps.map(({ counts }) => counts.lookups + counts.linear)),
  };
  const total = steps.map(({ counts }) => counts).reduce(addCounts, nothing);
  const rows = steps.map((step, i) => {
    const rail = rails[i];
    return rail === undefined ? html`` : stepRow(step, drawRow(rail, lanes, step.nodes > 1), most);
  });
  const foldedNote = steps.some(({ nodes }) => nodes > 1)
    ? html`<p class="note">Squares stand for several layers that hang together.</p>`
    : null;
  const source =
    graph === null ? 'As the circuit tells it: the model file is not part of this bundle.' : 'As the model says it.';
  return html`<section>
<h2>The network, step by step</h2>
<p class="intro">${source} A proof covers all ${count(total.products)} products and ${count(total.lookups + total.linear)} rounded, looked-up or copied values of one run; the bars say where they arise.</p>
<div class="steps" role="table" aria-label="Steps of the network">
<div class="row head" role="row">${railSpace(lanes)}<div role="columnheader">Step</div><div class="size" role="columnheader">Shape</div><div role="columnheader">Products</div><div class="second" role="columnheader">Values looked up</div></div>
${rows}</div>
${foldedNote}
</section>
`;
}
