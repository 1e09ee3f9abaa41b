/** A small image in block characters: one character for two pixels, one above the other. */
const shades = [' ', '░', '▒', '▓', '█'];

/** Grey values 0…255, row-major; bright pixels become dense characters. Empty rows above and below are left out. */
export function imageArt(pixels: ArrayLike<number>, width: number, height: number): string {
  const at = (x: number, y: number): number => pixels[Math.min(y, height - 1) * width + x] as number;
  const rows: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let row = '';
    for (let x = 0; x < width; x++) {
      const grey = (at(x, y) + at(x, y + 1)) / 2;
      row += shades[Math.min(shades.length - 1, Math.floor((grey / 256) * shades.length))];
    }
    rows.push(row.trimEnd());
  }
  while (rows[0] === '') rows.shift();
  while (rows.at(-1) === '') rows.pop();
  return rows.join('\n');
}
