// Searches over models whose scores are known, and over the library's own.

import { describe, expect, expectTypeOf, test } from 'vitest';
import { Classifier, GridSearch, OptionError, RandomSearch, Regressor, crossValidate } from '../../src/index.js';
import { balancedAccuracy } from '../../src/metrics/index.js';

/** A model whose accuracy follows from its settings alone; it remembers how many rows it saw. */
class Known {
  static fits: { score: number; rows: number }[] = [];
  static alive = 0;

  constructor(private readonly score: number) {
    Known.alive++;
  }

  async fit(X: number[][]): Promise<void> {
    Known.fits.push({ score: this.score, rows: X.length });
  }

  predict(X: number[][]): number[] {
    return X.map(() => this.score);
  }

  evaluate() {
    return { accuracy: this.score, loss: 1 - this.score };
  }

  dispose(): void {
    Known.alive--;
  }
}

const X = Array.from({ length: 90 }, (_, i) => [i]);
const Y = X.map(([x]) => x! % 2);

test('a grid: every combination, the best first, and a model of it on all rows', async () => {
  Known.fits = [];
  const search = new GridSearch(({ a, b }) => new Known(a + b), { a: [0.1, 0.3, 0.2], b: [0.05, 0.01] }, { folds: 3 });
  await search.fit(X, Y);
  expect(search.trials.map(({ score }) => Number(score.toFixed(6)))).toEqual([0.35, 0.31, 0.25, 0.21, 0.15, 0.11]);
  expect(search.best.settings).toEqual({ a: 0.3, b: 0.05 });
  expectTypeOf(search.best.settings).toEqualTypeOf<{ a: 0.1 | 0.3 | 0.2; b: 0.05 | 0.01 }>;
  expect(Known.fits).toHaveLength(6 * 3 + 1);
  expect(Known.fits.at(-1)).toEqual({ score: 0.35, rows: 90 });
  expect(search.predict([[1]] as never)).toEqual([0.35]);
  expect(Known.alive).toBe(1);
  search.dispose();
  expect(Known.alive).toBe(0);
  expect(() => search.best).toThrow('not been fitted');
});

test('less is better of losses, and of what somebody says', async () => {
  const grid = { score: [0.2, 0.9, 0.5] };
  const make = ({ score }: { score: number }) => new Known(score);
  const byLoss = await new GridSearch(make, grid, { metric: 'loss', refit: false }).fit(X, Y);
  expect(byLoss.best.settings.score).toBe(0.9);
  const least = await new GridSearch(make, grid, { metric: 'accuracy', minimize: true, refit: false }).fit(X, Y);
  expect(least.best.settings.score).toBe(0.2);
  const wild = await new GridSearch(make, { score: [Number.NaN, 0.1] }, { refit: false }).fit(X, Y);
  expect(wild.best.settings.score).toBe(0.1);
  await expect(new GridSearch(make, grid, { metric: 'auc' }).fit(X, Y)).rejects.toThrow(
    'GridSearch.metric is "auc"; expected one of "accuracy"',
  );
});

test('halving: many candidates on few rows, few on all', async () => {
  Known.fits = [];
  const score = Array.from({ length: 9 }, (_, i) => i / 10);
  const seen: number[] = [];
  const search = new GridSearch(
    (settings) => new Known(settings.score),
    { score },
    {
      folds: 2,
      halving: 3,
      refit: false,
      onTrial: ({ rows }) => seen.push(rows),
    },
  );
  const many = Array.from({ length: 900 }, (_, i) => [i]);
  await search.fit(
    many,
    many.map(() => 0),
  );
  expect(seen).toEqual([...new Array(9).fill(100), ...new Array(3).fill(300), 900]);
  expect(search.best).toMatchObject({ settings: { score: 0.8 }, rows: 900 });
  expect(search.trials).toHaveLength(13);
});

test('halving in order of time learns from the latest rows', async () => {
  const latest: number[] = [];
  class Late extends Known {
    override async fit(rows: number[][]): Promise<void> {
      latest.push(rows[0]![0]!);
    }
  }
  const search = new GridSearch(
    ({ score }) => new Late(score),
    { score: [1, 2, 3] },
    { folds: 2, order: 'time', halving: 3, refit: false },
  );
  await search.fit(X, Y);
  expect(Math.min(...latest.slice(0, 6))).toBe(60);
});

describe('random draws', () => {
  const space = {
    rate: { min: 1e-4, max: 1, log: true },
    units: { min: 1, max: 4, integer: true },
    share: { min: 0, max: 2 },
    name: ['a', 'b'],
    own: (random: () => number) => (random() < 0.5 ? 'low' : 'high'),
  } as const;

  test('come from where they are said to, evenly, and the same for a seed', async () => {
    const drawn = async (seed: number) => {
      const search = new RandomSearch(() => new Known(1), space, { trials: 400, folds: 2, refit: false, seed });
      await search.fit(X.slice(0, 4), Y.slice(0, 4));
      return search.trials.map(({ settings }) => settings);
    };
    const draws = await drawn(7);
    expectTypeOf(draws[0]!).toEqualTypeOf<{ rate: number; units: number; share: number; name: 'a' | 'b'; own: 'low' | 'high' }>;
    expect(await drawn(7)).toEqual(draws);
    expect(await drawn(8)).not.toEqual(draws);
    // Of 400 draws, a share of p is within 5 standard deviations of p.
    const share = (of: (settings: (typeof draws)[number]) => boolean, p: number) =>
      expect(Math.abs(draws.filter(of).length / 400 - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 400));
    share(({ rate }) => rate < 1e-2, 0.5);
    share(({ share: s }) => s < 0.5, 0.25);
    for (const n of [1, 2, 3, 4]) share(({ units }) => units === n, 0.25);
    share(({ name }) => name === 'a', 0.5);
    share(({ own }) => own === 'low', 0.5);
    expect(draws.every(({ rate, share: s }) => rate >= 1e-4 && rate <= 1 && s >= 0 && s <= 2)).toBe(true);
  });
});

test('the library’s models, a metric of one’s own, groups, and a search within cross-validation', async () => {
  const rows = Array.from({ length: 80 }, (_, i) => ({ width: i % 8, height: (i * 3) % 7 }));
  const labels = rows.map(({ width, height }) => (width > height ? 'wide' : 'tall'));
  const make = (settings: { hidden: number }) => new Classifier({ ...settings, epochs: 20, members: 1, seed: 1 });
  const search = new GridSearch(
    make,
    { hidden: [1, 8] },
    {
      folds: 3,
      groups: rows.map((_, i) => i % 10),
      metrics: { balanced: balancedAccuracy },
      metric: 'balanced',
    },
  );
  await search.fit(rows, labels, { sampleWeights: rows.map(() => 2) });
  expect(search.best.score).toBeGreaterThan(0.5);
  expect(search.predict(rows)).toHaveLength(80);
  expect(search.evaluate(rows, labels as never).accuracy).toBeGreaterThan(0.5);
  search.dispose();
  const targets = rows.map(({ width, height }) => width - height);
  const nested = await crossValidate(
    () =>
      new GridSearch(
        (settings) => new Regressor({ ...settings, epochs: 5, hidden: 4, members: 1, seed: 1 }),
        { weightDecay: [1e-4, 1] },
        { folds: 2 },
      ),
    rows,
    targets,
    { folds: 2 },
  );
  expect(nested.mean['r2']).toBeGreaterThan(0);
});

test('refused', async () => {
  const make = () => new Known(1);
  expect(() => new GridSearch(make, { a: [] })).toThrow(OptionError);
  expect(() => new GridSearch('Classifier' as never, { a: [1] })).toThrow('GridSearch.make');
  expect(() => new GridSearch(make, { a: [1] }, { halving: 1 })).toThrow('halving');
  expect(() => new RandomSearch(make, { a: { min: 2, max: 1 } })).toThrow('RandomSearch.space');
  expect(() => new RandomSearch(make, { a: { min: 0, max: 1, log: true } })).toThrow(OptionError);
  expect(() => new RandomSearch(make, { a: { min: 0.2, max: 0.8, integer: true } })).toThrow('integer: one between them');
  expect(() => new RandomSearch(make, { a: { min: 1, max: 2, logarithmic: true } as never })).toThrow('RandomSearch.space');
  expect(() => new RandomSearch(make, { a: [1] }, { trials: 0 })).toThrow('trials');
  expect(() => new RandomSearch(make, { a: [1] }, null as never)).toThrow(OptionError);
  expect(() => new GridSearch(make, { a: [1] }, { trials: 5 } as never)).toThrow('trials');
  const aborted = new GridSearch(make, { a: [1] }).fit(X, Y, { signal: AbortSignal.abort(new Error('stop')) });
  await expect(aborted).rejects.toThrow('stop');
});
