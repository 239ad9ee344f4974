// Estimators on data that come in chunks.

import { describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import { type ColumnSpec, Classifier, DataError, OptionError, Regressor } from '../../src/index.js';
import { birds, blobs, draws } from '../data/synthetic.js';

const { records, labels } = birds(3, 600);
const MODEL = { hidden: 8, weightDecay: 0.001, epochs: 15, seed: 2 } as const;

/** Pairs of rows and targets, so many rows each; the passes over them are counted. */
function cut<R, T>(rows: readonly R[], targets: readonly T[], size: number) {
  const log = { passes: 0 };
  const chunks = async function* () {
    log.passes++;
    for (let first = 0; first < rows.length; first += size) {
      yield [rows.slice(first, first + size), targets.slice(first, first + size)] as [R[], T[]];
    }
  };
  return { chunks, log };
}

describe('one chunk', () => {
  test('makes the same classifier as the rows', async () => {
    const whole = await Classifier.fit(records, labels, MODEL);
    const { chunks, log } = cut(records, labels, 600);
    const streamed = await Classifier.fit(chunks, MODEL);
    expect(streamed.columns).toEqual(whole.columns);
    expect(streamed.predictProbabilities(records)).toEqual(whole.predictProbabilities(records));
    expect(streamed.history.loss).toEqual(whole.history.loss);
    expect(log.passes).toBe(2 + MODEL.epochs); // columns, a sample, and an epoch each
  });

  test('makes the same regressor as the rows', async () => {
    const targets = records.map(({ bill_length, bill_depth }) => [bill_length + bill_depth, bill_depth]);
    const whole = await Regressor.fit(records, targets, MODEL);
    const streamed = await new Regressor(MODEL).fit(() => [[records, targets]]);
    expect(streamed.predict(records)).toEqual(whole.predict(records));
  });
});

test('chunks show the same columns as the rows, up to rounding', async () => {
  const gaps = records.map((record, i) => ({ ...record, rare: i < 300 ? null : i, none: 'same', id: `bird ${i}` }));
  const whole = await Classifier.fit(gaps, labels, MODEL);
  const streamed = await Classifier.fit(cut(gaps, labels, 70).chunks, MODEL);
  const rounded = (spec: ColumnSpec) =>
    JSON.parse(JSON.stringify(spec, (_, v) => (typeof v === 'number' ? +v.toPrecision(12) : v)));
  expect(streamed.columns.map(rounded)).toEqual(whole.columns.map(rounded));
  expect(streamed.classes).toEqual(whole.classes);
  expect(streamed.evaluate(gaps, labels).accuracy).toBeGreaterThan(0.95);
});

test('numbers far from 0 and far apart keep their digits from chunk to chunk', async () => {
  const draw = draws(4);
  const rows = Array.from({ length: 400 }, (_, i) => [1e9 + draw.normal(), i < 200 ? 1e300 : -1e300, 5]);
  const targets = rows.map(([a]) => a! - 1e9);
  const model = await Regressor.fit(cut(rows, targets, 30).chunks, { ...MODEL, epochs: 40 });
  expect(model.columns[0]).toMatchObject({ kind: 'number', scale: expect.closeTo(1, 0) });
  expect((model.columns[1] as { scale: number }).scale / 1e300).toBeCloseTo(1, 12);
  expect(model.columns[2]).toMatchObject({ kind: 'dropped' });
  expect(model.evaluate(rows, targets).r2).toBeGreaterThan(0.9);
});

test('size, decay and rate are chosen on a sample; evaluateChunks measures as evaluate does', async () => {
  const { X, y } = blobs(5, 900);
  const names = y.map((c) => 'abc'[c]!);
  const used = heap.used;
  const { chunks } = cut(X, names, 128);
  using model = await Classifier.fit(chunks, { seed: 1, epochs: 5, decorrelate: true });
  expect(model.history.chosen.by).toBe('cross-validation');
  const found = await model.evaluateChunks(chunks);
  const expected = model.evaluate(X, names);
  expect(found.confusionMatrix).toEqual(expected.confusionMatrix);
  expect(found.loss).toBeCloseTo(expected.loss, 6);
  expect(found.accuracy).toBeGreaterThan(0.93);
  model.dispose();
  expect(heap.used).toBeLessThanOrEqual(used); // less where the collector found what other tests left

  const numbers = X.map(([a, b]) => 3 * a! - b!);
  using line = await Regressor.fit(cut(X, numbers, 100).chunks, { seed: 1 });
  const errors = await line.evaluateChunks(cut(X, numbers, 90).chunks);
  expect(errors.r2).toBeCloseTo(line.evaluate(X, numbers).r2, 9);
  expect(errors.r2).toBeGreaterThan(0.99);
});

test('more rows than the sample: what goes by their number goes by all of them', async () => {
  const draw = draws(9);
  const X = Array.from({ length: 25_000 }, () => [draw.normal(), draw.normal()]);
  const y = X.map(([a, b]) => (a! * b! > 0 ? 'same' : 'other'));
  using model = await Classifier.fit(cut(X, y, 4000).chunks, { hidden: 8, epochs: 3, seed: 1 });
  expect(model.history.chosen).toMatchObject({ batchSize: 64, epochs: 3, by: 'cross-validation' });
  // A multiple of 1/(rows + 100) that was tried on the sample, as strong for all rows.
  const { folds, candidates } = model.history.chosen;
  const tried = candidates.filter((candidate) => candidate.folds === folds);
  expect(model.history.chosen.weightDecay * 25_100).toBeCloseTo(
    10_100 * tried.reduce((a, b) => (a.error <= b.error ? a : b)).weightDecay,
    6,
  );
  expect(model.evaluate(X, y).accuracy).toBeGreaterThan(0.9);
});

test('balanced classes count over all chunks, also where chunks hold one class each', async () => {
  const { X, y } = blobs(6, 300, 2);
  const kept = X.map((_, i) => i).filter((i) => y[i] === 0 || i % 10 === 1);
  kept.sort((a, b) => y[a]! - y[b]!);
  const [rows, names] = [kept.map((i) => X[i]!), kept.map((i) => y[i]!)];
  const options = { ...MODEL, order: 'sequential', batchSize: 5, classWeights: 'balanced' } as const;
  const whole = await Classifier.fit(rows, names, options);
  const streamed = await Classifier.fit(cut(rows, names, 30).chunks, options);
  const [a, b] = [whole.predictProbabilities(X), streamed.predictProbabilities(X)];
  for (const [i, p] of a.flat().entries()) expect(b.flat()[i]).toBeCloseTo(p, 4);
});

describe('what is wrong with chunks', () => {
  const good: [unknown, unknown] = [records.slice(0, 300), labels.slice(0, 300)];
  const bad: [string, unknown, Partial<DataError>][] = [
    ['no pair', 5, { what: 'chunks', chunk: 1 }],
    ['another column', [[{ ...records[0], tail: 3 }], ['Adelie']], { what: 'X', chunk: 1, column: 'tail' }],
    ['a column less', [[{ island: 'Dream' }], ['Adelie']], { what: 'X', chunk: 1, column: 'bill_length' }],
    ['text among numbers', [[{ ...records[0], body_mass: 'heavy' }], ['Adelie']], { what: 'X', chunk: 1, column: 'body_mass' }],
    ['another type of label', [[records[0]], [7]], { what: 'labels', chunk: 1 }],
    ['arrays', [[[1, 2]], ['Adelie']], { what: 'X', chunk: 1 }],
  ];
  test.each(bad)('%s', async (_, chunk, place) => {
    const used = heap.used;
    const error = await Classifier.fit((() => [good, chunk]) as never, MODEL).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject(place);
    expect(heap.used).toBe(used);
  });

  test('none, one class, options that take all rows', async () => {
    await expect(Classifier.fit(() => [], MODEL)).rejects.toThrow(/chunks: there are none/);
    await expect(
      Classifier.fit(
        cut(
          records,
          records.map(() => 'x'),
          100,
        ).chunks,
        MODEL,
      ),
    ).rejects.toThrow(/all are "x"/);
    const { chunks } = cut(records, labels, 100);
    await expect(Classifier.fit(chunks, { ...MODEL, validation: 0.2 })).rejects.toThrow(OptionError);
    await expect(Classifier.fit(chunks, { ...MODEL, sampleWeights: [1] })).rejects.toThrow(/none with chunks/);
    await expect(Classifier.fit(chunks, { ...MODEL, order: 'emphasize' })).rejects.toThrow(/emphasis picks from all rows/);
  });

  test('an abort while reading', async () => {
    const abort = new AbortController();
    const chunks = async function* () {
      yield good as [typeof records, typeof labels];
      abort.abort();
      yield good as [typeof records, typeof labels];
    };
    await expect(Classifier.fit(chunks, { ...MODEL, signal: abort.signal })).rejects.toThrow(/abort/i);
  });
});

describe('a source that lets wait', () => {
  /** Chunks up to the nth pass, in which one comes, or none, and then nothing more; it never closes either. */
  function stuck(pass: number, first: boolean) {
    const log = { passes: 0, returned: 0 };
    const chunks = () => {
      const hangs = ++log.passes >= pass;
      let given = 0;
      const step = { done: false, value: [records, labels] as [typeof records, typeof labels] } as const;
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            if (given++ < (hangs ? Number(first) : 2)) return Promise.resolve(step);
            return hangs ? new Promise<never>(() => {}) : Promise.resolve({ done: true as const, value: undefined });
          },
          return: () => {
            log.returned++;
            return new Promise<never>(() => {});
          },
        }),
      };
    };
    return { chunks, log };
  }

  test.each([
    [1, false],
    [1, true],
    [2, false],
    [2, true],
  ])('in pass %i, first chunk there: %s: the signal is heard, and the iterator told', async (pass, first) => {
    const { chunks, log } = stuck(pass, first);
    const used = heap.used;
    const signal = AbortSignal.timeout(40);
    await expect(Classifier.fit(chunks, { ...MODEL, signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(log).toEqual({ passes: pass, returned: 1 });
    expect(heap.used).toBe(used);
  });

  test('the limit ends it, with a model of what has come', async () => {
    for (const pass of [1, 2, 3]) {
      const model = await Classifier.fit(stuck(pass, true).chunks, { ...MODEL, timeLimit: 60 });
      expect(model.history.reason).toBe('timeLimit');
      expect(model.predict(records)).toHaveLength(records.length);
      model.dispose();
    }
    const nothing = Classifier.fit(stuck(1, false).chunks, { ...MODEL, timeLimit: 60 });
    await expect(nothing).rejects.toThrow(/none came within the timeLimit of 60 ms/);
  });

  test('an iterator that throws is over, and not told to end', async () => {
    const log = { returned: 0 };
    const broken = () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject<never>(new Error('the connection was reset')),
        return: () => {
          log.returned++;
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    });
    await expect(Classifier.fit(broken, MODEL)).rejects.toThrow('the connection was reset');
    expect(log.returned).toBe(0);
  });

  test('an iterator that never closes holds no error, and no evaluation', async () => {
    const endless = (chunk: unknown) => () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false as const, value: chunk as [typeof records, typeof labels] }),
        return: () => new Promise<never>(() => {}),
      }),
    });
    const model = await Classifier.fit(records, labels, MODEL);
    const errors = await Promise.all([
      Classifier.fit(endless([records, ['a']]), MODEL).catch((error: unknown) => error),
      Classifier.fit(endless(undefined), MODEL).catch((error: unknown) => error),
      model.evaluateChunks(endless([records, ['a']])).catch((error: unknown) => error),
    ]);
    for (const error of errors) expect(error).toMatchObject({ name: 'DataError', chunk: 0 });
  });
});
