// A cell that is not what the others of its column are: it is the one that errors name, by its row, wherever it stands.

import { describe, expect, test } from 'vitest';
import { type Rows, table } from '../../src/data/table.js';
import { Classifier, DataError, Regressor } from '../../src/index.js';
import { encoded, twenty } from './encoded.js';

const day = (i: number) => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
const dated = Array.from({ length: 60 }, (_, i) => ({ d: day(i), a: i % 7, c: i % 2 ? 'x' : 'y' }));
const targets = dated.map(({ a }, i) => i + a);

/** The rows with another cell in one place. */
const altered = (rows: readonly object[], row: number, cell: object) =>
  rows.map((r, i) => (i === row ? { ...r, ...cell } : r)) as Rows;

const thrown = async (run: () => unknown) => {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('a model meets a cell of another kind', () => {
  const cases = [
    ['d', 'unknown', /"unknown" is not a date/],
    ['d', '2020-02-30T99:00', /is not a date/],
    ['d', 5, /5 is not a date/],
    ['a', 'x', /"x" is in a column of numbers/],
    ['a', '2020-01-01', /"2020-01-01" is in a column of numbers/],
    ['a', new Date(0), /a column of numbers; its getTime/],
    ['c', 3, /3 is in a column of strings/],
  ] as const;

  test.each(cases)('%s: %s, first, in the middle or last', async (column, cell, message) => {
    const model = await Regressor.fit(dated, targets, { seed: 1, hidden: [], epochs: 1 });
    for (const row of [0, 1, 2]) {
      const bad = altered(dated.slice(0, 3), row, { [column]: cell });
      for (const run of [
        () => model.predict(bad),
        () => model.evaluate(bad, [1, 2, 3]),
        () => model.partialFit(bad, [1, 2, 3]),
      ]) {
        const error = await thrown(run);
        expect(error).toBeInstanceOf(DataError);
        expect(error).toMatchObject({ row, column, message: expect.stringMatching(message) });
      }
    }
    model.dispose();
  });

  test('dates may come as strings, as dates or in milliseconds', async () => {
    const { encoder } = encoded(dated);
    const of = (rows: Rows) => [...encoder.encode(table(rows), 'float64')];
    const some = dated.slice(3, 9);
    expect(of(some.map((row) => ({ ...row, d: new Date(row.d) })))).toEqual(of(some));
    expect(of(some.map((row) => ({ ...row, d: Date.parse(row.d) })))).toEqual(of(some));
  });
});

describe('a column is what most of its cells are', () => {
  test.each([0, 33, 59])('dates but for row %i', async (row) => {
    const bad = altered(dated, row, { d: 'unknown' });
    for (const fit of [
      () => Regressor.fit(bad, targets, { seed: 1 }),
      () =>
        Classifier.fit(
          bad,
          dated.map(({ c }) => c),
          { seed: 1 },
        ),
      () => new Regressor({ seed: 1 }).partialFit(bad, targets),
      () => Regressor.fit(() => [[bad, targets] as const], { seed: 1 }),
    ]) {
      expect(await thrown(fit)).toMatchObject({
        name: 'DataError',
        row,
        column: 'd',
        detail: expect.stringMatching(/"unknown" is not a date/),
      });
    }
  });

  test('dates that repeat beside another word are categories, and strings of which some are dates as before', () => {
    expect(encoded(twenty.map((i) => ({ d: i === 3 ? 'never' : day(i % 3) }))).specs[0]!.kind).toBe('category');
    expect(encoded(twenty.map((i) => ({ i, d: i % 2 ? `n${i}` : day(i) }))).specs[1]).toMatchObject({ kind: 'dropped' });
  });

  test.each([0, 7, 19])('numbers, or strings, but for row %i', (row) => {
    expect(() =>
      encoded(
        altered(
          twenty.map((i) => ({ i })),
          row,
          { i: 'x' },
        ),
      ),
    ).toThrow(new RegExp(`row ${row}, column "i": "x" is in a column of numbers`));
    expect(() =>
      encoded(
        altered(
          twenty.map((i) => ({ c: `${i % 3}` })),
          row,
          { c: 3 },
        ),
      ),
    ).toThrow(new RegExp(`row ${row}, column "c": 3 is in a column of strings`));
  });

  test('chunks after the first are what the first was', async () => {
    const error = await thrown(() =>
      Regressor.fit(
        () =>
          [
            [dated.slice(0, 30), targets.slice(0, 30)],
            [altered(dated.slice(30), 4, { d: 'unknown' }), targets.slice(30)],
          ] as const,
        {
          seed: 1,
        },
      ),
    );
    expect(error).toMatchObject({ name: 'DataError', chunk: 1, row: 4, column: 'd' });
  });
});

describe('bigints', () => {
  test('that would all be one number are refused', () => {
    const ids = twenty.map((i) => ({ i, id: 2n ** 70n + BigInt(i) }));
    expect(() => encoded(ids)).toThrow(/row 1, column "id": 1180591620717411303425n and 1180591620717411303424n are the same/);
    expect(encoded(twenty.map((i) => ({ i, id: 2n ** 70n }))).specs[1]).toMatchObject({ reason: 'the same in every row' });
    expect(encoded(twenty.map((i) => ({ i, id: 2n ** 70n + 2n ** 60n * BigInt(i) }))).specs[1]!.kind).toBe('number');
  });

  test('are no labels, and called what they are', async () => {
    await expect(
      Classifier.fit(
        twenty.map((i) => [i]),
        twenty.map((i) => BigInt(i % 2)) as never,
        { seed: 1 },
      ),
    ).rejects.toThrow(/row 0: 0n is not a label .*; convert bigints with String or Number/);
  });
});

test('beside rows of weight 0, rows keep their numbers', async () => {
  const sampleWeights = targets.map((_, i) => (i < 10 ? 0 : 1));
  const options = { seed: 1, missing: 'refuse', sampleWeights } as const;
  const gap = altered(dated, 30, { a: null });
  const odd = altered(dated, 30, { a: 'x' });
  const wrong = targets.map((y, i) => (i === 30 ? Number.NaN : y));
  for (const fit of [
    () => Regressor.fit(gap, targets, options),
    () => Regressor.fit(odd, targets, options),
    () => Regressor.fit(dated, wrong, options),
    () => new Regressor({ seed: 1, missing: 'refuse' }).partialFit(gap, targets, { sampleWeights }),
  ]) {
    expect(await thrown(fit)).toMatchObject({ name: 'DataError', row: 30 });
  }
  const model = await Regressor.fit(altered(dated, 3, { a: 'x' }), targets, { ...options, hidden: [], epochs: 1 }); // no data
  model.dispose();
});
