/** A judgement on the page: the verdict, what is claimed, every check, and what none of it says. */
import type { Claims, HiddenTensor } from '../artifact/verdict.ts';
import { fromHex } from '../base/bytes.ts';
import { contextText } from '../pipeline/context-text.ts';
import { type Answer, answerOfClaim } from './answer.ts';
import { answerLine, answerView, pictureView } from './answer-view.ts';
import { type Child, formatMilliseconds, h, icon } from './dom.ts';
import type { Check, Judgement, Outcome } from './judge.ts';
import { pictureOf } from './picture.ts';

const marks: Readonly<Record<Outcome, readonly string[]>> = {
  pass: ['M4.5 12.5l5 5L19.5 7'],
  fail: ['M6 6l12 12', 'M18 6L6 18'],
  'not-checked': ['M5 12h14'],
};

const words: Readonly<Record<Outcome, string>> = { pass: 'Holds', fail: 'Fails', 'not-checked': 'Not checked' };

function checkView({ claim, outcome, detail, member = null }: Check): HTMLElement {
  return h(
    'li',
    { class: `check ${outcome}` },
    h('span', { class: 'mark' }, icon(...marks[outcome])),
    h(
      'div',
      {},
      h('p', { class: 'claim' }, claim),
      h('p', { class: 'detail' }, member === null ? null : h('code', {}, member), member === null ? '' : ' · ', detail),
    ),
    h('span', { class: 'outcome' }, words[outcome]),
  );
}

/** As much of a name as fits into a sentence without taking it over. */
function short(name: string): string {
  const characters = [...name];
  return characters.length <= 48 ? name : `${characters.slice(0, 47).join('')}…`;
}

function headline({ ok, claims, checks }: Judgement, answers: readonly Answer[]): string {
  if (!ok) {
    const failed = checks.filter(({ outcome }) => outcome === 'fail');
    return failed.map(({ detail }) => detail).join(' ');
  }
  if (claims === null) return 'Nothing was proven.';
  const [answer] = answers;
  const said = answer === undefined ? null : answerLine(answer);
  const input = claims.inputs.length > 0 ? 'this input' : 'a hidden input';
  if (answer === undefined) return `The network “${short(claims.model)}” gives a hidden output for ${input}.`;
  return said === null
    ? `The network “${short(claims.model)}” gives this output for ${input}.`
    : `The network “${short(claims.model)}” says “${short(said)}” for ${input}.`;
}

function tally(checks: readonly Check[], milliseconds: number): string {
  const count = (wanted: Outcome): number => checks.filter(({ outcome }) => outcome === wanted).length;
  const parts = [
    [count('pass'), 'hold'],
    [count('fail'), 'fail'],
    [count('not-checked'), 'not checked'],
  ] as const;
  const shown = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return `${shown.join(' · ')} · judged in ${formatMilliseconds(milliseconds)}`;
}

function hiddenLine({ side, name, dims, commitment, sample }: HiddenTensor): string {
  const what = `${side === 'input' ? 'Input' : 'Output'} “${name}” [${dims.join(' × ')}] is hidden`;
  const where = commitment === null ? '' : ` in the commitment ${commitment}`;
  if (sample === undefined) return `${what}${where}.`;
  const which = sample.index === null ? `one of ${sample.count} samples` : `sample ${sample.index} of ${sample.count}`;
  return `${what}: ${which}${where}.`;
}

function claimView(claims: Claims, answers: readonly Answer[]): HTMLElement {
  const inputs = claims.inputs.map((tensor) => {
    const picture = pictureOf(tensor);
    if (picture !== null) return pictureView(picture, tensor.name);
    return h(
      'p',
      { class: 'aside' },
      'Input ',
      h('code', {}, tensor.name),
      `, ${tensor.integers.length} values, public`,
    );
  });
  return h(
    'section',
    { class: 'claims', 'aria-label': 'What is claimed' },
    inputs.length > 0 ? h('div', { class: 'inputs' }, ...inputs) : null,
    h(
      'div',
      { class: 'outputs' },
      ...answers.map(answerView),
      ...claims.hidden.map((tensor) => h('p', { class: 'aside' }, hiddenLine(tensor))),
    ),
  );
}

function facts(claims: Claims): HTMLElement {
  const context = contextText(fromHex(claims.context));
  const rows: [string, Child][] = [
    ['Network', claims.model],
    ['Model digest', h('code', {}, claims.modelDigest)],
    ['Circuit digest', h('code', {}, claims.circuitDigest)],
    ['Key digest', h('code', {}, claims.keyDigest)],
    ['Context', context === '' ? 'none' : h('code', {}, context)],
    ['Integers', `${claims.profile}, every one exact`],
    [
      'Weights',
      claims.weights.length === 0 ? 'public, part of the circuit' : 'hidden in commitments that the key fixes',
    ],
    ['Proof system', `${claims.backend}, ${claims.soundnessBits.toFixed(1)} bits of soundness`],
    [
      'Privacy',
      claims.zeroKnowledge
        ? 'zero-knowledge: the proof says nothing about what is not shown here'
        : 'none: the proof may reveal what is not public',
    ],
  ];
  return h('dl', { class: 'facts' }, ...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

const limits: readonly string[] = [
  'That the network is good, fair or the right one for its purpose: the proof is about its arithmetic.',
  'Where the input came from, and whether it shows what somebody says it shows.',
  'Who made the proof, and when; unless a context that only you could choose is part of it.',
  'That this page is genuine: take it from a source you trust, as you take the key.',
];

/** The whole judgement. The heading takes the focus, so that screen readers begin there. */
export function judgementView(judgement: Judgement, milliseconds: number): HTMLElement {
  const { ok, checks, claims, labels } = judgement;
  const answers = claims === null ? [] : claims.outputs.map((tensor) => answerOfClaim(tensor, labels));
  const outcome = ok ? 'pass' : 'fail';
  return h(
    'article',
    { class: `judgement ${outcome}` },
    h(
      'header',
      { class: 'verdict' },
      h('span', { class: 'seal' }, icon(...marks[outcome])),
      h(
        'div',
        {},
        h('h2', { tabindex: -1 }, ok ? 'Accepted' : 'Rejected'),
        h('p', { class: 'headline' }, headline(judgement, answers)),
        h('p', { class: 'tally' }, tally(checks, milliseconds)),
      ),
    ),
    claims === null ? null : claimView(claims, answers),
    labels === null || claims === null
      ? null
      : h('p', { class: 'aside' }, 'Names of classes come from preprocess.json; the proof knows only their order.'),
    h('h3', {}, 'Point by point'),
    h('ol', { class: 'checks' }, ...checks.map(checkView)),
    claims === null ? null : h('h3', {}, 'What it is about'),
    claims === null ? null : facts(claims),
    h('h3', {}, 'What no proof says'),
    h('ul', { class: 'limits' }, ...limits.map((limit) => h('li', {}, limit))),
  );
}

/** Puts what came later into a view that is on the page, without taking away what its reader has in focus. */
export function amendView(view: Element, { checks }: Judgement, milliseconds: number): void {
  view.querySelector('.checks')?.replaceChildren(...checks.map(checkView));
  view.querySelector('.tally')?.replaceChildren(tally(checks, milliseconds));
}
