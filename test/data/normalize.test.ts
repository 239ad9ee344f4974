// Input transformations: what they promise of means, variances and correlations, the way back, streaming, folding, refusals.

import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { DataError, Network, type Normalization, OptionError, dense, normalize } from '../../src/index.js';
import { randoms } from '../kernels/support.js';

/** Means and covariances (divisor N) of row-major rows, in float64. */
function moments(data: ArrayLike<number>, columns: number) {
  const rows = data.length / columns;
  const mean = new Array<number>(columns).fill(0);
  for (let r = 0; r < rows; r++) for (let i = 0; i < columns; i++) mean[i]! += data[r * columns + i]! / rows;
  const covariance = Array.from({ length: columns }, () => new Array<number>(columns).fill(0));
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        covariance[i]![j]! += ((data[r * columns + i]! - mean[i]!) * (data[r * columns + j]! - mean[j]!)) / rows;
      }
    }
  }
  return { mean, covariance };
}

/** The largest difference of a covariance from the identity. */
const fromIdentity = (c: number[][]) => Math.max(...c.flatMap((row, i) => row.map((v, j) => Math.abs(v - (i === j ? 1 : 0)))));

function mixed(rows: number, columns: number, seed: number, mean = 3): number[][] {
  const next = randoms(seed);
  const a = Array.from({ length: columns }, () => Array.from({ length: columns }, next));
  return Array.from({ length: rows }, () => {
    const z = Array.from({ length: columns }, next);
    return a.map((row, i) => mean + i + row.reduce((s, v, j) => s + v * z[j]!, 0));
  });
}

/** 500×7 of rank 4 (4 columns, 2 made of them, 1 constant). */
function rankFour(): number[][] {
  const next = randoms(5);
  return Array.from({ length: 500 }, () => {
    const z = Array.from({ length: 4 }, next);
    return [...z, 2 * z[1]!, z[0]! - 3 * z[2]! + 1, 7];
  });
}

describe('by columns', () => {
  const X = mixed(101, 5, 1);

  test('center removes means and leaves spreads', async () => {
    const map = await normalize.center().fit(X);
    const before = moments(X.flat(), 5);
    const after = moments(map.apply(X).data, 5);
    for (const m of after.mean) expect(Math.abs(m)).toBeLessThan(1e-13);
    after.covariance.flat().forEach((v, k) => {
      expect(v).toBeCloseTo(before.covariance.flat()[k]!, 12);
    });
  });

  test('scale makes deviations 1, divisor N, and leaves correlations', async () => {
    const { mean, covariance } = moments((await normalize.scale().fit(X)).apply(X).data, 5);
    for (const m of mean) expect(Math.abs(m)).toBeLessThan(1e-13);
    covariance.forEach((row, i) => {
      expect(row[i]).toBeCloseTo(1, 12);
    });
    const closed = await normalize.scale().fit([[1], [3], [5], [7]]);
    expect([...closed.apply([[4], [9]]).data]).toEqual([0, 5 / Math.sqrt(5)]);
  });

  test('scale without centring makes mean squares 1 (13)', async () => {
    const { data } = (await normalize.scale({ center: false }).fit(X)).apply(X);
    for (let i = 0; i < 5; i++) {
      let s = 0;
      for (let r = 0; r < 101; r++) s += data[r * 5 + i]! ** 2 / 101;
      expect(s).toBeCloseTo(1, 12);
    }
  });

  test('scale by importance: inputs known to matter less become smaller', async () => {
    const importance = [1, 0.5, 0.1, 2, 1];
    const { covariance } = moments((await normalize.scale({ importance }).fit(X)).apply(X).data, 5);
    covariance.forEach((row, i) => {
      expect(row[i]).toBeCloseTo(importance[i]! ** 2, 12);
    });
    await expect(normalize.scale({ importance: [1, 2] }).fit(X)).rejects.toThrow(OptionError);
  });

  test('minMax maps the range onto another one', async () => {
    const map = await normalize.minMax().fit([
      [0, 5, 1],
      [10, 5, 3],
      [5, 5, 2],
    ]);
    expect([...map.apply([[0, 5, 1]]).data]).toEqual([-1, 0, -1]);
    expect([...map.apply([[10, 6, 3]]).data]).toEqual([1, 0, 1]);
    expect(map.dropped).toEqual([1]);
    const unit = await normalize.minMax({ low: 0, high: 1 }).fit([[2], [4]]);
    expect([...unit.apply([[2], [3], [4], [6]]).data]).toEqual([0, 0.5, 1, 2]);
  });

  test('a column that does not vary becomes 0 and comes back', async () => {
    const map = await normalize.scale().fit([
      [1, 7],
      [2, 7],
    ]);
    expect(map.dropped).toEqual([1]);
    const z = map.apply([[1, 7]]);
    expect([...z.data]).toEqual([-1, 0]);
    expect([...map.invert(z).data]).toEqual([1, 7]);
  });

  test('large means cost no digits', async () => {
    const next = randoms(3);
    const small = Array.from({ length: 400 }, () => [next()]);
    const spread = (x: number[][]) => moments(x.flat(), 1).covariance[0]![0]!;
    const moved = small.map(([v]) => [v! + 1e9]);
    const map = await normalize.scale().fit(moved);
    const { covariance } = moments(map.apply(moved).data, 1);
    // Means near 1e9 are known to 2^-23, and so are the numbers; by Σx² − mean² nothing would be left of the variance.
    expect(Math.abs(covariance[0]![0]! - 1)).toBeLessThan(2 ** -23);
    expect(spread(small)).toBeGreaterThan(0.1);
  });
});

describe('decorrelate', () => {
  test.each([
    ['more rows than columns', 400, 6],
    ['several pieces', 1000, 9],
    ['wider than a band', 700, 150],
  ])('pca: covariance of the outputs is the identity (%s)', async (_, rows, columns) => {
    const X = mixed(rows, columns, rows);
    const map = await normalize.decorrelate().fit(X);
    expect(map.outputs).toBe(columns);
    const { mean, covariance } = moments(map.apply(X).data, columns);
    // Whitening magnifies rounding in the weakest direction by the condition number of the covariance.
    const condition = map.eigenvalues![0]! / map.eigenvalues!.at(-1)!;
    const bound = 64 * columns * Number.EPSILON * condition;
    expect(Math.max(...mean.map(Math.abs))).toBeLessThan(bound);
    expect(fromIdentity(covariance)).toBeLessThan(bound);
  });

  test('rank 4 of 7 columns is found, and the outputs are white to 1e-13 (Efficient BackProp 4.3)', async () => {
    const X = rankFour();
    const map = await normalize.decorrelate().fit(X);
    expect(map.outputs).toBe(4);
    expect(map.dropped).toEqual([6]);
    const { mean, covariance } = moments(map.apply(X).data, 4);
    expect(fromIdentity(covariance)).toBeLessThan(1e-13);
    expect(Math.max(...mean.map(Math.abs))).toBeLessThan(1e-13);
  });

  test('zca: as many outputs as inputs; the nearest of all white rows: a symmetric matrix', async () => {
    const X = mixed(300, 5, 8);
    const map = await normalize.decorrelate({ by: 'zca' }).fit(X);
    const { covariance } = moments(map.apply(X).data, 5);
    expect(fromIdentity(covariance)).toBeLessThan(1e-10);
    // Cross-covariance of outputs and inputs is C^½ : symmetric, positive diagonal.
    const both = moments(
      X.flatMap((x, r) => [...map.apply(X).data.subarray(r * 5, (r + 1) * 5), ...x]),
      10,
    ).covariance;
    for (let i = 0; i < 5; i++) {
      expect(both[i]![5 + i]).toBeGreaterThan(0);
      for (let j = 0; j < i; j++) expect(both[i]![5 + j]).toBeCloseTo(both[j]![5 + i]!, 10);
    }
  });

  test('fewer rows than columns: rank N − 1, white, and the same as through the covariance', async () => {
    const X = mixed(12, 30, 4);
    const map = await normalize.decorrelate().fit(X);
    expect(map.outputs).toBe(11);
    const { covariance } = moments(map.apply(X).data, 11);
    expect(fromIdentity(covariance)).toBeLessThan(1e-11);
    const other = (await normalize.decorrelate().accumulate()).add(X).finish();
    expect(other.outputs).toBe(11);
    map.eigenvalues!.forEach((v, k) => {
      expect(Math.abs(v - other.eigenvalues![k]!) / map.eigenvalues![0]!).toBeLessThan(1e-14 * 30);
    });
    const back = map.invert(map.apply(X)).data;
    back.forEach((v, k) => {
      expect(v).toBeCloseTo(X.flat()[k]!, 10);
    });
  });

  test('epsilon keeps weak directions weak: variances λ/(λ + ε)', async () => {
    const X = rankFour();
    const epsilon = 0.01;
    const map = await normalize.decorrelate({ epsilon }).fit(X);
    expect(map.outputs).toBe(7);
    const { covariance } = moments(map.apply(X).data, 7);
    map.eigenvalues!.forEach((v, k) => {
      expect(covariance[k]![k]).toBeCloseTo(v / (v + epsilon), 12);
    });
  });

  test('of correlations: units of columns do not matter', async () => {
    const X = mixed(200, 4, 6);
    const units = [1, 1e-9, 1e12, 40];
    const other = X.map((x) => x.map((v, i) => v * units[i]!));
    const a = (await normalize.decorrelate({ of: 'correlation' }).fit(X)).apply(X).data;
    const b = (await normalize.decorrelate({ of: 'correlation' }).fit(other)).apply(other).data;
    a.forEach((v, k) => {
      expect(b[k]).toBeCloseTo(v, 8);
    });
    // Without it a column of tiny numbers is taken for rounding.
    expect((await normalize.decorrelate().fit(other)).outputs).toBeLessThan(4);
  });

  test('what does not vary is dropped, and no direction is made of its rounding', async () => {
    for (const constant of [0.1, 1 / 3, 1e6 + 0.1, 7]) {
      for (const [rows, of] of [
        [200, 'correlation'],
        [200, 'covariance'],
        [3, 'correlation'],
        [3, 'covariance'],
      ] as const) {
        const X = mixed(rows, 4, 9).map((row) => row.with(1, constant));
        for (const by of ['pca', 'zca'] as const) {
          const map = await normalize.decorrelate({ of, by }).fit(X);
          expect(map.dropped).toEqual([1]);
          expect(map.eigenvalues!.length).toBe(Math.min(3, rows - 1));
          const back = map.invert(map.apply(X)).data;
          for (let r = 0; r < rows; r++) expect(back[4 * r + 1]).toBe(constant);
          const elsewhere = map.apply(X.map((row) => row.with(1, constant + 1))).data;
          expect(elsewhere).toEqual(map.apply(X).data);
        }
        const pieces = (await normalize.decorrelate({ of }).accumulate()).add(X.slice(0, 2)).add(X.slice(2)).finish();
        expect(pieces.dropped).toEqual([1]);
      }
    }
  });

  test('components keeps the largest', async () => {
    const X = mixed(200, 6, 2);
    const all = await normalize.decorrelate().fit(X);
    const two = await normalize.decorrelate({ components: 2 }).fit(X);
    expect(two.outputs).toBe(2);
    expect([...two.eigenvalues!]).toEqual([...all.eigenvalues!.slice(0, 2)]);
  });

  test('a mean m of d inputs makes the largest eigenvalue of the products 1 + d·m², which centring undoes (5.3)', async () => {
    const next = randoms(11);
    const d = 10;
    for (const m of [0, 1, 3]) {
      const X = Array.from({ length: 2000 }, () => Array.from({ length: d }, () => m + Math.sqrt(3) * next()));
      const largest = async (rows: number[][]) => {
        // Rows and their negatives have no mean: the covariance is that of the products themselves.
        const map = await normalize.decorrelate().fit([...rows, ...rows.map((x) => x.map((v) => -v))]);
        return map.eigenvalues![0]!;
      };
      expect(await largest(X)).toBeCloseTo(1 + d * m * m, m === 0 ? 0 : -0.3);
      const centred = (await normalize.center().fit(X)).apply(X).data;
      const rows = Array.from({ length: 2000 }, (_, r) => [...centred.subarray(r * d, (r + 1) * d)]);
      expect(await largest(rows)).toBeLessThan(1.3);
    }
  });
});

const ALL: [string, () => Normalization][] = [
  ['center', () => normalize.center()],
  ['scale', () => normalize.scale()],
  ['scale without centring', () => normalize.scale({ center: false })],
  ['minMax', () => normalize.minMax({ low: 0.1, high: 0.9 })],
  ['pca', () => normalize.decorrelate()],
  ['zca', () => normalize.decorrelate({ by: 'zca' })],
  ['pca of correlations', () => normalize.decorrelate({ of: 'correlation' })],
  ['zca with epsilon', () => normalize.decorrelate({ by: 'zca', epsilon: 0.1 })],
];

describe.each(ALL)('%s', (_, make) => {
  const X = mixed(60, 5, 21);

  test('invert undoes apply', async () => {
    const map = await make().fit(X);
    const { data, shape } = map.invert(map.apply(X));
    expect(shape).toEqual([60, 5]);
    data.forEach((v, k) => {
      expect(v).toBeCloseTo(X.flat()[k]!, 10);
    });
  });

  test('rows in pieces of any sizes give the same map, save rounding', async () => {
    const whole = (await make().fit(X)).apply(X).data;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
        using gathering = await make().accumulate();
        for (let at = 0, k = 0; at < 60; k++) {
          const n = Math.min(sizes[k % sizes.length]!, 60 - at);
          gathering.add(X.slice(at, at + n));
          at += n;
        }
        expect(gathering.rows).toBe(60);
        gathering
          .finish()
          .apply(X)
          .data.forEach((v, k) => {
            expect(v).toBeCloseTo(whole[k]!, 9);
          });
      }),
      { numRuns: 20 },
    );
  });

  test('comes back from JSON to the bit', async () => {
    const map = await make().fit(X);
    const again = await normalize.fromJSON(JSON.parse(JSON.stringify(map)));
    expect([...again.apply(X).data]).toEqual([...map.apply(X).data]);
    expect([...again.invert(map.apply(X)).data]).toEqual([...map.invert(map.apply(X)).data]);
    expect(again.dropped).toEqual(map.dropped);
  });

  test('folds into the first layer exactly', async () => {
    const map = await make().fit(X);
    for (const precision of ['float64', 'float32'] as const) {
      const layers = [dense(4, { activation: 'tanh' }), dense(2)];
      const net = await Network.create({ inputs: map.outputs, layers, loss: 'meanSquaredError', precision, seed: 1 });
      const raw = await Network.create({ inputs: 5, layers, loss: 'meanSquaredError', precision, seed: 2 });
      raw.setWeights(map.fold(net.getWeights()));
      const wanted = net.predict(map.apply(X));
      raw.predict(X).forEach((v, k) => {
        expect(v).toBeCloseTo(wanted[k]!, precision === 'float64' ? 12 : 4);
      });
      net.dispose();
      raw.dispose();
    }
  });

  test('the same rows as typed arrays, with a shape, or nested: the same bits', async () => {
    const map = await make().fit(X);
    const flat = Float64Array.from(X.flat());
    const other = await make().fit({ data: flat, shape: [60, 5] });
    expect([...other.apply({ data: flat, shape: [60, 5] }).data]).toEqual([...map.apply(X).data]);
  });
});

describe('refusals', () => {
  test.each([
    [
      'NaN',
      [
        [1, 2],
        [3, Number.NaN],
      ],
      { row: 1, column: 1 },
    ],
    ['a gap', [[1, 2], [3]], { row: 1 }],
    [
      'text',
      [
        [1, 2],
        [3, 'x'],
      ],
      { row: 1, column: 1 },
    ],
    ['no rows', [], {}],
  ])('%s', async (_, X, place) => {
    for (const [, make] of ALL) {
      const error = await make()
        .fit(X as number[][])
        .then(
          () => undefined,
          (e: unknown) => e,
        );
      expect(error).toBeInstanceOf(DataError);
      expect(error).toMatchObject(place);
    }
  });

  test('rows after the first piece are named by their own number', async () => {
    const X = Array.from({ length: 1000 }, (_, r) => [r, r === 900 ? Infinity : 1 / (r + 1)]);
    await expect(normalize.decorrelate().fit(X)).rejects.toMatchObject({ row: 900, column: 1 });
    await expect(normalize.scale().fit(X)).rejects.toMatchObject({ row: 900, column: 1 });
  });

  test('other widths than learned', async () => {
    const map = await normalize.scale().fit([
      [1, 2],
      [3, 4],
    ]);
    expect(() => map.apply([[1, 2, 3]])).toThrow(DataError);
    const gathering = (await normalize.scale().accumulate()).add([[1, 2]]);
    expect(() => gathering.add([[1, 2, 3]])).toThrow(DataError);
    expect(() => map.fold([new Float64Array(6), new Float64Array(2)])).toThrow(DataError);
    const empty = await normalize.center().accumulate();
    expect(() => empty.finish()).toThrow(DataError);
  });

  test('nothing varies; squares overflow', async () => {
    await expect(
      normalize.decorrelate().fit([
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    ).rejects.toThrow(DataError);
    await expect(normalize.decorrelate().fit([[1e200], [-1e200]])).rejects.toThrow(DataError);
    await expect(normalize.scale().fit([[1e200], [-1e200]])).rejects.toThrow(DataError);
    const wide = await normalize.minMax().fit([[-1.5e308], [1.5e308]]);
    const [low, middle, high] = wide.apply([[-1.5e308], [0], [1.5e308]]).data;
    expect(low).toBeCloseTo(-1, 15);
    expect(middle).toBe(0);
    expect(high).toBeCloseTo(1, 15);
  });

  test('numbers so small that their squares are 0 are scaled as others are, or refused by column', async () => {
    const rows = mixed(50, 2, 4);
    const small = (unit: number) => rows.map((row) => [row[0]!, row[1]! * unit]);
    for (const make of [() => normalize.scale(), () => normalize.scale({ center: false }), () => normalize.minMax()]) {
      const expected = (await make().fit(rows)).apply(rows).data;
      for (const unit of [1e-150, 1e-165, 1e-200, 1e-300]) {
        const found = await make().fit(small(unit));
        expect(found.dropped).toEqual([]);
        found.apply(small(unit)).data.forEach((v, i) => {
          expect(v).toBeCloseTo(expected[i]!, 12);
        });
        const pieces = (await make().accumulate()).add(small(unit).slice(0, 7)).add(small(unit).slice(7)).finish();
        expect(pieces.apply(small(unit)).data[1]).toBeCloseTo(expected[1]!, 12);
      }
      await expect(make().fit(small(1e-310))).rejects.toThrow(/column 1: numbers so close together/);
    }
    const close = expect.objectContaining({ name: 'DataError', column: 1, message: expect.stringMatching(/so close together/) });
    for (const unit of [1e-160, 1e-200, 1e-310]) {
      for (const X of [small(unit), small(unit).slice(0, 1).concat(small(unit).slice(1, 2))]) {
        await expect(normalize.decorrelate({ of: 'correlation' }).fit(X)).rejects.toEqual(close);
      }
      await expect(normalize.decorrelate().fit(rows.map((row) => [row[0]! * unit, 5]))).rejects.toThrow(
        /column 0: numbers so close/,
      );
    }
  });

  test.each([
    [() => normalize.minMax({ low: 1, high: 1 }), 'normalize.minMax.high'],
    [() => normalize.decorrelate({ epsilon: -1 }), 'normalize.decorrelate.epsilon'],
    [() => normalize.decorrelate({ components: 0 }), 'normalize.decorrelate.components'],
    [() => normalize.decorrelate({ by: 'ica' as 'pca' }), 'normalize.decorrelate.by'],
    [() => normalize.scale({ importance: [1, 0] }), 'normalize.scale.importance'],
  ])('bad options, %#', (make, option) => {
    expect(make).toThrow(expect.objectContaining({ name: 'OptionError', option }));
  });

  test('damaged JSON', async () => {
    const json = (await normalize.decorrelate().fit(mixed(20, 3, 1))).toJSON();
    const damaged = [
      { ...json, kind: 'none' },
      { ...json, shift: [1] },
      { ...json, factors: [1, 2, null] },
      { ...json, dropped: [3] },
      { ...json, whitening: { ...json.whitening!, vectors: [1] } },
      { ...json, whitening: { ...json.whitening!, eigenvalues: [-1] } },
    ];
    for (const one of damaged) await expect(normalize.fromJSON(one)).rejects.toThrow(OptionError);
  });
});
