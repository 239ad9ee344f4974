// Regressor: numbers in, numbers out; and the promise that its defaults are no worse than ridge regression.

import { afterEach, describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import { DataError, type MatrixLike, OptionError, Regressor, type RegressorOptions, loadModel } from '../../src/index.js';
import { draws, normals } from '../data/synthetic.js';
import { runs, some } from '../thorough.js';
import { unchecked } from '../format/unchecked.js';

const living: { dispose(): void }[] = [];
afterEach(() => {
  for (const model of living.splice(0)) model.dispose();
});
function kept<P extends number | number[]>(model: Regressor<P>): Regressor<P> {
  living.push(model);
  return model;
}

const QUICK = { hidden: 12, weightDecay: 1e-4, epochs: 120, seed: 1 } satisfies RegressorOptions;

const draw = draws(3);
const X = Array.from({ length: 200 }, () => [draw.uniform() * 10, draw.uniform() - 0.5]);
const curve = ([a, b]: number[]) => 100 + 20 * Math.sin(a! / 2) + 50 * b! * b!;
const t = X.map(curve);

function r2(found: readonly number[], truth: readonly number[]): number {
  const mean = truth.reduce((a, b) => a + b) / truth.length;
  const sum = (f: (r: number) => number) => truth.reduce((s, _, r) => s + f(r) ** 2, 0);
  return 1 - sum((r) => found[r]! - truth[r]!) / sum((r) => truth[r]! - mean);
}

test('a curve, in the units of the targets', async () => {
  const model = kept(await Regressor.fit(X, t, QUICK));
  const found = model.predict(X);
  expect(r2(found, t)).toBeGreaterThan(0.95);
  const { loss, mse, mae, r2: reported } = model.evaluate(X, t);
  expect(mse).toBeCloseTo(
    found.reduce((s, v, r) => s + (v - t[r]!) ** 2 / 200, 0),
    8,
  );
  expect(mae).toBeCloseTo(
    found.reduce((s, v, r) => s + Math.abs(v - t[r]!) / 200, 0),
    8,
  );
  expect(reported).toBeCloseTo(r2(found, t), 10);
  expect(loss).toBe(mse);
  // A line through the same data is worse, so that this was more than a line.
  const line = kept(await Regressor.fit(X, t, { hidden: [], seed: 1 }));
  expect(line.history.reason).toBe('solved');
  expect(line.evaluate(X, t).r2).toBeLessThan(0.7);
});

describe('several outputs', () => {
  const T = X.map((x) => [curve(x), 1e-3 * x[1]!, 1e6 * x[0]!]);

  test('each in its own units', async () => {
    const model = kept(await Regressor.fit(X, T, QUICK));
    expect(model.outputCount).toBe(3);
    const found = model.predict(X);
    for (const o of [0, 1, 2]) {
      const column = (rows: readonly number[][]) => rows.map((row) => row[o]!);
      expect(r2(column(found), column(T))).toBeGreaterThan(0.9);
    }
    expect(() => model.evaluate(X, t)).toThrow(/1 column; expected 3/);
    const shaped = { data: T.flat(), shape: [200, 3] } as const;
    expect(model.evaluate(X, shaped)).toEqual(model.evaluate(X, T));
  });

  test('a vector gives numbers, N×1 gives arrays of one', async () => {
    const quick = { ...QUICK, epochs: 2 };
    const forms: MatrixLike[] = [t, Float64Array.from(t), t.map((v) => [v]), { data: t, shape: [200, 1] }];
    const [vector, typed, nested, shaped] = await Promise.all(
      forms.map(async (targets) => kept(await Regressor.fit(X, targets, quick)).predict(X.slice(0, 3))),
    );
    expect(typed).toEqual(vector);
    expect(nested).toEqual((vector as number[]).map((v) => [v]));
    expect(shaped).toEqual(nested);
  });
});

test('a linear law without noise is found as it is', async () => {
  const rows = normals(8, 80, 5);
  const law = (x: number[]) => 3 + x.reduce((s, v, i) => s + (i - 2) * v, 0);
  const model = kept(await Regressor.fit(rows, rows.map(law), { seed: 1, precision: 'float64' }));
  expect(model.history.reason).toBe('solved');
  expect(model.history.chosen.hidden).toEqual([]);
  const fresh = normals(9, 40, 5);
  // The weakest ridge tried is a millionth of the inputs' variance.
  expect(r2(model.predict(fresh) as number[], fresh.map(law))).toBeGreaterThan(1 - 1e-9);
});

/** Ridge regression by normal equations and Gaussian elimination in float64; λ by ten-fold cross-validation. */
function naiveRidge(rows: number[][], targets: number[]): (x: number[]) => number {
  const columns = rows[0]!.map((_, j) => rows.map((row) => row[j]!));
  const mean = columns.map((c) => c.reduce((a, b) => a + b) / c.length);
  const scale = columns.map((c, j) => Math.sqrt(c.reduce((s, v) => s + (v - mean[j]!) ** 2, 0) / c.length) || 1);
  const standard = (x: number[]) => x.map((v, j) => (v - mean[j]!) / scale[j]!);
  const Z = rows.map(standard);
  const solve = (index: number[], lambda: number): ((z: number[]) => number) => {
    const p = mean.length + 1; // the last is the intercept, which is not shrunk
    const A = Array.from({ length: p }, () => new Array<number>(p + 1).fill(0));
    for (const r of index) {
      const z = [...Z[r]!, 1];
      for (let i = 0; i < p; i++) {
        for (let j = 0; j < p; j++) A[i]![j]! += z[i]! * z[j]!;
        A[i]![p]! += z[i]! * targets[r]!;
      }
    }
    for (let i = 0; i < p - 1; i++) A[i]![i]! += lambda * index.length;
    for (let i = 0; i < p; i++) {
      for (let k = i + 1; k < p; k++) {
        const f = A[k]![i]! / A[i]![i]!;
        for (let j = i; j <= p; j++) A[k]![j]! -= f * A[i]![j]!;
      }
    }
    const w = new Array<number>(p).fill(0);
    for (let i = p - 1; i >= 0; i--) {
      let s = A[i]![p]!;
      for (let j = i + 1; j < p; j++) s -= A[i]![j]! * w[j]!;
      w[i] = s / A[i]![i]!;
    }
    return (z) => z.reduce((s, v, j) => s + v * w[j]!, w[p - 1]!);
  };
  const all = rows.map((_, r) => r);
  const error = (lambda: number) => {
    let sum = 0;
    for (let fold = 0; fold < 10; fold++) {
      const f = solve(
        all.filter((r) => r % 10 !== fold),
        lambda,
      );
      for (const r of all) if (r % 10 === fold) sum += (f(Z[r]!) - targets[r]!) ** 2;
    }
    return sum;
  };
  const lambdas = [1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1, 3];
  const best = lambdas.reduce((a, b) => (error(b) < error(a) ? b : a));
  const f = solve(all, best);
  return (x) => f(standard(x));
}

describe('on noisy sets of a few hundred rows the default is no worse than ridge regression', () => {
  const sets: [string, (seed: number, rows: number) => { x: number[][]; y: number[] }][] = [
    [
      '13 columns, half of them idle',
      (seed, rows) => {
        const x = normals(seed, rows, 13);
        const noise = draws(seed + 1);
        return { x, y: x.map((v) => v.slice(0, 6).reduce((s, e, j) => s + e / (j + 1), 0) + 2 * noise.normal()) };
      },
    ],
    [
      '40 correlated columns, weak signal',
      (seed, rows) => {
        const noise = draws(seed + 1);
        const x = normals(seed, rows, 40).map((v) => v.map((e) => e + v[0]!));
        return { x, y: x.map((v) => 0.3 * v.slice(0, 20).reduce((s, e) => s + e / 5, 0) + 3 * noise.normal()) };
      },
    ],
  ];
  test.each(sets)('%s', async (_, make) => {
    let difference = 0;
    const seeds = some(1, [1, 2, 3, 4]);
    for (const seed of seeds) {
      const { x, y } = make(100 * seed, 200);
      const held = make(100 * seed + 50, 1000);
      const ridge = naiveRidge(x, y);
      const model = await Regressor.fit(x, y, { seed });
      difference += (r2(model.predict(held.x) as number[], held.y) - r2(held.x.map(ridge), held.y)) / seeds.length;
      expect(model.history.chosen.candidates.some((c) => c.hidden.length === 0)).toBe(true);
      model.dispose();
    }
    // R² of a thousand held-out rows has a standard error of about 0.03; both see the same ones, whose mean of four
    // differs by less than a hundredth between linear models of nearly the same strength.
    // One of four differs by twice as much.
    expect(difference).toBeGreaterThan(runs(-0.04, -0.02));
  });
});

describe('weights', () => {
  test('a row that weighs nothing does not pull', async () => {
    const rows = normals(4, 60, 2);
    const y = rows.map(([a, b], r) => (r < 10 ? 1000 : a! - b!));
    const sampleWeights = rows.map((_, r) => (r < 10 ? 0 : 1));
    const model = kept(await Regressor.fit(rows, y, { seed: 1, sampleWeights }));
    const errors = (model.predict(rows) as number[]).slice(10).map((v, r) => Math.abs(v - y[r + 10]!));
    expect(Math.max(...errors)).toBeLessThan(0.1);
    const weighted = model.evaluate(rows, y, { sampleWeights });
    const without = model.evaluate(rows.slice(10), y.slice(10));
    expect(weighted.mse).toBeCloseTo(without.mse, 12);
    expect(weighted.r2).toBeCloseTo(without.r2, 12);
  });

  test('all on one row: its target, for all we know', async () => {
    const sampleWeights = t.map((_, r) => (r === 5 ? 2 : 0));
    for (const hidden of [[], undefined]) {
      const model = kept(await Regressor.fit(X, t, { seed: 1, sampleWeights, ...(hidden && { hidden }) }));
      expect(model.predict([X[5]!])[0]).toBeCloseTo(t[5]!, 0);
      expect(model.predict(X).every((v) => Number.isFinite(v))).toBe(true);
    }
  });

  test('rows of weight 0 are no data: neither columns nor targets are scaled by them', async () => {
    const far = [...X, ...X.map(() => [1e9, -1e9])];
    const targets = [...t, ...t.map(() => 1e12)];
    const sampleWeights = targets.map((_, r) => (r < X.length ? 1 : 0));
    const model = kept(await Regressor.fit(far, targets, { ...QUICK, sampleWeights }));
    const without = kept(await Regressor.fit(X, t, { ...QUICK, sampleWeights: t.map(() => 1) }));
    expect(model.columns).toEqual(without.columns);
    expect(model.predict(X)).toEqual(without.predict(X));
  });

  test.each([
    ['too few', [1]],
    ['too many', [...t, 1]],
    ['all 0', t.map(() => 0)],
    ['negative', t.map((_, r) => r - 1)],
    ['NaN', t.map(() => Number.NaN)],
    ['strings', t.map(String)],
    ['bigints', t.map(() => 1n)],
  ])('refused in fit, partialFit and evaluate: %s', async (_, w) => {
    const model = kept(await Regressor.fit(X, t, { ...QUICK, epochs: 1 }));
    const options = { sampleWeights: w as number[] };
    await expect(model.fit(X, t, options)).rejects.toThrow(DataError);
    await expect(model.partialFit(X, t, options)).rejects.toThrow(DataError);
    expect(() => model.evaluate(X, t, options)).toThrow(DataError);
  });
});

describe('strange data', () => {
  test.each([1e30, 1e300, 1e-30, 1e-300])('inputs and targets of size %d', async (size) => {
    const rows = X.map((row) => row.map((v) => v * size));
    const targets = t.map((v) => v * size);
    const model = kept(await Regressor.fit(rows, targets, QUICK));
    const found = model.predict(rows) as number[];
    expect(
      r2(
        found.map((v) => v / size),
        t,
      ),
    ).toBeGreaterThan(0.95);
    expect(found.every(Number.isFinite)).toBe(true);
  });

  test('targets far from 0', async () => {
    const model = kept(
      await Regressor.fit(
        X,
        t.map((v) => v + 1e9),
        QUICK,
      ),
    );
    expect(
      r2(
        (model.predict(X) as number[]).map((v) => v - 1e9),
        t,
      ),
    ).toBeGreaterThan(0.95);
    expect(
      model.evaluate(
        X,
        t.map((v) => v + 1e9),
      ).r2,
    ).toBeGreaterThan(0.95);
  });

  test('targets that do not vary', async () => {
    const model = kept(
      await Regressor.fit(
        X,
        t.map(() => 42),
        { seed: 1 },
      ),
    );
    for (const v of model.predict(X) as number[]) expect(v).toBeCloseTo(42, 1);
    expect(
      model.evaluate(
        X,
        t.map(() => 42),
      ).r2,
    ).toBe(1);
  });

  test('one row is a fit', async () => {
    const model = kept(
      await Regressor.fit(
        [
          [1, 2],
          [1, 3],
        ],
        [7, 7],
        { seed: 1 },
      ),
    );
    expect(model.predict([[1, 2]])[0]).toBeCloseTo(7, 1);
    await expect(Regressor.fit([[1, 2]], [7], { seed: 1 })).rejects.toThrow(/one row is too few/);
  });

  test('more columns than rows, and columns that repeat each other', async () => {
    const rows = normals(12, 30, 60).map((v) => [...v, ...v]);
    const y = rows.map((v) => v[0]! + v[1]!);
    const model = kept(await Regressor.fit(rows, y, { seed: 1, hidden: [] }));
    expect(model.predict(rows).every((v) => Number.isFinite(v))).toBe(true);
    expect(r2(model.predict(rows) as number[], y)).toBeGreaterThan(0.3);
  });

  test.each([
    ['NaN', t.map((v, r) => (r === 9 ? Number.NaN : v)), { row: 9 }],
    ['Infinity', t.map((v, r) => (r === 9 ? Infinity : v)), { row: 9 }],
    ['gaps', t.map((v, r) => (r === 9 ? null : v)), { row: 9 }],
    ['strings', t.map((v, r) => (r === 9 ? String(v) : v)), { row: 9 }],
    ['bigints', t.map(() => 1n), { row: 0 }],
    ['ragged rows', t.map((v, r) => (r === 9 ? [v] : [v, v])), { row: 9 }],
    ['too few', t.slice(1), {}],
    ['none', [], {}],
    ['no columns', t.map(() => []), {}],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['a string', 'abc', {}],
  ])('targets refused: %s', async (_, targets, place) => {
    const model = kept(await Regressor.fit(X, t, { ...QUICK, epochs: 1 }));
    const before = model.predict(X);
    const used = heap.used;
    for (const call of [
      () => Regressor.fit(X, targets as never, { seed: 1 }),
      () => model.fit(X, targets as never),
      () => model.partialFit(X, targets as never),
      async () => model.evaluate(X, targets as never),
    ]) {
      const error = await call().then(
        () => undefined,
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(DataError);
      expect(error).toMatchObject(place);
    }
    expect(heap.used).toBeLessThanOrEqual(used);
    expect(model.predict(X)).toEqual(before);
  });

  test('a rate that makes the loss explode is retried smaller', async () => {
    const model = kept(await Regressor.fit(X, t, { ...QUICK, rate: 10 }));
    expect(model.history.reason).not.toBe('diverged');
    expect((model.predict(X) as number[]).every(Number.isFinite)).toBe(true);
  });

  test('validation that leaves no rows is refused', async () => {
    await expect(Regressor.fit(X.slice(0, 12), t.slice(0, 12), { ...QUICK, validation: 1e-3 })).rejects.toThrow(OptionError);
  });
});

test('partialFit goes on', async () => {
  const model = kept(await Regressor.fit(X.slice(0, 50), t.slice(0, 50), { ...QUICK, epochs: 5 }));
  const before = model.evaluate(X, t).mse;
  for (let i = 0; i < 30; i++) await model.partialFit(X, t);
  expect(model.evaluate(X, t).mse).toBeLessThan(before / 2);
  await expect(model.partialFit(X, X as never)).rejects.toThrow(/2 columns; expected 1/);
});

describe('a linear model', () => {
  const rows = normals(20, 100, 3);
  const y = rows.map(([a, b]) => 2 * a! + 0.1 * b!);

  test('that is solved says nothing of training, in a file either', async () => {
    const model = kept(await Regressor.fit(rows, y, { seed: 1, epochs: 7 }));
    expect(model.history.reason).toBe('solved');
    expect(Object.keys(model.history.chosen).sort()).toEqual(['by', 'candidates', 'folds', 'hidden', 'weightDecay']);
    const again = kept((await loadModel(model.toBytes())) as Regressor);
    expect(again.history.chosen).toEqual(model.history.chosen);
    // Earlier versions listed everything.
    const { config, ...json } = unchecked(model);
    const candidates = model.history.chosen.candidates.map(({ hidden, weightDecay, error }) => ({ hidden, weightDecay, error }));
    const chosen = { ...(config['recipe'] as object), ...model.history.chosen, candidates };
    const earlier = { ...json, config: { ...config, details: undefined, history: { ...(config['history'] as object), chosen } } };
    expect(kept(await Regressor.fromJSON(earlier)).history.chosen).toEqual(chosen);
  });

  test.each<RegressorOptions>([{ l1: 0.05 }, { inputNoise: 0.5 }, { validation: 0.2 }, { validation: 0.2, earlyStopping: true }])(
    'is trained with %o',
    async (options) => {
      const model = kept(await Regressor.fit(rows, y, { seed: 1, epochs: 40, ...options }));
      expect(model.history.chosen.candidates.some(({ hidden }) => hidden.length === 0)).toBe(true);
      const line = kept(await Regressor.fit(rows, y, { seed: 1, epochs: 40, hidden: [], ...options }));
      expect(line.history.reason).not.toBe('solved');
      expect(line.history.chosen.epochs).toBe(40);
      expect(line.history.validationLoss.length > 0).toBe(options.validation !== undefined);
    },
  );

  test.each<RegressorOptions>([
    { epochs: 3 },
    { rate: 0.01 },
    { momentum: 0.5 },
    { batchSize: 20 },
    { clip: { norm: 1 } },
    { average: 'polyak' },
    { order: 'sequential' },
  ])('that it is to be, is trained with %o', async (options) => {
    const model = kept(await Regressor.fit(rows, y, { seed: 1, hidden: [], ...options }));
    expect(model.history.reason).not.toBe('solved');
    for (const name of ['epochs', 'rate', 'momentum', 'batchSize'] as const)
      if (options[name] !== undefined) expect(model.history.chosen[name]).toBe(options[name]);
  });
});

test('a solved linear model can go on as well', async () => {
  const rows = normals(20, 100, 3);
  const y = rows.map(([a]) => 2 * a!);
  const model = kept(await Regressor.fit(rows, y, { seed: 1, hidden: [] }));
  expect(model.history.reason).toBe('solved');
  for (let i = 0; i < 100; i++)
    await model.partialFit(
      rows,
      y.map((v) => -v),
    );
  expect(
    model.evaluate(
      rows,
      y.map((v) => -v),
    ).r2,
  ).toBeGreaterThan(0.9);
});

test('fit, predict, dispose, 50 times: memory does not grow', async () => {
  const round = async () => {
    const model = await Regressor.fit(X.slice(0, 20), t.slice(0, 20), { seed: 1, hidden: 4, epochs: 2 });
    model.predict(X);
    await model.partialFit(X, t);
    await model.fit(X, t, {}).then((m) => m.dispose());
  };
  await round();
  const { used, size } = heap;
  for (let i = 0; i < 50; i++) await round();
  expect(heap.used).toBeLessThanOrEqual(used);
  expect(heap.size).toBe(size);
});
