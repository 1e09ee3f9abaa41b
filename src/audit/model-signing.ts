/**
 * model/model.sig: the model's files signed in the format of OpenSSF Model Signing v1.0, so that its own tools verify the folder
 * `model/` with the signer's public key, without provenn.
 */
import { concatBytes, fromHex, toHex, utf8 } from '../base/bytes.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/sha256.ts';
import { type Members, memberPaths } from './bundle.ts';
import { inOrder } from './paths.ts';

const predicateType = 'https://model_signing/signature/v1.0';
const folder = 'model/';
const signatureName = memberPaths.modelSignature.slice(folder.length);

/** The statement to sign: digest of each file of the folder, by name, and the digest of all those digests as the subject. */
export function modelStatement(name: string, members: Members): Uint8Array {
  const resources = inOrder(members)
    .filter(([path]) => path.startsWith(folder) && path !== memberPaths.modelSignature)
    .map(([path, bytes]) => ({ name: path.slice(folder.length), algorithm: 'sha256', digest: toHex(sha256(bytes)) }));
  const all = sha256(concatBytes(...resources.map(({ digest }) => fromHex(digest))));
  return utf8(
    canonicalJson({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name, digest: { sha256: toHex(all) } }],
      predicateType,
      predicate: {
        serialization: {
          method: 'files',
          hash_type: 'sha256',
          allow_symlinks: false,
          ignore_paths: [signatureName],
        },
        resources,
      },
    }),
  );
}
