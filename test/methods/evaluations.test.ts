// How many evaluations methods of second order take, beside SciPy 1.10 from the same starts: medians over ten seeds, with a
// margin for what rounding does to a path.

import { describe, expect, test } from 'vitest';
import { type Method, Network, bfgs, dense, levenbergMarquardt } from '../../src/index.js';
import { numbers } from '../layers/training.js';

interface Problem {
  readonly X: number[][];
  readonly Y: number[][];
  readonly hidden: readonly number[];
}

const SINC: Problem = {
  X: Array.from({ length: 100 }, (_, i) => [(-10 + (20 * i) / 99) / 5]),
  Y: Array.from({ length: 100 }, (_, i) => -10 + (20 * i) / 99).map((x) => [Math.sin(x) / x]),
  hidden: [15],
};

/** A smooth function of two variables on a grid. */
const surface = (hidden: number[]): Problem => {
  const X = Array.from({ length: 225 }, (_, k) => [Math.floor(k / 15) / 7 - 1, (k % 15) / 7 - 1]);
  return { X, Y: X.map(([a, b]) => [Math.sin(3 * a!) * Math.cos(2 * b!) + a! * b!]), hidden };
};

const median = (list: number[]) => [...list].sort((a, b) => a - b)[list.length >> 1]!;

/** The median of what is counted in fits from ten starts. */
async function fits({ X, Y, hidden }: Problem, make: () => Method, goal: number, epochs: number, of: 'evaluations' | 'loss') {
  const found: number[] = [];
  for (let seed = 1; seed <= 10; seed++) {
    const layers = [...hidden.map((units) => dense(units, { activation: 'tanh' })), dense(1)];
    using net = await Network.create({ inputs: X[0]!.length, layers, loss: 'meanSquaredError', precision: 'float64', seed });
    const history = await net.fit(X, Y, { method: make(), goal, epochs });
    if (of === 'loss') found.push(history.loss.at(-1)!);
    else found.push(history.reason === 'goal' ? history.evaluations : Infinity);
  }
  return median(found);
}

describe('bfgs', () => {
  // SciPy's minimize(method='BFGS'): 141, 366 and 295. From the scale of the first step: 232, 560 and 520.
  test.each([
    ['sinc, 1-15-1', SINC, 112, 141],
    ['a surface, 2-12-1', surface([12]), 260, 366],
    ['a surface, 2-8-8-1', surface([8, 8]), 208, 295],
  ])('%s to 10⁻⁴', async (_, problem, measured, scipy) => {
    const found = await fits(problem, () => bfgs(), 1e-4, 2000, 'evaluations');
    expect(found).toBeLessThan(scipy);
    expect(found).toBeLessThan(1.25 * measured);
  });

  test('a noisy set of eight inputs is further after as many steps than from the scale of the first', async () => {
    const next = numbers(7);
    const X = Array.from({ length: 400 }, () => Array.from({ length: 8 }, next));
    const Y = X.map(([a, b, c, d, e, f, g, h]) => [
      2 * Math.tanh(2 * a! + b!) + Math.sin(3 * c!) + d! * e! - f! ** 2 + Math.abs(g!) + 0.5 * h! + 0.3 * next(),
    ]);
    const problem = { X, Y, hidden: [10] };
    for (const epochs of [50, 150]) {
      const found = await fits(problem, () => bfgs(), 0, epochs, 'loss');
      expect(found).toBeLessThan(0.95 * (await fits(problem, () => bfgs({ scale: 'firstStep' }), 0, epochs, 'loss')));
    }
  });
});

describe('levenbergMarquardt', () => {
  // SciPy's least_squares(method='lm'), calls of the residuals and of the Jacobian: 250, 618 and 262; with x_scale='jac' 189, 811
  // and 287.
  test.each([
    ['sinc, 1-15-1', SINC, 120, 189],
    ['a surface, 2-12-1', surface([12]), 204, 618],
    ['a surface, 2-8-8-1', surface([8, 8]), 144, 262],
  ])('%s to 10⁻⁷', async (_, problem, measured, scipy) => {
    const found = await fits(problem, () => levenbergMarquardt({ minGrad: 0 }), 1e-7, 1000, 'evaluations');
    expect(found).toBeLessThan(scipy);
    expect(found).toBeLessThan(1.25 * measured);
    const plain = await fits(problem, () => levenbergMarquardt({ minGrad: 0, acceleration: false }), 1e-7, 1000, 'evaluations');
    expect(found).toBeLessThan(0.8 * plain);
  });

  test('to a rough loss acceleration hardly costs anything', async () => {
    const found = await fits(SINC, () => levenbergMarquardt(), 1e-4, 1000, 'evaluations');
    expect(found).toBeLessThan(50); // SciPy's 50, 30 without acceleration
  });

  test('the rule tenfold, which is MATLAB’s, has none unless it is asked for', () => {
    expect(levenbergMarquardt().acceleration).toBe(true);
    expect(levenbergMarquardt({ muInc: 5 }).acceleration).toBe(false);
    expect(levenbergMarquardt({ rule: 'tenfold', acceleration: true }).acceleration).toBe(true);
  });
});
