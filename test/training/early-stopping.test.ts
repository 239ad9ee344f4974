// Early stopping where the rate falls: it lets the rate fall, and costs next to nothing.

import { expect, test } from 'vitest';
import { type FitOptions, Network, Regressor, dense, schedules, sgd } from '../../src/index.js';
import { draws, normals } from '../data/synthetic.js';

/** Friedman's first function with noise. */
function friedman(rows: number, seed: number): [number[][], number[]] {
  const random = draws(seed);
  const X = Array.from({ length: rows }, () => Array.from({ length: 10 }, () => random.uniform()));
  const y = X.map(
    ([a, b, c, d, e]) => 10 * Math.sin(Math.PI * a! * b!) + 20 * (c! - 0.5) ** 2 + 10 * d! + 5 * e! + random.normal(),
  );
  return [X, y];
}

const held = friedman(1000, 99);

test('within 0.02 of the fit run to its end, with the same rows held out', async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const rows = friedman(500, seed);
    const common = { seed, hidden: [24], weightDecay: 0.002, validation: 0.2 };
    using whole = await Regressor.fit(...rows, common);
    using stopped = await Regressor.fit(...rows, { ...common, earlyStopping: true });
    const [a, b] = [whole, stopped].map((model) => model.evaluate(...held).r2) as [number, number];
    expect(b).toBeGreaterThan(a - 0.02);
  }
});

const X = normals(7, 120, 4);
const noise = draws(8);
const T = X.map(([a, b]) => [a! - 2 * b! + 3 * noise.normal()]);

async function stopped(rate: FitOptions['method'], more: FitOptions = {}) {
  using net = await Network.create({
    inputs: 4,
    layers: [dense(24, { activation: 'tanh' }), dense(1)],
    loss: 'meanSquaredError',
    seed: 2,
  });
  const rates: number[] = [];
  const onEpoch = ({ rate: r }: { rate: number }) => rates.push(r);
  const history = await net.fit(X, T, { epochs: 200, validation: 0.4, earlyStopping: true, ...more, method: rate!, onEpoch });
  return { history, rates };
}

test.each([
  ['a function of the epoch', sgd({ rate: (epoch) => 0.02 * (1 - Math.min(epoch / 200, 1)) })],
  ['cosine', sgd({ rate: schedules.cosine({ rate: 0.02 }) })],
  ['steps', sgd({ rate: schedules.step({ rate: 0.02, every: 20 }) })],
])('%s: the rate comes down before the end, and sooner than without', async (_, method) => {
  const { history, rates } = await stopped(method);
  const { rates: all } = await stopped(method, { earlyStopping: false });
  expect(history.reason).toBe('earlyStopping');
  expect(history.epochs).toBeLessThan(200);
  expect(rates.at(-1)!).toBeLessThan(0.1 * rates[0]!);
  // As long as the rate is high nothing is different; then it falls at several times the speed.
  const half = all.findIndex((r) => r <= all[0]! / 2);
  expect(rates.slice(0, half)).toEqual(all.slice(0, half));
  expect(all[history.epochs - 1]!).toBeGreaterThan(rates.at(-1)!);
  rates.slice(1).forEach((r, i) => {
    expect(r).toBeLessThanOrEqual(rates[i]!);
  });
});

test('a constant rate has nothing to come down to: patience means what it says', async () => {
  for (const method of [sgd({ rate: 0.01 }), sgd({ rate: () => 0.01 }), sgd({ rate: schedules.constant(0.01) })]) {
    const { history } = await stopped(method);
    expect(history.reason).toBe('earlyStopping');
    expect(history.epochs - history.bestEpoch).toBe(6);
  }
});

test('earlier weights that are clearly better are gone back to', async () => {
  using net = await Network.create({
    inputs: 4,
    layers: [dense(64, { activation: 'tanh' }), dense(1)],
    loss: 'meanSquaredError',
    seed: 2,
  });
  const other: [number[][], number[][]] = [X.slice(30), T.slice(30)];
  const method = sgd({ rate: schedules.cosine({ rate: 0.005 }) });
  const h = await net.fit(X.slice(0, 30), T.slice(0, 30), {
    method,
    batchSize: 8,
    epochs: 2000,
    validation: other,
    earlyStopping: true,
  });
  const least = Math.min(...h.validationLoss);
  expect(least).toBeLessThan(0.9 * h.validationLoss.at(-1)!);
  expect(net.evaluate(...other).loss).toBe(least);
  expect(h.validationLoss.indexOf(least) + 1).toBe(h.bestEpoch);
});
