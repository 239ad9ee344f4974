// Every loss in a network: what it learns, what data and layers it refuses, and what the best constant outputs lose.

import { describe, expect, test } from 'vitest';
import { DataError, type Loss, Network, OptionError, adam, dense, gaussNewton, lbfgs } from '../../src/index.js';
import { LOSSES, LOSS_NAMES } from '../../src/layers/losses.js';
import { OTHER_CONSTANTS, lossOfBestConstant } from '../../src/training/best-constant.js';
import { some } from '../thorough.js';
import { numbers } from './methods.js';

await OTHER_CONSTANTS.load();

/** The last layer that goes with a loss. */
const topOf = (loss: Loss) => LOSSES[loss].activation ?? (LOSSES[loss].targets === 'amounts' ? 'softplus' : 'linear');

/** Targets of two outputs that follow from two inputs. */
function targetOf(loss: Loss, x: number, y: number): number[] {
  const [a, b] = [x * y, x - y];
  switch (LOSSES[loss].targets as Exclude<(typeof LOSSES)[Loss]['targets'], 'any'>) {
    case 'signs':
      return [a, b].map((v) => (v > 0 ? 1 : -1));
    case 'probabilities':
      return [a, b].map((v) => 1 / (1 + Math.exp(-4 * v)));
    case 'distribution':
      return a > 0 ? [1, 0] : [0, 1];
    case 'amounts':
      return [a, b].map((v) => Math.exp(v));
    case 'directions':
      return [3 * a + 1, 2 * b];
    case 'numbers':
      return loss === 'meanAbsolutePercentageError' ? [2 + a, 3 + b] : [a, b];
  }
}

function samples(loss: Loss, rows: number, seed: number) {
  const next = numbers(seed);
  const X = Array.from({ length: rows }, () => [next(), next()]);
  return { X, Y: X.map(([x, y]) => targetOf(loss, x!, y!)) };
}

const networkFor = (loss: Loss, precision: 'float32' | 'float64', seed: number) =>
  Network.create({
    inputs: 2,
    layers: [dense(12, { activation: 'tanh' }), dense(2, { activation: topOf(loss) })],
    loss,
    precision,
    seed,
  });

const bestConstant = (loss: Loss, Y: readonly (readonly number[])[], weights?: readonly number[]) =>
  lossOfBestConstant(
    loss,
    {
      t: { view: () => Float64Array.from(Y.flat()) },
      w: weights && { view: () => Float64Array.from(weights) },
    } as unknown as Parameters<typeof lossOfBestConstant>[1],
    Uint32Array.from(Y, (_, r) => r),
    2,
  );

describe.each(LOSS_NAMES)('%s', (loss) => {
  test.each(some(2, [1, 2, 3, 4, 5]))('adam learns what a function of two inputs says, start %i', async (seed) => {
    const { X, Y } = samples(loss, 200, seed);
    using net = await networkFor(loss, 'float32', seed);
    await net.fit(X, Y, { method: adam({ rate: 0.01 }), epochs: 150, batchSize: 20 });
    const constant = bestConstant(loss, Y);
    const floor = floorOf(loss, Y);
    expect((net.evaluate(X, Y).loss - floor) / (constant - floor)).toBeLessThan(0.35);
  });

  test.each([
    ['lbfgs', lbfgs()],
    ['gaussNewton', gaussNewton()],
  ])('%s lowers it, and never raises it', async (_, method) => {
    const { X, Y } = samples(loss, 60, 7);
    using net = await networkFor(loss, 'float64', 3);
    const before = net.evaluate(X, Y).loss;
    const history = await net.fit(X, Y, { method, epochs: 30 });
    const steps = history.loss.slice(1).map((l, i) => l - history.loss[i]!);
    expect(Math.max(...steps)).toBeLessThanOrEqual(1e-12);
    expect(history.loss.at(-1)! - floorOf(loss, Y)).toBeLessThan(0.8 * (before - floorOf(loss, Y)));
  });

  test('the best constant is the least of a grid of constants, with weights and without', async () => {
    const { Y } = samples(loss, 9, 11);
    const X = Y.map(() => [0, 0]);
    using net = await Network.create({
      inputs: 2,
      layers: [dense(2, { activation: topOf(loss) })],
      loss,
      precision: 'float64',
    });
    const weights = Y.map((_, r) => (r % 3) + 0.5);
    const places = Array.from({ length: 61 }, (_, i) => (i - 24) / 12);
    for (const sampleWeights of [undefined, weights]) {
      let least = Infinity;
      for (const b of places) {
        for (const c of places) {
          net.setWeights([new Float64Array(4), [b, c]]);
          least = Math.min(least, net.evaluate(X, Y, sampleWeights && { sampleWeights }).loss);
        }
      }
      const best = bestConstant(loss, Y, sampleWeights);
      expect(best).toBeLessThanOrEqual(least + 1e-9 * Math.abs(least) + 1e-6);
      // The grid is a twelfth wide.
      expect(best).toBeGreaterThan(least - (loss === 'meanAbsolutePercentageError' ? 5 : 0.05));
    }
  });
});

/** The loss of outputs that are the targets: what cannot be undercut, but for hinges, where it is 0. */
function floorOf(loss: Loss, Y: readonly (readonly number[])[]): number {
  const surprise = (p: number) => (p > 0 ? -p * Math.log(p) : 0);
  const mean = (f: (t: number) => number) => Y.flat().reduce((s, t) => s + f(t), 0) / Y.flat().length;
  if (loss === 'cosineProximity') return -1;
  if (loss === 'poisson') return mean((t) => t + surprise(t));
  return loss === 'binaryCrossEntropy' ? mean((t) => surprise(t) + surprise(1 - t)) : 0;
}

test('losses about classes take a column of classes', async () => {
  for (const loss of ['crossEntropy', 'kullbackLeiblerDivergence', 'categoricalHinge'] as const) {
    const { X, Y } = samples(loss, 40, 5);
    using net = await networkFor(loss, 'float64', 2);
    const classes = Y.map(([first]) => (first === 1 ? 0 : 1));
    expect(net.evaluate(X, classes), loss).toEqual(net.evaluate(X, Y));
    expect(net.evaluate(X, classes)).toHaveProperty('accuracy');
  }
});

test('the divergence is the cross-entropy less the entropy of the targets', async () => {
  const X = [
    [1, 2],
    [0.5, -1],
  ];
  const Y = [
    [0.25, 0.75],
    [1, 0],
  ];
  const entropy = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)) / 2;
  const of = async (loss: Loss) => {
    using net = await networkFor(loss, 'float64', 2);
    return net.evaluate(X, Y).loss;
  };
  expect((await of('crossEntropy')) - (await of('kullbackLeiblerDivergence'))).toBeCloseTo(entropy, 12);
});

test.each<[Loss, number[][], RegExp]>([
  ['poisson', [[1, -0.5]], /-0\.5 is negative/],
  ['meanSquaredLogarithmicError', [[-1, 1]], /-1 is negative/],
  ['squaredHinge', [[1, 0.5]], /neither 1 nor −1/],
  ['categoricalHinge', [[0.5, 0.6]], /sum to 1\.1/],
  ['kullbackLeiblerDivergence', [[2, -1]], /2 is not a probability/],
])('%s refuses targets that mean nothing to it', async (loss, Y, message) => {
  using net = await networkFor(loss, 'float32', 1);
  await expect(net.fit([[1, 2]], Y)).rejects.toThrow(DataError);
  await expect(net.fit([[1, 2]], Y)).rejects.toThrow(message);
});

test.each<[Loss, 'linear' | 'tanh' | 'softmax' | 'sigmoid', RegExp]>([
  ['poisson', 'linear', /not negative, such as softplus/],
  ['poisson', 'softmax', /crossEntropy and kullbackLeiblerDivergence only/],
  ['kullbackLeiblerDivergence', 'sigmoid', /'softmax', which the loss kullbackLeiblerDivergence requires/],
  ['categoricalHinge', 'softmax', /crossEntropy and kullbackLeiblerDivergence only/],
])('%s does not go with %s', async (loss, activation, message) => {
  const made = Network.create({ inputs: 2, layers: [dense(2, { activation })], loss });
  await expect(made).rejects.toThrow(OptionError);
  await expect(made).rejects.toThrow(message);
});
