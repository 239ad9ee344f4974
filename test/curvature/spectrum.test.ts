// Eigenvalues and whole Hessians: closed forms on linear units, agreement of the ways to get them, laws.

import { describe, expect, test } from 'vitest';
import { DataError, DisposedError, Network, OptionError, dataset, dense, init } from '../../src/index.js';
// @ts-expect-error: plain JavaScript
import * as figure10 from '../../experiments/figure-10.mjs';
import { matrixOf, numbers } from '../layers/training.js';

await init({ precision: 'float64' });
const { X: POINTS, Y: CLASSES } = figure10 as { X: number[][]; Y: number[][] };

async function linear(bias: boolean) {
  const net = await Network.create({
    inputs: 2,
    layers: [dense(1, { bias })],
    loss: 'meanSquaredError',
    precision: 'float64',
    seed: 1,
  });
  return { net, c: net.curvature(POINTS, CLASSES) };
}

async function hidden(rows = 40) {
  const next = numbers(5);
  const X = matrixOf(rows, 3, next);
  const Y = matrixOf(rows, 2, next);
  const layers = [dense(5, { activation: 'tanh' }), dense(2)];
  const net = await Network.create({ inputs: 3, layers, loss: 'meanSquaredError', precision: 'float64', seed: 1 });
  return { net, X, Y, c: net.curvature(X, Y) };
}

test.each([1, 2, 3])('of a matrix of low rank, most of which is rounding: trace and norm are right (seed %i)', async (seed) => {
  const layers = [dense(16, { activation: 'lecunTanh' }), dense(3, { activation: 'softmax' })];
  const net = await Network.create({ inputs: 4, layers, loss: 'crossEntropy', precision: 'float64', seed });
  const flowers = [
    [5.1, 3.5, 1.4, 0.2],
    [6.2, 2.9, 4.3, 1.3],
    [5.9, 3.0, 5.1, 1.8],
  ];
  const waves = Array.from({ length: 60 }, (_, r) => [0, 1, 2, 3].map((c) => Math.sin(0.3 * r + c)));
  for (const X of [flowers, waves]) {
    const c = net.curvature(
      X,
      X.map((_, r) => [r % 3]),
    );
    const H = c.hessian().data;
    const { eigenvalues } = c.spectrum();
    const n = net.parameters;
    const [trace, square] = [H.reduce((s, v, k) => s + (k % (n + 1) ? 0 : v), 0), H.reduce((s, v) => s + v * v, 0)];
    const bound = n * n * 2 ** -52 * Math.sqrt(square); // n·ε·|A| for each
    expect(Math.abs(eigenvalues.reduce((s, v) => s + v, 0) - trace)).toBeLessThan(bound);
    expect(Math.abs(Math.sqrt(eigenvalues.reduce((s, v) => s + v * v, 0)) - Math.sqrt(square))).toBeLessThan(bound);
  }
  net.dispose();
});

describe("the chapter's linear unit (Efficient BackProp 5.2; the library's loss has twice its error)", () => {
  test('with a bias: eigenvalues 1.0074, 0.8317, 0.0338, condition number 29.8, best rate 1/λmax', async () => {
    const { c } = await linear(true);
    const { eigenvalues, complete } = c.spectrum();
    expect(complete).toBe(true);
    [1.0074, 0.8317, 0.0338].forEach((v, k) => {
      expect(eigenvalues[k]! / 2).toBeCloseTo(v, 4);
    });
    expect(c.conditionNumber()).toBeCloseTo(29.8, 1);
    expect(c.optimalRate()).toBeCloseTo(1 / eigenvalues[0]!, 9);
    [0.1642, 0.7088, 1].forEach((v, k) => {
      expect(c.hessianDiagonal()[k]! / 2).toBeCloseTo(v, 4);
    });
    expect(c.byLayer().map(({ name }) => name)).toEqual(['layers.0.kernel', 'layers.0.bias']);
  });

  test('without one: 0.8373 and 0.0356', async () => {
    const { c } = await linear(false);
    const { eigenvalues } = c.spectrum();
    expect(eigenvalues[0]! / 2).toBeCloseTo(0.8373, 4);
    expect(eigenvalues[1]! / 2).toBeCloseTo(0.0356, 4);
  });

  test('the square Jacobian is the Hessian where a model is linear in its parameters', async () => {
    const { c } = await linear(true);
    const [H, G] = [c.hessian().data, c.hessian({ by: 'squareJacobian' }).data];
    H.forEach((v, k) => {
      expect(Math.abs(v - G[k]!)).toBeLessThan(1e-14);
    });
  });
});

describe('a network with hidden units', () => {
  test('three ways to the Hessian; a block is a part of it', async () => {
    const { net, c } = await hidden();
    const exact = c.hessian();
    expect(exact.shape).toEqual([32, 32]);
    const size = Math.max(...exact.data.map(Math.abs));
    c.hessian({ by: 'finiteDifference' }).data.forEach((v, k) => {
      expect(Math.abs(v - exact.data[k]!) / size).toBeLessThan(1e-7);
    });
    const { first } = net.weightShapes.find(({ name }) => name === 'layers.1.kernel')!;
    const block = c.hessian({ layer: 1 });
    expect(block.shape).toEqual([12, 12]);
    block.data.forEach((v, k) => {
      expect(v).toBe(exact.data[(first + Math.floor(k / 12)) * 32 + first + (k % 12)]);
    });
    expect(() => c.hessian({ layer: 2 })).toThrow(OptionError);
  });

  test('the principal eigenvalue: power method, differences, the end of the spectrum', async () => {
    const { c } = await hidden();
    const { eigenvalues } = c.spectrum();
    const most = Math.max(...eigenvalues.map(Math.abs));
    const power = c.principalEigenvalue();
    expect(Math.abs(Math.abs(power.value) - most) / most).toBeLessThan(1e-9);
    expect(power.residual).toBeLessThanOrEqual(1e-6);
    const product = c.hessianVector(power.vector);
    product.forEach((v, k) => {
      expect(Math.abs(v - power.value * power.vector[k]!)).toBeLessThan(2e-6 * most);
    });
    // Differences with α = 1e-4 err by α·|third derivative|.
    expect(c.principalEigenvalue({ by: 'finiteDifference', tolerance: 1e-3 }).value / power.value).toBeCloseTo(1, 2);
    expect(c.largestEigenvalue()).toBeCloseTo(eigenvalues[0]!, 8);
  });

  test('the largest eigenvalue where the one of largest magnitude is negative', async () => {
    // Far from its targets a saturated unit curves downwards.
    using net = await Network.create({
      inputs: 1,
      layers: [dense(1, { activation: 'tanh', bias: false })],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
    net.setWeights([[1]]);
    using c = net.curvature([[1]], [[3]]);
    expect(c.principalEigenvalue().value).toBeGreaterThan(0);
    net.setWeights([[1]]);
    using down = net.curvature([[1]], [[-3]]);
    expect(down.principalEigenvalue().value).toBeLessThan(0);
    expect(down.largestEigenvalue()).toBeCloseTo(down.principalEigenvalue().value, 9);
    expect(down.optimalRate()).toBe(Infinity);
  });

  test("Lanczos: the largest eigenvalues, with bounds of their errors; the density's shares sum to 1", async () => {
    const { c } = await hidden();
    const all = c.spectrum().eigenvalues;
    const some = c.spectrum({ k: 4, steps: 20 });
    expect(some.complete).toBe(false);
    some.eigenvalues.forEach((v, k) => {
      const distance = Math.min(...all.map((e) => Math.abs(e - v)));
      expect(distance).toBeLessThanOrEqual(some.errors[k]! + 1e-12 * all[0]!);
    });
    expect(some.eigenvalues[0]).toBeCloseTo(all[0]!, 8);
    const { edges, shares, standardErrors } = c.spectralDensity({ bins: 4, probes: 40, steps: 32 });
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    shares.forEach((share, b) => {
      const inside = all.filter((e) => e >= edges[b]! && (e < edges[b + 1]! || b === 3)).length / 32;
      expect(Math.abs(share - inside)).toBeLessThan(4 * standardErrors[b]! + 0.02);
    });
  });

  test('Hutchinson: within four standard errors of the diagonal, all but one in a thousand or so', async () => {
    const { c } = await hidden();
    const exact = c.hessianDiagonal();
    const { value, standardError } = c.hessianDiagonal({ kind: 'hutchinson', probes: 400 });
    const far = value.filter((v, k) => Math.abs(v - exact[k]!) > 4 * standardError[k]! + 1e-15).length;
    expect(far).toBeLessThanOrEqual(1);
    expect(Math.max(...standardError)).toBeLessThan(0.1 * Math.max(...exact));
  });

  test('products are linear and symmetric', async () => {
    const { c } = await hidden();
    const next = numbers(9);
    const [u, v] = [0, 1].map(() => Float64Array.from({ length: 32 }, next)) as [Float64Array, Float64Array];
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((s, e, k) => s + e * b[k]!, 0);
    expect(dot(u, c.hessianVector(v))).toBeCloseTo(dot(v, c.hessianVector(u)), 12);
    const sum = c.hessianVector(u.map((e, k) => 2 * e + v[k]!));
    const [hu, hv] = [c.hessianVector(u), c.hessianVector(v)];
    sum.forEach((e, k) => {
      expect(e).toBeCloseTo(2 * hu[k]! + hv[k]!, 12);
    });
  });

  test("samples' own gradients: their mean is the gradient; the Jacobian is that of the outputs", async () => {
    const { net, X, c } = await hidden();
    const { data, shape } = c.sampleGradients();
    expect(shape).toEqual([40, 32]);
    c.gradient().forEach((g, k) => {
      let mean = 0;
      for (let r = 0; r < 40; r++) mean += data[r * 32 + k]! / 40;
      expect(mean).toBeCloseTo(g, 13);
    });
    const J = c.jacobian();
    expect(J.shape).toEqual([80, 32]);
    const weights = net.getWeights();
    const h = 1e-6;
    for (const k of [0, 7, 14]) {
      const moved = (d: number) => {
        net.setWeights(weights.map((w, i) => (i === 0 ? w.map((e, j) => (j === k ? e + d : e)) : w)));
        return net.predict(X);
      };
      const [high, low] = [moved(h), moved(-h)];
      high.forEach((a, r) => {
        expect(J.data[r * 32 + k]).toBeCloseTo((a - low[r]!) / (2 * h), 7);
      });
    }
    net.setWeights(weights);
  });
});

test('the on-line estimate is between 0.9 and 1.1 of λmax after 200 samples, in the mean of 50 (Efficient BackProp 9.2, Figure 24)', async () => {
  // Twenty normal inputs, one of them with variance 10: λ = 20 in the library's loss.
  const ratios: number[] = [];
  for (let seed = 1; seed <= 50; seed++) {
    const next = numbers(seed);
    const X = matrixOf(200, 20, next).map((x) => x.map((v, j) => (j === 0 ? v * Math.sqrt(10) : v)));
    using net = await Network.create({
      inputs: 20,
      layers: [dense(1, { bias: false })],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed,
    });
    using c = net.curvature(
      X,
      X.map(([a]) => [a!]),
    );
    ratios.push(c.principalEigenvalue({ by: 'online', presentations: 200, seed }).value / c.largestEigenvalue());
  }
  const mean = ratios.reduce((a, b) => a + b) / 50;
  expect(mean).toBeGreaterThan(0.9);
  expect(mean).toBeLessThan(1.1);
});

test('measured at the weights of then; on datasets; and refusals', async () => {
  const { net, X, Y, c } = await hidden();
  const before = c.gradient();
  await net.fit(X, Y, { epochs: 3 });
  expect(c.gradient()).toEqual(before);
  using data = dataset(X, Y);
  using later = net.curvature(data);
  expect(later.gradient()).not.toEqual(before);
  expect(later.loss()).toBeCloseTo(net.evaluate(data).loss, 12);
  expect(() => c.hessianVector([1, 2])).toThrow(DataError);
  expect(() => c.hessianDiagonal({ kind: 'exact', full: true })).toThrow(OptionError);
  expect(() => c.hessianDiagonal({ kind: 'all' as 'exact' })).toThrow(OptionError);
  expect(() => net.curvature([[1, 2]], [[1, 2]])).toThrow(DataError);
  c.dispose();
  expect(() => c.gradient()).toThrow(DisposedError);
});
