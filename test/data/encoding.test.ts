// From tables to inputs: what each kind of column becomes, seen through the encoder and through models.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ColumnsLearner } from '../../src/data/columns.js';
import { Encoder } from '../../src/data/encoder.js';
import { type Rows, table } from '../../src/data/table.js';
import { type ColumnSpec, DataError, Regressor } from '../../src/index.js';
import { encoded, twenty } from './encoded.js';
import { draws } from './synthetic.js';

const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length;
const variance = (x: readonly number[]) => mean(x.map((v) => v * v)) - mean(x) ** 2;

describe('columns', () => {
  test('numbers are centred and divided by their deviation', () => {
    const { columns, specs } = encoded(twenty.map((i) => ({ a: i * 1000 + 5 })));
    expect(mean(columns[0]!)).toBeCloseTo(0, 14);
    expect(variance(columns[0]!)).toBeCloseTo(1, 14);
    // 0 … 19: mean 9.5, variance (20² − 1)/12.
    expect(specs[0]).toMatchObject({ name: 'a', kind: 'number', gaps: 0 });
    expect((specs[0] as { mean: number }).mean).toBeCloseTo(9505, 9);
    expect((specs[0] as { scale: number }).scale).toBeCloseTo(1000 * Math.sqrt(399 / 12), 9);
  });

  test('booleans and bigints are numbers', () => {
    const numbers = encoded(twenty.map((i) => ({ a: i % 2, b: i })));
    const others = encoded(twenty.map((i) => ({ a: i % 2 === 1, b: BigInt(i) })));
    expect(others.columns).toEqual(numbers.columns);
    expect(encoded(twenty.map((i) => [i % 2 === 1, i]) as never).columns).toEqual(numbers.columns);
  });

  test('dates are milliseconds, as Date, ISO string or with a time', () => {
    const days = twenty.map((i) => new Date(Date.UTC(2024, 0, 1 + i * i)));
    const numbers = encoded(days.map((d) => ({ d: d.getTime() })));
    for (const form of [days, days.map((d) => d.toISOString()), days.map((d) => d.toISOString().slice(0, 10))]) {
      const { columns, specs } = encoded(form.map((d) => ({ d })));
      expect(specs[0]!.kind).toBe('date');
      expect(columns).toEqual(numbers.columns);
    }
    // Half a date is a string; an impossible one as well.
    expect(encoded(twenty.map((i) => ({ d: ['2024-01-01', '2024-13-45'][i % 2]! }))).specs[0]!.kind).toBe('category');
  });

  test('strings are one input a category, in order of their code units', () => {
    const { columns, specs } = encoded(twenty.map((i) => ({ c: ['pear', 'apple', 'apple', 'Fig'][i % 4]! })));
    expect(specs[0]).toMatchObject({ kind: 'category', categories: ['Fig', 'apple', 'pear'], fill: 1, gaps: 0 });
    columns.forEach((x, j) => {
      expect(mean(x)).toBeCloseTo(0, 14);
      expect(variance(x)).toBeCloseTo(1, 14);
      const member = (i: number) => ['pear', 'apple', 'apple', 'Fig'][i % 4] === ['Fig', 'apple', 'pear'][j];
      expect(new Set(x.filter((_, i) => member(i))).size).toBe(1);
      expect(x[twenty.findIndex(member)]).toBeGreaterThan(0);
    });
  });

  test('rare categories are not blown up', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ c: i === 0 ? 'rare' : i % 2 ? 'a' : 'b' }));
    const { columns } = encoded(rows);
    // At least a quarter is divided by: (1 − 0.001)/0.25.
    expect(Math.max(...columns[2]!)).toBeCloseTo(0.999 / 0.25, 12);
  });

  test('what says nothing is dropped, with a reason', () => {
    const rows = twenty.map((i) => ({
      x: i,
      same: 7,
      word: 'w',
      name: `name ${i}`,
      nothing: null,
      zero: i % 2 ? 0 : -0,
    }));
    const { specs, columns } = encoded(rows);
    expect(columns).toHaveLength(1);
    const reasons = Object.fromEntries(specs.filter((s) => s.kind === 'dropped').map((s) => [s.name, s.reason]));
    expect(reasons).toEqual({
      same: 'the same in every row',
      word: 'the same in every row',
      name: '20 different strings in 20 rows',
      nothing: 'no value in any row',
      zero: 'the same in every row',
    });
    expect(() => encoded(rows.map(({ same }) => ({ same })))).toThrow(/no column can be learned from.*same in every row/);
  });

  test('gaps are the mean or the most frequent string, with an indicator from 5 % on', () => {
    const gap = (i: number) => [null, undefined, Number.NaN, ''][i % 4];
    const few = encoded(Array.from({ length: 100 }, (_, i) => ({ x: i < 4 ? gap(i) : i })));
    expect(few.columns).toHaveLength(1);
    expect(few.columns[0]!.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(few.specs[0]).toMatchObject({ gaps: 4 });
    expect(few.specs[0]).not.toHaveProperty('indicator');

    const many = encoded(Array.from({ length: 100 }, (_, i) => ({ x: i < 5 ? gap(i) : i })));
    expect(many.columns).toHaveLength(2);
    expect(new Set(many.columns[1]!.slice(0, 5)).size).toBe(1);
    expect(new Set(many.columns[1]!).size).toBe(2);
    expect(mean(many.columns[1]!)).toBeCloseTo(0, 14);

    const words = encoded(Array.from({ length: 40 }, (_, i) => ({ c: i < 4 ? gap(i) : i % 3 ? 'often' : 'seldom' })));
    expect(words.specs[0]).toMatchObject({ kind: 'category', gaps: 4, fill: 0, categories: ['often', 'seldom'] });
    expect(words.columns).toHaveLength(3);
    expect(words.columns[0]![0]).toBe(words.columns[0]![4]); // filled with 'often', as row 4 is
  });

  test('a column that is there or not says that', () => {
    const { columns, specs } = encoded(twenty.map((i) => ({ x: i % 3 ? 5 : null })));
    expect(specs[0]).toMatchObject({ kind: 'number', indicator: {} });
    expect(new Set(columns[1]).size).toBe(2);
  });

  test('eight columns of one unit share a scale', () => {
    const draw = draws(1);
    // Pixels: from 0 to 255, one of them hardly ever on.
    const pixels = Array.from({ length: 50 }, (_, r) =>
      Array.from({ length: 9 }, (_, c) => (r === 0 ? 0 : r === 1 ? 255 : c === 8 ? 0 : draw.below(256))),
    );
    const { specs, columns } = encoded(pixels);
    expect(new Set(specs.map((s) => (s as { scale: number }).scale)).size).toBe(1);
    expect(mean(columns.map(variance))).toBeCloseTo(1, 12);
    const own = encoded(pixels.map((row) => row.map((v, c) => v * 10 ** c)));
    expect(new Set(own.specs.map((s) => (s as { scale: number }).scale)).size).toBe(9);
  });

  test('numbers of any size: tiny, huge, far from 0', () => {
    for (const [scale, offset] of [
      [1e30, 0],
      [1e300, 0],
      [1e-300, 0],
      [8e307, 0],
      [1, 1e12],
    ] as const) {
      const { columns } = encoded(twenty.map((i) => [offset + scale * (i / 19 - 0.5)]));
      expect(mean(columns[0]!)).toBeCloseTo(0, 3);
      expect(variance(columns[0]!)).toBeCloseTo(1, 3);
      expect(columns[0]!.every(Number.isFinite)).toBe(true);
    }
    const extremes = encoded(twenty.map((i) => [i % 2 ? Number.MAX_VALUE : -Number.MAX_VALUE]));
    expect(extremes.columns[0]!.map((v) => Math.abs(v))).toEqual(twenty.map(() => 1));
    // Farther from their mean than the largest number.
    const uneven = encoded(twenty.map((i) => [i % 5 ? Number.MAX_VALUE : -Number.MAX_VALUE])).columns[0]!;
    expect(mean(uneven)).toBeCloseTo(0, 14);
    expect(variance(uneven)).toBeCloseTo(1, 14);
  });

  test('more columns than a call may have arguments', () => {
    const width = 300_000;
    const data = Float64Array.from({ length: 2 * width }, (_, i) => (i < width ? 0 : 1));
    const t = table({ data, shape: [2, width] });
    expect(Encoder.of(new ColumnsLearner(false).add(t)).inputs).toBe(width);
  });
});

describe('names', () => {
  test('the order of columns and of keys does not matter', () => {
    const rows = twenty.map((i) => ({ a: i, b: i % 2 ? 'x' : 'y', c: i * i }));
    const { encoder } = encoded(rows);
    const turned = rows.map(({ a, b, c }, i) => (i % 2 ? { c, b, a } : { b, a, c }));
    expect(encoder.encode(table(turned), 'float64')).toEqual(encoder.encode(table(rows), 'float64'));
    const columns = Object.fromEntries(encoded(turned).specs.map((s) => [s.name, s]));
    for (const spec of encoder.spec.columns) expect(columns[spec.name]).toEqual(spec);
  });

  test('a missing column, another one, arrays: refused by name', () => {
    const { encoder } = encoded(twenty.map((i) => ({ height: i, width: i * i, same: 1 })));
    const refusal = (rows: Rows) => {
      try {
        encoder.encode(table(rows), 'float64');
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        return error as DataError;
      }
      throw new Error('was not refused');
    };
    expect(refusal([{ height: 1 }])).toMatchObject({ column: 'width' });
    expect(refusal([{ height: 1, with: 2 }]).message).toMatch(/"width".*missing.*"with"/);
    expect(refusal([{ height: 1, width: 2, depth: 3 }])).toMatchObject({ column: 'depth' });
    expect(refusal([[1, 2, 3]]).message).toMatch(/records.*"height", "width".*arrays/);
    // What was dropped need not come again, and may hold anything.
    expect(encoder.encode(table([{ height: 1, width: 2 }]), 'float64')).toHaveLength(2);
    expect(encoder.encode(table([{ height: 1, width: 2, same: 'else' }]), 'float64')).toHaveLength(2);
    const unnamed = encoded([
      [1, 2],
      [2, 1],
      [0, 5],
    ]).encoder;
    expect(() => unnamed.encode(table([{ a: 1, b: 2 }]), 'float64')).toThrow(/rows of 2 numbers.*records/);
    expect(() => unnamed.encode(table([[1, 2, 3]]), 'float64')).toThrow(/3 columns; expected 2/);
  });

  test('any string names a column', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', ' ', 'ünïcödé 🐧', '0', 'length', '\u0000'];
    const record = (i: number) => {
      const r: Record<string, number> = Object.create(null);
      names.forEach((name, c) => {
        r[name] = (i * (c + 2)) % 13;
      });
      // As JSON makes them: own properties, __proto__ too.
      return JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}: ${r[name] ?? 0}`).join()}}`);
    };
    const rows = twenty.map(record);
    const { encoder, specs } = encoded(rows);
    expect(specs.map((s) => s.name).sort()).toEqual([...names].sort());
    expect(encoder.encode(table(rows), 'float64')).toHaveLength(20 * encoder.inputs);
    // A gap is a gap, not what records inherit.
    const gappy = [...rows, {}];
    const { specs: filled } = encoded(gappy);
    for (const spec of filled) expect(spec).toMatchObject({ kind: 'number', gaps: 1 });
    const error = (() => {
      try {
        return encoder.encode(table([{ '': 1 }]), 'float64');
      } catch (e) {
        return e;
      }
    })();
    expect(error).toBeInstanceOf(DataError);
  });

  test('any string is a category', () => {
    const words = ['__proto__', 'constructor', 'NaN', '🐧', 'null', ' '];
    const { specs, encoder } = encoded(Array.from({ length: 60 }, (_, i) => ({ c: words[i % 6]! })));
    expect((specs[0] as Extract<ColumnSpec, { kind: 'category' }>).categories).toEqual([...words].sort());
    // One not seen in training is none of them.
    const unseen = encoder.encode(table([{ c: 'toString' }]), 'float64');
    expect(unseen.every((v) => v < 0)).toBe(true);
  });
});

test("arrays with gaps are filled where missing says 'mean', and records refused where it says 'refuse'", async () => {
  const gappy = twenty.map((i) => [i === 3 ? Number.NaN : i, i === 5 ? null : i % 3]) as number[][];
  const quick = { hidden: [], weightDecay: 0.01, epochs: 5, seed: 1 };
  await expect(Regressor.fit(gappy, twenty, quick)).rejects.toThrow(/row 3, column 0.*missing: 'mean'/);
  const model = await Regressor.fit(gappy, twenty, { ...quick, missing: 'mean' });
  expect(model.predict([[Number.NaN, 1]]).every(Number.isFinite)).toBe(true);
  model.dispose();

  const records = gappy.map(([a, b]) => ({ a, b }));
  const filling = await Regressor.fit(records, twenty, quick);
  expect(
    filling
      .predict([
        { a: null, b: 1 },
        { a: 3, b: undefined },
      ])
      .every(Number.isFinite),
  ).toBe(true);
  filling.dispose();
  await expect(Regressor.fit(records, twenty, { ...quick, missing: 'refuse' })).rejects.toMatchObject({ row: 3, column: 'a' });
  const whole = records.filter((_, i) => i !== 3 && i !== 5);
  const strict = await Regressor.fit(whole, twenty.slice(2), { ...quick, missing: 'refuse' });
  expect(() => strict.predict([{ a: null, b: 1 }])).toThrow(DataError);
  strict.dispose();
});

test('kinds may not change between training and prediction', async () => {
  const rows = twenty.map((i) => ({ n: i, c: i % 2 ? 'a' : 'b', d: new Date(i * 1e9) }));
  const model = await Regressor.fit(rows, twenty, { hidden: [], weightDecay: 0.01, epochs: 5, seed: 1 });
  const good = { n: 1, c: 'a', d: new Date(0) };
  expect(model.predict([good, { ...good, n: null, c: null, d: null }] as never)).toHaveLength(2);
  for (const [name, value] of [
    ['n', 'a'],
    ['c', 3],
    ['d', 'yesterday'],
    ['n', Infinity],
    ['n', 1e308],
  ] as const) {
    const bad = { ...good, [name]: value };
    expect(() => model.predict([good, bad] as never)).toThrow(DataError);
    if (value !== 1e308) expect(() => model.predict([bad] as never)).toThrow(new RegExp(`column "${name}"`));
  }
  model.dispose();
});

const cell = fc.oneof(
  // Subnormal numbers have too few digits for a deviation.
  { weight: 5, arbitrary: fc.double({ noDefaultInfinity: true }).map((v) => (Math.abs(v) < 1e-290 ? 0 : v)) },
  { weight: 2, arbitrary: fc.integer() },
  fc.constant(null),
  fc.boolean(),
);
const kinds = [
  cell,
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom('a', 'b', '', '__proto__', 'ü') }, fc.string(), fc.constant(null)),
  fc.option(fc.date({ noInvalidDate: false })),
];

test('random tables are fitted and encoded to finite numbers, or refused with a DataError', () => {
  const tables = fc.dictionary(fc.string(), fc.constantFrom(0, 1, 2), { minKeys: 1, maxKeys: 5 }).chain((columns) =>
    fc.array(fc.record(Object.fromEntries(Object.entries(columns).map(([name, kind]) => [name, kinds[kind]!]))), {
      minLength: 1,
      maxLength: 30,
    }),
  );
  let fitted = 0;
  fc.assert(
    fc.property(tables, (rows) => {
      let columns: number[][];
      let specs: readonly ColumnSpec[];
      try {
        ({ columns, specs } = encoded(rows as Rows));
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        return;
      }
      fitted++;
      // A mean far from 0 has digits to a unit in its last place only.
      const far = Math.max(1, ...specs.map((s) => ('mean' in s ? Math.abs(s.mean) / s.scale : 0)));
      const tolerance = 1e-9 + far * 2 ** -48;
      for (const x of columns) {
        expect(x.every(Number.isFinite)).toBe(true);
        expect(Math.abs(mean(x))).toBeLessThan(tolerance);
        expect(variance(x)).toBeLessThan(1 + tolerance);
      }
    }),
    { numRuns: 500 },
  );
  expect(fitted).toBeGreaterThan(100);
});
