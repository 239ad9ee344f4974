// What targets are measured in changes neither steps nor stops of methods of second order.

import { describe, expect, test } from 'vitest';
import {
  Network,
  bfgs,
  conjugateGradient,
  dense,
  gaussNewton,
  lbfgs,
  levenbergMarquardt,
  newton,
  oneStepSecant,
  scaledConjugateGradient,
} from '../../src/index.js';

const X = Array.from({ length: 50 }, (_, i) => [i / 25 - 1]);
const sine = (times: number) => X.map(([x]) => [times * Math.sin(3 * x!)]);

/** A network whose output layer, if `scaled`, is made for targets `times` as large. */
async function make(seed: number, times: number, scaled: boolean, precision: 'float32' | 'float64' = 'float64') {
  const layers = [dense(6, { activation: 'tanh' }), dense(1)];
  const net = await Network.create({ inputs: 1, layers, loss: 'meanSquaredError', precision, seed });
  if (scaled) net.setWeights(net.getWeights().map((w, i) => (i < 2 ? w : w.map((v) => v * times))));
  return net;
}

const METHODS = [
  levenbergMarquardt(),
  levenbergMarquardt({ rule: 'tenfold' }),
  levenbergMarquardt({ scaling: 'more' }),
  levenbergMarquardt({ bayesian: true }),
  gaussNewton(),
  newton(),
  bfgs(),
  lbfgs(),
  conjugateGradient(),
  scaledConjugateGradient(),
  oneStepSecant(),
];

describe.each(METHODS)('$name', (method) => {
  test('with targets and the output layer times 1e±9 its first steps are the same ones', async () => {
    for (const seed of [1, 2, 3]) {
      const runs: { loss: number[]; evaluations: number }[] = [];
      for (const times of [1, 1e-9, 1e9]) {
        using net = await make(seed, times, true);
        const { loss, evaluations } = await net.fit(X, sine(times), { method, epochs: 12 });
        runs.push({ loss: loss.map((v) => v / times ** 2), evaluations });
      }
      for (const { loss, evaluations } of runs) {
        expect(evaluations).toBe(runs[0]!.evaluations);
        loss.forEach((v, k) => {
          expect(v / runs[0]!.loss[k]!).toBeCloseTo(1, 4);
        });
      }
    }
  });
});

test.each(['float32', 'float64'] as const)(
  'from a start of the usual size too, times 1e±9 are learned as times 1 (%s)',
  async (precision) => {
    for (const method of [levenbergMarquardt(), levenbergMarquardt({ bayesian: true }), gaussNewton(), bfgs()]) {
      const worst = method.name === 'bfgs' ? 1e-2 : 1e-5;
      for (const times of [1e-9, 1, 1e9]) {
        const missed: number[] = [];
        for (let seed = 1; seed <= 10; seed++) {
          using net = await make(seed, times, false, precision);
          const { reason } = await net.fit(X, sine(times), { method, epochs: 60 });
          expect(['epochs', 'minGradient']).toContain(reason); // some are at the bottom by then
          missed.push(1 - (net.evaluate(X, sine(times)) as { r2: number }).r2);
        }
        expect(missed.filter((v) => v < worst).length).toBeGreaterThanOrEqual(9);
      }
    }
  },
);

test('an offset of the targets does not scale a start down that fits it', async () => {
  const targets = X.map(([x]) => [1e6 + Math.sin(3 * x!)]);
  using net = await make(1, 1, false);
  net.setWeights(net.getWeights().map((w, i) => (i === 3 ? w.map(() => 1e6) : w)));
  const before = net.evaluate(X, targets).loss;
  const { loss } = await net.fit(X, targets, { method: levenbergMarquardt(), epochs: 20 });
  expect(loss[0]!).toBeLessThan(before);
  expect(loss.at(-1)!).toBeLessThan(1e-4);
});

test('weight decay keeps its meaning: (λ/2)·|kernels|² beside the loss, in whatever unit', async () => {
  const weightDecay = 0.01;
  for (const method of [levenbergMarquardt({ weightDecay }), bfgs({ weightDecay })]) {
    for (const times of [1e-3, 1, 1e3]) {
      using net = await Network.create({
        inputs: 1,
        layers: [dense(1)],
        loss: 'meanSquaredError',
        precision: 'float64',
        seed: 1,
      });
      await net.fit(X, sine(times), { method, epochs: 100 });
      using c = net.curvature(X, sine(times));
      const kernel = net.getWeights()[0]!;
      expect(Math.abs(c.gradient()[0]! + weightDecay * kernel[0]!)).toBeLessThan(1e-6 * times);
    }
  }
});
