/** The verifier: a proof body against an accepted key and a statement. Throws `Rejected`, or `BytesError` when malformed. */
import type { Statement } from '../../artifact/statement.ts';
import { ByteReader } from '../../base/bytes.ts';
import { digestLength } from '../../base/digest.ts';
import { Rejected, VerifierChannel } from './channel.ts';
import { batchClaims, ClaimBook } from './claims.ts';
import type { AcceptedKey } from './key.ts';
import { descriptorsOf, rootsOf } from './matrix.ts';
import { checkColumns, checkFoldedRow, claimVectorAt, innerProduct } from './opening.ts';
import { walkRelations } from './relations.ts';
import { openTranscript, publicDataOf } from './statement.ts';

export type { AcceptedKey } from './key.ts';

/**
 * Rejects by throwing; returns when the proof establishes the statement. `protocol` is the name the proof must have been
 * made under; a marked proof fails under the key's own.
 */
export function verifyBody(
  key: AcceptedKey,
  statement: Statement,
  body: Uint8Array,
  protocol: string = key.backend,
): void {
  const { system, layout, parameters } = key;
  const masked = system.mask !== null;
  const longLived = rootsOf(key.matrices, statement.commitments);
  const descriptors = descriptorsOf(key.matrices, longLived);
  const transcript = openTranscript(protocol, key.keyDigest, descriptors, statement);
  const channel = new VerifierChannel(transcript, new ByteReader(body), masked);
  channel.begin(2);
  const roots = [channel.receiveBytes(digestLength), ...longLived];
  const book = new ClaimBook(system, publicDataOf(system, statement.publics), (what) => {
    throw new Rejected('relation', `A relation does not hold: ${what}.`);
  });
  walkRelations({ system, channel, book }, parameters.lookupWork);

  channel.begin(8);
  const { terms, value: claim } = batchClaims(system, book.claims, channel.drawOne());
  const { point, value } = innerProduct(channel, layout.logCells, claim, masked);
  const phi = claimVectorAt(system, layout, terms, point);
  const folded = checkFoldedRow(key, channel, phi, point, value);
  channel.checkWork(parameters.queryWork);
  const positions = channel.positions(parameters.queries, parameters.logRow + parameters.logBlowup);
  checkColumns(key, channel.reader, roots, positions, point, folded);
}
