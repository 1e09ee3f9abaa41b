/** Elements from values. Text is only ever set as text: names in keys and proofs are whatever their maker wrote. */

export type Child = Node | string | null;

type Properties = {
  readonly class?: string;
  /** Attributes by name; false leaves one out, true gives it no value. */
  readonly [attribute: string]: string | number | boolean | undefined | ((event: Event) => void);
};

function apply(element: Element, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
}

/** Characters that reorder what stands around them, or cannot be seen: a name in a key must not rewrite the verdict on it. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** An HTML element; functions among its properties listen to the event of their name. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  apply(element, properties);
  const seen = (child: Node | string): Node | string =>
    typeof child === 'string' ? child.replace(unseen, '\ufffd') : child;
  element.append(...children.filter((child) => child !== null).map(seen));
  return element;
}

/** A line drawing of 24 × 24, invisible to screen readers. */
export function icon(...paths: readonly string[]): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  apply(svg, { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  for (const d of paths) {
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

export function formatBytes(count: number): string {
  if (count < 1000) return `${count} bytes`;
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(2)} MB`;
}

export function formatMilliseconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Hands a file to the reader's own disk. */
export function download(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], { type: 'application/octet-stream' }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The element of the page with this id, which the page's own text has. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page lacks #${id}`);
  return element;
}
