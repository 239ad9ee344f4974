// Streams: models that partialFit begins or goes on with.

import { afterEach, describe, expect, test } from 'vitest';
import { change, fold } from '../../src/estimators/rescaling.js';
import {
  Classifier,
  type ClassifierOptions,
  DataError,
  type ModelJSON,
  Network,
  Regressor,
  type RegressorOptions,
  type Row,
  adam,
  dense,
  emphasize,
  gaussianNoise,
  loadModel,
  rprop,
  sgd,
} from '../../src/index.js';
import { draws, normals } from '../data/synthetic.js';
import { unchecked } from '../format/unchecked.js';

const living: { dispose(): void }[] = [];
afterEach(() => {
  for (const model of living.splice(0)) model.dispose();
});
function kept<M extends { dispose(): void }>(model: M): M {
  living.push(model);
  return model;
}

const SEEDS = [0, 1, 2, 3, 4];
const line = ([x]: readonly number[]) => 3 * x! + 1;

/** Rows of a stream, of which the first `count` measure in a unit of their own. */
function stream(seed: number, rows: number, count = 0, unit = 1): number[][] {
  return normals(seed, rows, 2).map((row, r) => (r < count ? row.map((v) => v * unit) : row));
}

/** A regressor on the line, by a first batch and then batches of one size. */
async function followed(rows: readonly number[][], first: number, size: number, options: RegressorOptions): Promise<Regressor> {
  const model = kept(new Regressor(options));
  for (let at = 0; at < rows.length; ) {
    const batch = rows.slice(at, at + (at === 0 ? first : size));
    await model.partialFit(batch, batch.map(line));
    at += batch.length;
  }
  return model;
}

const HELD = normals(999, 300, 2);
const r2 = (model: Regressor) => model.evaluate(HELD, HELD.map(line)).r2;

describe('a line, learned from a stream', () => {
  test.each([
    ['one row', 1, 1],
    ['two rows', 2, 1],
    ['three rows', 3, 1],
    ['thirty rows', 30, 1],
    ['thirty rows, as all later ones', 30, 30],
  ])('that begins with %s', async (_, first, size) => {
    // 0.92 and up.
    for (const seed of SEEDS) expect(r2(await followed(stream(seed + 1, 1200), first, size, { seed }))).toBeGreaterThan(0.9);
  });

  test('whose first rows lie a thousand times closer together', async () => {
    for (const first of [3, 30])
      for (const seed of SEEDS)
        expect(r2(await followed(stream(seed + 1, 1200, first, 1e-3), first, 5, { seed }))).toBeGreaterThan(0.9);
  });

  test('single rows lead to about what a fit on all of them does', async () => {
    const rows = stream(7, 2000);
    const all = r2(kept(await Regressor.fit(rows, rows.map(line), { seed: 1, hidden: [16], weightDecay: 1e-4, epochs: 20 })));
    expect(r2(await followed(rows, 1, 1, { seed: 1 }))).toBeGreaterThan(all - 0.03);
  });

  test.each<[string, RegressorOptions]>([
    ['no hidden units', { hidden: [] }],
    ['two hidden layers', { hidden: [8, 8] }],
    ['relu', { activation: 'relu' }],
    ['layer normalisation', { normalization: 'layer' }],
    ['batch normalisation', { normalization: 'batch' }],
    ['noise at the inputs', { inputNoise: 0.05 }],
    ['averages', { average: { decay: 0.99 } }],
    ['adam', { method: adam({ rate: 0.01 }) }],
    ['rprop', { method: rprop(), batchSize: 'full' }],
    ['emphasis', { order: 'emphasize' }],
    ['emphasis with settings', { order: emphasize({ exponent: 0.5 }) }],
    ['float64', { precision: 'float64' }],
  ])('by single rows with %s', async (_, options) => {
    expect(r2(await followed(stream(5, 600), 1, 1, { seed: 2, ...options }))).toBeGreaterThan(0.75);
  });

  test('steps on many inputs, and on wide layers, stay bounded', async () => {
    const rows = normals(3, 400, 60);
    const model = kept(new Regressor({ seed: 1, hidden: 64 }));
    for (const row of rows) {
      await model.partialFit([row], [row[0]! + row[1]!]);
      expect(model.history.reason).toBe('epochs');
    }
    const held = normals(4, 200, 60);
    const targets = held.map(([a, b]) => a! + b!);
    expect(model.evaluate(held, targets).mse).toBeLessThan(2.2); // their variance is 2
  });
});

describe('columns that are constant at first', () => {
  const draw = draws(11);
  const make = (rows: number, later: boolean) => {
    const flags = Array.from({ length: rows }, () => later && draw.uniform() < 0.5);
    const xs = flags.map(() => draw.normal());
    return { flags, xs, labels: flags.map((flag, r) => ((later ? flag : xs[r]! > 0) ? 'b' : 'a')) };
  };
  const forms: Record<string, (x: number, flag: boolean) => readonly number[] | Row> = {
    numbers: (x, flag) => [x, flag ? 1 : 0],
    booleans: (x, flag) => ({ x, flag }),
    strings: (x, flag) => ({ x, flag: flag ? 'yes' : 'no' }),
    'large numbers': (x, flag) => [x, flag ? 1.7e12 : 1.6e12],
    dates: (x, flag) => ({ x, flag: new Date(flag ? 1.7e12 : 1.6e12) }),
  };
  test.each(Object.entries(forms))('%s count once they vary', async (_, form) => {
    for (const seed of SEEDS) {
      const model = kept(new Classifier({ classes: ['a', 'b'], seed }));
      const learn = async (rows: number, later: boolean) => {
        const { xs, flags, labels } = make(rows, later);
        await model.partialFit(xs.map((x, r) => form(x, flags[r]!)) as Row[], labels);
      };
      await learn(30, false);
      for (let i = 0; i < 60; i++) await learn(30, true);
      const { xs, flags, labels } = make(300, true);
      const rows = xs.map((x, r) => form(x, flags[r]!)) as Row[];
      expect(model.evaluate(rows, labels).accuracy).toBeGreaterThan(0.97);
    }
  });

  test('a column of gaps in arrays is kept as well', async () => {
    const model = kept(new Regressor({ seed: 1, missing: 'mean' }));
    const gap = Number.NaN;
    await model.partialFit(
      [
        [1, gap],
        [2, gap],
      ],
      [1, 2],
    );
    expect(model.columns.map(({ kind }) => kind)).toEqual(['number', 'number']);
    for (let i = 0; i < 30; i++) await model.partialFit(stream(i + 1, 10), stream(i + 1, 10).map(line));
    expect(model.columns[1]).toMatchObject({ gaps: 2 });
  });

  test('a column of records that begins with gaps is one of numbers, or of dates; strings are refused where they come', async () => {
    const day = (i: number) => new Date(Date.UTC(2024, 0, 1 + 40 * i));
    for (const form of [(i: number) => i, day, (i: number) => day(i).toISOString(), (i: number) => i > 2] as const) {
      const model = kept(new Regressor({ seed: 1 }));
      const row = (k: number): Row => ({ a: (k * 7) % 5, b: k > 2 ? form(k % 6) : null });
      for (let k = 0; k < 400; k++) await model.partialFit([row(k)], [k > 2 ? (k % 6) / 2 : 0]);
      expect(model.columns[1]).toMatchObject({
        name: 'b',
        kind: form(0) instanceof Date || typeof form(0) === 'string' ? 'date' : 'number',
      });
      expect(model.evaluate([3, 4, 5, 6, 7, 8].map(row), [1.5, 2, 2.5, 0, 0.5, 1]).r2).toBeGreaterThan(0.5);
    }
    const model = kept(new Regressor({ seed: 1 }));
    await model.partialFit([{ a: 1, b: null }], [1]);
    const before = model.columns;
    await expect(
      model.partialFit(
        [
          { a: 1, b: null },
          { a: 2, b: 'x' },
        ],
        [1, 2],
      ),
    ).rejects.toThrow(/row 1, column "b": "x" is in a column that had no value in the first rows/);
    expect(model.columns).toEqual(before);
  });

  test('after a fit, which saw all rows that there were, they stay dropped', async () => {
    const rows = normals(1, 40, 1).map(([x]) => [x!, 7]);
    const model = kept(await Regressor.fit(rows, rows.map(line), { seed: 1, hidden: [] }));
    await model.partialFit([[1, 8]], [4]);
    expect(model.columns[1]).toMatchObject({ kind: 'dropped' });
  });
});

/** Steps so small that nothing is learned: what changes then is scaling alone. */
const STILL = { rate: 1e-300, momentum: 0, weightDecay: 0, precision: 'float64', seed: 3 } as const;

describe('scalings follow without a change of what was learned', () => {
  const draw = draws(21);
  const cities = ['Bern', 'Rome', 'Oslo'];
  const record = (scale: number, mean: number): Row => ({
    a: mean + scale * draw.normal(),
    b: draw.uniform() < 0.3 ? null : scale * draw.normal(),
    city: cities[draw.below(3)]!,
    day: new Date(1.6e12 + 1e9 * scale * draw.normal()),
  });
  const target = ({ a }: Row) => 5 + 2 * (a as number);

  test.each<[string, RegressorOptions]>([
    ['hidden units', { hidden: [7] }],
    ['two layers', { hidden: [5, 4] }],
    ['no hidden units', { hidden: [] }],
    ['norms and noise', { hidden: [6], normalization: 'layer', inputNoise: 0.1, dropout: 0.1 }],
    ['averages', { hidden: [6], average: 'polyak' }],
    ['a velocity', { hidden: [6], momentum: 0.9 }],
  ])('with %s', async (_, options) => {
    const rows = Array.from({ length: 60 }, () => record(1, 0));
    const model = kept(new Regressor({ ...STILL, ...options }));
    for (const part of [rows.slice(0, 50), rows.slice(50)]) {
      await model.partialFit(part, part.map(target), { epochs: 1 });
    }
    for (let i = 0; i < 5; i++) await model.partialFit(rows, rows.map(target)); // 360 rows
    const before = model.predict(rows) as number[];
    const gaps = rows.map(({ b }) => b === null);
    expect(gaps.filter(Boolean).length).toBeGreaterThan(5);
    for (const [scale, mean] of [
      [1, 0.5],
      [20, -30],
      [0.1, 2],
    ] as const) {
      const { columns } = model;
      const more = Array.from({ length: 25 }, () => record(scale, mean));
      await model.partialFit(more, more.map(target));
      expect(model.columns).not.toEqual(columns);
      const after = model.predict(rows) as number[];
      after.forEach((v, r) => {
        expect(Math.abs(v - before[r]!)).toBeLessThan(1e-9 * Math.max(1, Math.abs(before[r]!)));
      });
    }
  });

  test('of probabilities, after a fit, in float32', async () => {
    const X = normals(5, 150, 3);
    const y = X.map(([a, b]) => (a! + b! > 0 ? 'p' : 'n'));
    const model = kept(await Classifier.fit(X, y, { hidden: [8], weightDecay: 1e-3, epochs: 30, seed: 1 }));
    const before = model.predictProbabilities(X).flat();
    const json = unchecked(model) as ModelJSON & { config: { options: object } };
    const config = { ...json.config, options: { ...json.config.options, rate: 1e-30 } };
    const still = kept(await Classifier.fromJSON({ ...json, config }));
    const more = normals(6, 50, 3).map((row) => row.map((v) => 3 + 5 * v));
    await still.partialFit(
      more,
      more.map(([a, b]) => (a! + b! > 0 ? 'p' : 'n')),
    );
    expect(still.columns).not.toEqual(model.columns);
    still
      .predictProbabilities(X)
      .flat()
      .forEach((p, i) => {
        expect(Math.abs(p - before[i]!)).toBeLessThan(2e-5);
      });
  });

  test('what folding changes: kernels by the factor, biases by the shift; velocities alike, without constants', async () => {
    const layers = [gaussianNoise(0.1), dense(3, { activation: 'tanh' }), dense(2)];
    const network = kept(await Network.create({ inputs: 2, layers, loss: 'meanSquaredError', precision: 'float64', seed: 1 }));
    const input = (mean: number, scale: number) => ({
      mean,
      scale,
      placed: true,
      known: true,
      rough: false,
      indicator: undefined,
    });
    const scalings = (by: number) => ({
      inputs: [input(by, 2), input(-1, 1 + by)],
      targets: [
        { mean: by, scale: 1 + by, known: true },
        { mean: 2, scale: 3 - by, known: true },
      ],
    });
    const [from, to] = [scalings(0), scalings(0.75)];
    const raw = normals(8, 10, 2);
    const outputs = ({ inputs, targets }: typeof from) => {
      const data = raw.map((row) => row.map((v, i) => (v - inputs[i]!.mean) / inputs[i]!.scale));
      return Array.from(network.predict(data), (v, i) => targets[i % 2]!.mean + targets[i % 2]!.scale * v);
    };
    const { state } = await network.fitWithState(normals(9, 20, 2), normals(10, 20, 2), {
      method: sgd({ rate: 0.01 }),
      epochs: 2,
    });
    const before = outputs(from);
    const velocity = state!.vectors['velocity']!;
    const theta = network.theta.read();
    const moved = fold(network, state, change(from, to))!;
    outputs(to).forEach((v, i) => {
      expect(v).toBeCloseTo(before[i]!, 12);
    });
    // A step along the velocity is the same step before and after.
    const now = network.theta.read();
    network.theta.view().set(theta.map((v, i) => v + velocity[i]!));
    const stepped = outputs(from);
    network.theta.view().set(now.map((v, i) => v + moved.vectors['velocity']![i]!));
    outputs(to).forEach((v, i) => {
      expect(v).toBeCloseTo(stepped[i]!, 12);
    });
  });
});

describe('means and scales are those of all rows so far', () => {
  const rows = normals(31, 90, 2).map(([a, b], r) => [1e6 + 3 * a! + r / 10, b! / 1000]);
  const targets = rows.map(([, b]) => 7 + b!);
  const spread = (values: readonly number[]) => {
    const mean = values.reduce((s, v) => s + v / values.length, 0);
    return { mean, scale: Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2 / values.length, 0)) };
  };
  const requireThem = (model: Regressor) => {
    for (const c of [0, 1]) {
      const { mean, scale } = spread(rows.map((row) => row[c]!));
      const column = model.columns[c] as { mean: number; scale: number };
      expect(Math.abs(column.mean - mean)).toBeLessThan(1e-9 * scale);
      expect(column.scale / scale).toBeCloseTo(1, 9);
    }
    const coding = (model.toJSON().config as { coding: { scalings: { mean: number; scale: number }[] } }).coding.scalings[0]!;
    const { mean, scale } = spread(targets);
    expect(Math.abs(coding.mean - mean)).toBeLessThan(1e-9 * scale);
    expect(coding.scale / scale).toBeCloseTo(1, 9);
  };

  test.each([1, 7, 45])('in batches of %i', async (size) => {
    const model = kept(new Regressor({ seed: 1, hidden: 4 }));
    for (let at = 0; at < rows.length; at += size)
      await model.partialFit(rows.slice(at, at + size), targets.slice(at, at + size));
    requireThem(model);
  });

  test('behind those of a fit, also of a file', async () => {
    const model = kept(await Regressor.fit(rows.slice(0, 40), targets.slice(0, 40), { seed: 1, hidden: 4, epochs: 2 }));
    await model.partialFit(rows.slice(40, 60), targets.slice(40, 60));
    const copy = kept((await loadModel(model.toBytes())) as Regressor);
    expect(copy.toBytes()).toEqual(model.toBytes());
    expect(copy.predict(rows)).toEqual(model.predict(rows));
    expect(copy.history).toEqual({ ...model.history, time: 0 });
    for (const one of [model, copy]) {
      await one.partialFit(rows.slice(60), targets.slice(60));
      requireThem(one);
    }
  });

  test('files of earlier versions, which do not know how many rows there were, keep their scalings', async () => {
    const model = kept(await Regressor.fit(rows, targets, { seed: 1, hidden: 4, epochs: 2 }));
    const { config, ...json } = unchecked(model);
    const { running: _, ...earlier } = config;
    const old = kept(await Regressor.fromJSON({ ...json, config: earlier }));
    const { columns } = old;
    await old.partialFit(rows.slice(0, 10), targets.slice(0, 10));
    expect(old.columns).toBe(columns);
    expect(old.predict(rows)).toHaveLength(rows.length);
  });

  test('damaged ones are refused', async () => {
    const model = kept(new Regressor({ seed: 1, hidden: 4 }));
    await model.partialFit(rows, targets);
    const json = unchecked(model);
    const running = json.config['running'] as { columns: { spreads: unknown[] } };
    for (const spreads of [[], [[1, 2], null], [[10, -1, 0, 1], null], [[10, 1, 3, 1], null]]) {
      const config = { ...json.config, running: { ...running, columns: { ...running.columns, spreads } } };
      await expect(Regressor.fromJSON({ ...json, config })).rejects.toThrow(/running\.columns\.spreads/);
    }
  });

  test('decorrelated inputs keep the directions of the first rows, of which one is not enough', async () => {
    const model = kept(new Regressor({ seed: 1, hidden: 4, decorrelate: true }));
    await expect(model.partialFit(rows.slice(0, 1), [7])).rejects.toThrow(/one row has no directions/);
    await model.partialFit(rows.slice(0, 30), targets.slice(0, 30));
    const { columns } = model;
    await model.partialFit(rows.slice(30), targets.slice(30));
    expect(model.columns).toEqual(columns);
  });
});

describe('the record', () => {
  const rows = stream(41, 400);

  test('is that of the last call', async () => {
    const model = kept(await Regressor.fit(rows, rows.map(line), { seed: 1, hidden: [6], epochs: 5 }));
    const { by, candidates } = model.history.chosen;
    await model.partialFit(rows.slice(0, 20), rows.slice(0, 20).map(line), { epochs: 3 });
    expect(model.history.loss).toHaveLength(3);
    expect(model.history).toMatchObject({ reason: 'epochs', epochs: 3, chosen: { hidden: [6], by, candidates } });
    const begun = kept(new Regressor({ seed: 1 }));
    await begun.partialFit(rows.slice(0, 1), [1]);
    expect(begun.hasHistory).toBe(true);
    expect(begun.history).toMatchObject({ reason: 'epochs', epochs: 1, chosen: { by: 'rule', folds: 0, candidates: [] } });
    expect(kept((await loadModel(begun.toBytes())) as Regressor).history).toEqual({ ...begun.history, time: 0 });
  });

  test.each([
    ['batches', 50, 5],
    ['single rows', 1, 5],
    ['single rows, and a rate not far from a good one', 1, 0.3],
  ])('says where training diverges, by %s', async (_, size, rate) => {
    for (const seed of SEEDS) {
      const model = kept(new Regressor({ seed, rate, hidden: 8 }));
      let diverged = 0;
      for (let at = 0; at < rows.length; at += size) {
        const batch = rows.slice(at, at + size);
        await model.partialFit(batch, batch.map(line));
        if (model.history.reason !== 'diverged') continue;
        diverged++;
        expect(model.history.advice).toMatch(/try a rate of .* or less/);
      }
      expect(diverged).toBeGreaterThan(2);
      for (const w of model.predict(HELD) as number[]) expect(Math.abs(w)).toBeLessThan(1e3);
    }
  });

  test('and the model goes on from weights that were good', async () => {
    const model = kept(new Regressor({ seed: 1, method: sgd({ rate: (epoch) => (epoch === 200 ? 30 : 0.005) }), hidden: 8 }));
    for (const row of rows.slice(0, 200)) await model.partialFit([row], [line(row)]);
    const before = r2(model);
    await model.partialFit(rows.slice(200, 232), rows.slice(200, 232).map(line));
    expect(model.history.reason).toBe('diverged');
    expect(r2(model)).toBeGreaterThan(before - 0.1);
    for (const row of rows.slice(232)) await model.partialFit([row], [line(row)]);
    expect(r2(model)).toBeGreaterThan(0.9);
  });

  test('a stream that turns, and a row far from all others, are no divergence', async () => {
    for (const hidden of [[], [8]]) {
      const model = kept(await Regressor.fit(rows, rows.map(line), { seed: 1, hidden, epochs: 30 }));
      const raised = (row: readonly number[]) => line(row) + 60;
      for (const row of stream(42, 1500)) {
        await model.partialFit([row], [raised(row)]);
        expect(model.history.reason).toBe('epochs');
      }
      expect(model.evaluate(HELD, HELD.map(raised)).r2).toBeGreaterThan(0.5);
      const other = kept(await Regressor.fit(rows, rows.map(line), { seed: 1, hidden, epochs: 30 }));
      await other.partialFit([[500, 1]], [1501]);
      expect(other.history.reason).toBe('epochs');
      expect(r2(other)).toBeGreaterThan(0.5);
    }
  });
});

describe('a call', () => {
  const rows = stream(51, 60);

  test('on one row begins a classifier that knows its labels; otherwise the message says what is missing', async () => {
    const heads: ClassifierOptions[] = [{}, { loss: 'meanSquaredError' }, { loss: 'hinge' }, { normalization: 'batch' }];
    for (const options of heads) {
      const model = kept(new Classifier({ classes: ['a', 'b'], seed: 1, ...options }));
      await model.partialFit([[1, 2]], ['a']);
      expect(model.predictProbabilities([[1, 2]])[0]!.every((p) => p >= 0 && p <= 1)).toBe(true);
    }
    await expect(kept(new Classifier({ seed: 1 })).partialFit([[1, 2]], ['a'])).rejects.toThrow(/the option classes/);
    expect(
      await kept(new Regressor({ seed: 1 }))
        .partialFit([[1, 2]], [3])
        .then((m) => m.predict([[1, 2]])),
    ).toHaveLength(1);
  });

  test('that fails leaves the model as it was', async () => {
    const model = kept(new Classifier({ classes: ['a', 'b'], seed: 1, hidden: 4 }));
    const labels = rows.map(([x]) => (x! > 0 ? 'a' : 'b'));
    await model.partialFit(rows, labels);
    const before = model.toBytes();
    const far = rows.map((row) => row.map((v) => v * 100));
    await expect(
      model.partialFit(
        far,
        rows.map(() => 'c'),
      ),
    ).rejects.toThrow(DataError);
    await expect(model.partialFit(far, labels, { sampleWeights: rows.map(() => 0) })).rejects.toThrow();
    await expect(model.partialFit([[1, Number.NaN]], ['a'])).rejects.toThrow(DataError);
    expect(model.toBytes()).toEqual(before);
    const columns = model.columns;
    await model.partialFit(far, labels, { signal: AbortSignal.abort() });
    expect(model.history.reason).toBe('signal');
    expect(model.columns).toBe(columns);
  });

  test('with the same seed gives the same bits, however many threads there are, and in the background', async () => {
    const run = async (options: RegressorOptions, background: boolean) => {
      const model = kept(new Regressor({ seed: 1, ...options }));
      for (let at = 0; at < rows.length; at += 12) {
        const batch = rows.slice(at, at + 12);
        await model.partialFit(batch, batch.map(line), { background });
      }
      return model.predict(HELD);
    };
    const one = await run({ threads: 1 }, false);
    expect(await run({ threads: 1 }, false)).toEqual(one);
    expect(await run({ threads: 2 }, false)).toEqual(one);
    expect(await run({ threads: 1 }, true)).toEqual(one);
  });
});
