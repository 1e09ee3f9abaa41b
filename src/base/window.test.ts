import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cropsInput, type WindowAxis, windowGeometry } from './window.ts';

const plain = { stride: 1, dilation: 1, padBegin: 0, padEnd: 0, autoPad: 'NOTSET', ceilMode: false } as const;

/** Pads stay smaller than the kernel, as onnxruntime's pools demand. */
const explicitAxis = fc
  .record({
    input: fc.integer({ min: 1, max: 20 }),
    kernel: fc.integer({ min: 1, max: 6 }),
    stride: fc.integer({ min: 1, max: 5 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    padBegin: fc.nat(5),
    padEnd: fc.nat(5),
  })
  .map((axis) => ({ ...axis, padBegin: axis.padBegin % axis.kernel, padEnd: axis.padEnd % axis.kernel }))
  .filter((axis) => axis.input + axis.padBegin + axis.padEnd > axis.dilation * (axis.kernel - 1));

/** Slides the window cell by cell and counts where it may stop. */
function countWindows(axis: WindowAxis): number {
  const end = axis.input + axis.padEnd;
  const last = (start: number): number => start + axis.dilation * (axis.kernel - 1);
  let count = 0;
  for (let start = -axis.padBegin; start < axis.input; start += axis.stride) {
    const fits = last(start) < end;
    // With ceil_mode one window may reach past the end, provided the one before it did not reach the end.
    const overhangs = axis.ceilMode && start > -axis.padBegin && last(start - axis.stride) < end - 1;
    if (fits || overhangs) count++;
  }
  return count;
}

describe('windowGeometry', () => {
  test('counts the windows that fit between explicit pads', () => {
    fc.assert(
      fc.property(explicitAxis, (sizes) => {
        const axis: WindowAxis = { ...plain, ...sizes };
        expect(windowGeometry(axis).output).toBe(countWindows(axis));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  test('adds with ceil_mode a last window that starts inside input or begin padding', () => {
    fc.assert(
      fc.property(explicitAxis, (sizes) => {
        const axis: WindowAxis = { ...plain, ...sizes, ceilMode: true };
        expect(windowGeometry(axis).output).toBe(countWindows(axis));
      }),
      { numRuns: 2000, seed: 2 },
    );
  });

  test('gives SAME_* padding ceil(input / stride) windows and splits an odd cell by its name', () => {
    fc.assert(
      fc.property(explicitAxis, fc.constantFrom('SAME_UPPER' as const, 'SAME_LOWER' as const), (sizes, autoPad) => {
        const axis: WindowAxis = { ...plain, ...sizes, autoPad };
        fc.pre(!cropsInput(axis));
        const { output, padBegin, padEnd } = windowGeometry(axis);
        expect(output).toBe(Math.ceil(axis.input / axis.stride));
        const surplus = padEnd - padBegin;
        expect([0, autoPad === 'SAME_UPPER' ? 1 : -1]).toContain(surplus);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  test('ignores explicit pads under auto_pad', () => {
    const axis: WindowAxis = { ...plain, input: 7, kernel: 3, stride: 2, padBegin: 2, padEnd: 2, autoPad: 'VALID' };
    expect(windowGeometry(axis)).toEqual({ output: 3, padBegin: 0, padEnd: 0 });
    expect(windowGeometry({ ...axis, autoPad: 'SAME_UPPER' })).toEqual({ output: 4, padBegin: 1, padEnd: 1 });
  });

  test('says below 1 where no window fits', () => {
    expect(windowGeometry({ ...plain, input: 3, kernel: 4 }).output).toBeLessThan(1);
  });

  // Sizes of onnxruntime 1.30's MaxPool for these axes.
  test.each([
    [{ input: 4, kernel: 3, stride: 2, ceilMode: true }, 2],
    [{ input: 4, kernel: 3, stride: 2 }, 1],
    [{ input: 5, kernel: 2, stride: 2, padBegin: 1, padEnd: 1, ceilMode: true }, 3],
    [{ input: 2, kernel: 1, stride: 3, ceilMode: true }, 1],
    [{ input: 3, kernel: 4, stride: 2, ceilMode: true }, 1],
    [{ input: 11, kernel: 3, stride: 2, dilation: 2, autoPad: 'SAME_UPPER', samePadding: 'undilated' }, 5],
    [{ input: 11, kernel: 3, stride: 2, dilation: 2, autoPad: 'SAME_UPPER', samePadding: 'dilated' }, 6],
  ] as const)('%j has %i windows', (axis, output) => {
    expect(windowGeometry({ ...plain, ...axis }).output).toBe(output);
  });
});

describe('cropsInput', () => {
  test('allows the one-by-one convolution of stride two', () => {
    expect(cropsInput({ ...plain, input: 56, kernel: 1, stride: 2, autoPad: 'SAME_UPPER' })).toBe(false);
  });

  test('finds strides that leave the kernel behind', () => {
    expect(cropsInput({ ...plain, input: 3, kernel: 1, stride: 4, autoPad: 'SAME_UPPER' })).toBe(true);
    expect(cropsInput({ ...plain, input: 8, kernel: 1, stride: 4, autoPad: 'SAME_LOWER' })).toBe(true);
    expect(cropsInput({ ...plain, input: 8, kernel: 1, stride: 4, autoPad: 'VALID' })).toBe(false);
  });
});
