// NIST's certified values: parameters, standard deviations and sums from both starts, with no options and numeric derivatives.

import { describe, expect, test } from 'vitest';
import { curveFit } from '../../../src/index.js';
import { RUNS, digits } from './models.js';

describe('NIST’s reference data', () => {
  const found: { name: string; parameters: number; deviations: number; calls: number }[] = [];

  test.each(RUNS)('$name', async ({ name, model, x, y, start, certified, deviations, sum }) => {
    const fit = await curveFit((point: readonly number[], b) => model(b, point), x, y, start);
    const own = digits(fit.x, certified);
    found.push({
      name,
      parameters: own,
      deviations: digits(fit.standardErrors ?? [], deviations),
      calls: fit.evaluations.value,
    });
    expect(own).toBeGreaterThan(7);
    expect(['minGradient', 'tolerance']).toContain(fit.reason);
    // Lanczos1 was made to eleven digits of nothing but rounding: its sum is 1.4e-25.
    expect(Math.abs(fit.value - sum)).toBeLessThan(1e-9 * sum + 1e-20);
  });

  test('all runs come to the certified values, to 9.8 digits and more on average; deviations to 8.5', () => {
    expect(found).toHaveLength(54);
    const mean = (of: (run: (typeof found)[number]) => number) => found.reduce((s, run) => s + of(run), 0) / found.length;
    expect(mean((run) => run.parameters)).toBeGreaterThanOrEqual(9.8);
    expect(mean((run) => run.deviations)).toBeGreaterThanOrEqual(8.5);
    // MINPACK with central differences needs twice as many.
    expect(found.reduce((s, run) => s + run.calls, 0)).toBeLessThan(30_000);
  });
});
