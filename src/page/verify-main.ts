/** verify.html: a key and a proof, and the verdict on them. */
import { byId, formatBytes, h, icon } from './dom.ts';
import { dropZone, type Received } from './drop-zone.ts';
import { Engine, Problem } from './engine.ts';
import { type Intake, intake, type Slot } from './intake.ts';
import { type Judgement, judge, type NamedFile, verifyingKeyIn } from './judge.ts';
import { judgeBundle } from './judge-bundle.ts';
import { amendView, judgementView } from './judgement-view.ts';
import type { Services } from './messages.ts';
import { awaited, secondCheck } from './second-opinion.ts';
import { isWorker, serve } from './serve.ts';

type Shelf = Map<Slot, NamedFile>;

const slotNames: Readonly<Record<Slot, string>> = {
  key: 'Verifying key',
  'proving-key': 'Proving key, which holds the verifying key',
  proof: 'Proof',
  preprocessing: 'Names and pixels',
  input: 'The input you expect',
  bundle: 'Audit bundle',
  signer: 'Who should have signed',
};

function missing(shelf: Shelf): string {
  if (shelf.has('bundle')) return '';
  const key = shelf.has('key') || shelf.has('proving-key');
  if (!key && !shelf.has('proof')) return '';
  if (!key) return 'Now the verifying key.';
  return shelf.has('proof') ? '' : 'Now the proof.';
}

function chip(slot: Slot, file: NamedFile, remove: () => void): HTMLElement {
  const drop = h('button', { type: 'button', class: 'remove', 'aria-label': `Remove ${file.name}`, click: remove });
  drop.append(icon('M7 7l10 10', 'M17 7L7 17'));
  return h(
    'li',
    { class: 'file' },
    h('span', { class: 'slot' }, slotNames[slot]),
    h('span', { class: 'name' }, file.name),
    h('span', { class: 'size' }, formatBytes(file.bytes.length)),
    drop,
  );
}

function field(id: string, label: string, hint: string, onChange: () => void): HTMLElement {
  const input = h('input', {
    id,
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': `${id}-hint`,
  });
  input.addEventListener('change', onChange);
  return h('div', { class: 'field' }, h('label', { for: id }, label), input, h('p', { id: `${id}-hint` }, hint));
}

function textOf(id: string): string {
  return (byId(id) as HTMLInputElement).value.trim();
}

function start(script: string): void {
  const engine = new Engine(script);
  const shelf: Shelf = new Map();
  const list = h('ul', { class: 'files', 'aria-label': 'Files' });
  const notice = h('p', { class: 'notice', role: 'status' });
  const result = h('section', { class: 'result', 'aria-live': 'polite' });
  let round = 0;

  const say = (...sentences: readonly string[]): void => {
    notice.textContent = sentences.filter((sentence) => sentence !== '').join(' ');
  };

  const expected = (): { readonly model: string; readonly context: string } => ({
    model: textOf('model').toLowerCase(),
    context: textOf('context'),
  });

  /** A verdict of another round is of files that are no longer there. */
  const display = (mine: number, judgement: Judgement, milliseconds: number): void => {
    if (mine !== round) return;
    result.replaceChildren(judgementView(judgement, milliseconds));
    result.querySelector('h2')?.focus({ preventScroll: true });
    result.scrollIntoView({ behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  };

  const judgeBundleFile = async (mine: number, bundle: NamedFile): Promise<void> => {
    const key = shelf.get('key') ?? shelf.get('proving-key');
    const signer = shelf.get('signer') ?? null;
    const question = { bundle, key: key?.bytes ?? null, signer, ...expected() };
    const { answer, milliseconds } = await engine.ask('audit', question);
    display(mine, answer, milliseconds);
  };

  /** The first verdict at once; what the second verifier adds, when it has come to it. */
  const judgeProof = async (mine: number, key: NamedFile, proof: NamedFile): Promise<void> => {
    const preprocessing = shelf.get('preprocessing') ?? null;
    const input = shelf.get('input') ?? null;
    const question = { key: key.bytes, proof: proof.bytes, preprocessing, input, ...expected() };
    const { answer, milliseconds } = await engine.ask('judge', question);
    if (answer.claims === null) {
      display(mine, answer, milliseconds);
      return;
    }
    display(mine, { ...answer, checks: [...answer.checks, awaited] }, milliseconds);
    const { keyDigest, modelDigest } = answer.claims;
    const asked = { key: key.bytes, proof: proof.bytes, first: { keyDigest, modelDigest } };
    const { answer: second } = await engine.ask('second', asked);
    const both = { ...answer, ok: answer.ok && second.outcome !== 'fail', checks: [...answer.checks, second] };
    const view = result.firstElementChild;
    if (both.ok !== answer.ok || view === null) display(mine, both, milliseconds);
    else if (mine === round) amendView(view, both, milliseconds);
  };

  const judgeShelf = async (): Promise<void> => {
    const mine = ++round;
    const key = shelf.get('key') ?? shelf.get('proving-key');
    const proof = shelf.get('proof');
    const bundle = shelf.get('bundle');
    result.setAttribute('aria-busy', 'true');
    try {
      if (bundle !== undefined) await judgeBundleFile(mine, bundle);
      else if (key !== undefined && proof !== undefined) await judgeProof(mine, key, proof);
      else result.replaceChildren();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(error.message, error.next);
    } finally {
      result.removeAttribute('aria-busy');
    }
  };

  const show = (): void => {
    const entries = [...shelf].map(([slot, file]) =>
      chip(slot, file, () => {
        shelf.delete(slot);
        show();
      }),
    );
    list.replaceChildren(...entries);
    say(missing(shelf));
    void judgeShelf();
  };

  const place = (file: NamedFile, found: Intake): string => {
    if ('refused' in found) return found.refused;
    shelf.set(found.slot, file);
    if (found.slot === 'key') shelf.delete('proving-key');
    if (found.slot === 'proving-key') shelf.delete('key');
    if (found.slot === 'bundle') shelf.delete('proof');
    if (found.slot === 'proof') shelf.delete('bundle');
    return '';
  };

  const receive = (received: readonly Received[]): void => {
    const refusals = received.map((item) =>
      'refused' in item ? item.refused : place(item.file, intake(item.file.name, item.file.bytes)),
    );
    show();
    say(...refusals, missing(shelf));
  };

  byId('app').append(
    dropZone('Drop a verifying key and a proof', 'or choose them; or an audit bundle', receive),
    list,
    notice,
    h(
      'details',
      { class: 'expectations' },
      h('summary', {}, 'What do you expect?'),
      h('p', {}, 'Drop preprocess.json to see the classes by name, and the input you expect to have it compared.'),
      field('model', 'Model digest', '64 hexadecimal digits, from a source you trust', () => void judgeShelf()),
      field('context', 'Context', 'the session, audience or number that you gave the prover', () => void judgeShelf()),
    ),
    result,
  );
}

declare const PROVENN_VERSION: string;

const services: Services = {
  judge,
  second: (question) => secondCheck({ ...question, key: verifyingKeyIn(question.key) }),
  audit: (question) => judgeBundle(question, PROVENN_VERSION),
};

if (isWorker()) serve(services);
else start(document.currentScript?.textContent ?? '');
