/** VERIFY.md: how to check a bundle with and without provenn. The same text in every bundle of a version. */
import { utf8 } from '../base/bytes.ts';

const text = `# How to check this bundle

This folder (or archive) says that a neural network gave an answer, and holds what anybody needs to check that. It does not
need to be trusted: everything in it is either derived again, proven, signed, or listed as not checked.

## With provenn

    npx provenn audit check THIS-FOLDER-OR-ZIP

Every claim is listed as PASS, FAIL or NOT CHECKED, with the reason. The exit code is 0 only without a FAIL. Say what you
already know, and it is compared:

    --signer signer.pem     the public key of whoever is supposed to have signed
    --key verifying.key     the verifying key of the network, from a source of your own
    --model DIGEST          the digest of the network
    --context TEXT          the nonce or session the proof was asked for

Without --signer you learn only that somebody signed. Without --key or --model you learn what holds of the model in this
bundle, not that it is the model you mean.

## Without provenn

* \`manifest.json\` lists the SHA-256 of every other file: \`sha256sum\` shows them, too.
* \`statement.sigstore.json\` is an in-toto statement in a DSSE envelope. Its signature is over
  "DSSEv1 28 application/vnd.in-toto+json LENGTH PAYLOAD", under the public key \`keys/signer.pem\`.
* \`model/model.sig\` is an OpenSSF Model Signing signature:
  \`model_signing verify key model --signature model/model.sig --public_key signer.pem\`
* \`verify.mjs\` needs Node.js and nothing else: \`node verify.mjs --bundle .\` checks manifest, signature, key and proof.
  \`verify.html\` checks the whole archive in any browser, offline. Both are part of the bundle where the exporter had them;
  take them from a source of your own rather than from a bundle you doubt.
* \`report.html\` is for reading. It is written by whoever made the bundle; \`audit check\` writes it again and compares.

## What no check can show

That the network is good, fair or safe; that the input is a true picture of anything; when the bundle was made and on what
machine. Those are words of whoever signed.
`;

export const instructions: Uint8Array = utf8(text);
