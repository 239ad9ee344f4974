// Predictions, metrics and weights: against naive counts, and by what must hold bit for bit.

import { describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import {
  type Activation,
  DataError,
  type Evaluation,
  type Loss,
  type MatrixLike,
  Network,
  dataset,
  dense,
} from '../../src/index.js';
import { draws, normals } from '../data/synthetic.js';
import { sampleLoss } from './twin.js';

type Found = Evaluation & Record<string, unknown>;

function network(
  inputs: number,
  outputs: number,
  activation: Activation,
  loss: Loss,
  precision: 'float32' | 'float64' = 'float64',
) {
  return Network.create({
    inputs,
    layers: [dense(7, { activation: 'tanh' }), dense(outputs, { activation })],
    loss,
    precision,
    seed: 3,
  });
}

/** Rows of a flat row-major matrix. */
function rowsOf(flat: ArrayLike<number>, columns: number): number[][] {
  return Array.from({ length: flat.length / columns }, (_, r) => Array.from(flat).slice(r * columns, (r + 1) * columns));
}

const X = normals(41, 700, 3); // more than a slab of any kind
const draw = draws(42);
const w = X.map(() => draw.below(4) / 2);

describe('metrics of classes', () => {
  /** Counts by definition. */
  function naive(truth: number[], said: number[], classes: number, weights: number[]) {
    const weigh = (test: (r: number) => boolean) => truth.reduce((sum, _, r) => sum + (test(r) ? weights[r]! : 0), 0);
    const all = Array.from({ length: classes }, (_, c) => c);
    const precision = all.map((c) => weigh((r) => said[r] === c && truth[r] === c) / (weigh((r) => said[r] === c) || Infinity));
    const recall = all.map((c) => weigh((r) => said[r] === c && truth[r] === c) / (weigh((r) => truth[r] === c) || Infinity));
    const f1 = all.map((c) =>
      precision[c]! + recall[c]! > 0 ? (2 * precision[c]! * recall[c]!) / (precision[c]! + recall[c]!) : 0,
    );
    return {
      accuracy: weigh((r) => said[r] === truth[r]) / weigh(() => true),
      precision,
      recall,
      f1,
      confusionMatrix: all.map((t) => all.map((s) => weigh((r) => truth[r] === t && said[r] === s))),
    };
  }

  function expectMetrics(found: Found, expected: ReturnType<typeof naive>) {
    expect(found['confusionMatrix']).toEqual(expected.confusionMatrix); // halves add up exactly
    for (const name of ['precision', 'recall', 'f1'] as const) {
      expected[name].forEach((v, c) => {
        expect((found[name] as number[])[c]).toBeCloseTo(v, 14);
      });
    }
    expect(found['accuracy']).toBeCloseTo(expected.accuracy, 14);
  }

  test('crossEntropy, also with a class that nobody is of, and one that nobody says', async () => {
    const net = await network(3, 4, 'softmax', 'crossEntropy');
    net.setWeights(net.getWeights().map((a, i) => (i === 3 ? [0, 0, 0, -100] : a))); // class 3 is never said
    const outputs = rowsOf(net.predict(X), 4);
    const said = outputs.map((a) => a.indexOf(Math.max(...a)));
    expect(said).not.toContain(3);
    for (const kinds of [[0, 1, 3], [0, 1, 2, 3], [2]]) {
      const truth = X.map((_, r) => kinds[r % kinds.length]!);
      for (const weights of [undefined, w]) {
        const found = net.evaluate(X, truth, weights ? { sampleWeights: weights } : {}) as Found;
        const each = weights ?? X.map(() => 1);
        expectMetrics(found, naive(truth, said, 4, each));
        const total = each.reduce((a, b) => a + b);
        const logLoss = truth.reduce((sum, c, r) => sum - each[r]! * Math.log(outputs[r]![c]!), 0) / total;
        expect(found.loss).toBeCloseTo(logLoss, 11);
        expect(found['logLoss']).toBe(found.loss);
      }
    }
    const none = net.evaluate(
      X,
      X.map(() => 3),
    ) as Found;
    expect(none).toMatchObject({ accuracy: 0, precision: [0, 0, 0, 0], recall: [0, 0, 0, 0], f1: [0, 0, 0, 0] });
    net.dispose();
  });

  test('one sigmoid output is two classes', async () => {
    const net = await network(3, 1, 'sigmoid', 'binaryCrossEntropy');
    const truth = X.map((_, r) => r % 2);
    const said = Array.from(net.predict(X), (a) => (a > 0.5 ? 1 : 0));
    expectMetrics(net.evaluate(X, truth, { sampleWeights: w }) as Found, naive(truth, said, 2, w));
    net.dispose();
  });

  test('several sigmoid outputs are several questions', async () => {
    const net = await network(3, 3, 'sigmoid', 'binaryCrossEntropy');
    const truth = X.map((_, r) => [r % 2, (r >> 1) % 2, (r >> 2) % 2]);
    const said = Array.from(net.predict(X), (a) => (a > 0.5 ? 1 : 0));
    const found = net.evaluate(X, truth) as Found;
    expectMetrics(
      found,
      naive(
        truth.flat(),
        said,
        2,
        said.map(() => 1),
      ),
    );
    const outputs = rowsOf(net.predict(X), 3);
    const loss = outputs.reduce((sum, a, r) => sum + sampleLoss('binaryCrossEntropy', a, truth[r]!), 0) / X.length;
    expect(found.loss).toBeCloseTo(loss, 11);
    net.dispose();
  });

  test('hinge tells classes apart at 0', async () => {
    const net = await network(3, 1, 'linear', 'hinge');
    const truth = X.map((_, r) => (r % 3 === 0 ? 1 : -1));
    const outputs = Array.from(net.predict(X));
    const found = net.evaluate(X, truth) as Found;
    const signs = (list: number[]) => list.map((v) => (v > 0 ? 1 : 0));
    expectMetrics(
      found,
      naive(
        signs(truth),
        signs(outputs),
        2,
        X.map(() => 1),
      ),
    );
    expect(found.loss).toBeCloseTo(
      outputs.reduce((s, a, r) => s + Math.max(0, 1 - a * truth[r]!) / 700, 0),
      11,
    );
    expect(found).not.toHaveProperty('logLoss');
    net.dispose();
  });
});

describe('metrics of numbers', () => {
  function naive(outputs: number[][], T: number[][], weights: number[]) {
    const total = weights.reduce((a, b) => a + b);
    const mean = (of: (r: number) => number) => weights.reduce((s, v, r) => s + v * of(r), 0) / total;
    const columns = T[0]!.map((_, j) => j);
    const average = (of: (j: number) => number) => columns.reduce((s, j) => s + of(j), 0) / columns.length;
    return {
      mse: average((j) => mean((r) => (outputs[r]![j]! - T[r]![j]!) ** 2)),
      mae: average((j) => mean((r) => Math.abs(outputs[r]![j]! - T[r]![j]!))),
      r2: average((j) => {
        const centre = mean((r) => T[r]![j]!);
        return 1 - mean((r) => (outputs[r]![j]! - T[r]![j]!) ** 2) / mean((r) => (T[r]![j]! - centre) ** 2);
      }),
    };
  }

  test.each(['meanSquaredError', 'meanAbsoluteError'] as const)('%s', async (loss) => {
    for (const outputs of [1, 3]) {
      const net = await network(3, outputs, 'linear', loss);
      const T = normals(43, 700, outputs).map((row) => row.map((v, j) => 10 ** j * v + 5));
      for (const weights of [undefined, w]) {
        const found = net.evaluate(X, T, weights ? { sampleWeights: weights } : {}) as Found;
        const expected = naive(rowsOf(net.predict(X), outputs), T, weights ?? X.map(() => 1));
        for (const name of ['mse', 'mae', 'r2'] as const) {
          expect(Math.abs((found[name] as number) / expected[name] - 1)).toBeLessThan(700 * 2 ** -50);
        }
        const same = loss === 'meanSquaredError' ? expected.mse : expected.mae;
        expect(Math.abs(found.loss / same - 1)).toBeLessThan(700 * 2 ** -50);
      }
      net.dispose();
    }
  });

  test('r2 is 0 for the mean, 1 for the truth; where targets do not vary 1 for the truth, else 0, as scikit-learn has it', async () => {
    const net = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64', seed: 1 });
    const r2 = (weights: [number[], number[]], t: number[]) => {
      net.setWeights(weights);
      return (net.evaluate([1, 2, 3, 6], t) as Found)['r2'];
    };
    expect(r2([[0], [6]], [2, 4, 6, 12])).toBe(0);
    expect(r2([[2], [0]], [2, 4, 6, 12])).toBe(1);
    expect(r2([[0], [6]], [6, 6, 6, 6])).toBe(1);
    expect(r2([[0], [5]], [6, 6, 6, 6])).toBe(0);
    expect(r2([[0], [0.1]], [0.3, 0.3, 0.3, 0.3])).toBe(0);
    expect(r2([[1], [0]], [1, 2, 3, 7])).toBeCloseTo(1 - 1 / 20.75, 14);
    using two = await Network.create({ inputs: 1, layers: [dense(2)], loss: 'meanSquaredError', precision: 'float64', seed: 1 });
    two.setWeights([
      [1, 0],
      [0, 5],
    ]);
    const found = (constant: number) =>
      two.evaluate(
        [1, 2, 3, 7],
        [1, 2, 3, 7].map((v) => [v, constant]),
      ) as Found;
    expect(found(5)['r2']).toBe(1);
    expect(found(6)['r2']).toBe(0.5);
    // A mean a billion times the spread costs no digits.
    expect(
      r2(
        [[2], [1e9]],
        [2, 4, 6, 12].map((v) => v + 1e9),
      ),
    ).toBe(1);
    net.dispose();
  });
});

describe('forms of data', () => {
  const small = X.slice(0, 20);
  const flat = small.flat();
  const single = small.map((row) => row.map(Math.fround));

  test('rows, typed rows, and a flat array with its shape are the same', async () => {
    const net = await network(3, 2, 'softmax', 'crossEntropy');
    const expected = net.predict(small);
    const forms: MatrixLike[] = [
      small.map((row) => Float64Array.from(row)),
      { data: flat, shape: [20, 3] },
      { data: Float64Array.from(flat), shape: [20, 3] },
    ];
    for (const form of forms) expect(net.predict(form)).toEqual(expected);
    expect(net.predict(single.map((row) => Float32Array.from(row)))).toEqual(net.predict(single));
    expect(net.predict({ data: Float32Array.from(flat), shape: [20, 3] })).toEqual(net.predict(single));
    const integers = small.map((row) => row.map((v) => Math.round(10 * v)));
    for (const Kind of [Int8Array, Int16Array, Int32Array]) {
      expect(net.predict({ data: Kind.from(integers.flat()), shape: [20, 3] })).toEqual(net.predict(integers));
    }
    const bytes = small.map((row) => row.map((v) => Math.abs(Math.round(10 * v))));
    for (const Kind of [Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array]) {
      expect(net.predict({ data: Kind.from(bytes.flat()), shape: [20, 3] })).toEqual(net.predict(bytes));
    }
    net.dispose();
  });

  test('evaluate on a dataset is evaluate on its arrays; indices are one column per class', async () => {
    const net = await network(3, 2, 'softmax', 'crossEntropy');
    const y = small.map((_, r) => r % 2);
    const data = dataset(small, y);
    const oneHot = y.map((c) => [1 - c, c]);
    expect(net.evaluate(data)).toEqual(net.evaluate(small, y));
    expect(net.evaluate(small, oneHot)).toEqual(net.evaluate(small, y));
    expect(net.evaluate(small, Int32Array.from(y))).toEqual(net.evaluate(small, y));
    expect(
      net.evaluate(
        small,
        y.map((c) => [c]),
      ),
    ).toEqual(net.evaluate(small, y));
    net.dispose();
    data.dispose();
  });

  test('soft targets: probabilities that sum to 1', async () => {
    const net = await network(3, 2, 'softmax', 'crossEntropy');
    const soft = small.map((_, r) => [r / 20, 1 - r / 20]);
    const outputs = rowsOf(net.predict(small), 2);
    const expected = outputs.reduce((sum, a, r) => sum + sampleLoss('crossEntropy', a, soft[r]!), 0) / 20;
    expect(net.evaluate(small, soft).loss).toBeCloseTo(expected, 12);
    net.dispose();
  });

  const cases: [string, Loss, Activation, number, unknown][] = [
    ['a class too high', 'crossEntropy', 'softmax', 2, small.map((_, r) => r % 3)],
    ['a negative class', 'crossEntropy', 'softmax', 2, small.map((_, r) => (r % 2) - 1)],
    ['half a class', 'crossEntropy', 'softmax', 2, small.map(() => 0.5)],
    ['probabilities that sum to 2', 'crossEntropy', 'softmax', 2, small.map(() => [1, 1])],
    ['negative probabilities', 'crossEntropy', 'softmax', 2, small.map(() => [2, -1])],
    ['a probability of 2', 'binaryCrossEntropy', 'sigmoid', 1, small.map(() => 2)],
    ['0 for hinge', 'hinge', 'linear', 1, small.map(() => 0)],
    ['too many columns', 'meanSquaredError', 'linear', 1, small.map(() => [1, 2])],
    ['too few columns', 'meanSquaredError', 'linear', 2, small.map(() => [1])],
    ['too few rows', 'meanSquaredError', 'linear', 1, [1, 2]],
    ['NaN', 'meanSquaredError', 'linear', 1, small.map((_, r) => (r === 7 ? Number.NaN : 1))],
    ['Infinity', 'meanSquaredError', 'linear', 1, small.map((_, r) => (r === 7 ? -Infinity : 1))],
    ['gaps', 'meanSquaredError', 'linear', 1, small.map((_, r) => (r === 7 ? null : 1))],
    ['strings', 'meanSquaredError', 'linear', 1, small.map(() => '1')],
    ['nothing', 'meanSquaredError', 'linear', 1, undefined],
  ];
  test.each(cases)('targets refused: %s', async (_, loss, activation, outputs, T) => {
    const net = await network(3, outputs, activation, loss);
    const before = net.predict(small);
    const used = heap.used;
    expect(() => net.evaluate(small, T as MatrixLike)).toThrow(DataError);
    await expect(net.fit(small, T as MatrixLike)).rejects.toThrow(DataError);
    expect(heap.used).toBeLessThanOrEqual(used);
    expect(net.predict(small)).toEqual(before);
    net.dispose();
  });

  const bad: [string, unknown, RegExp][] = [
    ['no rows', [], /no rows/],
    ['no rows, shaped', { data: [], shape: [0, 3] }, /no rows/],
    ['no columns', [[], []], /no columns/],
    [
      'ragged',
      [
        [1, 2, 3],
        [1, 2],
      ],
      /row 1.*2 columns.*3/,
    ],
    ['too narrow', [[1, 2]], /2 columns.*3/],
    ['a vector', [1, 2, 3], /1 column.*3/],
    [
      'NaN',
      [
        [1, 2, 3],
        [1, Number.NaN, 3],
      ],
      /row 1, column 1.*NaN/,
    ],
    [
      'Infinity',
      [
        [1, 2, 3],
        [1, 2, Infinity],
      ],
      /row 1, column 2.*Infinity/,
    ],
    ['typed NaN', [Float32Array.of(1, Number.NaN, 2)], /row 0, column 1.*NaN/],
    [
      'a gap',
      [
        [1, 2, 3],
        [null, 2, 3],
      ],
      /row 1, column 0.*null/,
    ],
    ['a hole', [Object.assign(new Array(3), [1])], /row 0, column 1.*undefined/],
    ['a string', [[1, '2', 3]], /row 0, column 1.*"2"/],
    ['a boolean', [[1, true, 3]], /row 0, column 1.*true/],
    ['a bigint', [[1, 2n, 3]], /row 0, column 1.*2/],
    ['a date', [[1, new Date(), 3]], /row 0, column 1.*Date/],
    ['a symbol', [[1, Symbol('x'), 3]], /row 0, column 1.*Symbol/],
    [
      'an object that throws',
      [
        [
          1,
          {
            valueOf: () => {
              throw new Error('no');
            },
          },
          3,
        ],
      ],
      /row 0, column 1/,
    ],
    ['deeper', [[[1], [2], [3]]], /row 0, column 0/],
    ['rows among numbers', [1, [2, 3, 4]], /1 column/],
    ['numbers among rows', [[1, 2, 3], 4], /row 1/],
    ['bigint arrays', [BigInt64Array.of(1n, 2n, 3n)], /1 column|row/],
    ['a flat bigint array', { data: BigInt64Array.of(1n, 2n, 3n), shape: [1, 3] }, /expected an array of rows/],
    ['records', [{ a: 1 }], /1 column|row/],
    ['a wrong shape', { data: [1, 2, 3], shape: [2, 3] }, /shape \[2, 3\].*3 numbers/],
    ['a fractional shape', { data: [1, 2, 3], shape: [0.5, 6] }, /shape/],
    ['a negative shape', { data: [1, 2, 3], shape: [-1, -3] }, /shape/],
    ['half a shape', { data: [1, 2, 3], shape: [3] }, /shape/],
    [
      'rows with a shape',
      {
        data: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        shape: [1, 2],
      },
      /flat/,
    ],
    ['an odd shape', { data: [1, 2, 3], shape: [{ toString: 1 }, 3] }, /shape/],
    ['a string', 'abc', /expected an array of rows/],
    ['null', null, /expected an array of rows/],
    ['nothing', undefined, /expected an array of rows/],
    ['a view of bytes', new DataView(new ArrayBuffer(24)), /expected an array of rows/],
  ];
  test.each(bad)('inputs refused: %s', async (_, given, message) => {
    const net = await network(3, 1, 'linear', 'meanSquaredError');
    const before = net.predict(small);
    const used = heap.used;
    expect(() => net.predict(given as MatrixLike)).toThrow(DataError);
    expect(() => net.predict(given as MatrixLike)).toThrow(message);
    expect(() => net.evaluate(given as MatrixLike, [1])).toThrow(DataError);
    await expect(net.fit(given as MatrixLike, [1, 2])).rejects.toThrow(DataError);
    expect(() => dataset(given as MatrixLike, [1, 2, 3, 4, 5])).toThrow(DataError);
    expect(heap.used).toBeLessThanOrEqual(used);
    expect(net.predict(small)).toEqual(before);
    net.dispose();
  });

  test('numbers too large for float32 say so; float64 takes them', async () => {
    const net = await network(3, 1, 'linear', 'meanSquaredError', 'float32');
    expect(() =>
      net.predict([
        [1, 2, 3],
        [1, 1e39, 3],
      ]),
    ).toThrow(/row 1, column 1: 1e\+39 is too large for float32/);
    const data = dataset([[1e39, 2, 3]], [1]);
    expect(() => net.evaluate(data)).toThrow(DataError);
    const double = await network(3, 1, 'linear', 'meanSquaredError', 'float64');
    expect(Number.isFinite(double.predict([[1, 1e39, 3]])[0])).toBe(true);
    expect(Number.isFinite(double.evaluate(data).loss)).toBe(true);
    for (const one of [net, double, data]) one.dispose();
  });
});

describe('predict', () => {
  test.each(['float32', 'float64'] as const)(
    'is the same again, bit for bit, and whatever else was predicted (%s)',
    async (precision) => {
      const net = await network(3, 4, 'softmax', 'crossEntropy', precision);
      const all = net.predict(X);
      net.predict(X.slice(5, 9));
      expect(net.predict(X)).toEqual(all);
      expect(all).toHaveLength(700 * 4);
      expect(all).toBeInstanceOf(precision === 'float32' ? Float32Array : Float64Array);
      // What is given away is a copy.
      all.fill(0);
      expect(net.predict(X)).not.toEqual(all);
      net.dispose();
    },
  );

  test.each(['float32', 'float64'] as const)('one by one is as in batches, up to rounding (%s)', async (precision) => {
    const layers = [dense(65, { activation: 'gelu' }), dense(33, { activation: 'tanh' }), dense(2)];
    const net = await Network.create({ inputs: 3, layers, loss: 'meanSquaredError', precision, seed: 6 });
    const all = net.predict(X);
    // Sums of up to 65 products of order 1 in another order.
    const tolerance = 65 * (precision === 'float32' ? 2 ** -22 : 2 ** -51);
    for (const size of [1, 2, 3, 5, 17, 64]) {
      const parts: number[] = [];
      for (let first = 0; first < 100; first += size) parts.push(...net.predict(X.slice(first, Math.min(first + size, 100))));
      parts.forEach((v, i) => {
        expect(Math.abs(v - all[i]!)).toBeLessThanOrEqual(tolerance);
      });
    }
    net.dispose();
  });
});

describe('weights', () => {
  test('getWeights gives copies, setWeights takes them back', async () => {
    const net = await network(3, 2, 'softmax', 'crossEntropy');
    const before = net.predict(X.slice(0, 5));
    const weights = net.getWeights();
    expect(weights.map((a) => a.length)).toEqual([21, 7, 14, 2]);
    expect(net.weightShapes.map(({ name, shape }) => [name, shape])).toEqual([
      ['layers.0.kernel', [3, 7]],
      ['layers.0.bias', [7]],
      ['layers.1.kernel', [7, 2]],
      ['layers.1.bias', [2]],
    ]);
    expect(net.parameters).toBe(44);
    weights[0]!.fill(9);
    expect(net.predict(X.slice(0, 5))).toEqual(before);
    net.setWeights(weights);
    expect(net.getWeights()).toEqual(weights);
    expect(net.predict(X.slice(0, 5))).not.toEqual(before);
    weights[0]!.fill(1);
    expect(net.getWeights()[0]![0]).toBe(9);
    net.dispose();
  });

  test('a kernel is [inputs, units], row-major', async () => {
    const net = await Network.create({ inputs: 2, layers: [dense(3)], loss: 'meanSquaredError', seed: 1 });
    net.setWeights([
      [1, 2, 3, 10, 20, 30],
      [0.5, 0.25, 0.125],
    ]);
    expect(
      Array.from(
        net.predict([
          [1, 0],
          [0, 1],
          [0, 0],
        ]),
      ),
    ).toEqual([1.5, 2.25, 3.125, 10.5, 20.25, 30.125, 0.5, 0.25, 0.125]);
    net.dispose();
  });

  const right = [new Array(21).fill(1), new Array(7).fill(1), new Array(14).fill(1), [1, 1]];
  const put = (i: number, value: unknown) => right.map((a, j) => (j === i ? value : a));
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['too few arrays', right.slice(1)],
    ['too many arrays', [...right, [1]]],
    ['a flat array', new Float64Array(44)],
    ['a short array', put(0, new Array(20).fill(1))],
    ['a long array', put(3, [1, 1, 1])],
    ['NaN in the last place', put(3, [1, Number.NaN])],
    ['Infinity', put(3, [Infinity, 1])],
    ['a string of the right length', put(3, '11')],
    ['strings', put(3, ['1', '1'])],
    ['null in it', put(3, null)],
    ['undefined in it', put(3, undefined)],
    ['a number in it', put(3, 2)],
    [
      'rows',
      put(3, [
        [1, 2],
        [3, 4],
      ]),
    ],
    ['rows that fit', put(3, [[1, 2]])],
    ['bigints', put(3, [1n, 2n])],
    ['a bigint array', put(3, BigInt64Array.of(1n, 2n))],
    ['an object with a length', put(3, { length: 2 })],
  ])('setWeights refuses %s, and nothing changes', async (_, given) => {
    const net = await network(3, 2, 'softmax', 'crossEntropy');
    const before = net.getWeights();
    expect(() => net.setWeights(given as never)).toThrow(DataError);
    expect(net.getWeights()).toEqual(before);
    net.dispose();
  });

  test('float32 refuses what overflows it', async () => {
    const net = await network(3, 2, 'softmax', 'crossEntropy', 'float32');
    expect(() => net.setWeights(put(3, [1, 1e39]) as never)).toThrow(DataError);
    net.dispose();
  });
});

test('a loss whose squares overflow float32 is the one of the metrics', async () => {
  for (const loss of ['meanSquaredError', 'meanAbsoluteError'] as const) {
    const net = await Network.create({ inputs: 1, layers: [dense(1)], loss });
    net.setWeights([[1e10], [0]]);
    const found = net.evaluate([[1e10], [1], [3]], [[0], [0], [0]]) as { loss: number; mse: number; mae: number };
    expect(found.loss).toBeCloseTo(loss === 'meanSquaredError' ? found.mse : found.mae, -14);
    expect(found.mse / (1e40 / 3)).toBeCloseTo(1, 5);
  }
});
