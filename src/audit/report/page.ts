/**
 * report.html: the bundle for people. One file without scripts that asks for nothing, the same bytes from the same source, so that
 * whoever checks the bundle makes it again and compares.
 */
import { utf8 } from '../../base/bytes.ts';
import { sha256 } from '../../base/sha256.ts';
import {
  type AuditSource,
  compareMember,
  type Finding,
  type MemberGroup,
  type Members,
  memberPaths,
} from '../bundle.ts';
import { answerClass, answerSection } from './answer.ts';
import { type Content, html, type Markup } from './markup.ts';
import { historySection, namesSection } from './names.ts';
import { networkSection } from './network.ts';
import { base64 } from './picture.ts';
import { quantizationSection } from './quantization.ts';
import { soundnessSection } from './soundness.ts';
import { style } from './style.ts';
import { sentence, verdictSection } from './verdicts.ts';
import { visibilitySection } from './visibility.ts';
import { brief, count } from './words.ts';

/** Nothing but this style and pictures that are in the page: no script, no font, no frame, no form, no request. */
function policy(): string {
  const hash = base64(sha256(utf8(style)));
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

function seal({ claims }: AuditSource): Markup {
  const { setup, soundnessBits, zeroKnowledge } = claims;
  if (setup === 'insecure') {
    return html`<div class="seal warned"><svg viewBox="0 0 40 40" aria-hidden="true"><circle class="disc" cx="20" cy="20" r="20"/><path class="mark" d="M20 10V23M20 29.5V30"/></svg><div><b>The proof holds, and means nothing to others</b><span>Its key comes from a development setup whose maker can forge proofs.</span></div></div>`;
  }
  const hiding = zeroKnowledge ? ' · zero-knowledge' : '';
  return html`<div class="seal"><svg viewBox="0 0 40 40" aria-hidden="true"><circle class="disc" cx="20" cy="20" r="20"/><path class="mark" d="M11.5 20.5L17.5 26.5L28.5 14.5"/></svg><div><b>The proof holds</b><span>${soundnessBits.toFixed(1)} bits of soundness · every integer exact${hiding}</span></div></div>`;
}

function lead(source: AuditSource): Content {
  const answer = answerClass(source);
  if (answer === null) return sentence(source.claims);
  const { index, label } = answer;
  const which = label === null ? html`<strong>class ${index}</strong>` : html`<strong>${brief(label)}</strong>`;
  const { inputs, setup } = source.claims;
  const from = inputs.length > 0 ? 'the input below' : 'a hidden input';
  const name = label === null ? '' : ` The class has number ${index}; its name is the exporter’s word.`;
  const standing =
    setup === 'insecure'
      ? 'So it is said: the key is one with which anything can be proven.'
      : 'That it does was proven; that it is right was not.';
  return [`For ${from} this network answers `, which, `. ${standing}${name}`];
}

function facts({ claims, proofBytes, key, createdAt }: AuditSource): Markup {
  const fact = (name: string, value: Content): Markup => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<dl class="facts">${fact('Made', createdAt.slice(0, 10))}${fact('Proof system', claims.backend)}${fact('Proof', `${count(proofBytes.length)} bytes`)}${fact('Relations', count(key.circuit.gadgets.length))}</dl>`;
}

const checkSection: Markup = html`<section>
<h2>Check it yourself</h2>
<p class="intro">A page proves nothing, this one included. The bundle it came in does.</p>
<pre>npx provenn audit check BUNDLE
npx provenn audit check BUNDLE --signer their-public-key.pem</pre>
<ol class="how">
<li>The check verifies the proof, compiles the model again and compares circuit and key, runs the network again where its inputs are public, and makes every other file of the bundle again, this page too, to compare them byte for byte.</li>
<li>Compare the model digest above with one you have from the owner of the network, by another way than this bundle.</li>
<li>Without provenn and without a network: open <code>verify.html</code> from the bundle in a browser, or follow <code>VERIFY.md</code>.</li>
</ol>
</section>
`;

export function reportPage(source: AuditSource): Uint8Array {
  const name = source.claims.model;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Audit report: ${brief(name)}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
<header>
<p class="kicker">Audit report</p>
<h1>${brief(name, 120)}</h1>
<p class="lead">${lead(source)}</p>
${seal(source)}
${facts(source)}
</header>
${answerSection(source)}${verdictSection(source)}${visibilitySection(source)}${networkSection(source)}${quantizationSection(source)}${soundnessSection(source)}${namesSection(source)}${historySection(source)}${checkSection}<footer>Made by provenn ${source.environment.provenn} from the members of this bundle and nothing else.</footer>
</main>
</body>
</html>
`;
  return utf8(page.markup);
}

const path: string = memberPaths.report;

function check(members: Members, source: AuditSource): readonly Finding[] {
  return [compareMember('the report says what the other members say', path, members, reportPage(source))];
}

export const reportMember: MemberGroup = {
  paths: [path],
  make: (source) => new Map([[path, reportPage(source)]]),
  check,
};
