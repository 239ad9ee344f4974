// Cross-validation, learning curves, bias and variance: their laws, with models whose every number is known.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Classifier,
  DataError,
  Network,
  OptionError,
  Regressor,
  biasVariance,
  crossValidate,
  dataset,
  dense,
  learningCurve,
  sgd,
} from '../../src/index.js';
import { picked } from '../../src/data/pick.js';
import { ClassSpread, NumberSpread } from '../../src/validate/decomposition.js';
import { randoms } from '../kernels/support.js';

/** A model that predicts the mean of what it saw, and remembers all calls. */
class Mean {
  static made: Mean[] = [];
  mean = 0;
  seen: number[] = [];
  weights: number[] | undefined;
  options: object | undefined;
  disposed = false;

  constructor() {
    Mean.made.push(this);
  }

  async fit(X: number[][], Y: number[], options?: { sampleWeights?: number[] }): Promise<void> {
    this.seen = X.map(([x]) => x!);
    this.options = options;
    this.weights = options?.sampleWeights;
    this.mean = Y.reduce((a, b) => a + b, 0) / Y.length;
  }

  predict(X: number[][]): number[] {
    return X.map(() => this.mean);
  }

  evaluate(X: number[][], Y: number[], options?: { sampleWeights?: number[] }) {
    return {
      loss: Y.reduce((s, y) => s + (y - this.mean) ** 2, 0) / Y.length,
      rows: X.map(([x]) => x!),
      weights: options?.sampleWeights,
    };
  }

  dispose(): void {
    this.disposed = true;
  }
}

const fresh = () => {
  Mean.made = [];
  return () => new Mean();
};

const rows = (n: number) => Array.from({ length: n }, (_, r) => [r]);

describe('crossValidate', () => {
  test('each row is left out once in each repeat, and never trained on then', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 2, max: 7 }),
        fc.integer({ min: 1, max: 3 }),
        async (n, k, repeats) => {
          fc.pre(k <= n);
          const found = await crossValidate(
            fresh(),
            rows(n),
            Array.from({ length: n }, (_, r) => r * r),
            { folds: k, repeats },
          );
          expect(found.folds).toHaveLength(k * repeats);
          for (let repeat = 0; repeat < repeats; repeat++) {
            const folds = found.folds.filter((f) => f.repeat === repeat);
            expect(folds.flatMap((f) => [...f.held]).sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
            const sizes = folds.map((f) => f.held.length);
            expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          }
          Mean.made.forEach((model, i) => {
            const held = [...found.folds[i]!.held];
            expect([...model.seen, ...held].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
            expect(found.folds[i]!.evaluation.rows).toEqual(held);
            expect(model.disposed).toBe(true);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  test('leave-one-out of the mean has the closed form (N/(N−1))²·Σ(y − ȳ)²/N', async () => {
    const y = [3, 1, 4, 1, 5, 9, 2, 6];
    const { mean, deviation, folds } = await crossValidate(fresh(), rows(8), y, { folds: 8 });
    const average = y.reduce((a, b) => a + b) / 8;
    const variance = y.reduce((s, v) => s + (v - average) ** 2, 0) / 8;
    expect(mean['loss']).toBeCloseTo((8 / 7) ** 2 * variance, 12);
    const losses = folds.map((f) => f.evaluation.loss);
    expect(deviation['loss']).toBeCloseTo(Math.sqrt(losses.reduce((s, v) => s + (v - mean['loss']!) ** 2, 0) / 7), 12);
    expect(mean['rows']).toBeUndefined();
  });

  test('the same seed deals the same parts, another one others; options reach the fit, weights are those of the rows', async () => {
    const y = Array.from({ length: 30 }, (_, r) => r);
    const held = async (seed: number) => (await crossValidate(fresh(), rows(30), y, { seed })).folds.map((f) => [...f.held]);
    expect(await held(1)).toEqual(await held(1));
    expect(await held(1)).not.toEqual(await held(2));
    const told: number[] = [];
    const found = await crossValidate(fresh(), rows(30), y, {
      sampleWeights: y.map((v) => v + 1),
      fit: { timeLimit: 5 },
      onFold: ({ fold }) => told.push(fold),
    });
    expect(told).toEqual([0, 1, 2, 3, 4]);
    Mean.made.forEach((model, i) => {
      expect(model.weights).toEqual(model.seen.map((r) => r + 1));
      expect(model.options).toMatchObject({ timeLimit: 5 });
      expect(found.folds[i]!.evaluation.weights).toEqual([...found.folds[i]!.held].map((r) => r + 1));
    });
  });

  test('classes are shared out: of classifiers, and of networks by class index, one-hot rows or datasets', async () => {
    const n = 45;
    const names = Array.from({ length: n }, (_, r) => (r < 30 ? 'common' : r < 40 ? 'less' : 'rare'));
    const index = names.map((name) => ['common', 'less', 'rare'].indexOf(name));
    const next = randoms(1);
    const X = index.map((c) => [c + 0.1 * next(), next()]);
    const spread = (folds: readonly { held: Uint32Array }[]) =>
      folds.map(({ held }) => [0, 1, 2].map((c) => [...held].filter((r) => index[r] === c).length));
    const share = Array.from({ length: 5 }, () => [6, 2, 1]);
    const common = { folds: 5, seed: 3 };
    const byName = await crossValidate(
      () => new Classifier({ hidden: 4, weightDecay: 0.01, epochs: 20, seed: 1 }),
      X,
      names,
      common,
    );
    expect(spread(byName.folds)).toEqual(share);
    expect(byName.mean['accuracy']).toBeGreaterThan(0.9);
    const make = () =>
      Network.create({ inputs: 2, layers: [dense(3, { activation: 'softmax' })], loss: 'crossEntropy', seed: 1 });
    const fit = { epochs: 5, method: sgd({ rate: 0.5 }) };
    const hot = index.map((c) => [0, 1, 2].map((k) => Number(k === c)));
    const byIndex = await crossValidate(make, X, index, { ...common, fit });
    const byRow = await crossValidate(make, X, hot, { ...common, fit });
    using data = dataset(X, index);
    const byDataset = await crossValidate(make, data, { ...common, fit });
    for (const found of [byIndex, byRow, byDataset]) {
      expect(spread(found.folds)).toEqual(share);
      expect(found.mean).toEqual(byIndex.mean);
    }
  });

  test('records, shaped arrays and plain vectors', async () => {
    const next = randoms(2);
    const numbers = Array.from({ length: 40 }, () => next());
    const y = numbers.map((v) => 2 * v + 1);
    const make = () => new Regressor({ hidden: [], weightDecay: 1e-4, seed: 1 });
    const records = await crossValidate(
      make,
      numbers.map((x) => ({ x })),
      y,
    );
    const vector = await crossValidate(make, Float64Array.from(numbers), Float64Array.from(y));
    const shaped = await crossValidate(make, { data: numbers, shape: [40, 1] }, y);
    expect(records.mean['r2']).toBeGreaterThan(0.99);
    expect(vector.mean).toEqual(records.mean);
    expect(shaped.mean).toEqual(records.mean);
  });

  test('refusals', async () => {
    const y = [1, 2, 3];
    await expect(crossValidate(fresh(), rows(3), y, { folds: 1 })).rejects.toThrow(OptionError);
    await expect(crossValidate(fresh(), rows(3), y, { folds: 4 })).rejects.toThrow(OptionError);
    await expect(crossValidate(fresh(), rows(3), [1, 2])).rejects.toThrow(DataError);
    await expect(crossValidate(fresh(), [], [])).rejects.toThrow(DataError);
    await expect(crossValidate(fresh(), rows(3), y, { folds: 3, sampleWeights: [1] })).rejects.toThrow(DataError);
    await expect(
      crossValidate(fresh(), rows(3), y, { folds: 3, signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
    expect(Mean.made.every((m) => m.disposed)).toBe(true);
  });

  test.each([
    ['crossValidate', crossValidate],
    ['learningCurve', learningCurve],
    ['biasVariance', biasVariance],
  ] as const)('%s wants a function that makes models', async (name, validate) => {
    const call = validate as (make: unknown, X: number[][], Y: number[]) => Promise<unknown>;
    const run = (make: unknown) =>
      call(
        make,
        rows(12),
        Array.from({ length: 12 }, (_, r) => r),
      );
    const expected = 'expected a function that makes a model, such as () => new Regressor()';
    await expect(run(new Regressor())).rejects.toThrow(`${name}.make is an object of Regressor; ${expected}`);
    await expect(run(null)).rejects.toThrow(`${name}.make is null; ${expected}`);
    for (const nothing of [undefined, null, 7, {}])
      await expect(run(() => nothing)).rejects.toThrow(new RegExp(`^${name}.make returned .*; ${expected.slice(0, 40)}`));
    await expect(run(() => undefined)).rejects.toThrow(OptionError);
    for (const [Kind, kind] of [
      [Classifier, 'Classifier'],
      [Network, 'Network'],
      [Mean, 'Mean'],
    ] as const) {
      await expect(run(Kind)).rejects.toThrow(`${name}.make is the class ${kind}; ${expected}`);
    }
    const one = new Mean();
    await expect(run(() => one)).rejects.toThrow(
      `${name}.make returned a model that it had returned before; expected a new one each time`,
    );
  });

  test('errors name the rows that were given, not those of a part', async () => {
    const X = Array.from({ length: 60 }, (_, r) => ({ x: r % 11 }));
    const labels = X.map((_, r) => (r === 40 ? 'rare' : r % 2 ? 'tall' : 'wide'));
    const quick = { seed: 1, hidden: 2, weightDecay: 0.01, epochs: 1 };
    await expect(crossValidate(() => new Classifier(quick), X, labels)).rejects.toMatchObject({
      row: 40,
      detail: expect.stringMatching(/"rare" is not one of the classes "tall", "wide"; list all classes in the option classes/),
    });
    const all = ['rare', 'tall', 'wide'];
    await expect(crossValidate(() => new Classifier({ ...quick, classes: all }), X, labels)).resolves.toBeDefined();
    const holey = X.map((row, r) => (r === 51 ? { x: 'none' } : row));
    for (const validate of [crossValidate, learningCurve, biasVariance] as (typeof biasVariance)[]) {
      await expect(
        validate(
          () => new Regressor(quick),
          holey as never,
          X.map(({ x }) => x),
        ),
      ).rejects.toMatchObject({ row: 51, column: 'x' });
    }
  });
});

describe('learningCurve', () => {
  test('sizes are of the rows not held out; smaller ones are parts of larger ones; what is held stays', async () => {
    const y = Array.from({ length: 50 }, (_, r) => r % 7);
    const points = await learningCurve(fresh(), rows(50), y, { sizes: [0.25, 0.5, 1], folds: 5 });
    expect(points.map((p) => p.rows)).toEqual([10, 20, 40]);
    const seen = Mean.made.map((m) => m.seen);
    for (let fold = 0; fold < 5; fold++) {
      for (const [small, large] of [
        [fold, 5 + fold],
        [5 + fold, 10 + fold],
      ] as const) {
        expect(seen[large]).toEqual(expect.arrayContaining(seen[small]!));
      }
    }
    expect((await learningCurve(fresh(), rows(50), y, { sizes: [3, 40] })).map((p) => p.rows)).toEqual([3, 40]);
  });

  test('of a linear model with noise: training error rises, held-out error falls, towards the noise', async () => {
    const next = randoms(9);
    const X = Array.from({ length: 300 }, () => Array.from({ length: 10 }, next));
    const y = X.map((x) => x.reduce((s, v) => s + v, 0) + next());
    const points = await learningCurve(() => new Regressor({ hidden: [], weightDecay: 1e-6, seed: 1 }), X, y, {
      sizes: [20, 60, 240],
    });
    const [first, , last] = points;
    expect(first!.training.mean['mse']!).toBeLessThan(last!.training.mean['mse']!);
    expect(first!.held.mean['mse']!).toBeGreaterThan(1.3 * last!.held.mean['mse']!);
    // The noise is uniform on [−1, 1): variance 1/3.
    expect(last!.held.mean['mse']! / (1 / 3)).toBeGreaterThan(0.8);
    expect(last!.held.mean['mse']! / (1 / 3)).toBeLessThan(1.3);
  });

  test('refusals', async () => {
    const y = [1, 2, 3, 4];
    for (const sizes of [[], [0], [1, 0.5], [2.5], [100]]) {
      await expect(learningCurve(fresh(), rows(4), y, { sizes, folds: 2 })).rejects.toThrow(OptionError);
    }
    // Before anything is trained.
    for (const sizes of [
      [1, 2, 5],
      [0.5, 1, 3],
      [0.1, 1],
    ]) {
      await expect(learningCurve(fresh(), rows(5), [...y, 5], { sizes, folds: 2 })).rejects.toThrow(/sizes has .* the 2 rows/);
      expect(Mean.made.map(({ seen }) => seen)).toEqual([[]]);
    }
  });
});

describe('the decompositions', () => {
  test('of numbers: error = bias + variance, exactly; unbiased where the truth is known', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 6 }), {
          minLength: 1,
          maxLength: 5,
        }),
        (given) => {
          const spread = new NumberSpread(given.map((_, r) => [r]));
          let error = 0;
          given.forEach((list, r) => {
            for (const p of list) {
              spread.add(r, [p]);
              error += (p - r) ** 2 / list.length / given.length;
            }
          });
          const { decomposition: found, rows: n } = spread.result();
          expect(n).toBe(given.length);
          expect(found.error).toBeCloseTo(error, 9);
          expect(found.bias + found.variance).toBeCloseTo(found.error, 9);
          const mean = (v: number[]) => v.reduce((a, b) => a + b) / v.length;
          const variance = mean(given.map((v) => v.reduce((s, p) => s + (p - mean(v)) ** 2, 0) / (v.length - 1)));
          expect(found.variance).toBeCloseTo(variance, 9);
        },
      ),
    );
    const next = randoms(5);
    const draws = new NumberSpread(Array.from({ length: 4000 }, () => [0]));
    // Predictions 0.5 + u, u uniform on [−1, 1): bias² 1/4, variance 1/3, from 3 each.
    for (let r = 0; r < 4000; r++) for (let k = 0; k < 3; k++) draws.add(r, [0.5 + next()]);
    expect(draws.result().decomposition.bias).toBeCloseTo(0.25, 1.5);
    expect(draws.result().decomposition.variance).toBeCloseTo(1 / 3, 1.5);
  });

  test('of classes: the error of the most frequent prediction, and what deviations add or mend', () => {
    const spread = new ClassSpread(['a', 'a', 'b'], (p) => p[0]);
    for (const p of ['a', 'a', 'b', 'a']) spread.add(0, [p]); // right, with 1 of 4 off
    for (const p of ['b', 'b', 'a', 'b']) spread.add(1, [p]); // wrong, with 1 of 4 mending
    spread.add(2, ['b']); // seen once: does not count
    const { decomposition, rows: n } = spread.result();
    expect(n).toBe(2);
    expect(decomposition).toEqual({ error: (1 / 4 + 3 / 4) / 2, bias: 1 / 2, variance: (1 / 4 - 1 / 4) / 2 });
  });
});

describe('biasVariance', () => {
  test('replicas are bootstrap samples: as many rows as there are, drawn with replacement, another draw each', async () => {
    const n = 200;
    const found = await biasVariance(
      fresh(),
      rows(n),
      Array.from({ length: n }, (_, r) => r),
      { replicas: 30 },
    );
    const distinct = Mean.made.map(({ seen }) => new Set(seen).size / n);
    for (const { seen } of Mean.made) expect(seen).toHaveLength(n);
    // 1 − 1/e of the rows; its standard deviation is 0.0221 at n = 200.
    const mean = distinct.reduce((a, b) => a + b) / 30;
    expect(Math.abs(mean - (1 - 1 / Math.E))).toBeLessThan((4 * 0.0221) / Math.sqrt(30));
    expect(new Set(Mean.made.map(({ seen }) => seen.join())).size).toBe(30);
    expect(found.rows).toBe(n); // each row was left out by two of 30 replicas
  });

  test('of the mean: bias² is the variance of y, variance that of the mean, in the bootstrap world', async () => {
    const next = randoms(4);
    const y = Array.from({ length: 100 }, next);
    const mean = y.reduce((a, b) => a + b) / 100;
    const spread = y.reduce((s, v) => s + (v - mean) ** 2, 0) / 100;
    const { bias, variance, error } = await biasVariance(fresh(), rows(100), y, { replicas: 400, test: [rows(100), y] });
    expect(bias).toBeCloseTo(spread, 3);
    // Var of a bootstrap mean is spread/N; from 400 replicas it is known to 7 %.
    expect(variance / (spread / 100)).toBeGreaterThan(0.75);
    expect(variance / (spread / 100)).toBeLessThan(1.25);
    expect(error).toBeCloseTo(bias + variance, 12);
  });

  test('larger networks: less bias, more variance; classes and epochs as well', async () => {
    const next = randoms(6);
    const truth = (x: number) => Math.sin(3 * x);
    const X = Array.from({ length: 50 }, () => [next()]);
    const y = X.map(([x]) => truth(x!) + 0.5 * next());
    const T = Array.from({ length: 60 }, (_, k) => [k / 30 - 1]);
    const exact = T.map(([x]) => truth(x!));
    const make = (hidden: number) => () =>
      Network.create({
        inputs: 1,
        layers: [...(hidden ? [dense(hidden, { activation: 'tanh' })] : []), dense(1)],
        loss: 'meanSquaredError',
        seed: 1,
      });
    const fit = { method: sgd({ rate: 0.1 }), batchSize: 10, epochs: 300 };
    const linear = await biasVariance(make(0), X, y, { replicas: 10, test: [T, exact], fit });
    const hidden = await biasVariance(make(12), X, y, { replicas: 10, test: [T, exact], fit, epochs: [1, 10, 300] });
    expect(linear.bias).toBeGreaterThan(5 * hidden.bias);
    expect(linear.variance).toBeLessThan(hidden.variance);
    expect(hidden.overTraining.map((p) => p.epoch)).toEqual([1, 10, 300]);
    expect(hidden.overTraining.at(-1)).toEqual({ epoch: 300, error: hidden.error, bias: hidden.bias, variance: hidden.variance });
    expect(hidden.overTraining[0]!.bias).toBeGreaterThan(hidden.bias);
    const labels = X.map(([x], r) => (x! + 0.3 * next() > 0 ? 'right' : r % 9 === 0 ? 'right' : 'left'));
    const classes = await biasVariance(() => new Classifier({ hidden: [], weightDecay: 0.01, epochs: 20, seed: 1 }), X, labels, {
      replicas: 8,
    });
    expect(classes.error).toBeCloseTo(classes.bias + classes.variance, 12);
    expect(classes.error).toBeLessThan(0.3);
  });

  test('refusals', async () => {
    await expect(biasVariance(fresh(), rows(5), [1, 2, 3, 4, 5], { replicas: 1 })).rejects.toThrow(OptionError);
    await expect(biasVariance(fresh(), rows(5), [1, 2, 3, 4, 5], { epochs: [3] })).rejects.toThrow(OptionError);
    await expect(biasVariance(fresh(), rows(1), [1], { replicas: 3 })).rejects.toThrow(DataError);
  });
});

describe('picked', () => {
  test('keeps the form of what it picks from', () => {
    const indices = Uint32Array.of(2, 0, 2);
    expect(picked(['a', 'b', 'c'], indices)).toEqual(['c', 'a', 'c']);
    expect(picked(Int8Array.of(1, 2, 3), indices)).toEqual(Int8Array.of(3, 1, 3));
    expect(picked({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] as const }, indices)).toEqual({
      data: Float32Array.of(5, 6, 1, 2, 5, 6),
      shape: [3, 2],
    });
    expect(picked({ data: [1, 2, 3], shape: [3, 1] as const }, Uint32Array.of(1))).toEqual({ data: [2], shape: [1, 1] });
  });
});
