// Arithmetic, comparisons, functions and reductions beside the cpu backend's, of many shapes.

import * as tf from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import { run, same, tensor } from './beside.js';

const SHAPES: number[][] = [[], [1], [3], [4], [5], [0], [2, 3], [7, 1], [1, 7], [4, 8], [3, 2, 5], [0, 4], [33, 17]];
const PAIRS: [number[], number[]][] = [
  [[], [3]],
  [[5], [1]],
  [[4, 5], [5]],
  [[5], [4, 5]],
  [
    [4, 5],
    [4, 1],
  ],
  [
    [4, 1],
    [4, 5],
  ],
  [
    [4, 1],
    [1, 5],
  ],
  [
    [2, 3, 5],
    [3, 5],
  ],
  [
    [2, 3, 5],
    [2, 1, 1],
  ],
  [
    [2, 3, 5],
    [2, 1, 5],
  ],
  [
    [2, 1, 5],
    [1, 3, 1],
  ],
  [
    [1, 1, 7],
    [6, 1],
  ],
  [
    [3, 1, 4],
    [1, 5, 4],
  ],
  [
    [2, 1, 3],
    [2, 4, 3],
  ],
  [
    [2, 3, 4, 5],
    [2, 1, 4, 1],
  ],
  [[0, 3], [3]],
  [[1, 1], [9]],
];

describe('element by element', () => {
  const EXACT = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum'];
  const COMPARISONS = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'];

  test.each([...EXACT, 'SquaredDifference', ...COMPARISONS])('%s', async (name) => {
    const tolerance = name === 'SquaredDifference' ? 5e-7 : 0;
    for (const [a, b] of [...PAIRS, ...SHAPES.map((shape) => [shape, shape] as [number[], number[]])])
      await same(() => run(name, { a: tensor(a, 1), b: tensor(b, 2) }), tolerance);
  });

  test.each(COMPARISONS)('%s of integers', async (name) => {
    for (const [a, b] of PAIRS)
      await same(() => run(name, { a: tf.cast(tensor(a, 1, false), 'int32'), b: tf.cast(tensor(b, 2, false), 'int32') }));
  });

  const UNARY: [string, number, object?][] = [
    ...['Abs', 'Neg', 'Sqrt', 'Reciprocal', 'Sign', 'Floor', 'Ceil', 'Round', 'Relu', 'Relu6'].map((name): [string, number] => [
      name,
      0,
    ]),
    ['Square', 0],
    ['Step', 0, { alpha: 0.25 }],
    ['ClipByValue', 0, { clipValueMin: -1, clipValueMax: 0.75 }],
    ['LeakyRelu', 2e-7, { alpha: 0.2 }],
    ['Erf', 1.2e-7],
    ...['Rsqrt', 'Exp', 'Expm1', 'Log', 'Log1p', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Softplus'].map((name): [string, number] => [
      name,
      1e-6,
    ]),
  ];
  test.each(UNARY)('%s', async (name, tolerance, attrs) => {
    // tfjs adds 1 to e^x before it takes the logarithm, and loses digits of small results: 2⁻²⁴ is its own error.
    for (const shape of SHAPES) await same(() => run(name, { x: tensor(shape, 3) }, attrs), tolerance, tolerance && 1.2e-7);
  });

  test('Pow: of every shape, special numbers to special powers', async () => {
    for (const [a, b] of [...PAIRS, ...SHAPES.map((shape) => [shape, shape] as [number[], number[]])])
      await same(() => run('Pow', { a: tensor(a, 1), b: tensor(b, 2) }), 1.2e-7);
    const special = [
      Number.NaN,
      Infinity,
      -Infinity,
      0,
      -0,
      1,
      -1,
      2,
      -2,
      3,
      0.5,
      -0.5,
      1e-40,
      -1e-40,
      3e38,
      -3e38,
      16777217,
      1.5,
    ];
    const n = special.length;
    const [bases, powers] = [special, special].map((list, axis) => tf.tensor(list, axis ? [1, n] : [n, 1]));
    await same(() => run('Pow', { a: bases, b: powers }), 1.2e-7);
    for (const power of [-2, -1, 0, 0.5, 1, 2, 3, 4, 5])
      for (const shape of [[1], [18], [3, 6]]) await same(() => run('Pow', { a: tensor(shape, 3), b: tf.scalar(power) }), 2e-7);
    tf.dispose([bases!, powers!]);
  });

  test('a power whose digits are those of its exponent', async () => {
    await same(
      () => run('Pow', { a: tf.tensor1d([1.0000001, 0.9999999, 1.5, 0.7]), b: tf.tensor1d([6e8, -6e8, 200, -250]) }),
      1.2e-7,
    );
  });

  test('prelu, and the gradient of elu', async () => {
    for (const [a, b] of PAIRS) await same(() => run('Prelu', { x: tensor(a, 1), alpha: tensor(b, 2) }));
    for (const shape of SHAPES) {
      await same(() => run('Prelu', { x: tensor(shape, 1), alpha: tensor(shape, 2) }));
      await same(() => run('EluGrad', { dy: tensor(shape, 1), y: tensor(shape, 2) }), 2e-7);
    }
  });

  test('and, select, addN', async () => {
    for (const shape of SHAPES) {
      const positive = (seed: number) => tf.greater(tensor(shape, seed), 0);
      await same(() => run('LogicalAnd', { a: positive(1), b: positive(2) }));
      await same(() => run('Select', { condition: positive(1), t: tensor(shape, 2), e: tensor(shape, 3) }));
      await same(
        () =>
          run(
            'AddN',
            [1, 2, 3, 4].map((seed) => tensor(shape, seed)),
          ),
        1e-6,
      );
    }
    await same(() => run('Select', { condition: tf.tensor1d([1, 0], 'bool'), t: tensor([2, 3], 2), e: tensor([2, 3], 3) }));
  });
});

describe('reductions', () => {
  const AXES: [number[], (number | number[] | null)[]][] = [
    [[7], [0, -1, null, [0]]],
    [[1], [0, null]],
    [
      [4, 9],
      [0, 1, -1, [0, 1], null],
    ],
    [
      [33, 4],
      [0, 1],
    ],
    [
      [3, 300],
      [0, 1],
    ],
    [
      [300, 3],
      [0, 1],
    ],
    [
      [2, 3, 5],
      [0, 1, 2, [0, 1], [1, 2], [0, 2], [2, 1], [-1, -2], null],
    ],
    [
      [2, 1, 5],
      [0, 1, [0, 1], [0, 2]],
    ],
  ];
  test.each(['Sum', 'Mean', 'Max', 'Min', 'Prod'])('%s', async (name) => {
    for (const [shape, axes] of AXES)
      for (const axis of axes)
        for (const keepDims of [false, true])
          for (const special of [false, true])
            await same(
              () => run(name, { x: tensor(shape, 5, special) }, { axis, reductionIndices: axis, keepDims }),
              name === 'Max' || name === 'Min' ? 0 : 1e-6,
              name === 'Mean' || !special ? 1e-6 : 0, // tfjs divides first, and rounds
            );
  });

  test('means of booleans', async () => {
    for (const [shape, axes] of AXES)
      for (const axis of axes)
        await same(() => run('Mean', { x: tf.greater(tensor(shape, 6), 0) }, { axis, keepDims: true }), 1.2e-7, 1e-7);
  });

  test.each(['Any', 'All'])('%s', async (name) => {
    for (const [shape, axes] of [...AXES, [[2, 0], [1]] as [number[], number[]]])
      for (const axis of axes)
        for (const above of [-3, -2, 0, 2, 4])
          await same(() => run(name, { x: tf.greater(tensor(shape, 6), above) }, { axis, keepDims: above > 0 }));
  });

  test.each(['Cumsum', 'Cumprod'])('%s', async (name) => {
    for (const [shape, axes] of [
      ...AXES,
      [
        [2, 0, 3],
        [0, 1, 2],
      ] as [number[], number[]],
    ])
      for (const axis of axes)
        for (const exclusive of [false, true])
          for (const reverse of [false, true])
            if (typeof axis === 'number' && axis >= 0)
              await same(() => run(name, { x: tensor(shape, 7) }, { axis, exclusive, reverse }));
  });

  test.each(['ArgMax', 'ArgMin'])('%s', async (name) => {
    for (const [shape, axes] of AXES)
      for (const axis of axes) if (typeof axis === 'number') await same(() => run(name, { x: tensor(shape, 6) }, { axis }));
  });

  test('softmax, normalisation over batches', async () => {
    for (const shape of [[3], [1, 1], [4, 10], [2, 3, 5], [7, 17]]) {
      await same(() => run('Softmax', { logits: tensor(shape, 1, false) }, { dim: shape.length - 1 }), 2e-6);
      await same(() => run('Softmax', { logits: tensor(shape, 1) }, { dim: shape.length - 1 }), 2e-6);
      const n = [shape[shape.length - 1]!];
      const inputs = () => ({ x: tensor(shape, 1, false), mean: tensor(n, 2, false), variance: tf.abs(tensor(n, 3, false)) });
      await same(() => run('FusedBatchNorm', inputs(), { varianceEpsilon: 0.01 }), 1e-5, 1e-6);
      await same(
        () =>
          run(
            'FusedBatchNorm',
            { ...inputs(), scale: tensor(n, 4, false), offset: tensor(n, 5, false) },
            { varianceEpsilon: 0.01 },
          ),
        1e-5,
        1e-6,
      );
    }
  });
});
