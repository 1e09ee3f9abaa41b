/** A picture of the size a network reads, to draw on pixel by pixel: what is seen is what is proven. */
import type { Image } from '../pipeline/io/png.ts';
import { h } from './dom.ts';

export type SketchSize = { readonly width: number; readonly height: number; readonly channels: number };

/** Alpha stays opaque; one channel is shown as grey. */
function rgbaOf({ width, height, channels, data }: Image): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(4 * width * height).fill(255);
  const colours = channels >= 3 ? [0, 1, 2] : [0, 0, 0];
  for (let pixel = 0; pixel < width * height; pixel++)
    colours.forEach((from, to) => {
      out[4 * pixel + to] = data[pixel * channels + from] as number;
    });
  return out;
}

export class Sketch {
  readonly canvas: HTMLCanvasElement;
  private readonly size: SketchSize;
  private readonly onChange: () => void;
  private data: Uint8Array;
  /** Where the pen was last, in pixels; null while it is up. */
  private pen: readonly [x: number, y: number] | null = null;
  /** Where the keyboard's pen is. */
  private cursor: [x: number, y: number];

  constructor(size: SketchSize, onChange: () => void) {
    const { width, height, channels } = size;
    this.size = size;
    this.onChange = onChange;
    this.data = new Uint8Array(width * height * channels);
    this.cursor = [width >> 1, height >> 1];
    const isDrawn = channels === 1;
    const label = isDrawn
      ? `Drawing, ${width} by ${height} pixels. Arrow keys move, space draws.`
      : 'The input as a picture';
    this.canvas = h('canvas', { width, height, class: isDrawn ? 'sketch drawn' : 'sketch', 'aria-label': label });
    if (isDrawn) {
      this.canvas.tabIndex = 0;
      this.canvas.setAttribute('role', 'application');
      this.listen();
    } else this.canvas.setAttribute('role', 'img');
    this.paint();
  }

  get image(): Image {
    return { ...this.size, data: Uint8Array.from(this.data) };
  }

  get isEmpty(): boolean {
    return this.data.every((value) => value === 0);
  }

  /** Replaces all pixels by those of an image of the same size and channels. */
  show({ data }: Image): void {
    this.data = Uint8Array.from(data);
    this.changed();
  }

  clear(): void {
    this.data.fill(0);
    this.changed();
  }

  /** Black becomes white: networks are trained on one or the other. */
  invert(): void {
    this.data = this.data.map((value) => 255 - value);
    this.changed();
  }

  private changed(): void {
    this.paint();
    this.onChange();
  }

  private paint(): void {
    const { width, height } = this.size;
    this.canvas.getContext('2d')?.putImageData(new ImageData(rgbaOf(this.image), width, height), 0, 0);
  }

  private placeOf(event: PointerEvent): readonly [number, number] {
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * this.size.width;
    const y = ((event.clientY - box.top) / box.height) * this.size.height;
    return [x, y];
  }

  /** A round, soft nib: as wide as a hand draws on a picture of this size. */
  private dab(x: number, y: number): void {
    const { width, height } = this.size;
    const radius = Math.max(0.75, width / 17);
    for (let row = Math.floor(y - radius - 1); row <= y + radius + 1; row++)
      for (let column = Math.floor(x - radius - 1); column <= x + radius + 1; column++) {
        if (row < 0 || column < 0 || row >= height || column >= width) continue;
        const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        const ink = Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - distance)));
        const at = row * width + column;
        this.data[at] = Math.max(this.data[at] as number, ink);
      }
  }

  private stroke([x, y]: readonly [number, number]): void {
    const [fromX, fromY] = this.pen ?? [x, y];
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(x - fromX, y - fromY)));
    for (let step = 1; step <= steps; step++)
      this.dab(fromX + ((x - fromX) * step) / steps, fromY + ((y - fromY) * step) / steps);
    this.pen = [x, y];
    this.changed();
  }

  private listen(): void {
    this.canvas.addEventListener('pointerdown', (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.stroke(this.placeOf(event));
    });
    this.canvas.addEventListener('pointermove', (event) => {
      if (this.pen !== null)
        for (const part of event.getCoalescedEvents?.() ?? [event]) this.stroke(this.placeOf(part));
    });
    for (const end of ['pointerup', 'pointercancel'])
      this.canvas.addEventListener(end, () => {
        this.pen = null;
      });
    this.canvas.addEventListener('keydown', (event) => this.key(event));
  }

  private key(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const move = moves[event.key];
    if (move === undefined && event.key !== ' ') return;
    event.preventDefault();
    const { width, height } = this.size;
    const clamp = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));
    if (move !== undefined)
      this.cursor = [clamp(this.cursor[0] + move[0], width), clamp(this.cursor[1] + move[1], height)];
    if (event.key !== ' ' && !event.shiftKey) return;
    this.dab(this.cursor[0] + 0.5, this.cursor[1] + 0.5);
    this.changed();
  }
}
