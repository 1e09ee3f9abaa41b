import fc from 'fast-check';
import { expect, it } from 'vitest';
import { convolvedRows } from './convolution-rows.ts';
import type { Plane } from './planes.ts';

const plane = fc
  .record({
    size: fc.integer({ min: 1, max: 6 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    pad: fc.integer({ min: 0, max: 3 }),
    extra: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ extra, ...p }): Plane => {
    const room = p.size + p.pad + extra - (p.kernel - 1) * p.dilation - 1;
    return { ...p, output: Math.max(1, Math.floor(room / p.stride) + 1) };
  });

const cases = fc.record({
  planes: fc.tuple(plane, plane, plane),
  batch: fc.integer({ min: 1, max: 2 }),
  groups: fc.integer({ min: 1, max: 3 }),
  perGroup: fc.integer({ min: 1, max: 3 }),
  filtersPerGroup: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(1000),
});

it('rows of windows give the sums of the definition', () => {
  fc.assert(
    fc.property(cases, ({ planes, batch, groups, perGroup, filtersPerGroup, seed }) => {
      const [d, r, c] = planes;
      const [channels, filters] = [groups * perGroup, groups * filtersPerGroup];
      const image = d.size * r.size * c.size;
      const kernel = d.kernel * r.kernel * c.kernel;
      const value = (i: number): number => (Math.imul(i + seed, 0x9e3779b1) >> 23) % 256;
      const activations = new Int32Array(batch * channels * image).map((_, i) => value(i));
      const weights = new Int32Array(filters * perGroup * kernel).map((_, i) => value(i + 777));
      const expected: number[] = [];
      for (let n = 0; n < batch; n++)
        for (let m = 0; m < filters; m++)
          for (let cell = 0; cell < d.output * r.output * c.output; cell++) {
            const [x, y] = [cell % c.output, Math.floor(cell / c.output) % r.output];
            const z = Math.floor(cell / c.output / r.output);
            let sum = 0;
            for (let k = 0; k < perGroup * kernel; k++) {
              const at = [
                z * d.stride + Math.floor((k % kernel) / r.kernel / c.kernel) * d.dilation - d.pad,
                y * r.stride + (Math.floor(k / c.kernel) % r.kernel) * r.dilation - r.pad,
                x * c.stride + (k % c.kernel) * c.dilation - c.pad,
              ] as const;
              if (at[0] < 0 || at[0] >= d.size || at[1] < 0 || at[1] >= r.size || at[2] < 0 || at[2] >= c.size)
                continue;
              const channel = Math.floor(m / filtersPerGroup) * perGroup + Math.floor(k / kernel);
              const address = ((n * channels + channel) * d.size + at[0]) * r.size * c.size + at[1] * c.size + at[2];
              sum += (activations[address] as number) * (weights[m * perGroup * kernel + k] as number);
            }
            expected.push(sum);
          }
      const sums = convolvedRows({ activations, weights, batch, channels, filters, groups, planes });
      expect([...sums]).toEqual(expected);
    }),
    { numRuns: 150, seed: 1 },
  );
});
