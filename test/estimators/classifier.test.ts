// Classifier: labels in, labels out.

import { afterEach, describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import {
  type DenseLayer,
  Classifier,
  type ClassifierOptions,
  DataError,
  DisposedError,
  EfficientBackpropError,
  type FitProgress,
  type Label,
  NotFittedError,
  OptionError,
} from '../../src/index.js';
import { birds, blobs, draws } from '../data/synthetic.js';

const living: Classifier[] = [];
afterEach(() => {
  for (const model of living.splice(0)) model.dispose();
});
function kept(model: Classifier): Classifier {
  living.push(model);
  return model;
}

/** Small, fast, and with nothing to choose. */
const QUICK = { hidden: 8, weightDecay: 1e-3, epochs: 30, seed: 1 } satisfies ClassifierOptions;

const { X, y } = blobs(1, 150);

describe('by default', () => {
  test('records of birds with gaps are told apart, and the history says what was chosen', async () => {
    const train = birds(1, 240);
    const held = birds(2, 120);
    const used = heap.used;
    const model = await Classifier.fit(train.records, train.labels, { seed: 1 });
    const { accuracy, classes } = model.evaluate(held.records, held.labels);
    expect(accuracy).toBeGreaterThan(0.95);
    expect(classes).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
    const { chosen, seed } = model.history;
    expect(seed).toBe(1);
    expect(chosen.by).toBe('cross-validation');
    expect(chosen.folds).toBeGreaterThanOrEqual(3);
    expect(chosen.candidates.length).toBeGreaterThan(2);
    const pick = chosen.candidates.find((c) => c.weightDecay === chosen.weightDecay && c.hidden.join() === chosen.hidden.join())!;
    // The best of its kind; and beaten by more than the noise only if it is the simpler kind.
    const ofKind = chosen.candidates.filter((c) => (c.hidden.length === 0) === (pick.hidden.length === 0));
    expect(pick.error).toBe(Math.min(...ofKind.map((c) => c.error)));
    expect(model.layers.slice(0, -1).map((layer) => (layer as DenseLayer).units)).toEqual(chosen.hidden);
    model.dispose();
    expect(heap.used).toBeLessThanOrEqual(used);
  });

  test('the same seed gives the same choice and the same bits, another one others', async () => {
    const few = { X: X.slice(0, 60), y: y.slice(0, 60) };
    const fit = async (seed: number) => kept(await Classifier.fit(few.X, few.y, { seed }));
    const [a, b, c] = [await fit(4), await fit(4), await fit(5)];
    expect(b.history.chosen).toEqual(a.history.chosen);
    expect(b.predictProbabilities(X)).toEqual(a.predictProbabilities(X));
    expect(b.toBytes()).toEqual(a.toBytes());
    expect(b.toBytes()).toEqual(a.toBytes());
    expect(c.predictProbabilities(X)).not.toEqual(a.predictProbabilities(X));
  });
});

describe('labels', () => {
  const kinds: [string, readonly [Label, Label, Label]][] = [
    ['strings', ['setosa', 'virginica', 'versicolor']],
    ['numbers', [10, -3.5, 2]],
    ['odd strings', ['__proto__', '', 'constructor']],
    ['unicode', ['ü', '🐧', '日本']],
  ];
  test.each(kinds)('%s come back as they are', async (_, names) => {
    const labels = y.map((c) => names[c]!);
    const sorted = [...names].sort((a, b) => (a < b ? -1 : 1));
    // '' is a gap unless it is announced.
    const model = kept(await Classifier.fit(X, labels, names.includes('') ? { ...QUICK, classes: sorted } : QUICK));
    expect(model.evaluate(X, labels).accuracy).toBeGreaterThan(0.9);
    const found = model.predict(X);
    expect(found.filter((l, r) => l === labels[r]).length / 150).toBe(model.evaluate(X, labels).accuracy);
    expect(model.classes).toEqual(sorted);
  });

  test('booleans', async () => {
    const labels = y.map((c) => c === 1);
    const model = kept(await Classifier.fit(X, labels, QUICK));
    expect(model.classes).toEqual([false, true]);
    expect(new Set(model.predict(X))).toEqual(new Set([false, true]));
  });

  test('typed arrays of labels', async () => {
    const model = kept(await Classifier.fit(X, Int32Array.from(y), QUICK));
    expect(model.classes).toEqual([0, 1, 2]);
  });

  test.each([
    ['one class only', y.map(() => 'a'), /all are "a"/],
    ['NaN', y.map((c, r) => (r === 7 ? Number.NaN : c)), /row 7.*NaN/],
    ['Infinity', y.map((c, r) => (r === 7 ? Infinity : c)), /row 7.*Infinity/],
    ['gaps', y.map((c, r) => (r === 7 ? null : c)), /row 7.*null/],
    ['undefined', y.map((c, r) => (r === 7 ? undefined : c)), /row 7.*undefined/],
    ['mixed types', y.map((c, r) => (r === 7 ? '1' : c)), /row 7.*string.*number/],
    ['bigints', y.map(BigInt), /row 0/],
    ['rows', y.map((c) => [c]), /row 0/],
    ['too few', y.slice(1), /149.*150/],
    ['none', [], /0.*150/],
    ['a string', 'x'.repeat(150), /array of 150 labels/],
    ['null', null, /array of 150 labels/],
    ['nothing', undefined, /array of 150 labels/],
  ])('refused: %s', async (_, labels, message) => {
    const used = heap.used;
    await expect(Classifier.fit(X, labels as never, QUICK)).rejects.toThrow(DataError);
    await expect(Classifier.fit(X, labels as never, QUICK)).rejects.toThrow(message);
    expect(heap.used).toBeLessThanOrEqual(used);
  });

  test('unseen in training: refused by evaluate and partialFit, with the row', async () => {
    const model = kept(await Classifier.fit(X, y.map(String), QUICK));
    const before = model.predictProbabilities(X);
    const labels = y.map((c, r) => (r === 3 ? '7' : String(c)));
    expect(() => model.evaluate(X, labels)).toThrow(/row 3.*"7" is not one of the classes "0", "1", "2"/);
    await expect(model.partialFit(X, labels)).rejects.toMatchObject({ name: 'DataError', row: 3 });
    expect(() => model.evaluate(X, y)).toThrow(DataError); // numbers are not strings
    expect(model.predictProbabilities(X)).toEqual(before);
  });

  test('announced ones may be missing, others are refused', async () => {
    const classes = ['2', '0', 'never', '1'];
    const model = kept(await Classifier.fit(X, y.map(String), { ...QUICK, classes }));
    expect(model.classes).toEqual(classes);
    expect(model.predictProbabilities(X)[0]).toHaveLength(4);
    expect(model.evaluate(X, y.map(String)).accuracy).toBeGreaterThan(0.9);
    await expect(Classifier.fit(X, y.map(String), { ...QUICK, classes: ['0', '1'] })).rejects.toThrow(/row 2/);
    const one = kept(
      await Classifier.fit(
        X,
        X.map(() => '0'),
        { ...QUICK, classes },
      ),
    );
    expect(new Set(one.predict(X))).toEqual(new Set(['0']));
  });
});

test('probabilities are ≥ 0, sum to 1, and their largest is the prediction', async () => {
  const labels = y.map((c) => ['x', 'y', 'z'][c]!);
  const model = kept(await Classifier.fit(X, labels, QUICK));
  const found = model.predictProbabilities(X);
  found.forEach((p, r) => {
    expect(Math.min(...p)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(p.reduce((a, b) => a + b) - 1)).toBeLessThan(3 * 2 ** -23);
    expect(model.classes[p.indexOf(Math.max(...p))]).toBe(model.predict(X)[r]);
  });
  const { logLoss, loss } = model.evaluate(X, labels);
  const naive = found.reduce((sum, p, r) => sum - Math.log(p[y[r]!]!) / 150, 0);
  expect(logLoss).toBe(loss);
  expect(logLoss).toBeCloseTo(naive, 5);
});

describe('weights', () => {
  // Two overlapping classes, nine to one.
  const draw = draws(5);
  const rare = Array.from({ length: 300 }, (_, r) => (r % 10 === 0 ? 'rare' : 'common'));
  const rows = rare.map((l) => [draw.normal() + (l === 'rare' ? 1.5 : 0), draw.normal()]);
  const recall = async (options: object) => {
    const model = await Classifier.fit(rows, rare, { hidden: [], weightDecay: 1e-4, epochs: 40, seed: 1, ...options });
    const found = model.evaluate(rows, rare).recall[1]!;
    const probabilities = model.predictProbabilities(rows);
    model.dispose();
    return { found, probabilities };
  };

  test('balanced classes: the rare one is found; the same as by name, by Map, by row', async () => {
    const plain = await recall({});
    const balanced = await recall({ classWeights: 'balanced' });
    expect(balanced.found).toBeGreaterThan(plain.found + 0.2);
    const named = { common: 300 / (2 * 270), rare: 300 / (2 * 30) };
    for (const options of [
      { classWeights: named },
      { classWeights: new Map(Object.entries(named)) },
      { sampleWeights: rare.map((l) => named[l as 'rare']) },
    ]) {
      expect((await recall(options)).probabilities).toEqual(balanced.probabilities);
    }
  });

  test('sample weights count in evaluation', async () => {
    const model = kept(await Classifier.fit(rows, rare, QUICK));
    const w = rare.map((l) => (l === 'rare' ? 9 : 1));
    const { confusionMatrix, accuracy } = model.evaluate(rows, rare);
    const weighted = model.evaluate(rows, rare, { sampleWeights: w });
    expect(weighted.confusionMatrix[1]).toEqual(confusionMatrix[1]!.map((n) => 9 * n));
    expect(weighted.accuracy).not.toBe(accuracy);
  });

  test('of a single row, or of one class', async () => {
    const single = rare.map((_, r) => (r === 0 ? 1 : 0));
    const model = kept(await Classifier.fit(rows, rare, { seed: 1, sampleWeights: single }));
    expect(model.predict([rows[0]!])).toEqual(['rare']);
    const halves = kept(
      await Classifier.fit(rows.slice(0, 40), rare.slice(0, 40), { seed: 1, classWeights: { rare: 1, common: 0 } }),
    );
    expect(new Set(halves.predict(rows))).toEqual(new Set(['rare']));
    // What it chose by is in the history, and numbers all through.
    expect(halves.history.chosen.candidates.every((c) => Number.isFinite(c.error))).toBe(true);
  });

  test.each([
    [{ sampleWeights: [1] }, DataError],
    [{ sampleWeights: rare.map(() => 0) }, DataError],
    [{ sampleWeights: rare.map((_, r) => (r === 9 ? -1 : 1)) }, DataError],
    [{ sampleWeights: rare.map(() => Number.NaN) }, DataError],
    [{ sampleWeights: rare.map(() => '1') }, DataError],
    [{ sampleWeights: rare.map(() => 1n) }, DataError],
    [{ classWeights: { rare: 1 } }, OptionError],
    [{ classWeights: { rare: 1, common: -1 } }, OptionError],
    [{ classWeights: new Map([['rare', 1]]) }, OptionError],
    [{ classWeights: [1, 1] }, OptionError],
  ])('refused: case %#', async (options, kind) => {
    const used = heap.used;
    await expect(recall(options as object)).rejects.toThrow(kind);
    expect(heap.used).toBeLessThanOrEqual(used);
  });
});

describe('partialFit', () => {
  test('goes on: columns and classes stay, scalings follow, what was learned is improved', async () => {
    const model = kept(await Classifier.fit(X.slice(0, 60), y.slice(0, 60), { ...QUICK, epochs: 2 }));
    const { classes } = model;
    const before = model.evaluate(X, y).loss;
    for (let i = 0; i < 20; i++) await model.partialFit(X, y);
    expect(model.evaluate(X, y).loss).toBeLessThan(before);
    expect(model.classes).toBe(classes);
    // So much larger that no weights could make up for it: scalings do not follow.
    const { columns } = model;
    await model.partialFit(
      X.map((row) => row.map((v) => v * 1e9)),
      y,
    );
    expect(model.columns).toEqual(columns);
  });

  test('in parts is repeatable, and keeps the momentum between them', async () => {
    const run = async () => {
      const model = await Classifier.fit(X, y, QUICK);
      for (let i = 0; i < 3; i++) await model.partialFit(X.slice(50 * i, 50 * i + 50), y.slice(50 * i, 50 * i + 50));
      const found = model.predictProbabilities(X);
      model.dispose();
      return found;
    };
    expect(await run()).toEqual(await run());
  });

  test('begins a model, with the classes announced', async () => {
    const model = kept(new Classifier({ classes: [0, 1, 2], seed: 1, hidden: 8 }));
    expect(model.isFitted).toBe(false);
    const zeros = X.filter((_, r) => y[r] === 0);
    await model.partialFit(X.slice(0, 30), y.slice(0, 30));
    expect(model.isFitted).toBe(true);
    await model.partialFit(
      zeros,
      zeros.map(() => 0),
    );
    for (let i = 0; i < 40; i++) await model.partialFit(X, y, { epochs: 2 });
    expect(model.evaluate(X, y).accuracy).toBeGreaterThan(0.9);
    expect(model.history).toMatchObject({ reason: 'epochs', epochs: 2, chosen: { by: 'rule', hidden: [8] } });
    const unannounced = kept(new Classifier({ seed: 1 }));
    await expect(
      unannounced.partialFit(
        zeros,
        zeros.map(() => 0),
      ),
    ).rejects.toThrow(DataError);
    expect(unannounced.isFitted).toBe(false);
  });

  test('a signal that fired before anything was learned makes no model', async () => {
    const model = kept(new Classifier({ seed: 1, hidden: 4 }));
    const reason = new Error('enough');
    await expect(model.partialFit(X, y, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(model.isFitted).toBe(false);
  });

  test('rows that make it diverge leave it usable', async () => {
    const model = kept(await Classifier.fit(X, y, QUICK));
    for (const size of [1e15, 1e25, 1e34]) {
      await model.partialFit(
        X.map((row) => row.map((v) => v * size)),
        y.map((c) => (c + 1) % 3),
      );
      expect(model.predictProbabilities(X).flat().every(Number.isFinite)).toBe(true);
    }
    for (let i = 0; i < 3; i++) await model.partialFit(X, y);
    expect(model.predictProbabilities(X).flat().every(Number.isFinite)).toBe(true);
  });

  test('a fit that fails leaves the model and its momentum as they were', async () => {
    const run = async (disturb: boolean) => {
      const model = await Classifier.fit(X, y, QUICK);
      const before = model.predictProbabilities(X);
      if (disturb) {
        await expect(model.fit(X, y, { signal: AbortSignal.abort() })).rejects.toThrow();
        await expect(model.fit(X, y.slice(1))).rejects.toThrow(DataError);
        const controller = new AbortController();
        const onProgress = () => {
          throw new Error('mine');
        };
        await expect(model.fit(X, y, { onProgress, signal: controller.signal })).rejects.toThrow('mine');
        expect(model.predictProbabilities(X)).toEqual(before);
      }
      await model.partialFit(X, y);
      const found = model.predictProbabilities(X);
      model.dispose();
      return found;
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

describe('control', () => {
  test('progress: candidates first, then epochs', async () => {
    const told: FitProgress[] = [];
    const model = kept(
      await Classifier.fit(X.slice(0, 60), y.slice(0, 60), { seed: 1, hidden: 6, epochs: 5, onProgress: (p) => told.push(p) }),
    );
    const stages = told.map((p) => p.stage);
    expect(stages.lastIndexOf('select')).toBeLessThan(stages.indexOf('train'));
    for (const stage of ['select', 'train'] as const) {
      const of = told.filter((p) => p.stage === stage);
      expect(of.length).toBeGreaterThan(0);
      of.forEach((p, i) => {
        expect(p.done).toBe(i + 1);
        expect(p.done).toBeLessThanOrEqual(p.all);
      });
    }
    const train = told.filter((p) => p.stage === 'train');
    expect(train.slice(0, 5).map((p) => p.loss)).toEqual(model.history.loss); // the record is that of the first network
    expect(train.at(-1)).toMatchObject({ done: 5 * model.members, all: 5 * model.members });
    for (let i = 1; i < told.length; i++) expect(told[i]!.time).toBeGreaterThanOrEqual(told[i - 1]!.time);
  });

  test('a signal while candidates are tried: rejected with its reason, the old model stays', async () => {
    const model = kept(await Classifier.fit(X, y, QUICK));
    const before = model.predictProbabilities(X);
    const used = heap.used;
    const controller = new AbortController();
    const reason = new Error('enough');
    const fresh = kept(new Classifier({ seed: 2 }));
    const onProgress = ({ stage }: FitProgress) => {
      if (stage === 'select') controller.abort(reason);
    };
    await expect(fresh.fit(X, y, { signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(fresh.isFitted).toBe(false);
    expect(() => fresh.predict(X)).toThrow(NotFittedError);
    expect(heap.used).toBeLessThanOrEqual(used);
    await expect(model.fit(X, y, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(model.predictProbabilities(X)).toEqual(before);
  });

  test('a signal in the training: what was learned is kept', async () => {
    const controller = new AbortController();
    const onProgress = ({ stage, done }: FitProgress) => {
      if (stage === 'train' && done === 3) controller.abort();
    };
    const model = kept(await Classifier.fit(X, y, { ...QUICK, signal: controller.signal, onProgress }));
    expect(model.history).toMatchObject({ reason: 'signal', epochs: 3 });
    expect(model.predict(X)).toHaveLength(150);
  });

  test('timeLimit ends a fit that would go on for ages, with a model', async () => {
    const model = kept(await Classifier.fit(X, y, { ...QUICK, epochs: 1e8, timeLimit: 40 }));
    expect(model.history.reason).toBe('timeLimit');
    const chosen = kept(await Classifier.fit(X, y, { seed: 1, epochs: 300, hidden: 64, timeLimit: 1 }));
    expect(chosen.predict(X)).toHaveLength(150);
  });

  test('validation and early stopping', async () => {
    const earlyStopping = { patience: 4 };
    const model = kept(await Classifier.fit(X, y, { ...QUICK, rate: 0.5, epochs: 500, validation: 0.3, earlyStopping }));
    expect(model.history.validationLoss).toHaveLength(model.history.epochs);
    expect(model.history.reason).toBe('earlyStopping');
  });

  test('options that were given are taken', async () => {
    const options = {
      hidden: [5, 4],
      activation: 'relu',
      weightDecay: 0.02,
      rate: 0.03,
      momentum: 0.5,
      epochs: 3,
      batchSize: 7,
    } as const;
    const model = kept(await Classifier.fit(X, y, { ...options, seed: 1 }));
    expect(model.history.chosen).toEqual({ ...options, by: 'given', folds: 0, candidates: [] });
    expect((model.layers as readonly DenseLayer[]).map(({ units, activation }) => [units, activation])).toEqual([
      [5, 'relu'],
      [4, 'relu'],
      [3, 'softmax'],
    ]);
  });

  test('two fits at a time are refused; a disposed model as well, and before a fit', async () => {
    const model = kept(new Classifier(QUICK));
    for (const use of [() => model.predict(X), () => model.evaluate(X, y), () => model.history, () => model.toBytes()]) {
      expect(use).toThrow(NotFittedError);
    }
    const first = model.fit(X, y);
    await expect(model.fit(X, y)).rejects.toThrow(EfficientBackpropError);
    await expect(model.partialFit(X, y)).rejects.toThrow(/await/);
    await first;
    model.dispose();
    model.dispose();
    expect(() => model.predict(X)).toThrow(DisposedError);
    await expect(model.fit(X, y)).rejects.toThrow(DisposedError);
    await expect(model.partialFit(X, y)).rejects.toThrow(DisposedError);
  });

  test.each(['fit', 'partialFit'] as const)('dispose during %s: a DisposedError, nothing is left behind', async (method) => {
    await kept(new Classifier(QUICK)).fit(X, y);
    const used = heap.used;
    const model = new Classifier({ ...QUICK, epochs: 200 });
    const work = model[method](X, y);
    await Promise.resolve();
    model.dispose();
    await expect(work).rejects.toThrow(DisposedError);
    expect(heap.used).toBeLessThanOrEqual(used);
    expect(model.isFitted).toBe(false);
  });
});

describe('strange data', () => {
  test.each([1e30, 1e-30, 1e300, 1e-300])('values of size %d: as good as of size 1', async (size) => {
    const rows = X.map((row) => row.map((v) => v * size));
    const model = kept(await Classifier.fit(rows, y, QUICK));
    expect(model.evaluate(rows, y).accuracy).toBeGreaterThan(0.9);
    expect(model.predictProbabilities(rows).flat().every(Number.isFinite)).toBe(true);
  });

  test('one huge value among small ones', async () => {
    const rows = X.map((row, r) => [...row, r === 0 ? 1e30 : row[0]!]);
    const model = kept(await Classifier.fit(rows, y, QUICK));
    expect(model.evaluate(rows, y).accuracy).toBeGreaterThan(0.9);
  });

  test('constant columns change nothing', async () => {
    const rows = X.map((row) => [5, row[0]!, 0, row[1]!, 1e30]);
    const [a, b] = [kept(await Classifier.fit(X, y, QUICK)), kept(await Classifier.fit(rows, y, QUICK))];
    expect(b.predictProbabilities(rows)).toEqual(a.predictProbabilities(X));
    expect(b.columns.map(({ kind }) => kind)).toEqual(['dropped', 'number', 'dropped', 'number', 'dropped']);
  });

  test('few rows: two are enough', async () => {
    const model = kept(await Classifier.fit([[1], [2]], ['a', 'b'], { seed: 1 }));
    expect(model.predict([[1], [2], [0], [3]])).toEqual(['a', 'b', 'a', 'b']);
    expect(model.history.chosen.by).toBe('rule');
  });

  test('XOR, with nothing given', async () => {
    const xor = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    for (let seed = 1; seed <= 3; seed++) {
      const model = kept(await Classifier.fit(xor, ['same', 'other', 'other', 'same'], { seed }));
      expect(model.predict(xor)).toEqual(['same', 'other', 'other', 'same']);
    }
  });

  test('the same row with both labels', async () => {
    const model = kept(await Classifier.fit([[1], [1], [2], [2]], ['a', 'b', 'a', 'b'], { seed: 1 }));
    for (const p of model.predictProbabilities([[1], [2]])) expect(p[0]).toBeCloseTo(0.5, 1);
  });

  test('each refused call leaves memory and the model as they were', async () => {
    const model = kept(await Classifier.fit(X, y, QUICK));
    const before = model.predictProbabilities(X);
    const used = heap.used;
    const calls: (() => unknown)[] = [
      () => model.predict([[1, 2, 3]]),
      () => model.predict([[1, Number.NaN]]),
      () => model.predict([]),
      () => model.predict([{ a: 1, b: 2 }]),
      () => model.predict([[1, 1e308]]),
      () => model.evaluate(X, y.slice(1)),
      () => model.evaluate(X, y, { sampleWeights: [1] }),
      () => model.partialFit([[1, 2, 3]], [0]),
      () => model.partialFit(X, y, { sampleWeights: [1] }),
      () => model.fit([[1, 2], [1]], [0, 1]),
      () => model.fit(X, y, { timeLimit: -1 }),
      () =>
        model.fit(
          X,
          y.map(() => 0),
        ),
    ];
    for (const call of calls) {
      await expect((async () => call())()).rejects.toThrow(EfficientBackpropError);
      expect(heap.used).toBeLessThanOrEqual(used);
      expect(model.predictProbabilities(X)).toEqual(before);
    }
  });
});

test("'' is no label, unless classes lists it", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => [i]);
  const labels = rows.map((_, i) => (i === 4 ? '' : i % 2 ? 'a' : 'b'));
  const quick = { hidden: [], weightDecay: 0.1, epochs: 1, seed: 1 };
  for (const fit of [
    () => Classifier.fit(rows, labels, quick),
    () => new Classifier(quick).partialFit(rows, labels),
    () => Classifier.fit(() => [[rows, labels] as const], quick),
  ]) {
    await expect(fit()).rejects.toMatchObject({ name: 'DataError', row: 4, detail: expect.stringMatching(/"" is missing/) });
  }
  const classes = ['', 'a', 'b'];
  using model = await Classifier.fit(rows, labels, { ...quick, classes });
  expect(model.classes).toEqual(classes);
});

test('classes that most rows are the only ones of are advised against', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => [i, (i * i) % 7]);
  const quick = { hidden: [], weightDecay: 0.1, epochs: 1, seed: 1 };
  using numbers = await Classifier.fit(
    rows,
    rows.map(([i]) => i! / 7),
    quick,
  );
  expect(numbers.history.advice).toMatch(/60 classes in 60 rows .* for Regressor/);
  using two = await Classifier.fit(
    rows,
    rows.map(([i]) => i! % 2),
    quick,
  );
  expect(two.history.advice ?? '').not.toMatch(/classes in/);
});
