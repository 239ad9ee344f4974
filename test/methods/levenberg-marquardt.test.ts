// Levenberg-Marquardt on networks: singular problems, Bayesian regularisation, names of MATLAB's.

import { describe, expect, test } from 'vitest';
import { Network, OptionError, dense, levenbergMarquardt } from '../../src/index.js';
import { numbers } from '../layers/training.js';

const linear = (inputs: number) =>
  Network.create({ inputs, layers: [dense(1, { bias: false })], loss: 'meanSquaredError', precision: 'float64', seed: 1 });

/** Rows of normal-like numbers, and a noisy linear target. */
function sample(rows: number, columns: number, noise: number, seed: number) {
  const next = numbers(seed);
  const X = Array.from({ length: rows }, () => Array.from({ length: columns }, next));
  const Y = X.map((x) => [x.reduce((s, v, i) => s + v * (i % 3), 0) + noise * next()]);
  return { X, Y };
}

/** A·x = b by Gauss's elimination with pivoting; A as rows. */
function solve(a: number[][], b: number[]): number[] {
  const m = a.map((row, i) => [...row, b[i]!]);
  const n = b.length;
  for (let k = 0; k < n; k++) {
    const p = m.reduce((best, row, i) => (i >= k && Math.abs(row[k]!) > Math.abs(m[best]![k]!) ? i : best), k);
    [m[k], m[p]] = [m[p]!, m[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = m[i]![k]! / m[k]![k]!;
      for (let j = k; j <= n; j++) m[i]![j]! -= factor * m[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    x[k] = (m[k]![n]! - x.reduce((s, v, j) => (j > k ? s + v * m[k]![j]! : s), 0)) / m[k]![k]!;
  }
  return x;
}

const gram = (X: number[][]) => X[0]!.map((_, i) => X[0]!.map((_v, j) => X.reduce((s, row) => s + row[i]! * row[j]!, 0)));

describe('where JᵀJ is singular', () => {
  test.each(['identity', 'marquardt', 'more'] as const)('columns that are there twice are no trouble (%s)', async (scaling) => {
    const { X, Y } = sample(30, 3, 0, 2);
    const twice = X.map((x) => [...x, ...x]);
    const net = await linear(6);
    // μ so small that rounding swallows it in JᵀJ + μ·D: steps come from QR of J.
    const history = await net.fit(twice, Y, { method: levenbergMarquardt({ mu: 1e-28, scaling }), epochs: 20 });
    expect(history.loss.at(-1)!).toBeLessThan(1e-20);
    expect([...net.getWeights()[0]!].every(Number.isFinite)).toBe(true);
  });

  test('more parameters than rows are no trouble', async () => {
    const { X, Y } = sample(5, 2, 1, 3);
    const net = await Network.create({
      inputs: 2,
      layers: [dense(20, { activation: 'tanh', biasInit: 'zeros' }), dense(1)],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
    const history = await net.fit(X, Y, { method: levenbergMarquardt({ weightDecay: 0 }), epochs: 100, goal: 1e-20 });
    expect(history.reason).toBe('goal');
  });

  test('with decay, QR has it too', async () => {
    const { X, Y } = sample(30, 3, 1, 4);
    const twice = X.map((x) => [...x, ...x]);
    const fitted = async (mu: number) => {
      const net = await linear(6);
      await net.fit(twice, Y, { method: levenbergMarquardt({ mu, weightDecay: 1e-14 }), epochs: 50 });
      return net.getWeights()[0]!;
    };
    // κ = λ·N/2 makes the answer unique: each twin has half of the weight.
    const w = await fitted(1e-28);
    for (let i = 0; i < 3; i++) expect(Math.abs(w[i]! - w[i + 3]!)).toBeLessThan(1e-5);
  });
});

describe('bayesian', () => {
  test('λ and the weights are where Foresee and Hagan’s iteration ends, on a linear model', async () => {
    const [rows, columns] = [40, 5];
    const { X, Y } = sample(rows, columns, 1, 5);
    const y = Y.map(([v]) => v!);
    const A = gram(X);
    const b = X[0]!.map((_, i) => X.reduce((s, row, r) => s + row[i]! * y[r]!, 0));
    let kappa = 1e-3;
    let w: number[] = [];
    let gamma = 0;
    for (let k = 0; k < 500; k++) {
      const H = A.map((row, i) => row.map((v, j) => v + (i === j ? kappa : 0)));
      w = solve(H, b);
      const trace = H.reduce(
        (s, _, i) =>
          s +
          solve(
            H,
            H.map((_v, j) => (i === j ? 1 : 0)),
          )[i]!,
        0,
      );
      gamma = columns - kappa * trace;
      const data = X.reduce((s, row, r) => s + (row.reduce((a, v, i) => a + v * w[i]!, 0) - y[r]!) ** 2, 0);
      kappa = (gamma * data) / (w.reduce((s, v) => s + v * v, 0) * (rows - gamma));
    }
    const net = await linear(columns);
    const { regularisation } = await net.fit(X, Y, { method: levenbergMarquardt({ bayesian: true, minGrad: 0 }), epochs: 60 });
    expect(regularisation!.weightDecay / ((2 * kappa) / rows)).toBeCloseTo(1, 6);
    expect(regularisation!.effectiveParameters).toBeCloseTo(gamma, 6);
    net.getWeights()[0]!.forEach((v, i) => {
      expect(v).toBeCloseTo(w[i]!, 7);
    });
  });

  test('rows of weight 0 are no data: M, γ and λ are those without them', async () => {
    const { X, Y } = sample(40, 5, 1, 5);
    const method = levenbergMarquardt({ bayesian: true, minGrad: 0 });
    const [plain, padded, held] = [await linear(5), await linear(5), await linear(5)];
    const { regularisation } = await plain.fit(X, Y, { method, epochs: 40 });
    const more = [X, sample(60, 5, 1, 6).X].flat();
    const sampleWeights = more.map((_, r) => Number(r < 40));
    const found = await padded.fit(more, [Y, sample(60, 5, 1, 6).Y].flat(), { method, epochs: 40, sampleWeights });
    expect(found.regularisation!.effectiveParameters).toBeCloseTo(regularisation!.effectiveParameters, 6);
    expect(found.regularisation!.weightDecay / regularisation!.weightDecay).toBeCloseTo(1, 6);
    padded.getWeights()[0]!.forEach((w, i) => {
      expect(w).toBeCloseTo(plain.getWeights()[0]![i]!, 7);
    });
    // The same where the rows are those that a validation part leaves.
    const split = {
      method,
      epochs: 40,
      validation: 0.2,
      earlyStopping: false,
      sampleWeights: X.map((_, r) => Number(r % 4 > 0)),
    };
    const { regularisation: part } = await held.fit(X, Y, split);
    expect(part!.effectiveParameters).toBeLessThan(5);
    expect(part!.weightDecay).toBeGreaterThan(0);
  });

  test('generalises where a fit without it learns the noise', async () => {
    let better = 0;
    for (let seed = 0; seed < 8; seed++) {
      const next = numbers(seed + 20);
      const X = Array.from({ length: 25 }, (_, i) => [i / 12 - 1]);
      const Y = X.map(([x]) => [Math.sin(3 * x!) + 0.5 * next()]);
      const T = Array.from({ length: 200 }, (_, i) => [i / 100 - 1]);
      const errors: number[] = [];
      for (const bayesian of [true, false]) {
        const net = await Network.create({
          inputs: 1,
          layers: [dense(20, { activation: 'tanh', init: 'nguyenWidrow' }), dense(1)],
          loss: 'meanSquaredError',
          precision: 'float64',
          seed,
        });
        const { regularisation } = await net.fit(X, Y, { method: levenbergMarquardt({ bayesian }), epochs: 200 });
        errors.push(
          net.evaluate(
            T,
            T.map(([x]) => [Math.sin(3 * x!)]),
          ).loss,
        );
        if (bayesian) {
          expect(regularisation!.effectiveParameters).toBeGreaterThan(3);
          expect(regularisation!.effectiveParameters).toBeLessThan(net.parameters);
        } else {
          expect(regularisation).toBeUndefined();
        }
        net.dispose();
      }
      if (errors[0]! < errors[1]!) better++;
    }
    expect(better).toBe(8);
  });
});

describe('MATLAB’s names', () => {
  test('maxFail is the patience of early stopping, with a validation set', async () => {
    const { X, Y } = sample(60, 3, 3, 6);
    const net = await Network.create({
      inputs: 3,
      layers: [dense(15, { activation: 'tanh' }), dense(1)],
      loss: 'meanSquaredError',
      seed: 1,
    });
    const { reason, epochs, bestEpoch } = await net.fit(X, Y, {
      method: levenbergMarquardt({ maxFail: 3 }),
      validation: 0.3,
      epochs: 500,
    });
    expect(reason).toBe('earlyStopping');
    expect(epochs - bestEpoch).toBe(3);
    expect((await net.fit(X, Y, { method: levenbergMarquardt({ maxFail: 3 }), epochs: 5 })).epochs).toBe(5);
  });

  test('muInc or muDec ask for the tenfold rule', async () => {
    expect(levenbergMarquardt().rule).toBe('nielsen');
    expect(levenbergMarquardt({ muDec: 0.2 }).rule).toBe('tenfold');
    expect(levenbergMarquardt({ muInc: 5, rule: 'nielsen' }).rule).toBe('nielsen');
    expect(() => levenbergMarquardt({ maxFail: 0 })).toThrow(OptionError);
    expect(() => levenbergMarquardt({ bayesian: true, weightDecay: 1 })).toThrow(OptionError);
  });
});
