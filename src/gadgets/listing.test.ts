import { describe, expect, it } from 'vitest';
import { Builder, identityMap } from './builder.ts';
import { listCircuit } from './listing.ts';

describe('listCircuit', () => {
  const build = new Builder();
  const image = build.publicWire('image_q', [4, 4], [0, 255]);
  const kernel = build.constant('kernel', [3, 3], new Int32Array(9).fill(-2));
  const sums = build.contract(
    'conv',
    [4, 4],
    [3, 3],
    {
      wire: image,
      zero: 128,
      map: [
        { kind: 'window', axis: 0, reduce: 0, stride: 1, dilation: 1, pad: 1 },
        { kind: 'window', axis: 1, reduce: 1, stride: 2, dilation: 3, pad: 0 },
      ],
    },
    {
      wire: kernel,
      zero: -1,
      map: [
        { kind: 'reduce', axis: 0 },
        { kind: 'reduce', axis: 1 },
      ],
    },
  );
  const out = build.witness('conv_q', [4, 4], [0, 3]);
  const step = { high: 10, starts: Int32Array.of(-10, 0), values: Int32Array.of(0, 3) };
  build.step('requantize', [4, 4], { constant: -7, terms: [], accumulators: [sums] }, [step], null, out);
  const left = {
    constant: 0,
    terms: [{ coefficient: -3, view: { wire: out, map: identityMap([4, 4]) } }],
    accumulators: [],
  };
  const top = build.witness('top', [4, 4], [0, 3]);
  build.maximum('max', [4, 4], left, { constant: 0, terms: [], accumulators: [] }, top);
  build.range('bytes', image, 0, 255);
  const port = {
    name: 'image',
    tensor: 'image_q',
    dims: [1, 4, 4],
    dtype: 'u8',
    quantization: { scale: 0.5, zeroPoint: 3 },
  };
  const text = listCircuit(build.finish('tiny', 'profile/1', [{ ...port, dtype: 'u8', wire: image }], []));

  it('names every port, wire and relation', () => {
    expect(text).toContain('input  "image" u8[1,4,4] on %0  float32 = 0.5·(q − 3)');
    expect(text).toMatch(/%1 +constant +\[3,3\] +-2…-2 {2}kernel/);
    expect(text).toContain('relations (4)');
  });

  it('writes relations as formulas', () => {
    expect(text).toContain('acc0 = Σ r[3,3] (%0[x0+r0−1,2·x1+3·r1] − 128) · (%1[r0,r1] + 1)');
    expect(text).toContain('%2 = step(acc0 − 7)    2 steps 0…3 on [-10, 10]');
    expect(text).toContain('%3 = max(−3·%2[x0,x1], 0)');
    expect(text).toContain('0 ≤ %0 ≤ 255');
  });
});

describe('names', () => {
  it('are never relations, nor words of the listing', () => {
    const build = new Builder();
    const named = 'x\n  free  linear over x[4]\n    %0 = 7';
    const wire = build.publicWire(`${named}  in the commitment "weights"`, [4], [0, 255]);
    build.range(named, wire, 0, 255);
    const lines = listCircuit(build.finish('net"\u202e', 'profile/1', [], [])).split('\n');
    expect(lines[0]).toMatch(/^circuit "net\\u\{22\}\\u\{202e\}", /);
    expect(lines.filter((line) => line.startsWith('  free') || line.startsWith('    %0'))).toEqual([]);
    expect(lines.join('\n')).not.toContain('in the commitment "weights"');
  });
});
