/** seal: a source → the members of its bundle, signed when there is a signer. */
import { type AuditSource, type Members, memberPaths } from './bundle.ts';
import { type Signer, sealStatement } from './dsse.ts';
import { instructions } from './instructions.ts';
import { listMembers, makeManifest } from './manifest.ts';
import { memberGroups } from './members/index.ts';
import { modelStatement } from './model-signing.ts';
import { makeStatement } from './statement.ts';
import { makeIo } from './values.ts';

/** Members that are copies of what was given. */
function givenMembers(source: AuditSource): Map<string, Uint8Array> {
  const { int8, float, weightsCommitment, keyBytes, proofBytes, preprocessing, image, signer } = source;
  const given: readonly (readonly [string, Uint8Array | null | undefined])[] = [
    [memberPaths.int8Model, int8],
    [memberPaths.floatModel, float],
    [memberPaths.weightsCommitment, weightsCommitment],
    [memberPaths.verifyingKey, keyBytes],
    [memberPaths.proof, proofBytes],
    [memberPaths.preprocessing, preprocessing],
    [memberPaths.image, image],
    [memberPaths.signer, signer?.pem],
  ];
  const members = new Map<string, Uint8Array>();
  for (const [path, bytes] of given) if (bytes !== null && bytes !== undefined) members.set(path, bytes);
  return members;
}

/**
 * All members. `verifiers` are the single-file verifiers of this installation, by path; `signer` is the one that the source
 * names, or null for an unsigned bundle.
 */
export function sealBundle(source: AuditSource, verifiers: Members, signer: Signer | null): Map<string, Uint8Array> {
  const members = new Map([...givenMembers(source), ...makeIo(source), ...verifiers]);
  members.set(memberPaths.instructions, instructions);
  if (signer !== null && source.int8 !== null)
    members.set(memberPaths.modelSignature, sealStatement(modelStatement(source.claims.model, members), signer));
  for (const group of memberGroups) for (const [path, bytes] of group.make(source)) members.set(path, bytes);
  members.set(memberPaths.statement, sealStatement(makeStatement(source, listMembers(members)), signer));
  members.set(memberPaths.manifest, makeManifest(members));
  return members;
}
