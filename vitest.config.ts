// Tests outside WebAssembly: in Node, and in Chromium where there is one.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const chromium = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (file): file is string => file !== undefined && existsSync(file),
);
if (!chromium) console.warn('\nNo Chromium found: the browser tests are SKIPPED. Set CHROMIUM to its path to run them.\n');

/** A project whose tests run in a page, which may be cross-origin isolated: only then there are threads. */
function inPages(name: string, isolated: boolean) {
  const own = 'test/browser/isolated/**';
  return {
    extends: true as const,
    ...(isolated && {
      server: {
        headers: {
          'Cross-Origin-Opener-Policy': 'same-origin',
          'Cross-Origin-Embedder-Policy': 'require-corp',
          'Cross-Origin-Resource-Policy': 'cross-origin',
        },
      },
    }),
    optimizeDeps: { include: ['core', 'layers', 'backend-cpu'].map((part) => `@tensorflow/tfjs-${part}`) },
    test: {
      name,
      include: [isolated ? `${own}/*.test.ts` : 'test/browser/**/*.test.ts'],
      exclude: isolated ? [] : [own],
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath: chromium!, args: ['--no-sandbox'] } }),
        instances: [{ browser: 'chromium' as const }],
      },
    },
  };
}

/**
 * What the kernels are made of and add up to, once more with fused multiply-adds: the default where there are any. `npm test`
 * runs the first of them.
 */
const RELAXED = [
  'test/kernels/**/*.test.ts',
  'test/layers/**/*.test.ts',
  'test/format/old-files.test.ts',
  'test/network/numerics.test.ts',
];
const RELAXED_TOO = [
  'test/gradients.test.ts',
  'test/curvature/**/*.test.ts',
  'test/solve/laws.test.ts',
  'test/network/fused.test.ts',
  'test/threads/bits.test.ts',
];
const thorough = process.env.THOROUGH === '1';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    setupFiles: ['test/binaries.ts'], // of every project
    maxWorkers: availableParallelism(), // what few threads leave idle others use
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          globalSetup: 'test/assembly/compile.mjs',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/everywhere/**'],
          env: { CHROMIUM: chromium ?? '' }, // pages of web/ are opened from there
        },
      },
      {
        extends: true,
        test: {
          name: 'relaxed',
          globalSetup: 'test/assembly/compile.mjs',
          include: [...RELAXED, ...(thorough ? RELAXED_TOO : [])],
          setupFiles: ['test/binaries.ts', 'test/relaxed-simd.mjs'],
          env: { NUMERICS: 'fast' },
        },
      },
      ...(chromium ? [inPages('browser', false), inPages('isolated', true)] : []),
    ],
  },
});
