import { createHash, createPublicKey, verify } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { hex, sameBytes, utf8 } from '../bytes.ts';

/** docs/audit.md: the members of a bundle's folder, whether they are those of its manifest, and who signed that. */
export interface Folder {
  readonly key: Uint8Array;
  readonly proof: Uint8Array;
  /** Why the folder is no bundle, or its statement not the one that was signed. */
  readonly faults: readonly string[];
  readonly signer?: string;
}

type Members = ReadonlyMap<string, Uint8Array>;

const manifestPath = 'manifest.json';
const statementPath = 'statement.sigstore.json';
const inTotoType = 'application/vnd.in-toto+json';
const auditType = 'urn:provenn:audit:1';

/** Throws when a file cannot be read. */
export function readBundle(folder: string): Folder {
  const faults: string[] = [];
  const members = new Map<string, Uint8Array>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file).split(sep).join('/');
    if (entry.isFile()) members.set(path, new Uint8Array(readFileSync(file)));
    else faults.push(`${path} is no ordinary file`);
  }
  const { manifest, signedRoot } = manifestOf(members);
  if (!sameBytes(manifest, members.get(manifestPath) ?? new Uint8Array(0)))
    faults.push('manifest.json is not that of the other files: one was changed, added or taken away');
  const statement = checkStatement(members, signedRoot);
  const member = (path: string): Uint8Array => members.get(path) ?? new Uint8Array(0);
  return {
    ...{ key: member('keys/verifying.key'), proof: member('proof/answer.proof') },
    faults: [...faults, ...statement.faults],
    ...(statement.signer === undefined ? {} : { signer: statement.signer }),
  };
}

function sha256(bytes: Uint8Array): string {
  return hex(createHash('sha256').update(bytes).digest());
}

/** Canonical JSON: the keys below stand in order, and JSON.stringify writes the rest as RFC 8785 asks. */
function manifestOf(members: Members): { manifest: Uint8Array; signedRoot: string } {
  const entries = [...members]
    .filter(([path]) => path !== manifestPath)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, bytes]) => ({ path, sha256: sha256(bytes), size: bytes.length }));
  const rootOf = (list: typeof entries): string => sha256(utf8(JSON.stringify(list)));
  const signedRoot = rootOf(entries.filter(({ path }) => path !== statementPath));
  const manifest = { members: entries, root: rootOf(entries), schema: 'provenn-audit/1', signedRoot };
  return { manifest: utf8(JSON.stringify(manifest)), signedRoot };
}

interface Signed {
  readonly dsseEnvelope: {
    readonly payload: string;
    readonly payloadType: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
}

interface Statement {
  readonly predicateType: string;
  readonly predicate: { readonly bundle: { readonly signedRoot: string } };
}

/** The statement names the root of the other members; a signature, where there is one, is by the bundle's own signer. */
function checkStatement(members: Members, signedRoot: string): Pick<Folder, 'faults' | 'signer'> {
  try {
    const text = new TextDecoder().decode(members.get(statementPath));
    const { payload: encoded, payloadType, signatures } = (JSON.parse(text) as Signed).dsseEnvelope;
    const payload = Buffer.from(encoded, 'base64');
    const { predicate, predicateType } = JSON.parse(payload.toString('utf8')) as Statement;
    const faults = predicate.bundle.signedRoot === signedRoot ? [] : ['the statement is about other files'];
    if (payloadType !== inTotoType || predicateType !== auditType) faults.push('the statement is one of another kind');
    if (signatures.length > 1) faults.push('the statement has more than one signature');
    const [signature] = signatures;
    const pem = members.get('keys/signer.pem');
    if (signature === undefined || pem === undefined) return { faults };
    const message = Buffer.concat([
      Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `),
      payload,
    ]);
    const key = createPublicKey(Buffer.from(pem));
    const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    const holds = verify(algorithm, message, key, Buffer.from(signature.sig, 'base64'));
    return holds ? { faults, signer: sha256(pem) } : { faults: [...faults, 'the signature does not hold'] };
  } catch (error) {
    return { faults: [`the statement cannot be read: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
