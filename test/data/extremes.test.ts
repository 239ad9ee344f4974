// What lies outside of everything else in a column: found, told, and kept from harming the rest.

import { describe, expect, test } from 'vitest';
import { ColumnsLearner } from '../../src/data/columns.js';
import { Encoder } from '../../src/data/encoder.js';
import { asinh } from '../../src/data/squash.js';
import { table } from '../../src/data/table.js';
import { type ColumnSpec, Classifier, ModelFileError, Regressor, loadModel } from '../../src/index.js';
import { adviceText, columnsText } from '../../src/cli/show.js';
import { readTable } from '../../src/table/index.js';
import { encoded } from './encoded.js';
import { type Draw, draws } from './synthetic.js';
import { unchecked } from '../format/unchecked.js';

type NumberSpec = Extract<ColumnSpec, { kind: 'number' | 'date' }>;

/** What becomes of a column of numbers. */
function specOf(values: readonly (number | null)[]): NumberSpec {
  return encoded(values.map((x, i) => ({ x, other: i % 7 }))).specs[0] as NumberSpec;
}

/** So many draws of one kind. */
function column(seed: number, n: number, kind: (draw: Draw) => number): number[] {
  const draw = draws(seed);
  return Array.from({ length: n }, () => kind(draw));
}

const normal = (draw: Draw) => draw.normal();

describe('a value far outside', () => {
  test('is held to the range of the rest, wherever it stands and whatever its sign', () => {
    for (const [at, value] of [
      [0, 1e6],
      [150, -3e5],
      [299, 1e300],
      [17, 100],
    ] as const) {
      const values = column(at + 1, 300, normal);
      const rest = values.filter((_, r) => r !== at);
      values[at] = value;
      const spec = specOf(values);
      const edge = value > 0 ? Math.max(...rest) : Math.min(...rest);
      expect(spec.limits).toEqual({ [value > 0 ? 'high' : 'low']: edge, beyond: 1 });
      expect(spec.sentinels).toBeUndefined();
      const clean = specOf(values.with(at, edge));
      expect(spec.mean).toBeCloseTo(clean.mean, 12);
      expect(spec.scale).toBeCloseTo(clean.scale, 12);
      const { columns } = encoded(values.map((x, i) => ({ x, other: i % 7 })));
      expect(columns[0]![at]).toBeCloseTo((edge - clean.mean) / clean.scale, 12);
    }
  });

  test('is one of several, on both sides', () => {
    const values = column(5, 300, normal);
    for (const [at, x] of [
      [3, 1e6],
      [40, 2e9],
      [41, -700],
      [299, 1e3],
    ] as const)
      values[at] = x;
    expect(specOf(values).limits).toMatchObject({ beyond: 4, low: expect.any(Number), high: expect.any(Number) });
  });

  test('is found among numbers far from 0, counts, indicators and dates', () => {
    const kinds: ((draw: Draw) => number)[] = [
      (draw) => 1e9 + draw.normal(),
      (draw) => Math.floor(-2 * Math.log(1 - draw.uniform())),
      (draw) => (draw.uniform() < 0.1 ? 1 : 0),
      (draw) => 1.6e12 + 3e11 * draw.uniform(),
      (draw) => 1e-200 * draw.normal(),
    ];
    kinds.forEach((kind, seed) => {
      const values = column(seed, 300, kind);
      values[9] = 1e6 * Math.max(...values.map(Math.abs));
      expect(specOf(values).limits?.beyond).toBe(1);
    });
  });

  test('is not found where a column is merely uneven', () => {
    const kinds: ((draw: Draw) => number)[] = [
      normal,
      (draw) => draw.uniform(),
      (draw) => Math.exp(draw.normal()),
      (draw) => draw.normal() / Math.hypot(draw.normal(), draw.normal(), draw.normal()), // Student's t, to a factor
      (draw) => (draw.uniform() < 0.01 ? 1 : 0),
      (draw) => Math.floor(-2 * Math.log(1 - draw.uniform())),
      (draw) => (draw.uniform() < 0.95 ? 0 : 1e4 * Math.exp(0.5 * draw.normal())),
      (draw) => 1.6e12 + 3e11 * draw.uniform(),
      (draw) => (draw.uniform() < 0.8 ? 0 : draw.below(256)),
      (draw) => draw.normal() + (draw.uniform() < 0.5 ? 1000 : 0),
    ];
    for (const kind of kinds) {
      for (let seed = 1; seed <= 20; seed++) {
        const { specs } = encoded(column(seed, 300, kind).map((x, i) => ({ x, other: i % 7 })));
        for (const spec of specs) {
          expect(spec).not.toHaveProperty('limits');
          expect(spec).not.toHaveProperty('sentinels');
        }
      }
    }
  });

  test('is rare where tails are long', () => {
    // Of 100 columns each of lognormal and Cauchy numbers few have one that is further out than their own tails suggest.
    for (const kind of [(draw: Draw) => Math.exp(2 * draw.normal()), (draw: Draw) => draw.normal() / draw.normal()]) {
      const found = Array.from({ length: 100 }, (_, seed) => specOf(column(seed, 300, kind))).filter(({ limits }) => limits);
      expect(found.length).toBeLessThan(8);
    }
  });
});

describe('a value that stands for "missing"', () => {
  test('is a gap with an indicator, however few there are', () => {
    for (const [share, code] of [
      [0.01, -999],
      [0.05, -999],
      [0.3, 9999],
      [0.7, -1e6],
    ] as const) {
      const draw = draws(8);
      const values = column(3, 1000, normal);
      const coded = values.map((x) => (draw.uniform() < share ? code : x));
      const spec = specOf(coded);
      const count = coded.filter((x) => x === code).length;
      expect(spec.sentinels).toEqual([{ value: code, count }]);
      expect(spec.limits?.beyond).toBe(0);
      const gaps = specOf(coded.map((x) => (x === code ? null : x)));
      expect(spec.mean).toBeCloseTo(gaps.mean, 12);
      expect(spec.scale).toBeCloseTo(gaps.scale, 12);
      expect(spec.indicator!.mean).toBeCloseTo(count / 1000, 12);
      const { columns } = encoded(coded.map((x) => ({ x })));
      const at = coded.indexOf(code);
      expect(columns[0]![at]).toBe(0);
      expect(columns[1]![at]! - columns[1]![coded.findIndex((x) => x !== code)]!).toBeCloseTo(1 / spec.indicator!.scale, 12);
    }
  });

  test('is one of several, beside gaps and beside a mistake', () => {
    const codes = [-997, -998, -999, 1e7];
    const values = column(4, 400, normal).map((x, i) => (i % 20 === 7 ? codes[(i / 20) & 3]! : i % 50 === 1 ? null : x));
    values[12] = 5e5;
    const spec = specOf(values);
    expect(spec.sentinels).toEqual([-999, -998, -997, 1e7].map((value) => ({ value, count: 5 })));
    expect(spec).toMatchObject({ gaps: 8, limits: { beyond: 1 } });
    expect(spec.indicator!.mean).toBeCloseTo(28 / 400, 12);
  });

  test('is found among years and ages; the arrays of a model without gaps may hold it', async () => {
    const draw = draws(2);
    const rows = Array.from({ length: 400 }, (_, i) => [
      i % 9 === 0 ? 0 : 1990 + draw.below(30),
      i % 11 === 0 ? 999 : 18 + draw.below(70),
    ]);
    using model = await Regressor.fit(
      rows,
      rows.map(([a, b]) => a! + b!),
      { hidden: [], seed: 1 },
    );
    expect(model.columns.map((spec) => (spec as NumberSpec).sentinels?.map(({ value }) => value))).toEqual([[0], [999]]);
    // Training saw them; what it did not see, on the same side, is the nearest of the rest.
    const [seen, edge, odd] = model.predict([
      [0, 30],
      [1990, 30],
      [1, 30],
    ]) as number[];
    expect(odd).toBe(edge);
    expect(Math.abs(seen! - edge!)).toBeGreaterThan(1);
  });
});

test('chunks show what rows show', () => {
  const values = column(6, 500, normal).map((x, i) => (i % 30 === 4 ? -999 : x));
  values[0] = 1e8; // the first chunk begins with it
  values[333] = -4e4;
  const whole = specOf(values);
  for (const size of [1, 7, 100]) {
    const learner = new ColumnsLearner(true);
    for (let r = 0; r < values.length; r += size) {
      learner.add(table(values.slice(r, r + size).map((x, i) => ({ x, other: (r + i) % 7 }))));
    }
    const spec = Encoder.of(learner).spec.columns[0] as NumberSpec;
    expect(spec.limits).toEqual(whole.limits);
    expect(spec.sentinels).toEqual(whole.sentinels);
    expect(spec.mean).toBeCloseTo(whole.mean, 12);
    expect(spec.scale).toBeCloseTo(whole.scale, 12);
  }
});

describe('scores on clean rows', () => {
  const N = 300;

  /** Rows, and the same with one value a million times larger or a code in a twentieth of them. */
  function problem(seed: number) {
    const draw = draws(seed);
    const rows = Array.from({ length: N }, () => [draw.normal(), draw.normal()]);
    const at = draw.below(N);
    const wrong = rows.map(([a, b], r) => [r === at ? 1e6 * a! : a!, b!]);
    const coded = rows.map(([a, b], r) => [r % 20 === seed ? -999 : a!, b!]);
    const clean = rows.flatMap((_, r) => (r === at || r % 20 === seed ? [] : [r]));
    return { rows, wrong, coded, clean };
  }

  test('stay within .01 for a regressor, linear or not', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { rows, wrong, coded, clean } = problem(seed);
      const targets = rows.map(([a, b]) => 2 * a! + b!);
      const [X, Y] = [clean.map((r) => rows[r]!), clean.map((r) => targets[r]!)];
      for (const hidden of [[], [8]]) {
        const scores = [];
        for (const given of [rows, wrong, coded]) {
          using model = await Regressor.fit(given, targets, { seed, hidden, weightDecay: 0.001, epochs: 60 });
          scores.push(model.evaluate(X, Y).r2);
        }
        expect(Math.abs(scores[1]! - scores[0]!)).toBeLessThan(0.01);
        expect(Math.abs(scores[2]! - scores[0]!)).toBeLessThan(0.01);
      }
    }
  });

  test('stay within .01 for a classifier', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { rows, wrong, clean } = problem(seed);
      const labels = rows.map(([a, b]) => (a! + 0.5 * b! > 0 ? 'p' : 'n'));
      const [X, Y] = [clean.map((r) => rows[r]!), clean.map((r) => labels[r]!)];
      const scores = [];
      for (const given of [rows, wrong]) {
        using model = await Classifier.fit(given, labels, { seed, hidden: [], weightDecay: 0.01 });
        scores.push(model.evaluate(X, Y).accuracy);
      }
      expect(Math.abs(scores[1]! - scores[0]!)).toBeLessThan(0.01);
    }
  });
});

test('files and reports tell of it', async () => {
  const values = column(7, 300, normal).map((x, i) => (i % 30 === 4 ? -999 : x));
  values[1] = 1e6;
  using model = await Regressor.fit(
    values.map((x, i) => ({ x, other: i % 7 })),
    values.map((_, i) => i % 7),
    { hidden: [], seed: 1 },
  );
  using copy = (await loadModel(model.toBytes())) as Regressor;
  expect(copy.columns).toEqual(model.columns);
  const probes = [-999, -998, 0.5, 1e6, 3e20].map((x) => ({ x, other: 2 }));
  expect(copy.predict(probes)).toEqual(model.predict(probes));
  expect(columnsText(model.columns)).toMatch(
    /x: number, -999 \(10 times\) treated as missing, 1 value far outside limited to at least -[\d.]+ and at most [\d.]+/,
  );

  const without = JSON.stringify(unchecked(model));
  expect(without).toContain('"sentinels"');
  for (const [from, to] of [
    ['"value":-999', '"value":"-999"'],
    ['"beyond":1', '"beyond":-1'],
    ['"low":', '"low":1e9,"was":'],
  ] as const) {
    expect(without).toContain(from);
    await expect(Regressor.fromJSON(JSON.parse(without.replace(from, to)))).rejects.toThrow(ModelFileError);
  }
});

describe('tails that are drawn in', () => {
  test('asinh is that of the engine to its last bits, odd, and finite for every number', () => {
    const draw = draws(1);
    let worst = 0;
    for (let i = 0; i < 20_000; i++) {
      const x = draw.normal() * Math.exp(8 * draw.normal());
      worst = Math.max(worst, Math.abs(asinh(x) / Math.asinh(x) - 1), Math.abs(asinh(-x) + asinh(x)));
    }
    expect(worst).toBeLessThan(1e-15);
    expect(asinh(0)).toBe(0);
    expect(asinh(Number.MIN_VALUE)).toBe(Number.MIN_VALUE);
    expect(asinh(Number.MAX_VALUE)).toBeCloseTo(1024 * Math.LN2 + Math.LN2, 12);
  });

  test('reach, and are standardised anew', () => {
    const kinds = { normal, lognormal: (draw: Draw) => Math.exp(2 * draw.normal()) };
    const [even, uneven] = Object.values(kinds).map((kind, seed) => column(seed + 1, 3000, kind));
    const t = table(even!.map((a, i) => ({ a, b: uneven![i]!, flag: i % 2, word: 'xyz'[i % 3]! })));
    const encoder = Encoder.of(new ColumnsLearner(true).add(t));
    expect(encoder.tails.map((tail) => tail && tail.reach > 5)).toEqual([false, true, undefined, undefined]);
    const drawn = encoder.squashing((_, { reach }) => reach > 5);
    expect(drawn.spec.columns[0]).toBe(encoder.spec.columns[0]);
    const { squash } = drawn.spec.columns[1] as NumberSpec;
    expect(squash!.centre).toBeCloseTo(1, 0); // the median of a lognormal
    const x = drawn.encode(t, 'float64');
    const own = Array.from({ length: 3000 }, (_, r) => x[r * drawn.inputs + 1]!);
    const mean = own.reduce((a, b) => a + b) / own.length;
    const variance = own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / own.length;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(variance - 1)).toBeLessThan(0.15);
    expect(Math.max(...own.map(Math.abs))).toBeLessThan(6);
    expect(own[7]).toBeLessThan(own[[...uneven!.keys()].find((r) => uneven![r]! > uneven![7]!)!]!); // keeps the order
  });

  test('of columns with outliers and sentinels are those of the rest', () => {
    const values = column(2, 500, (draw) => Math.exp(draw.normal())).map((x, i) => (i % 25 === 3 ? -999 : x));
    values[44] = 1e7;
    const encoder = Encoder.of(new ColumnsLearner(true).add(table(values.map((x) => ({ x })))));
    expect(encoder.tails[0]!.reach).toBeLessThan(40);
    const drawn = encoder.squashing(() => true);
    expect(drawn.spec.columns[0]).toMatchObject({ sentinels: [{ value: -999, count: 20 }], limits: { beyond: 1 } });
    const x = drawn.encode(table([{ x: -999 }, { x: 1e7 }]), 'float64');
    expect(x[0]).toBe(0);
    expect(x[2]).toBeLessThan(10);
  });
});

describe('a caller who says that a column holds numbers', () => {
  const draw = draws(21);
  // Bonuses of 100000 in a sixth of the rows, which are real: what is learned rises with them.
  const bonuses = Array.from({ length: 240 }, (_, i) => (i % 6 === 0 ? 100_000 : Math.round(50 * draw.uniform())));
  const targets = bonuses.map((bonus, i) => bonus / 1000 + 0.1 * (i % 7));
  const options = { hidden: 3, members: 1, epochs: 3, weightDecay: 0.01, seed: 1 } as const;
  const told = /column "bonus": 100000 \(40 times\) far outside.*treated as missing; with columns: \{ "bonus": 'number' \}/;

  test('keeps what would be taken for gaps, which is told otherwise', async () => {
    const records = bonuses.map((bonus) => ({ bonus }));
    using found = await Regressor.fit(records, targets, options);
    expect(found.history.advice).toMatch(told);
    using said = await Regressor.fit(records, targets, { ...options, columns: { bonus: 'number' } });
    expect(said.columns[0]).not.toHaveProperty('sentinels');
    expect(said.history.advice ?? '').not.toContain('bonus');
    expect((said.columns[0] as NumberSpec).mean).toBeCloseTo(bonuses.reduce((a, b) => a + b) / 240, 6);
    using numbers = await Regressor.fit(
      bonuses.map((bonus) => [bonus]),
      targets,
      options,
    );
    expect(numbers.history.advice).toMatch(/column "0": 100000 \(40 times\)/);
  });

  test('does so to readTable, too', async () => {
    const text = `bonus,y\n${bonuses.map((bonus, i) => `${bonus},${targets[i]}`).join('\n')}`;
    const found = await readTable(text);
    expect(found.notes.join()).toMatch(/column "bonus": 100000 \(40 times\)/);
    using taken = await Regressor.fit(found.without('y'), found.numbers('y'), options);
    expect(taken.history.advice).toMatch(told);
    const declared = await readTable(text, { columns: { bonus: 'number' } });
    expect(declared.notes).toEqual([]);
    using said = await Regressor.fit(declared.without('y'), declared.numbers('y'), options);
    expect(said.columns[0]).not.toHaveProperty('sentinels');
    expect(said.columns[0]).not.toHaveProperty('from');
    const shown = columnsText(taken.columns);
    expect(shown).toContain('bonus: number, 100000 (40 times) treated as missing (40 missing, filled');
    expect(adviceText(taken.history).join()).toContain('with --column bonus:number it is');
  });
});
