/** How sure: every way in which a false proof could pass, with its probability in bits, and what all of it assumes. */
import { requiredBits } from '../../backends/verifying.ts';
import type { AuditSource } from '../bundle.ts';
import { markedBar } from './bars.ts';
import { html, type Markup } from './markup.ts';
import { power } from './words.ts';

/** What would have to go wrong, by the name a backend gives its term. */
export const termWords: { readonly [term: string]: string } = {
  lookups: 'a value that stands in no table is balanced by accident, so that a wrong rounding or maximum passes',
  GKR: 'a wrong sum of fractions survives the rounds that check it',
  relations: 'a wrong product, sum or copy survives the rounds that check it',
  'products of pads': 'the numbers that mask the messages are multiplied wrongly, and nobody notices',
  'batching and inner product': 'several false claims cancel when they are added up',
  proximity: 'what was committed is no codeword, and still looks like one after folding',
  opening: 'a wrong value is accepted for what was committed',
  queries: 'none of the opened columns is one of the wrong ones',
  'evidence of the commitments': 'a hidden weight lies outside its range, and its evidence passes',
  'discrete logarithms in BN254': 'somebody computes discrete logarithms on the curve, or breaks its pairing',
};

const assumptions: { readonly [setup in AuditSource['claims']['setup']]: string } = {
  none: 'These are chances for each hash a forger tries, under one assumption: the hash function BLAKE3 behaves like a random one. Finding two inputs with the same hash costs 2¹²⁸ steps and stands apart.',
  ceremony:
    'This is no probability but an estimate of work: it holds against forgers who cannot break the curve, in the generic group model, and if one participant of the ceremony destroyed their secret.',
  insecure:
    'This key comes from a development setup: its maker holds a secret with which proofs can be forged at no cost.',
};

const luck = `A forger must be lucky in one of these ways. A term of 100 bits means one chance in ${power(2, 100)}, a number with 31 digits.`;
const work = `To forge a proof somebody would have to do this. A term of 100 bits means some ${power(2, 100)} steps of work, a number with 31 digits.`;

const meaning: { readonly [setup in AuditSource['claims']['setup']]: string } = {
  none: luck,
  ceremony: work,
  insecure: `${work} The maker of this key need not.`,
};

/** Bars end at 160 bits; beyond it nothing differs. */
const scale = 160;

/** A term that can never happen has infinitely many bits. */
function bitsText(bits: number): string {
  return Number.isFinite(bits) ? bits.toFixed(1) : 'never';
}

export function soundnessSection({ accepted, claims }: AuditSource): Markup {
  const { terms, zeroKnowledgeBits } = accepted.soundness;
  const rows = terms.map(({ name, bits }) => {
    const what = termWords[name];
    return html`<tr><td>${name}${what === undefined ? null : html`<p>${what}</p>`}</td><td>${markedBar(bits / scale, requiredBits / scale)}</td><td class="num">${bitsText(bits)}</td></tr>
`;
  });
  const hiding =
    zeroKnowledgeBits === undefined
      ? null
      : html`<p class="note">What is hidden: a proof differs from one made without the secret by at most ${power(2, -Math.floor(zeroKnowledgeBits))}.</p>`;
  return html`<section>
<h2>How sure this is</h2>
<p class="intro">${meaning[claims.setup]} The verifier computes every term from the key itself and refuses keys with fewer than ${requiredBits} bits in all.</p>
<table class="plot"><thead><tr><th>What would have to happen</th><th>Required: ${requiredBits}</th><th class="num">Bits</th></tr></thead><tbody>
${rows}<tr class="sum"><td>All together</td><td>${markedBar(claims.soundnessBits / scale, requiredBits / scale)}</td><td class="num">${bitsText(claims.soundnessBits)}</td></tr>
</tbody></table>
<p class="note"><b>Assumption.</b> ${assumptions[claims.setup]}</p>
${hiding}
</section>
`;
}
