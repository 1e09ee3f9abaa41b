/** What an attacker does to a bundle: changes a byte, and hides it as far as nobody's key is needed. */
import { type Members, memberPaths } from '../../src/audit/bundle.ts';
import { openStatement, type Signer, sealStatement } from '../../src/audit/dsse.ts';
import { listMembers, makeManifest, signedRootOf } from '../../src/audit/manifest.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { canonicalJson, type Json } from '../../src/base/canonical-json.ts';
import { sha256Hex } from '../../src/base/sha256.ts';

export function flipped(bytes: Uint8Array, at: number, bit: number = at % 8): Uint8Array {
  const out = Uint8Array.from(bytes);
  out[at] = (bytes[at] as number) ^ (1 << bit);
  return out;
}

/** A manifest for the members as they are. */
export function withNewManifest(members: Members): Map<string, Uint8Array> {
  const rest = new Map([...members].filter(([path]) => path !== memberPaths.manifest));
  return new Map([...rest, [memberPaths.manifest, makeManifest(rest)]]);
}

/** The statement of `before` rewritten for `after`, where one member has other bytes, and signed by `signer` or nobody. */
function restated(before: Members, after: Members, signer: Signer | null): Uint8Array {
  const opened = openStatement(before.get(memberPaths.statement) as Uint8Array);
  let text = new TextDecoder().decode(opened?.payload);
  for (const [path, bytes] of after) {
    const old = before.get(path);
    if (old !== undefined && path !== memberPaths.statement) text = text.replaceAll(sha256Hex(old), sha256Hex(bytes));
  }
  const value = JSON.parse(text) as { predicate: { bundle: { signedRoot: string } } };
  value.predicate.bundle.signedRoot = signedRootOf(listMembers(after));
  return sealStatement(utf8(canonicalJson(value as unknown as Json)), signer);
}

/** All that an attacker can make consistent: the statement says what the members say, and the manifest lists them. */
export function consistent(before: Members, after: Members, signer: Signer | null): Map<string, Uint8Array> {
  return withNewManifest(new Map([...after, [memberPaths.statement, restated(before, after, signer)]]));
}
