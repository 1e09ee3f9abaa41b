/** Where files come in: dropped anywhere on the page, or chosen. */
import { h } from './dom.ts';
import type { NamedFile } from './judge.ts';

/** Larger files are refused before they are read: a page has one process, and a phone little memory. */
const largestFile = 2 ** 29;

export type Received = { readonly file: NamedFile } | { readonly refused: string };

async function read(file: File): Promise<Received> {
  if (file.size > largestFile) return { refused: `${file.name} has more than ${largestFile / 2 ** 20} MiB.` };
  try {
    return { file: { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } };
  } catch {
    return { refused: `${file.name} cannot be read: it may be a folder, or have moved.` };
  }
}

export function dropZone(title: string, hint: string, onFiles: (received: readonly Received[]) => void): HTMLElement {
  const receive = async (files: FileList | null | undefined): Promise<void> => {
    if (files === null || files === undefined || files.length === 0) return;
    onFiles(await Promise.all(Array.from(files, read)));
  };
  const input = h('input', { type: 'file', multiple: true, class: 'unseen' });
  input.addEventListener('change', () => {
    void receive(input.files).then(() => {
      input.value = '';
    });
  });
  const zone = h('label', { class: 'drop' }, input, h('strong', {}, title), h('span', {}, hint));
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) zone.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    void receive(event.dataTransfer?.files);
  });
  return zone;
}
