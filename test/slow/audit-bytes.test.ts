/**
 * Every byte of every member of a bundle, changed: by somebody clumsy, whom the manifest catches; by somebody who writes the
 * manifest again, whom the signature catches; and in an unsigned bundle by somebody who writes the statement again, too, whom
 * each member's own check catches, or whose change the verdict calls not checked.
 */
import { describe, expect, it } from 'vitest';
import { memberPaths } from '../../src/audit/bundle.ts';
import { checkManifest } from '../../src/audit/manifest.ts';
import { check, failing, seal, signer, withMember } from '../audit/bundle-support.ts';
import { consistent, flipped, withNewManifest } from '../audit/mutations.ts';
import { publicSource } from '../audit/source.ts';

const source = publicSource();
const sealed = seal(source);
const unsigned = seal(source, null);

describe('a changed byte', () => {
  it('is found by the manifest, and the member is named: every byte of every member', () => {
    let count = 0;
    for (const [path, bytes] of sealed) {
      // The manifest's own bytes against the whole bundle; each other member's in a bundle of its own, for time's sake.
      const whole = path === memberPaths.manifest ? sealed : withNewManifest(new Map([[path, bytes]]));
      for (let at = 0; at < bytes.length; at++, count++) {
        const findings = checkManifest(withMember(whole, path, flipped(bytes, at)));
        const named = findings.every(({ outcome, member }) => outcome === 'fail' && member === path);
        if (!named || findings.length !== 1) expect.fail(`${path}, byte ${at}`);
      }
    }
    console.log(`${count} bytes of ${sealed.size} members, each changed: ${count} found, each with its member named`);
  });

  it('is found by the whole check behind a new manifest, in a signed bundle', async () => {
    let count = 0;
    for (const [path, bytes] of sealed) {
      if (path === memberPaths.manifest) continue;
      const step = Math.max(1, Math.floor(bytes.length / 12));
      for (let at = 0; at < bytes.length; at += step, count++) {
        const members = withNewManifest(withMember(sealed, path, flipped(bytes, at)));
        expect(failing(await check(members, { signer: signer.key })), `${path} ${at}`).toContain(path);
      }
    }
    console.log(`${count} changes behind a new manifest: ${count} found, each with its member named`);
  });

  it('is found, or said to be unchecked, behind a new statement in an unsigned bundle', async () => {
    const passed = new Map<string, number>();
    let count = 0;
    for (const [path, bytes] of unsigned) {
      if (path === memberPaths.manifest || path === memberPaths.statement) continue;
      const step = Math.max(1, Math.floor(bytes.length / 40));
      for (let at = 0; at < bytes.length; at += step, count++) {
        const verdict = await check(consistent(unsigned, withMember(unsigned, path, flipped(bytes, at)), null));
        if (!verdict.ok) continue;
        const isOpen = verdict.findings.some(({ member, outcome }) => member === path && outcome === 'not-checked');
        expect(isOpen, `${path} ${at}`).toBe(true);
        passed.set(path, (passed.get(path) ?? 0) + 1);
      }
    }
    console.log(
      `${count} changes behind a new statement; not found, and listed as not checked: ${JSON.stringify([...passed])}`,
    );
    // Words of the exporter, on which nothing rests.
    for (const path of passed.keys())
      expect([memberPaths.preprocessing, memberPaths.quantization, memberPaths.environment]).toContain(path);
  });
});
