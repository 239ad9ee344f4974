// What is refused, where, and what is not: numbers in text, columns that are not there, cells that mean nothing.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Rows, table } from '../../src/data/table.js';
import { Classifier, DataError, Regressor, crossValidate, loadModel } from '../../src/index.js';
import { encoded, twenty } from './encoded.js';

describe('numbers in text', () => {
  const all = (table: readonly object[]) => encoded(table as Rows);

  test('are numbers where all are', () => {
    const rows = [null, '98.10', ' -3', '1e-7', '0', '.5', '7.', ''].map((size) => ({ size, x: 1 }));
    const { specs, columns } = all(rows);
    expect(specs[0]).toMatchObject({ kind: 'number', from: 'text', gaps: 2 });
    const same = all(rows.map(({ size, x }) => ({ size: size ? Number(size) : null, x })));
    expect(columns).toEqual(same.columns);
    expect(same.specs[0]).not.toHaveProperty('from');
    const { specs: two } = all(twenty.map((i) => ({ year: String(2000 + (i % 2)), pclass: String((i % 3) + 1) })));
    expect(two.map(({ kind }) => kind)).toEqual(['number', 'number']);
    // More than categories are counted.
    expect(all(Array.from({ length: 70_000 }, (_, i) => ({ x: `${i}.5` }))).specs[0]!.kind).toBe('number');
  });

  test('do not depend on the order of rows', () => {
    const words = ['1', '2.5', '-3', null, '0'];
    const cells = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...words) }, fc.constantFrom('x', '007', 4, true));
    const kindOf = (values: unknown[]) => {
      try {
        const [spec] = all(values.map((c) => ({ c }))).specs;
        return spec!.kind === 'dropped' ? spec!.reason : spec!.kind;
      } catch (error) {
        // It names the first odd cell, and there may be several.
        return (error as DataError).message.replace(/row \d+|\S+ is (?:in|among)/g, '');
      }
    };
    fc.assert(
      fc.property(
        fc
          .array(cells, { minLength: 2, maxLength: 40 })
          .chain((values) => fc.tuple(fc.constant(values), fc.shuffledSubarray(values, { minLength: values.length }))),
        ([values, turned]) => {
          // As many strings as others: the first says which is the odd one.
          const texts = values.filter((v) => typeof v === 'string').length;
          fc.pre(2 * texts !== values.filter((v) => v !== null).length);
          expect(kindOf(turned)).toBe(kindOf(values));
        },
      ),
    );
  });

  test('but for a few are refused where they are too different for categories, and the first other one is named', async () => {
    const ages = twenty.map((i) => ({ age: i === 7 ? '18+' : `${i}` }));
    await expect(Regressor.fit(ages, twenty)).rejects.toThrow(
      /row 7, column "age": "18\+" is among numbers in text \(19 of 20 cells.*null/,
    );
    // One of five is not a number: names, as any others.
    expect(() => all(['98.10', ' -3', '1e-7', '0', '.'].map((size) => ({ size, x: 1 })))).toThrow(
      /5 different strings in 5 rows/,
    );
  });

  test('but for a few are categories where they repeat, and the record says so', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ age: i === 17 ? 'NA' : String(20 + (i % 40)), b: i % 7 }));
    const model = await Regressor.fit(
      rows,
      rows.map((_, i) => i % 40),
      { hidden: [], seed: 1 },
    );
    expect(model.columns[0]!.kind).toBe('category');
    expect(model.history.advice).toMatch(
      /column "age" is taken for categories: in row 17, "NA" is among numbers in text \(299 of 300/,
    );
    model.dispose();
  });

  test('make a model as numbers do, and are taken beside numbers where it predicts', async () => {
    const rows = Array.from({ length: 80 }, (_, i) => ({ age: 20 + ((i * 37) % 60), score: ((i * 13) % 50) / 10 }));
    const written = rows.map(({ age, score }) => ({ age: String(age), score: score.toFixed(1) }));
    const labels = rows.map(({ age, score }) => (age / 60 + score / 5 > 1 ? 'yes' : 'no'));
    using numbers = await Classifier.fit(rows, labels, { seed: 1 });
    using texts = await Classifier.fit(written, labels, { seed: 1 });
    expect(texts.predictProbabilities(written)).toEqual(numbers.predictProbabilities(rows));
    expect(texts.predict(rows)).toEqual(texts.predict(written));
    expect(texts.columns.map((spec) => 'from' in spec && spec.from)).toEqual(['text', 'text']);
    using again = (await loadModel(texts.toBytes())) as Classifier;
    expect(again.columns).toEqual(texts.columns);
    expect(again.predictProbabilities(written)).toEqual(texts.predictProbabilities(written));
    expect(() => texts.predict([{ age: '007', score: '1' }])).toThrow(
      /row 0, column "age": "007" is in a column of numbers in text; .*columns: { "age": 'category' }/,
    );
    await texts.partialFit(written.slice(0, 9), labels.slice(0, 9));
    await expect(texts.partialFit([{ age: 'old', score: '1' }], ['yes'])).rejects.toMatchObject({ row: 0, column: 'age' });
  });

  test('in chunks are what the first ones are; another later is refused with its place', async () => {
    const fit = (words: string[][]) =>
      Regressor.fit(() => words.map((column) => [column.map((c, i) => ({ c, i })), column.map((_, i) => i)] as const), {
        hidden: [],
        epochs: 1,
      });
    using whole = await fit([['1', '2', '3', '4']]);
    using parts = await fit([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(parts.columns[0]).toMatchObject({ kind: 'number', from: 'text' });
    expect(whole.columns[0]).toMatchObject({ kind: 'number', from: 'text' });
    await expect(
      fit([
        ['1', '2'],
        ['3', '004'],
      ]),
    ).rejects.toMatchObject({
      chunk: 1,
      row: 1,
      column: 'c',
      detail: expect.stringMatching(/"004".*columns: { "c": 'category' }/),
    });
    using codes = await fit([
      ['01', '2'],
      ['01', '2'],
    ]);
    expect(codes.columns[0]!.kind).toBe('category');
  });

  test.each(['017', '0x1F', '1_000', '1,5', 'NaN', 'Infinity', '+', '-', 'e5', '1 2', '1234567890123456'])(
    '%j is a category',
    (word) => {
      expect(all(twenty.map((i) => ({ c: i % 2 ? word : '1' }))).specs[0]!.kind).toBe('category');
    },
  );

  test('stay what they are where they say one thing', () => {
    expect(all(twenty.map((i) => ({ i, c: '7' }))).specs[1]).toMatchObject({ kind: 'dropped', reason: 'the same in every row' });
  });

  test('among numbers the error says what to do', () => {
    const { encoder } = all(twenty.map((i) => ({ i })));
    expect(() => encoder.encode(table([{ i: '7' }]), 'float64')).toThrow(/row 0, column "i": "7".*; convert it with Number$/);
    expect(() => all([{ i: 1 }, { i: '7' }])).toThrow(/row 1, column "i": "7".*; convert it with Number$/);
    expect(() => all([{ i: 1 }, { i: 'x' }])).toThrow(/is in a column of numbers$/);
  });
});

test('a column that some records lack is a gap; one that all lack is refused', async () => {
  const rows: { a: number; b?: number | null; same: number }[] = twenty.map((i) => ({ a: i, b: i % 7, same: 1 }));
  for (const r of [3, 8, 13]) delete rows[r]!.b;
  const model = await Regressor.fit(rows, twenty, { hidden: [], seed: 1 });
  expect(model.columns[1]).toMatchObject({ name: 'b', gaps: 3 });
  const whole = { a: 1, b: 1, same: 1 };
  const lacking = { a: 1, same: 1 };
  const gaps = model.predict([whole, { ...lacking, b: null }]);
  expect(model.predict([whole, lacking])).toEqual(gaps);
  expect(model.evaluate([whole, lacking], [1, 2]).mse).toBeGreaterThan(0);
  expect(model.predict([whole, { a: 1, b: undefined }])).toEqual(gaps); // what was dropped may be lacking
  expect(() => model.predict([lacking])).toThrow(/X, column "b": is missing in every row/);
  await model.partialFit([whole, lacking], [1, 2]);
  model.dispose();
  // Parts of the rows lack what the whole has.
  const { mean } = await crossValidate(() => new Regressor({ hidden: [], seed: 1 }), rows, twenty, { folds: 5, seed: 1 });
  expect(mean['mse']).toBeGreaterThan(0);
});

describe('refused, with row and column', () => {
  const cases: [string, Rows, { row?: number; column?: string | number }][] = [
    [
      'a gap in an array',
      [
        [1, 2],
        [3, null],
      ] as never,
      { row: 1, column: 1 },
    ],
    [
      'undefined in an array',
      [
        [1, 2],
        [3, undefined],
      ] as never,
      { row: 1, column: 1 },
    ],
    [
      'NaN in an array',
      [
        [1, 2],
        [Number.NaN, 4],
        [2, 2],
      ],
      { row: 1, column: 0 },
    ],
    ['NaN in a typed array', { data: Float32Array.of(1, 2, 3, Number.NaN), shape: [2, 2] }, { row: 1, column: 1 }],
    [
      'Infinity in an array',
      [
        [1, 2],
        [3, -Infinity],
      ],
      { row: 1, column: 1 },
    ],
    [
      'a string in an array',
      [
        [1, 2],
        [3, '4'],
      ] as never,
      { row: 1, column: 1 },
    ],
    [
      'an object in an array',
      [
        [1, 2],
        [3, {}],
      ] as never,
      { row: 1, column: 1 },
    ],
    [
      'a bigint in an array',
      [
        [1, 2],
        [3, 4n],
      ] as never,
      { row: 1, column: 1 },
    ],
    ['Infinity in a record', [{ a: 1 }, { a: Infinity }], { row: 1, column: 'a' }],
    ['a huge bigint', [{ a: 1n }, { a: 10n ** 400n }], { row: 1, column: 'a' }],
    ['a string among numbers', [{ a: 1 }, { a: 'x' }], { row: 1, column: 'a' }],
    ['a number among strings', [{ a: 'x' }, { a: 1 }], { row: 1, column: 'a' }],
    ['an object in a record', [{ a: 1 }, { a: {} as never }], { row: 1, column: 'a' }],
    ['an object first in a record', [{ a: {} as never }, { a: 1 }], { row: 0, column: 'a' }],
    ['a function in a record', [{ a: 1 }, { a: (() => 1) as never }], { row: 1, column: 'a' }],
    ['a symbol in a record', [{ a: 1 }, { a: Symbol('s') as never }], { row: 1, column: 'a' }],
    ['an invalid Date', [{ a: new Date(0) }, { a: new Date('?') }], { row: 1, column: 'a' }],
    ['an array among records', [{ a: 1 }, [1]] as never, { row: 1 }],
    ['null among records', [{ a: 1 }, null] as never, { row: 1 }],
    ['a number among records', [{ a: 1 }, 7] as never, { row: 1 }],
    ['a record among arrays', [[1], { a: 1 }] as never, { row: 1 }],
    ['ragged rows', [[1, 2], [3]], { row: 1 }],
  ];
  test.each(cases)('%s', async (_, rows, place) => {
    const targets = Array.from({ length: (rows as []).length ?? 2 }, (_, i) => i);
    for (const fit of [() => Regressor.fit(rows, targets, { seed: 1 }), () => Classifier.fit(rows, targets, { seed: 1 })]) {
      const error = await fit().then(
        () => undefined,
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(DataError);
      expect(error).toMatchObject(place);
      for (const part of Object.entries(place))
        expect((error as Error).message).toContain(`${part[0]} ${typeof part[1] === 'string' ? `"${part[1]}"` : part[1]}`);
    }
  });

  test.each([
    [[]],
    [[{}]],
    [[{}, {}]],
    [[[], []]],
    [{ data: [], shape: [0, 2] }],
    ['rows'],
    [null],
    [undefined],
    [7],
    [{}],
    [new Map()],
  ])('no rows or columns: %j', async (rows) => {
    await expect(Regressor.fit(rows as Rows, [1, 2], { seed: 1 })).rejects.toThrow(DataError);
    await expect(Classifier.fit(rows as Rows, [1, 2], { seed: 1 })).rejects.toThrow(DataError);
  });
});
