/** prove.html: a circuit and an input of one's own, and the proof, made where the input is. */

import { ProvennError } from '../base/errors.ts';
import { pixelsOf } from '../pipeline/io/image.ts';
import type { Image } from '../pipeline/io/png.ts';
import { decodePng, isPng } from '../pipeline/io/png.ts';
import { decodePreprocessing, type Preprocessing } from '../pipeline/io/preprocess.ts';
import { proveStages } from '../pipeline/stages.ts';
import { answerView } from './answer-view.ts';
import { byId, download, formatBytes, formatMilliseconds, h } from './dom.ts';
import { dropZone, type Received } from './drop-zone.ts';
import { Engine, Problem } from './engine.ts';
import { intake } from './intake.ts';
import { judge, type NamedFile } from './judge.ts';
import { judgementView } from './judgement-view.ts';
import type { Circuit, InputSource } from './messages.ts';
import { provingServices } from './proving.ts';
import { scaleImage } from './scale-image.ts';
import { isWorker, serve } from './serve.ts';
import { Sketch } from './sketch.ts';

/** Everything the reader has given so far. */
type Desk = {
  keyFile: NamedFile | null;
  circuit: Circuit | null;
  preprocessingFile: NamedFile | null;
  preprocessing: Preprocessing | null;
  sketch: Sketch | null;
  /** An input in a file that is no picture; then there is nothing to draw. */
  inputFile: NamedFile | null;
};

/** An image exactly as it is, when it has the size and the channels that the network reads. */
function exactImage({ name, bytes }: NamedFile, preprocessing: Preprocessing): Image | null {
  const { width, height, channels } = preprocessing;
  if (!isPng(bytes)) return null;
  try {
    const interleaved = { ...preprocessing, layout: 'NHWC' } as const;
    return { width, height, channels, data: pixelsOf(decodePng(bytes, name), interleaved, name) };
  } catch (error) {
    if (error instanceof ProvennError) return null;
    throw error;
  }
}

class ProvePage {
  private readonly engine: Engine;
  private readonly desk: Desk = {
    keyFile: null,
    circuit: null,
    preprocessingFile: null,
    preprocessing: null,
    sketch: null,
    inputFile: null,
  };
  private readonly notice = h('p', { class: 'notice', role: 'status' });
  private readonly about = h('section', {});
  private readonly input = h('section', {});
  private readonly answers = h('div', { class: 'live', 'aria-live': 'polite' });
  private readonly work = h('section', { class: 'work' });
  private readonly result = h('section', { class: 'result', 'aria-live': 'polite' });
  private isRunning = false;
  private isStale = false;

  constructor(script: string) {
    this.engine = new Engine(script);
    const receive = (received: readonly Received[]): void => void this.receive(received);
    byId('app').append(
      dropZone('Drop a proving key', 'proving.key and preprocess.json of provenn compile, then a picture', receive),
      this.notice,
      this.about,
      this.input,
      this.work,
      this.result,
    );
  }

  private say(...sentences: readonly string[]): void {
    this.notice.textContent = sentences.filter((sentence) => sentence !== '').join(' ');
  }

  private complain(error: unknown): void {
    if (error instanceof Problem) this.say(error.message, error.next);
    else if (error instanceof ProvennError) this.say(error.message, error.next ?? '');
    else throw error;
  }

  /** Circuit and preprocessing first, so that pictures among the files find their size. */
  private async receive(received: readonly Received[]): Promise<void> {
    this.say();
    const inputs: NamedFile[] = [];
    try {
      for (const item of received) {
        if ('refused' in item) this.say(item.refused);
        else if (await this.isTaken(item.file)) this.say();
        else inputs.push(item.file);
      }
      for (const file of inputs) await this.takeInput(file);
    } catch (error) {
      this.complain(error);
    }
  }

  /** Takes a key or a description; false for what must be an input. */
  private async isTaken(file: NamedFile): Promise<boolean> {
    const found = intake(file.name, file.bytes);
    const slot = 'slot' in found ? found.slot : null;
    if (slot === 'key' || slot === 'proof') {
      this.say(`${file.name} is for checking. Proving takes the proving key.`);
      return true;
    }
    if (slot === 'proving-key') {
      await this.load(file);
      return true;
    }
    if (slot !== 'preprocessing') return false;
    this.desk.preprocessing = decodePreprocessing(file.bytes, file.name);
    this.desk.preprocessingFile = file;
    this.desk.sketch = null; // it had the size of another network
    this.arrange();
    return true;
  }

  private async load(file: NamedFile): Promise<void> {
    this.result.replaceChildren();
    const { answer } = await this.engine.ask('load', file.bytes);
    this.desk.keyFile = file;
    this.desk.circuit = answer;
    this.arrange();
  }

  private async takeInput(file: NamedFile): Promise<void> {
    const { sketch, preprocessing } = this.desk;
    if (sketch === null || preprocessing === null) {
      this.desk.inputFile = file;
      this.arrange();
      return;
    }
    const exact = exactImage(file, preprocessing);
    const image = exact ?? (await scaleImage(file.bytes, preprocessing));
    if (image === null) {
      this.say(`${file.name} is no picture that this browser can show.`);
      return;
    }
    sketch.show(image);
    const { width, height } = preprocessing;
    if (exact === null)
      this.say(`${file.name} was cut and scaled to ${width} × ${height}: what you see is what is proven.`);
  }

  /** Lays out what can be done with what is on the desk. */
  private arrange(): void {
    const { circuit, preprocessing, inputFile } = this.desk;
    this.work.replaceChildren();
    this.input.replaceChildren();
    if (circuit === null) {
      this.about.replaceChildren();
      if (preprocessing !== null) this.say('Now the proving key.');
      return;
    }
    this.about.replaceChildren(this.aboutView(circuit));
    if (preprocessing !== null) {
      this.desk.sketch ??= new Sketch(preprocessing, () => void this.run());
      this.input.replaceChildren(this.sketchView(this.desk.sketch));
    } else if (inputFile === null) {
      this.say('Drop its preprocess.json to draw or to drop pictures, or an input as JSON or .npy.');
      return;
    } else this.input.replaceChildren(h('h3', {}, 'Input'), h('p', {}, inputFile.name), this.answers);
    this.work.replaceChildren(...this.workView());
    void this.run();
  }

  private aboutView({ name, modelDigest, shown, inputs }: Circuit): HTMLElement {
    const size = formatBytes(this.desk.keyFile?.bytes.length ?? 0);
    const reads = inputs.map((port) => `${port.name} [${port.dims.join(' × ')}]`).join(', ');
    const privacy =
      shown === 'public'
        ? 'The input stays on this page while it is proven. It is part of the proof: whoever you give the proof to can see it.'
        : 'The input stays on this page, and the proof says nothing about it.';
    return h(
      'div',
      {},
      h('h3', {}, 'Circuit'),
      h(
        'dl',
        { class: 'facts' },
        h('dt', {}, 'Network'),
        h('dd', {}, `${name}, ${size}`),
        h('dt', {}, 'Reads'),
        h('dd', {}, reads),
        h('dt', {}, 'Model digest'),
        h('dd', {}, h('code', {}, modelDigest)),
        h('dt', {}, 'Input'),
        h('dd', { class: shown }, privacy),
      ),
    );
  }

  private sketchView(sketch: Sketch): HTMLElement {
    const button = (text: string, act: () => void): HTMLElement => h('button', { type: 'button', click: act }, text);
    const hint = this.desk.preprocessing?.channels === 1 ? 'Draw here, or drop a picture.' : 'Drop a picture.';
    return h(
      'div',
      { class: 'claims' },
      h(
        'div',
        {},
        h('h3', {}, 'Input'),
        sketch.canvas,
        h('p', { class: 'aside' }, hint),
        h(
          'div',
          { class: 'buttons' },
          button('Clear', () => sketch.clear()),
          button('Invert', () => sketch.invert()),
        ),
      ),
      this.answers,
    );
  }

  private workView(): HTMLElement[] {
    const context = h('input', {
      id: 'context',
      type: 'text',
      autocomplete: 'off',
      'aria-describedby': 'context-hint',
    });
    const hint = 'optional: a session, an audience, or a number that the verifier gave you';
    return [
      h(
        'div',
        { class: 'field' },
        h('label', { for: 'context' }, 'Context'),
        context,
        h('p', { id: 'context-hint' }, hint),
      ),
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'main', click: () => void this.prove() }, 'Prove'),
      ),
    ];
  }

  private source(): InputSource | null {
    const { sketch, preprocessing, inputFile } = this.desk;
    if (sketch !== null && preprocessing !== null)
      return { kind: 'pixels', pixels: pixelsOf(sketch.image, preprocessing, 'the picture'), preprocessing };
    return inputFile === null ? null : { kind: 'file', file: inputFile, preprocessing };
  }

  private labels(): readonly string[] | null {
    return this.desk.preprocessing?.labels ?? null;
  }

  /** The exact answer for what is on the canvas, as it is drawn: one run at a time, and the last one counts. */
  private async run(): Promise<void> {
    const { sketch, circuit } = this.desk;
    const input = this.source();
    if (circuit === null || input === null) return;
    this.isStale = true;
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      while (this.isStale) {
        this.isStale = false;
        const { answer } = await this.engine.ask('run', { input: this.source() ?? input, labels: this.labels() });
        const views = sketch?.isEmpty === true ? [] : answer.map(answerView);
        this.answers.replaceChildren(...views);
      }
    } catch (error) {
      this.complain(error);
    } finally {
      this.isRunning = false;
    }
  }

  private async prove(): Promise<void> {
    const input = this.source();
    const { circuit } = this.desk;
    if (input === null || circuit === null) return;
    const context = (byId('context') as HTMLInputElement).value.trim();
    const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Proving' });
    const stage = h('p', { class: 'stage', role: 'status' }, 'starting');
    const controls = [...this.work.childNodes];
    const cancel = h('button', { type: 'button', click: () => void this.cancel() }, 'Cancel');
    this.result.replaceChildren();
    this.work.replaceChildren(h('div', { class: 'progress' }, bar, stage, cancel));
    try {
      const proving = { input, context, labels: this.labels() };
      const { answer: proof, milliseconds } = await this.engine.ask('prove', proving, (name) => {
        const [words, begins] = proveStages[name];
        bar.value = begins;
        stage.textContent = words;
      });
      bar.value = 1;
      await this.show(circuit, proof, context, milliseconds);
    } catch (error) {
      this.complain(error);
    } finally {
      this.work.replaceChildren(...controls);
    }
  }

  /** Stops the proof. The fresh worker knows no circuit, so it is loaded again. */
  private async cancel(): Promise<void> {
    const { keyFile } = this.desk;
    this.engine.cancel();
    if (keyFile === null) return;
    await this.engine.ask('load', keyFile.bytes).catch((error: unknown) => this.complain(error));
  }

  private async show(circuit: Circuit, proof: Uint8Array, context: string, milliseconds: number): Promise<void> {
    const { answer, milliseconds: checking } = await this.engine.ask('judge', {
      key: circuit.verifyingKey,
      proof,
      preprocessing: this.desk.preprocessingFile,
      input: null,
      model: circuit.modelDigest,
      context,
    });
    this.result.replaceChildren(
      h(
        'p',
        { class: 'made' },
        `Proven in ${formatMilliseconds(milliseconds)}, on this page: ${formatBytes(proof.length)}.`,
      ),
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'main', click: () => download('answer.proof', proof) }, 'Keep the proof'),
        h(
          'button',
          { type: 'button', click: () => download('verifying.key', circuit.verifyingKey) },
          'Keep the verifying key',
        ),
      ),
      judgementView(answer, checking),
    );
    this.result.querySelector('h2')?.focus({ preventScroll: true });
    this.result.scrollIntoView({
      behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth',
    });
  }
}

function draw(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}

if (isWorker()) serve({ judge, ...provingServices(draw) });
else new ProvePage(document.currentScript?.textContent ?? '');
