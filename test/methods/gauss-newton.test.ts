// The damped Gauss-Newton method: its matrix against products, what it reaches, and how it goes on.

import { describe, expect, test } from 'vitest';
import { engineOf } from '../../bindings/load.js';
import { Arena, Reals } from '../../bindings/memory.js';
import { MatrixModel } from '../../src/objective/gauss-newton.js';
import { Network, OptionError, dataset, dense, gaussNewton, init, rbf } from '../../src/index.js';
import { Objective } from '../../src/objective/objective.js';
import { plainLoss } from '../../src/methods/second-order/solver-objective.js';
import type { Architecture } from '../../src/plan/plan.js';
import { TargetUnit } from '../../src/objective/unit.js';
import { workHere } from '../../src/runtime/work.js';
import { matrixOf, numbers } from '../layers/training.js';

await init({ precision: 'float64' });
const engine = await engineOf('float64');

describe('the matrix from a Jacobian pass is that of the products', () => {
  const kinds = [
    ['meanSquaredError', 'linear', 2],
    ['meanSquaredError', 'sigmoid', 2],
    ['binaryCrossEntropy', 'sigmoid', 2],
    ['crossEntropy', 'softmax', 3],
    ['meanAbsoluteError', 'linear', 2],
    ['hinge', 'linear', 1],
  ] as const;
  test.each(kinds)('%s, %s', (loss, activation, outputs) => {
    for (const [rows, weighted, times, threads] of [
      [1, false, 1, 1],
      [17, true, 1, 1],
      [17, true, 1e6, 1],
      [3000, true, 1, 2],
    ] as const) {
      const next = numbers(rows + outputs);
      const layers = [rbf(3), dense(4, { activation: 'tanh' }), dense(outputs, { activation })];
      const architecture = { inputs: 2, layers, loss } as unknown as Architecture;
      const arena = new Arena();
      const X = matrixOf(rows, 2, next);
      const Y = X.map((_, r) =>
        Array.from({ length: outputs }, (_v, j) => {
          const chosen = r % outputs === j;
          if (loss === 'hinge') return chosen ? 1 : -1;
          return loss.endsWith('Entropy') ? (chosen ? 1 : 0) : times * next();
        }),
      );
      using data = dataset(X, Y, weighted ? { weights: X.map((_, r) => 1 + (r % 3)) } : {});
      const samples = data.copied('float64', loss, outputs, arena);
      const size = 2 * 3 + 3 + (3 * 4 + 4) + (4 * outputs + outputs);
      const theta = new Reals(arena, 'float64', size);
      theta.view().set(Array.from({ length: size }, next));
      const objective = new Objective(engine, arena, architecture, theta, samples, undefined, 0.1, threads);
      const unit = new TargetUnit(architecture, size, samples, undefined);
      expect(unit.scale).toBe(times > 1 && loss.startsWith('mean') && activation === 'linear' ? 1e6 : 1);
      const { f } = plainLoss(objective, unit);
      const model = new MatrixModel(objective, unit, f);
      const x = unit.inside(theta.view().slice() as Float64Array);
      const [d, g, p, twice] = [0, 0, 0, 0].map(() => new Float64Array(size)) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const value = workHere(engine, model.linearise(x, d, g));
      const gradient = new Float64Array(size);
      const own = workHere(engine, f.gradient(x, gradient) as never);
      expect(value).toBe(2 * (own as number));
      expect(g).toEqual(gradient);
      const most = Math.max(...d);
      const unitVector = new Float64Array(size);
      for (let k = 0; k < size; k++) {
        unitVector.fill(0);
        unitVector[k] = 1;
        workHere(engine, f.product!(x, unitVector, twice, true));
        expect(Math.abs(d[k]! - twice[k]!)).toBeLessThanOrEqual(1e-13 * most);
      }
      // (G + μI)·p = −g
      const mu = 0.01 * (most || 1);
      expect(workHere(engine, model.step(mu, new Float64Array(size).fill(1), p))).toBe(true);
      workHere(engine, f.product!(x, p, twice, true));
      twice.forEach((v, k) => {
        expect(Math.abs(v + mu * p[k]! + g[k]!)).toBeLessThan(1e-11 * Math.max(...g.map(Math.abs)));
      });
      arena.dispose();
    }
  });
});

describe('41 points of a sine of one or two periods, 1-5-1, 100 epochs, ten seeds', () => {
  test.each([
    [0, 'tanh'],
    [0, 'lecunTanh'],
    [-1, 'tanh'],
    [-1, 'lecunTanh'],
  ] as const)('from %d to 1, %s: the median is at most 1e-5, in few passes', async (from, activation) => {
    const X = Array.from({ length: 41 }, (_, i) => [from + ((1 - from) * i) / 40]);
    const Y = X.map(([x]) => [Math.sin(2 * Math.PI * x!)]);
    const losses: number[] = [];
    let passes = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const layers = [dense(5, { activation, init: 'nguyenWidrow' }), dense(1)];
      using net = await Network.create({ inputs: 1, layers, loss: 'meanSquaredError', seed });
      const { loss, evaluations } = await net.fit(X, Y, { method: gaussNewton(), epochs: 100 });
      for (let k = 1; k < loss.length; k++) expect(loss[k]!).toBeLessThanOrEqual(loss[k - 1]!);
      losses.push(loss.at(-1)!);
      passes += evaluations;
    }
    losses.sort((a, b) => a - b);
    expect((losses[4]! + losses[5]!) / 2).toBeLessThan(1e-5);
    expect(losses[7]!).toBeLessThan(1e-4);
    expect(passes).toBeLessThan(4000);
  });
});

test('classes by cross-entropy, whole and truncated, in far fewer epochs than first-order methods take', async () => {
  const next = numbers(3);
  const X = matrixOf(200, 2, next);
  const classes = X.map(([a, b]) => (a! * b! > 0 ? 1 : 0));
  for (const truncated of [false, true]) {
    const layers = [dense(8, { activation: 'tanh' }), dense(2, { activation: 'softmax' })];
    using net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 1 });
    await net.fit(X, classes, { method: gaussNewton({ truncated, weightDecay: 1e-4 }), epochs: 40 });
    expect((net.evaluate(X, classes) as { accuracy: number }).accuracy).toBeGreaterThan(0.97);
  }
});

test('losses without curvature fall too', async () => {
  const next = numbers(4);
  const X = matrixOf(60, 2, next);
  for (const truncated of [false, true]) {
    using net = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanAbsoluteError', precision: 'float64', seed: 1 });
    const Y = X.map(([a, b]) => [a! - 2 * b!]);
    const { loss } = await net.fit(X, Y, { method: gaussNewton({ truncated }), epochs: 50 });
    expect(loss.at(-1)!).toBeLessThan(0.5 * loss[0]!);
  }
});

test('goes on with its damping; a line search instead; refusals', async () => {
  const X = Array.from({ length: 30 }, (_, i) => [i / 15 - 1]);
  const Y = X.map(([x]) => [Math.sin(3 * x!)]);
  const make = () =>
    Network.create({ inputs: 1, layers: [dense(5, { activation: 'tanh' }), dense(1)], loss: 'meanSquaredError', seed: 2 });
  using net = await make();
  const rates: number[] = [];
  const options = { method: gaussNewton(), onEpoch: ({ rate }: { rate: number }) => rates.push(rate) };
  await net.partialFit(X, Y, { ...options, epochs: 20 });
  await net.partialFit(X, Y, { ...options, epochs: 3 });
  expect(rates[20]!).toBeLessThan(10 * rates[19]!);
  expect(rates[20]!).toBeLessThan(0.01 * rates[0]!);
  using searched = await make();
  const { loss } = await searched.fit(X, Y, { method: gaussNewton({ lineSearch: 'armijo' }), epochs: 10 });
  expect(loss.at(-1)!).toBeLessThan(loss[0]!);
  expect(() => gaussNewton({ lineSearch: 'wolfe', mu: 1 })).toThrow(/gaussNewton.mu .*none with lineSearch/);
  expect(() => gaussNewton({ mu: 0 })).toThrow(OptionError);
  expect(() => gaussNewton({ lineSearch: 'golden' as 'wolfe' })).toThrow(OptionError);
});
