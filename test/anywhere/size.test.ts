/** What an application pays for `provenn/verify`, and what it gets with it. */
import { expect, test } from 'vitest';
import { bundle } from '../support/bundle.ts';

const budget = 60_000;

test('provenn/verify stays within its budget, kernels included, and brings nothing of the prover', async () => {
  const { gzipped, files, imports, code } = await bundle("export * from './src/verify/index.ts'");
  console.log(`provenn/verify: ${code.length} bytes minified, ${gzipped} gzipped`);
  expect(gzipped).toBeLessThanOrEqual(budget);
  expect(imports).toEqual([]);
  expect(files).toContain('src/base/generated/kernels.ts');
  const outside = files.filter((path) => !/^src\/(base|artifact|gadgets|backends|verify)\/|^<stdin>$/.test(path));
  expect(outside).toEqual([]);
  expect(files.filter((path) => /prover|witness|assign|node\/|threads|node_modules/.test(path))).toEqual([]);
});

test('what is not used is left out', async () => {
  const { gzipped, files } = await bundle("export { decodeLink } from './src/verify/index.ts'");
  expect(gzipped).toBeLessThan(8_000);
  expect(files.filter((path) => path.startsWith('src/backends/'))).toEqual([]);
});
