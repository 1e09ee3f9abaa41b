import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture, jsonOf, provenn, root, scratchFolder } from './cli.ts';

const scratch = scratchFolder();
const example = join(root, 'artifacts/lenet5');
const model = join(example, 'lenet5.onnx');
const calibration = join(example, 'calibration.npz');

type Report = {
  readonly report: {
    readonly samples: number;
    readonly agreement: number;
    readonly accuracy: { readonly float: number; readonly int8: number };
    readonly changed: readonly unknown[];
    readonly activations: readonly {
      readonly name: string;
      readonly sqnr: number | null;
      readonly worstChannel: { readonly sqnr: number | null } | null;
      readonly maxRelativeError: number;
    }[];
  };
};

describe('provenn quantize', () => {
  it('turns the shipped float model into the shipped int8 model', async () => {
    const out = scratch.path('shipped.onnx');
    const { code, stdout } = await provenn(['quantize', model, '-c', calibration, '-o', out]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^conv2|relu2 .*Relu/m);
    expect(readFileSync(out)).toEqual(readFileSync(join(example, 'lenet5.int8.onnx')));
  });

  it('reports error and accuracy', async () => {
    const outcome = await provenn(['quantize', model, '-c', calibration, '-o', scratch.path('a.onnx'), '--json']);
    const { report } = jsonOf(outcome) as unknown as Report;
    expect(report.samples).toBe(256);
    expect(report.accuracy.float).toBeGreaterThan(0.9);
    expect(Math.abs(report.accuracy.float - report.accuracy.int8)).toBeLessThan(0.01);
    expect(report.activations.map((row) => row.name)).toContain('logits');
    expect(report.activations.every((row) => row.sqnr === null || row.sqnr > 25)).toBe(true);
  });

  it.each([
    [['--method', 'percentile', '--percentile', '99.9']],
    [['--method', 'entropy']],
    [['--weights', 'per-tensor']],
    [['--reduce-range']],
    [['--activations', 's8']],
  ])('%j gives another model that onnxruntime and provenn agree on', async (options) => {
    const out = scratch.path(`${options.join('')}.onnx`);
    expect((await provenn(['quantize', model, '-c', calibration, '-o', out, ...options])).code).toBe(0);
    expect(readFileSync(out)).not.toEqual(readFileSync(join(example, 'lenet5.int8.onnx')));
    const image = join(example, 'images/8-bag.png');
    const preprocess = join(example, 'preprocess.json');
    const { code, stdout } = await provenn(['run', out, '-i', image, '--preprocess', preprocess, '--check-ort']);
    expect(code).toBe(0);
    expect(stdout).toContain('8 Bag');
    expect(stdout).toContain('bit-identical');
  });

  it('compares layers and warns when int8 changes a class', async () => {
    const args = ['quantize', model, '-c', calibration, '--method', 'percentile', '--percentile', '60'];
    const outcome = await provenn([...args, '-o', scratch.path('rough.onnx')]);
    expect(outcome.stderr).toMatch(/warning: int8 changes the predicted class of \d+ of 256 calibration samples/);
    expect(outcome.stdout).toMatch(/worst channel/);
    const fine = await provenn(['quantize', model, '-c', calibration, '-o', scratch.path('fine.onnx'), '--json']);
    const { changed, agreement, activations } = (jsonOf(fine) as unknown as Report).report;
    expect(changed.length).toBe(Math.round(256 * (1 - agreement)));
    expect(fine.stderr.includes('warning')).toBe(changed.length > 0);
    for (const { sqnr, worstChannel, maxRelativeError } of activations) {
      if (worstChannel?.sqnr != null) expect(worstChannel.sqnr).toBeLessThanOrEqual((sqnr ?? Infinity) + 1e-9);
      expect(maxRelativeError).toBeLessThan(0.1);
    }
  });

  it('is part of compile when calibration data are given', async () => {
    const out = scratch.path('compiled');
    expect((await provenn(['compile', model, '-c', calibration, '-o', out])).code).toBe(0);
    expect(readFileSync(join(out, 'model.onnx'))).toEqual(readFileSync(join(example, 'lenet5.int8.onnx')));
    expect(existsSync(join(out, 'preprocess.json'))).toBe(true);
  });

  it('refuses data that do not fit, and writes nothing', async () => {
    const out = scratch.path('none.onnx');
    const save = (name: string, text: string): string => {
      writeFileSync(scratch.path(name), text);
      return scratch.path(name);
    };
    const wrong = save('wrong.json', '{"inputs":{"image":{"dims":[2,3],"type":"float32","data":[1,2,3,4,5,6]}}}');
    const other = save(
      'other.json',
      '{"inputs":{"a":{"dims":[1],"type":"float32","data":[1]},"b":{"dims":[1],"type":"float32","data":[1]}}}',
    );
    const cases: [string[], number][] = [
      [[model, '-c', wrong], 2],
      [[model, '-c', other], 2],
      [[model, '-c', scratch.path('absent.npz')], 5],
      [[join(example, 'lenet5.int8.onnx'), '-c', calibration], 2],
      [[fixture('bad/nan-float.onnx'), '-c', calibration], 3],
      [[model, '-c', calibration, '--percentile', '99'], 2],
      [[model, '-c', calibration, '--method', 'entropy', '--percentile', '99'], 2],
      [[model, '-c', calibration, '--method', 'percentile', '--percentile', '0'], 2],
      [[model], 2],
    ];
    for (const [args, expected] of cases) {
      const { code, stderr } = await provenn(['quantize', ...args, '-o', out]);
      expect({ args, code }).toEqual({ args, code: expected });
      expect(stderr).toMatch(/^ {2}next: .+/m);
    }
    expect(existsSync(out)).toBe(false);
  });
});
