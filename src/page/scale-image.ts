/** Any image that the browser can show, cut and scaled to the size a network reads. */
import type { Image } from '../pipeline/io/png.ts';
import type { SketchSize } from './sketch.ts';

/** Grey by the luma of ITU-R BT.601, as most tools make it. */
function samplesOf(rgba: Uint8ClampedArray, channels: number): Uint8Array {
  const pixels = rgba.length / 4;
  const out = new Uint8Array(pixels * channels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [r, g, b] = rgba.subarray(4 * pixel, 4 * pixel + 3) as unknown as [number, number, number];
    if (channels === 1) out[pixel] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    else out.set([r, g, b], channels * pixel);
  }
  return out;
}

/** The middle of the image, as large as its shape allows. Null when the browser cannot show it. */
export async function scaleImage(bytes: Uint8Array, size: SketchSize): Promise<Image | null> {
  const { width, height, channels } = size;
  if (channels !== 1 && channels !== 3) return null;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
  } catch {
    return null;
  }
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return null;
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    bitmap,
    (width - bitmap.width * scale) / 2,
    (height - bitmap.height * scale) / 2,
    bitmap.width * scale,
    bitmap.height * scale,
  );
  bitmap.close();
  return { ...size, data: samplesOf(context.getImageData(0, 0, width, height).data, channels) };
}
