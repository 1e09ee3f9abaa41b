/**
 * The two ends of the conversation. What the prover sends between two draws is concatenated and absorbed once, under the
 * step number of docs/protocol.md; the verifier obtains a value only by absorbing it.
 */
import { type ByteReader, BytesError, ByteWriter } from '../../base/bytes.ts';
import { type Ext, subtract } from '../../base/extension.ts';
import { P } from '../../base/field.ts';
import { Rejected } from '../verifying.ts';
import { constantForm, type Form, maskedForm } from './forms.ts';
import type { Transcript, Work } from './transcript.ts';

export { Rejected };

export class ProverChannel {
  readonly transcript: Transcript;
  private readonly out = new ByteWriter();
  private pending = new ByteWriter();
  private dirty = false;
  private step = '1';
  private readonly pads: readonly Ext[] | null;
  private hidden = 0;

  /** `pads` mask the hidden messages, one each, in order; null in the core protocol. */
  constructor(transcript: Transcript, pads: readonly Ext[] | null) {
    this.transcript = transcript;
    this.pads = pads;
  }

  /** Absorbs what is pending and starts another step. */
  begin(step: number): void {
    this.flush();
    this.step = String(step);
  }

  private flush(): void {
    if (!this.dirty) return;
    this.transcript.absorb(this.step, this.pending.finish());
    this.pending = new ByteWriter();
    this.dirty = false;
  }

  send(...values: readonly Ext[]): void {
    for (const value of values) this.sendCells(value);
  }

  /** Sends values minus their one-time pads. */
  sendHidden(...values: readonly Ext[]): void {
    for (const value of values) {
      const pad = this.pads === null ? null : (this.pads[this.hidden++] as Ext);
      this.send(pad === null ? value : subtract(value, pad));
    }
  }

  sendCells(cells: ArrayLike<number>): void {
    this.out.words(cells);
    this.pending.words(cells);
    this.dirty = true;
  }

  sendBytes(bytes: Uint8Array): void {
    this.out.raw(bytes);
    this.pending.raw(bytes);
    this.dirty = true;
  }

  draw(count: number): Ext[] {
    this.flush();
    return this.transcript.draw(count);
  }

  drawOne(): Ext {
    return this.draw(1)[0] as Ext;
  }

  grind(bits: number, search?: (work: Work) => number): void {
    this.flush();
    if (bits > 0) this.out.u64(this.transcript.grind(bits, search));
  }

  positions(count: number, bits: number): number[] {
    this.flush();
    return this.transcript.positions(count, bits);
  }

  /** Appends bytes that no draw depends on: the openings. */
  append(bytes: Uint8Array): void {
    this.out.raw(bytes);
  }

  /** The proof so far. */
  bytes(): Uint8Array {
    return this.out.finish();
  }
}

export class VerifierChannel {
  readonly transcript: Transcript;
  readonly reader: ByteReader;
  private step = '1';
  private from: number;
  private readonly masked: boolean;
  private hidden = 0;

  constructor(transcript: Transcript, reader: ByteReader, masked: boolean) {
    this.transcript = transcript;
    this.reader = reader;
    this.masked = masked;
    this.from = reader.offset;
  }

  begin(step: number): void {
    this.flush();
    this.step = String(step);
  }

  private flush(): void {
    const { offset, bytes } = this.reader;
    if (offset > this.from) this.transcript.absorb(this.step, bytes.subarray(this.from, offset));
    this.from = offset;
  }

  /** The next `count` extension elements, canonical. */
  receiveVector(count: number): Uint32Array {
    const cells = this.reader.words(4 * count);
    for (const cell of cells) if (cell >= P) throw new BytesError('a field element is not canonical');
    return cells;
  }

  receive(): Ext {
    const c = this.receiveVector(1);
    return [c[0] as number, c[1] as number, c[2] as number, c[3] as number];
  }

  /** A hidden message as the verifier knows it: what was sent, plus its pad. */
  receiveHidden(): Form {
    const sent = this.receive();
    return this.masked ? maskedForm(sent, this.hidden++) : constantForm(sent);
  }

  receiveBytes(count: number): Uint8Array {
    return this.reader.raw(count);
  }

  draw(count: number): Ext[] {
    this.flush();
    return this.transcript.draw(count);
  }

  drawOne(): Ext {
    return this.draw(1)[0] as Ext;
  }

  /** Reads, checks and absorbs a proof-of-work nonce. */
  checkWork(bits: number): void {
    this.flush();
    if (bits === 0) return;
    const nonce = this.reader.raw(8);
    this.from = this.reader.offset;
    if (!this.transcript.checkNonce(nonce, bits))
      throw new Rejected(
        'proof-of-work',
        'The proof of work does not fit: the proof, its statement or its context was altered.',
      );
  }

  positions(count: number, bits: number): number[] {
    this.flush();
    return this.transcript.positions(count, bits);
  }
}
