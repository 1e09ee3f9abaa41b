/** Who signed, whether the statement is about these members, and whether it is still meant. */
import { equalBytes } from '../../base/bytes.ts';
import { sha256Hex } from '../../base/sha256.ts';
import { type AuditSource, type Finding, memberPaths } from '../bundle.ts';
import { checkSignature, type OpenedStatement, openStatement } from '../dsse.ts';
import { listMembers } from '../manifest.ts';
import { modelStatement } from '../model-signing.ts';
import { maximumMembers } from '../paths.ts';
import { makeStatement, readStatement, type StatementWords } from '../statement.ts';
import { attempt, type CheckContext, fail, notChecked, pass } from './context.ts';

const member = memberPaths.statement;
const whoClaim = 'the signer is who you expect';
const signedClaim = 'the statement is signed';

/** The opened statement and the exporter's words in it; null when there is none that can be read. */
export type Stated = { readonly opened: OpenedStatement; readonly words: StatementWords };

export function readStated({ members }: CheckContext): Stated | null {
  const bytes = members.get(member);
  const opened = bytes === undefined ? null : openStatement(bytes);
  const words = opened === null ? null : readStatement(opened.payload);
  return opened === null || words === null ? null : { opened, words };
}

function checkUnsigned({ members, expected }: CheckContext): Finding[] {
  const stray = members.has(memberPaths.signer)
    ? [fail(signedClaim, memberPaths.signer, 'A key is there, and no signature by it.')]
    : [];
  if (expected.signer !== null)
    return [fail(signedClaim, member, 'Nobody signed, and you expect a signature.'), ...stray];
  return [
    notChecked(signedClaim, member, 'Nobody signed: anybody could have written what the statement says.'),
    ...stray,
  ];
}

/** The signature under the key that the checker brought. */
function checkExpectedSigner({ members, expected, tools }: CheckContext, opened: OpenedStatement): Finding[] {
  const { pem, keyId } = expected.signer as NonNullable<typeof expected.signer>;
  const state = checkSignature(opened, pem, tools.verifySignature);
  if (state !== 'valid') {
    const other = opened.hint === keyId ? 'The signature is not valid under' : 'It is signed by another key than';
    return [fail(whoClaim, member, `${other} the one you gave.`)];
  }
  const brought = members.get(memberPaths.signer);
  if (brought === undefined || !equalBytes(brought, pem))
    return [fail(whoClaim, memberPaths.signer, 'The bundle brings another key than the one that signed.')];
  return [
    pass(signedClaim, member, 'Valid under the key you gave.'),
    pass(whoClaim, member, `The key you gave, ${keyId}.`),
  ];
}

export function checkSigner(context: CheckContext, stated: Stated | null): Finding[] {
  const { members, expected, tools } = context;
  if (stated === null)
    return [fail(signedClaim, member, 'It is missing, or no in-toto statement in a Sigstore bundle.')];
  const { opened } = stated;
  if (opened.signature === null) return checkUnsigned(context);
  if (expected.signer !== null) return checkExpectedSigner(context, opened);
  const pem = members.get(memberPaths.signer);
  if (pem === undefined) return [fail(signedClaim, memberPaths.signer, 'The key that signed is missing.')];
  const read = attempt(signedClaim, memberPaths.signer, () => tools.signerKeyOf(pem));
  if (read.value === undefined) return [read.finding];
  // The file's digest is the name of the signer: one key must not have two.
  if (!equalBytes(read.value.pem, pem))
    return [fail(signedClaim, memberPaths.signer, 'It is not the one PEM file that its key has.')];
  const state = checkSignature(opened, pem, tools.verifySignature);
  if (state !== 'valid') return [fail(signedClaim, member, 'The signature is not valid under the key in this bundle.')];
  return [
    pass(signedClaim, member, `Valid under a key that this bundle brought, ${opened.hint}.`),
    notChecked(whoClaim, memberPaths.signer, 'The key came with the bundle: give the one you know with --signer.'),
  ];
}

/** Times, audience and context: whether the statement is one for now and for you. */
export function checkTerms({ expected, tools }: CheckContext, stated: Stated | null): Finding[] {
  if (stated === null) return [];
  const { createdAt, expiresAt, audience } = stated.words;
  const findings: Finding[] = [];
  const timely = 'the statement is in force';
  if (expiresAt !== null && expiresAt <= tools.now) findings.push(fail(timely, member, `It expired at ${expiresAt}.`));
  else if (createdAt > tools.now) findings.push(fail(timely, member, `It is from the future: ${createdAt}.`));
  else {
    const until = expiresAt === null ? 'without an end' : `until ${expiresAt}`;
    const detail = `Since ${createdAt}, ${until}, by the exporter's clock.`;
    findings.push(stated.opened.signature === null ? notChecked(timely, member, detail) : pass(timely, member, detail));
  }
  const meant = 'the bundle is meant for you';
  if (expected.audience !== null) {
    const ok = audience === expected.audience;
    findings.push(
      ok ? pass(meant, member, 'It names the audience you gave.') : fail(meant, member, 'It names another audience.'),
    );
  } else if (audience !== null)
    findings.push(notChecked(meant, member, `It names ${JSON.stringify(audience)}: give --audience.`));
  return findings;
}

/** Members that are not those the statement names: with a signature, what a new manifest cannot hide. */
export function checkNamedMembers({ members }: CheckContext, stated: Stated | null): Finding[] {
  if (stated === null) return [];
  const claim = 'the statement is about these members';
  const { members: named } = stated.words;
  const entries = listMembers(members).filter(({ path }) => path !== member);
  const present = new Set(entries.map(({ path }) => path));
  const wrong = entries.filter(({ path, sha256 }) => named.get(path) !== sha256);
  const missing = [...named.keys()].filter((path) => !present.has(path));
  if (wrong.length + missing.length === 0)
    return [pass(claim, member, `It names all ${entries.length} by their SHA-256.`)];
  return [
    ...wrong.map(({ path }) => fail(claim, path, 'The statement names another one, or none.')),
    ...missing
      .slice(0, maximumMembers)
      .map((path) => fail(claim, path.slice(0, 200), 'The statement names it, and it is not there.')),
  ];
}

/** The statement against the one that follows from the other members. */
export function checkStatement({ members }: CheckContext, source: AuditSource, { opened }: Stated): Finding {
  const claim = 'the statement says what the other members show';
  const made = makeStatement(source, listMembers(members));
  return equalBytes(made, opened.payload)
    ? pass(claim, member, "Made again from them, byte for byte; its times and its audience are the signer's word.")
    : fail(claim, member, 'Made again from the other members, it is different.');
}

/** model/model.sig: signed by the same key, about the files as they are. */
export function checkModelSignature({ members, tools }: CheckContext, source: AuditSource): Finding[] {
  const path = memberPaths.modelSignature;
  const claim = 'the model is signed';
  const bytes = members.get(path);
  const { signer, int8, claims } = source;
  if (signer === null || int8 === null)
    return bytes === undefined ? [] : [fail(claim, path, 'It has no place in this bundle.')];
  const opened = bytes === undefined ? null : openStatement(bytes);
  if (opened === null) return [fail(claim, path, 'It is missing, or no OpenSSF model signature.')];
  if (checkSignature(opened, signer.pem, tools.verifySignature) !== 'valid')
    return [fail(claim, path, 'The signature is not valid under the key of the statement.')];
  if (!equalBytes(opened.payload, modelStatement(claims.model, members)))
    return [fail(claim, path, 'It is about other files than those in model/.')];
  return [pass(claim, path, `By the key of the statement; the ONNX file has the SHA-256 ${sha256Hex(int8)}.`)];
}
