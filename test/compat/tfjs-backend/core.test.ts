// tfjs-core's own tests: every one that tfjs's cpu backend passes passes on ours.

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { thorough } from '../../thorough.js';

/** What dense networks are made of, and what memory is. */
const QUICK = ['matmul', 'matMul', 'optimizer', 'Optimizer', 'gradients', 'dispose', 'tidy', 'memory', 'variable', 'complex64'];

function suite(parts: string[]): { passed: number; failed: Record<string, string> } {
  const out = execFileSync(process.execPath, ['test/compat/tfjs-backend/core-suite.mjs', ...parts], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 26,
  });
  return JSON.parse(out);
}

test('those of products, gradients, optimisers and memory', () => {
  const { passed, failed } = suite(QUICK);
  expect(failed).toEqual({});
  expect(passed).toBeGreaterThan(300);
});

thorough('all of them', { timeout: 600_000 }, () => {
  const { passed, failed } = suite([]);
  expect(failed).toEqual({});
  expect(passed).toBeGreaterThan(4100);
});
