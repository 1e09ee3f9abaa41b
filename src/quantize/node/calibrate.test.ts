import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { writeModel } from '../../onnx/index.ts';
import { GraphBuilder, hasOnnxruntime } from '../laws.ts';
import { calibrate, type FloatInputs } from './calibrate.ts';
import { Histogram } from './histogram.ts';

function relu(): Graph {
  const b = new GraphBuilder();
  b.node('Relu', [b.node('Gemm', ['x', b.floats('w', [2, 2], [1, 0, 0, -1])], 'g')], 'y');
  return b.graph({ x: [1, 2] }, ['y']);
}

const sample = (...data: number[]): FloatInputs => new Map([['x', { dims: [1, 2], data: Float32Array.from(data) }]]);

describe.skipIf(!hasOnnxruntime)('calibrate', () => {
  it('finds smallest and largest values of every activation', async () => {
    const ranges = await calibrate(relu(), writeModel, [sample(1, 2), sample(-3, 0.5)]);
    expect(Object.fromEntries(ranges)).toEqual({
      x: { min: -3, max: 2 },
      g: { min: -3, max: 1 },
      y: { min: 0, max: 1 },
    });
  });

  it('cuts outliers at a percentile', async () => {
    const samples = [...Array.from({ length: 999 }, (_, i) => sample(i / 999, 0)), sample(1000, 0)];
    const all = await calibrate(relu(), writeModel, samples);
    const most = await calibrate(relu(), writeModel, samples, { method: { percentile: 99 } });
    expect(all.get('g')?.max).toBe(1000);
    expect(most.get('g')?.max).toBeLessThan(2);
    expect(most.get('g')?.max).toBeGreaterThan(0.9);
  });

  it('draws the ends in where outliers would waste the levels', async () => {
    const bell = (i: number): number => Math.sqrt(-2 * Math.log((i + 1) / 2001)) * Math.cos(0.618 * i);
    const samples = [...Array.from({ length: 2000 }, (_, i) => sample(bell(i), 0)), sample(100, 0)];
    const { min = 0, max = 0 } = (await calibrate(relu(), writeModel, samples, { method: 'entropy' })).get('g') ?? {};
    expect(max).toBeLessThan(8);
    expect(max).toBeGreaterThan(1.5);
    expect(min).toBeGreaterThan(-5);
    expect(min).toBeLessThan(0);
  });

  it('refuses no data, infinite values and silly percentiles', async () => {
    await expect(calibrate(relu(), writeModel, [])).rejects.toMatchObject({ code: 'USAGE' });
    await expect(calibrate(relu(), writeModel, [sample(Infinity, 0)])).rejects.toMatchObject({
      code: 'INPUT_MISMATCH',
      where: 'x',
    });
    await expect(calibrate(relu(), writeModel, [sample(1, 0)], { method: { percentile: 0 } })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });
});

describe('Histogram', () => {
  it('keeps the central share, to whole bins', () => {
    const histogram = new Histogram({ min: 0, max: 100 }, 1000);
    histogram.add(Float32Array.from({ length: 1001 }, (_, i) => i / 10));
    expect(histogram.central(1)).toEqual({ min: 0, max: 100 });
    const { min, max } = histogram.central(0.9);
    expect(min).toBeCloseTo(5, 0);
    expect(max).toBeCloseTo(95, 0);
  });

  it('keeps everything where values are spread evenly', () => {
    const histogram = new Histogram({ min: -1, max: 3 }, 4096);
    histogram.add(Float32Array.from({ length: 40_960 }, (_, i) => -1 + (4 * (i + 0.5)) / 40_960));
    expect(histogram.informative(256)).toEqual({ min: -1, max: 3 });
  });

  it('is not moved by the zeros after a Relu', () => {
    const histogram = new Histogram({ min: 0, max: 4 }, 8192);
    histogram.add(Float32Array.from({ length: 50_000 }, (_, i) => (i % 10 === 0 ? (4 * (i + 0.5)) / 50_000 : 0)));
    expect(histogram.informative(256).max).toBeGreaterThan(3.5);
  });

  it('keeps a range of one value', () => {
    const histogram = new Histogram({ min: 2, max: 2 }, 10);
    histogram.add(Float32Array.of(2, 2));
    expect(histogram.central(0.5)).toEqual({ min: 2, max: 2 });
  });
});
