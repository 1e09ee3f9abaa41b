/** Names to compare, in full, and the history of the bundle. */
import { sha256Hex } from '../../base/sha256.ts';
import type { AuditEvent, AuditSource } from '../bundle.ts';
import { type Content, html, type Markup } from './markup.ts';
import { algorithmWords, contextWords, count } from './words.ts';

function row(name: string, value: Content, about = ''): Markup {
  return html`<tr><td>${name}</td><td>${value}${about === '' ? null : html`<p>${about}</p>`}</td></tr>
`;
}

function hex(digest: string): Markup {
  return html`<span class="hex">${digest}</span>`;
}

function commitmentRows({ claims }: AuditSource): Markup[] {
  const ports = claims.hidden.flatMap(({ side, name, commitment }) => {
    return commitment === null ? [] : [row(`Commitment to ${side} “${name}”`, hex(commitment))];
  });
  return [...ports, ...claims.weights.map(({ commitment }) => row('Commitment to the weights', hex(commitment)))];
}

function fileRows({ int8, float, proofBytes, keyBytes }: AuditSource): Markup[] {
  const file = (name: string, bytes: Uint8Array | null): Markup[] =>
    bytes === null ? [] : [row(name, hex(sha256Hex(bytes)), `SHA-256, ${count(bytes.length)} bytes`)];
  return [
    ...file('Model file (int8)', int8),
    ...file('Model file (float)', float),
    ...file('Verifying key file', keyBytes),
    ...file('Proof file', proofBytes),
  ];
}

export function namesSection(source: AuditSource): Markup {
  const { claims, signer } = source;
  const context = contextWords(claims.context);
  return html`<section>
<h2>Names to compare</h2>
<p class="intro">Two networks are the same exactly when these digests are. Compare them with those the owner of the network has published, all 64 digits.</p>
<table class="names"><tbody>
${row('Model', hex(claims.modelDigest), 'BLAKE3; names architecture and weights')}${row('Circuit', hex(claims.circuitDigest), claims.modelDigest === claims.circuitDigest ? 'BLAKE3; with public weights the same as the model' : 'BLAKE3; names the architecture')}${row('Verifying key', hex(claims.keyDigest), 'BLAKE3; names circuit and parameters of the proof system')}${commitmentRows(source)}${fileRows(source)}${row('Proof system', claims.backend)}${row('Integers', claims.profile, 'the arithmetic whose every integer the proof is about')}${row('Context', context === '' ? 'none' : context)}${signer === null ? row('Signer', 'nobody') : row('Signer', hex(signer.keyId), `SHA-256 of the public key (${algorithmWords[signer.algorithm]}), a PEM file`)}</tbody></table>
</section>
`;
}

function eventItem({ kind, time }: AuditEvent): Markup {
  return html`<li>${kind}<time>${time ?? 'no time was written down'}</time></li>
`;
}

export function historySection({ events, environment }: AuditSource): Markup {
  const { provenn, runtime, platform, processor, features, lockfileDigest } = environment;
  const list =
    events.length === 0
      ? html`<p>Nothing was written down.</p>`
      : html`<ul class="timeline">
${events.map(eventItem)}</ul>`;
  return html`<section>
<h2>How it came about</h2>
<p class="intro">Told by whoever exported the bundle, by their own clock and about their own machine. The log is chained: a line changed later would show.</p>
${list}
<table class="names"><tbody>
${row('provenn', provenn)}${row('Runtime', runtime)}${row('Machine', `${platform}, ${processor}`)}${features === null ? null : row('Processor features', `${count(features.length)}, listed in environment.json`)}${lockfileDigest === null ? null : row('Dependencies', hex(lockfileDigest), 'SHA-256 of the lock file')}</tbody></table>
</section>
`;
}
