/**
 * HTML from templates that cannot forget to escape: whatever is put into one is text, unless it is markup made by one. Names in
 * models are chosen by strangers.
 */

/** Markup that was put together here. */
export type Markup = { readonly markup: string };

export type Content = string | number | Markup | null | readonly Content[];

/** Characters that are not seen, or that turn the direction of what is: shown by their number instead. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeText(text: string): string {
  return text
    .replace(unseen, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`)
    .replace(/[&<>"']/g, (character) => entities[character] as string);
}

function render(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string') return escapeText(content);
  if (typeof content === 'number') return `${content}`;
  return 'markup' in content ? content.markup : content.map(render).join('');
}

/** Content goes between tags or into double quotes, nowhere else. */
export function html(texts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return { markup: texts.map((text, i) => text + render(contents[i] ?? null)).join('') };
}
