/** The itemised verdict: what was proven, what anybody can repeat, what is only said, and what was not shown. */
import type { Claims, HiddenTensor } from '../../artifact/verdict.ts';
import type { AuditSource } from '../bundle.ts';
import { type Content, html, type Markup } from './markup.ts';
import { algorithmWords, contextWords, count, listed, power } from './words.ts';

type Kind = 'proven' | 'repeatable' | 'stated' | 'open' | 'danger';

type Row = { readonly kind: Kind; readonly claim: Content; readonly basis: Content };

const badges: { readonly [kind in Kind]: string } = {
  proven: 'proven',
  repeatable: 'repeatable',
  stated: 'only stated',
  open: 'not shown',
  danger: 'do not rely',
};

function portWords(
  side: string,
  shown: readonly { readonly name: string }[],
  hidden: readonly HiddenTensor[],
): Content {
  const own = hidden.filter((tensor) => tensor.side === side);
  const some = own.length > 0 ? [own.length === 1 ? `a hidden ${side}` : `${own.length} hidden ${side}s`] : [];
  const known = shown.length > 0 ? [shown.length === 1 ? `this ${side}` : `these ${shown.length} ${side}s`] : [];
  return listed([...known, ...some]);
}

/** The one sentence the proof establishes. */
export function sentence({ inputs, outputs, hidden, model }: Claims): Content {
  const from = portWords('input', inputs, hidden);
  return ['The network “', model, '” gives ', portWords('output', outputs, hidden), ' for ', from, '.'];
}

function commitmentRows({ hidden, weights }: Claims): Row[] {
  const ports = hidden.flatMap(({ side, name, commitment, sample }): Row[] => {
    if (commitment === null) return [];
    const which = sample === undefined ? '' : ` as one of its ${count(sample.count)} samples`;
    const claim = [`The hidden ${side} “`, name, `” is what lies behind its commitment${which}.`];
    return [{ kind: 'proven', claim, basis: html`Commitment <span class="hex">${commitment}</span>` }];
  });
  return [
    ...ports,
    ...weights.map(({ commitment }): Row => {
      const claim = 'The hidden weights are those behind their commitment, the same in every proof under this key.';
      return { kind: 'proven', claim, basis: html`Commitment <span class="hex">${commitment}</span>` };
    }),
  ];
}

function setupRow({ setup }: Claims): Row {
  if (setup === 'none') {
    const basis = 'The proof system is transparent: keys come from public computation alone.';
    return { kind: 'repeatable', claim: 'Nobody holds a secret with which proofs could be forged.', basis };
  }
  if (setup === 'ceremony') {
    const basis = 'The key says so. Forging would have taken all participants together.';
    return { kind: 'stated', claim: 'One participant of the setup ceremony destroyed their secret.', basis };
  }
  const basis = 'Keys of a development setup show nothing to anybody else.';
  return { kind: 'danger', claim: 'Whoever made this key can forge proofs.', basis };
}

function privacyRow({ zeroKnowledge }: Claims): Row {
  if (!zeroKnowledge) {
    return { kind: 'open', claim: 'That hidden values stay hidden.', basis: 'This proof system hides nothing.' };
  }
  const basis = 'The proof is zero-knowledge. Nor does it show any value between input and output.';
  return { kind: 'proven', claim: 'The proof tells nothing about what is not shown in this report.', basis };
}

function modelRow({ graph, claims }: AuditSource): Row {
  if (graph === null) {
    const basis = 'The weights are hidden. The architecture is known: it is the circuit in this bundle.';
    return { kind: 'open', claim: 'Which model file the circuit was made from.', basis };
  }
  const basis = html`Compiling the file in <code>model/</code> gives circuit <span class="hex">${claims.circuitDigest}</span>, byte for byte.`;
  return { kind: 'repeatable', claim: 'The circuit that was proven is the one of the model in this bundle.', basis };
}

function runRow({ trace }: AuditSource): Row {
  if (trace === null) {
    const basis = 'Something of it is hidden. The proof stands in the place of repeating it.';
    return { kind: 'open', claim: 'The run itself, to be repeated.', basis };
  }
  const basis =
    'Model and input are public, so anybody can run the network again and compare every integer of the answer.';
  return { kind: 'repeatable', claim: 'Running the model again gives the same answer.', basis };
}

function contextRow({ context }: Claims): Row {
  const words = contextWords(context);
  if (words === '') {
    const basis = 'The proof carries no context, so it may be shown again to anybody, for any purpose.';
    return { kind: 'open', claim: 'For whom or for which occasion the proof was made.', basis };
  }
  return {
    kind: 'proven',
    claim: ['The proof was made for “', words, '” and for no other context.'],
    basis: 'Whoever wanted something else will see that it is not theirs.',
  };
}

function signerRow({ signer }: AuditSource): Row {
  if (signer === null) {
    const basis = 'Nobody signed this bundle. What it proves, it proves without a signature.';
    return { kind: 'open', claim: 'Who stands behind this bundle.', basis };
  }
  const basis = html`${algorithmWords[signer.algorithm]} key <span class="hex">${signer.keyId}</span>. Whose key that is, only you can know: give it to the check as <code>--signer</code>.`;
  return { kind: 'stated', claim: 'The holder of one key stands behind this bundle.', basis };
}

function timeRow({ createdAt, expiresAt }: AuditSource): Row {
  const until = expiresAt === null ? '' : ` It asks not to be used after ${expiresAt}.`;
  const basis = `By the clock of whoever exported it.${until}`;
  return { kind: 'stated', claim: `The bundle was made at ${createdAt}.`, basis };
}

function nameRows({ labels }: AuditSource): Row[] {
  if (labels === null) return [];
  const basis =
    'A proof is about numbers of classes. Their names come with the bundle, and nothing in it can confirm them.';
  return [{ kind: 'stated', claim: 'The classes are called what this report calls them.', basis }];
}

function audienceRows({ audience }: AuditSource): Row[] {
  if (audience === null) return [];
  const basis = 'The exporter says so. What the proof itself is bound to is its context.';
  return [{ kind: 'stated', claim: ['The bundle is meant for “', audience, '”.'], basis }];
}

const never: readonly Row[] = [
  {
    kind: 'open',
    claim: 'That the answer is right.',
    basis: 'The proof says that this network computed it. Networks err, and a proof of an error is still a proof.',
  },
  {
    kind: 'open',
    claim: 'Where the input came from.',
    basis:
      'A proof starts from the integers that enter the network. That they are an unaltered photograph, or anybody’s, is for others to show.',
  },
  {
    kind: 'open',
    claim: 'How the network was trained, and whether it is accurate, fair or fit for a purpose.',
    basis: 'Nothing about the training data is part of a proof.',
  },
  {
    kind: 'open',
    claim: 'That this was the only answer computed, or that the same network answers others.',
    basis: 'A proof is about one run. Compare model digests to see whether two runs used the same network.',
  },
];

/** What the one sentence rests on: a chance, an amount of work, or the honesty of whoever made the key. */
function basisOf({ setup, soundnessBits }: Claims): string {
  const bits = Math.floor(soundnessBits);
  const holds = 'Every integer of the run satisfies every relation of the circuit.';
  if (setup === 'none')
    return `${holds} A false proof would pass with a probability below ${power(2, -bits)} for each hash its maker tries.`;
  if (setup === 'ceremony')
    return `${holds} To forge a proof without the secret of the setup is estimated to cost ${power(2, bits)} steps.`;
  return 'The proof passes. Whoever made the key could have made one for any answer.';
}

/** Whatever rests on a proof is worth nothing where proofs can be forged. */
function resting({ setup }: Claims, rows: readonly Row[]): readonly Row[] {
  if (setup !== 'insecure') return rows;
  return rows.map((row) => (row.kind === 'proven' ? { ...row, kind: 'danger' } : row));
}

export function verdictRows(source: AuditSource): readonly Row[] {
  const { claims } = source;
  const main: Row = { kind: 'proven', claim: sentence(claims), basis: basisOf(claims) };
  const rows = [
    ...resting(claims, [main, ...commitmentRows(claims), contextRow(claims)]),
    privacyRow(claims),
    setupRow(claims),
    modelRow(source),
    runRow(source),
    signerRow(source),
    ...nameRows(source),
    timeRow(source),
    ...audienceRows(source),
  ];
  const order: readonly Kind[] = ['danger', 'proven', 'repeatable', 'stated', 'open'];
  return [...order.flatMap((kind) => rows.filter((row) => row.kind === kind)), ...never];
}

export function verdictSection(source: AuditSource): Markup {
  const rows = verdictRows(source).map(({ kind, claim, basis }) => {
    return html`<tr><td><span class="badge ${kind}">${badges[kind]}</span></td><td>${claim}<p>${basis}</p></td></tr>\n`;
  });
  return html`<section>
<h2>What this bundle shows, and what not</h2>
<p class="intro">Item by item, with what each one rests on.</p>
<table class="verdicts"><tbody>
${rows}</tbody></table>
<div class="legend">
<div><b>Proven.</b> Follows from the proof and the verifying key by mathematics.</div>
<div><b>Repeatable.</b> Anybody can compute it again from this bundle.</div>
<div><b>Only stated.</b> Somebody says so; believe it as far as you believe them.</div>
<div><b>Not shown.</b> Nothing in this bundle speaks to it.</div>
</div>
</section>
`;
}
