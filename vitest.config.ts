import { defineConfig, type ViteUserConfigFnObject } from 'vitest/config';

/** Tests that take minutes live in test/slow and run only on request: `npm run test:slow`, or PROVENN_SLOW=1. */
const slowTests = 'test/slow/**/*.test.ts';
/** Those that need a browser or workerd, too: `npm run test:browser`, `npm run test:edge`. */
const runtimes = ['browser', 'edge'] as const;
const runtimeTests = runtimes.map((name) => `test/${name}/**/*.test.ts`);

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => {
  const slow = process.env['PROVENN_SLOW'] === '1' || mode === 'slow';
  return {
    test: {
      globalSetup: './scripts/wasm.mjs', // compiles wasm/ when it changed
      pool: 'forks', // native addons such as onnxruntime-node want a process of their own
      maxWorkers: 2,
      isolate: false, // no test changes what modules hold; sharing them saves a third of the time
      testTimeout: 30_000,
      projects: [
        {
          extends: true,
          test: {
            name: 'main',
            include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
            exclude: [slowTests, ...runtimeTests],
          },
        },
        ...(slow
          ? [
              {
                extends: true as const,
                test: { name: 'slow', include: [slowTests], testTimeout: 1_800_000, env: { PROVENN_SLOW: '1' } },
              },
            ]
          : []),
        ...runtimes
          .filter((name) => name === mode)
          .map((name) => ({
            extends: true as const,
            test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 120_000 },
          })),
      ],
    },
  };
});

export default config;
