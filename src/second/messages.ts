import { concat } from './bytes.ts';
import type { Ext } from './extension.ts';
import { P } from './field.ts';
import { type Form, pad } from './forms.ts';
import { demand } from './refusal.ts';
import { Transcript } from './transcript.ts';

/** §3 and §4: the prover's messages in their order, and the challenges between them. */
export class Messages {
  readonly transcript: Transcript = new Transcript();
  private readonly body: Uint8Array;
  private at = 0;
  private hiddenCount = 0;
  private sent: Uint8Array[] = [];
  private step = '';

  constructor(body: Uint8Array) {
    this.body = body;
  }

  /** From here on messages belong to this step. */
  begin(step: number): void {
    this.flush();
    this.step = String(step);
  }

  /** "What the prover sends between two draws is concatenated and absorbed once, under the number of the step." */
  private flush(): void {
    if (this.sent.length > 0) this.transcript.absorb(this.step, concat(...this.sent));
    this.sent = [];
  }

  /** Bytes that are not absorbed. */
  raw(length: number): Uint8Array {
    demand(length <= this.body.length - this.at, 'malformed', 'the proof ends too early');
    this.at += length;
    return this.body.subarray(this.at - length, this.at);
  }

  bytes(length: number): Uint8Array {
    const part = this.raw(length);
    this.sent.push(part);
    return part;
  }

  element(): Ext {
    const cells = canonicalCells(this.bytes(16));
    return [cells[0] as number, cells[1] as number, cells[2] as number, cells[3] as number];
  }

  /** §7: message number k is sent minus pad number k. */
  hidden(): Form {
    return pad(this.hiddenCount++, this.element());
  }

  challenge(): Ext {
    this.flush();
    return this.transcript.element();
  }

  challenges(count: number): Ext[] {
    this.flush();
    return this.transcript.draw().elements(count);
  }

  positions(bits: number, count: number): number[] {
    this.flush();
    return this.transcript.draw().positions(bits, count);
  }

  work(bits: number): void {
    this.flush();
    if (bits > 0)
      demand(this.transcript.work(this.raw(8), bits), 'proof-of-work', 'the work the prover had to do is missing');
  }

  end(): void {
    demand(this.at === this.body.length, 'malformed', 'the proof has bytes after its end');
  }
}

export function canonicalCells(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cells = new Uint32Array(bytes.length / 4);
  for (let i = 0; i < cells.length; i++) {
    const cell = view.getUint32(4 * i, true);
    demand(cell < P, 'malformed', 'an element is not canonical');
    cells[i] = cell;
  }
  return cells;
}
