// Rows of 16-bit integers read off cells, as src/base/dot-rows.ts lays them out.

/** Row i holds cells[outputs[i] + reduces[k]] for k < size, then zeros up to `stride`. */
export function gatherRows(
  cells: usize, outputs: usize, rows: u32, reduces: usize, size: u32, stride: u32, out: usize,
): void {
  const last = reduces + (usize(size) << 2);
  const padding = usize(stride - size) << 1;
  for (const end = outputs + (usize(rows) << 2); outputs < end; outputs += 4) {
    const from = cells + (usize(load<u32>(outputs)) << 1);
    for (let tap = reduces; tap < last; tap += 4, out += 2)
      store<u16>(out, load<u16>(from + (usize(load<u32>(tap)) << 1)));
    memory.fill(out, 0, padding);
    out += padding;
  }
}
