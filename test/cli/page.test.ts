import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonOf, provenn, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('provenn page', () => {
  it.each(['verify', 'prove'])(
    'writes %s.html, one file whose policy allows its own script and style and nothing else',
    async (name) => {
      const path = scratch.path(`${name}.html`);
      const outcome = await provenn(['page', name, '-o', path, '--json']);
      expect(outcome.code).toBe(0);
      const html = readFileSync(path, 'utf8');
      expect(jsonOf(outcome)).toMatchObject({ output: path, bytes: Buffer.byteLength(html) });
      const script = html.match(/<script>([\s\S]*?)<\/script>/)?.[1] as string;
      const style = html.match(/<style>([\s\S]*?)<\/style>/)?.[1] as string;
      expect(html.match(/Content-Security-Policy" content="([^"]*)"/)?.[1]?.split('; ')).toEqual([
        "default-src 'none'",
        `script-src ${hashOf(script)} 'wasm-unsafe-eval'`,
        `style-src ${hashOf(style)}`,
        'worker-src blob:',
        "base-uri 'none'",
        "form-action 'none'",
      ]);
      const markup = html.replace(script, '').replace(style, '');
      expect(markup).not.toMatch(/\b(src|href|on[a-z]+|style)=/);
      expect(script).not.toMatch(
        /\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|localStorage|innerHTML|eval)\b/,
      );
    },
  );

  it('refuses a page that there is none of', async () => {
    const { code, stderr } = await provenn(['page', 'audit']);
    expect(code).toBe(2);
    expect(stderr).toContain('verify');
  });
});
