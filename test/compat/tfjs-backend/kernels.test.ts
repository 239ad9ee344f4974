// Every kernel of ours beside that of tfjs's cpu backend: the same tensors, of many shapes and with NaN, infinities, zeros and
// huge numbers among them.

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BACKEND, register } from '../../../src/compat/tfjs-backend/index.js';

register();

type Result = { shape: number[]; dtype: string; values: number[] };

/** Numbers that repeat for a seed: uniform ones, every seventh special. */
function numbers(n: number, seed: number, special = true): Float32Array {
  const odd = [Number.NaN, Infinity, -Infinity, 0, -0, 3e38, -1e-40, 1, -1, 0.5, -2.5, 88.9, -104, 1e-20];
  let state = (seed * 2654435761 + 1) >>> 0;
  return Float32Array.from({ length: n }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (special && i % 7 === seed % 7) return odd[(state >>> 8) % odd.length]!;
    return (state / 2 ** 32 - 0.5) * 6;
  });
}

const tensor = (shape: number[], seed: number, special = true) =>
  tf.tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
      special,
    ),
    shape,
  );

/** What f makes on a backend, and whether everything else that it made is gone. */
async function on(backend: string, f: () => tf.Tensor): Promise<Result> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const result = tf.tidy(f);
  const values = Array.from(result.dataSync());
  const { shape, dtype } = result;
  result.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return { shape, dtype, values };
}

/** |a − b| within a few units in the last place of float32, and NaN and infinities where the other has them. */
function near(ours: number, theirs: number, tolerance: number): boolean {
  if (Object.is(ours, theirs) || ours === theirs) return true;
  return Math.abs(ours - theirs) <= tolerance * Math.abs(theirs) + 1e-37;
}

async function same(f: () => tf.Tensor, tolerance = 0, absolute = 0): Promise<void> {
  const theirs = await on('cpu', f);
  const ours = await on(BACKEND, f);
  expect({ ...ours, values: ours.values.length }).toEqual({ ...theirs, values: theirs.values.length });
  const wrong = ours.values.findIndex(
    (value, i) => !near(value, theirs.values[i]!, tolerance) && !(Math.abs(value - theirs.values[i]!) <= absolute),
  );
  expect(wrong < 0 ? '' : `${wrong}: ${ours.values[wrong]} instead of ${theirs.values[wrong]}`).toBe('');
}

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
  [[0, 3], [3]],
  [[1, 1], [9]],
];

/** On the tensor's data, whatever that is, so that kernels are asked and gradients are not. */
const run = (name: string, inputs: object, attrs: object = {}) =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as never) as tf.Tensor;

beforeAll(async () => {
  await tf.ready();
});

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
    ...['Rsqrt', 'Exp', 'Expm1', 'Log', 'Log1p', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Softplus'].map((name): [string, number] => [
      name,
      1e-6,
    ]),
  ];
  test.each(UNARY)('%s', async (name, tolerance, attrs) => {
    // tfjs adds 1 to e^x before it takes the logarithm, and loses digits of small results: 2⁻²⁴ is its own error.
    for (const shape of SHAPES) await same(() => run(name, { x: tensor(shape, 3) }, attrs), tolerance, tolerance && 1.2e-7);
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

  test.each(['ArgMax', 'ArgMin'])('%s', async (name) => {
    for (const [shape, axes] of AXES)
      for (const axis of axes) if (typeof axis === 'number') await same(() => run(name, { x: tensor(shape, 6) }, { axis }));
  });

  test('softmax, normalisation over batches', async () => {
    for (const shape of [[3], [1, 1], [4, 10], [2, 3, 5], [7, 17]]) {
      await same(() => run('Softmax', { logits: tensor(shape, 1, false) }, { dim: shape.length - 1 }), 2e-6);
      await same(() => run('Softmax', { logits: tensor(shape, 1) }, { dim: shape.length - 1 }), 2e-6);
      const n = [shape[shape.length - 1]!];
      const statistics = { mean: tensor(n, 2, false), variance: tf.abs(tensor(n, 3, false)) };
      const inputs = () => ({ x: tensor(shape, 1, false), mean: tensor(n, 2, false), variance: tf.abs(tensor(n, 3, false)) });
      for (const given of Object.values(statistics)) given.dispose();
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

describe('products of matrices', () => {
  const SIZES = [
    [1, 1, 1],
    [2, 3, 4],
    [5, 1, 7],
    [1, 9, 5],
    [17, 33, 9],
    [64, 20, 31],
    [3, 0, 2],
  ] as const;
  test('all transpositions', async () => {
    for (const [m, k, n] of SIZES)
      for (const transposeA of [false, true])
        for (const transposeB of [false, true]) {
          const a = transposeA ? [k, m] : [m, k];
          const b = transposeB ? [n, k] : [k, n];
          await same(() => tf.matMul(tensor(a, 1, false), tensor(b, 2, false), transposeA, transposeB), 0, 1e-5 * (k + 1));
        }
  });

  test('batches', async () => {
    const batches: [number[], number[]][] = [
      [[3], [3]],
      [[1], [3]],
      [[3], [1]],
      [[], [3]],
      [
        [2, 2],
        [2, 2],
      ],
      [
        [2, 1],
        [1, 3],
      ],
      [[2, 3], []],
    ];
    for (const [p, q] of batches)
      await same(() => tf.matMul(tensor([...p, 4, 5], 1, false), tensor([...q, 5, 3], 2, false)), 0, 1e-4);
  });

  test('with bias and activation', async () => {
    for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)
      for (const bias of [undefined, [6], [4, 6], [1]]) {
        const prelu = activation === 'prelu';
        await same(
          () =>
            tf.fused.matMul({
              a: tensor([4, 5], 1, false),
              b: tensor([5, 6], 2, false),
              ...(bias && { bias: tensor(bias, 3, false) }),
              activation,
              ...(prelu && { preluActivationWeights: tensor([6], 4, false) }),
            }),
          1e-6,
          1e-4,
        );
      }
  });
});

describe('convolutions', () => {
  type Window = [shape: [number, number, number, number], filter: [number, number], out: number, attrs: object];
  const WINDOWS: Window[] = [
    [[1, 5, 6, 1], [3, 3], 1, { pad: 'same' }],
    [[2, 7, 5, 3], [3, 2], 6, { pad: 'valid' }],
    [[2, 7, 7, 4], [1, 1], 9, { pad: 'same' }],
    [[1, 8, 9, 5], [1, 1], 3, { pad: 'valid', strides: [2, 2] }],
    [[3, 9, 9, 2], [3, 3], 5, { pad: 'same', strides: [2, 2] }],
    [[1, 9, 11, 3], [3, 3], 4, { pad: 'same', dilations: [2, 3] }],
    [[1, 6, 6, 17], [5, 5], 8, { pad: 2 }],
    [
      [1, 4, 4, 2],
      [4, 4],
      2,
      {
        pad: [
          [0, 0],
          [1, 2],
          [2, 1],
          [0, 0],
        ],
      },
    ],
    [[1, 2, 2, 20], [3, 3], 20, { pad: 'same' }],
  ];
  const attrsOf = (attrs: object) => ({ strides: [1, 1], dilations: [1, 1], dataFormat: 'NHWC', ...attrs });
  const BESIDE = [1e-5, 2e-4] as const; // tfjs rounds every sum on the way

  test('of all channels', async () => {
    for (const [shape, size, out, attrs] of WINDOWS) {
      const filter = [...size, shape[3], out];
      await same(
        () => run('Conv2D', { x: tensor(shape, 1, false), filter: tensor(filter, 2, false) }, attrsOf(attrs)),
        ...BESIDE,
      );
    }
    const first = { x: () => tensor([1, 2, 5, 5], 1, false), filter: () => tensor([3, 3, 2, 4], 2, false) };
    const attrs = { ...attrsOf({ pad: 'same' }), dataFormat: 'NCHW' };
    await same(() => run('Conv2D', { x: first.x(), filter: first.filter() }, attrs), ...BESIDE);
    // More patches than are made at a time.
    const large = () =>
      run('Conv2D', { x: tensor([1, 70, 70, 8], 1, false), filter: tensor([3, 3, 8, 4], 2, false) }, attrsOf({ pad: 'same' }));
    await same(large, ...BESIDE);
  });

  test('of each channel', async () => {
    for (const [shape, size, , attrs] of WINDOWS)
      for (const multiplier of [1, 2]) {
        const filter = [...size, shape[3], multiplier];
        await same(
          () => run('DepthwiseConv2dNative', { x: tensor(shape, 1, false), filter: tensor(filter, 2, false) }, attrsOf(attrs)),
          ...BESIDE,
        );
      }
  });

  test('with bias and activation', async () => {
    for (const activation of ['linear', 'relu', 'relu6', 'prelu', 'leakyrelu'])
      for (const name of ['FusedConv2D', 'FusedDepthwiseConv2D']) {
        const filter = name === 'FusedConv2D' ? [3, 3, 4, 6] : [3, 3, 4, 1];
        const channels = [name === 'FusedConv2D' ? 6 : 4];
        await same(
          () =>
            run(
              name,
              {
                x: tensor([2, 5, 5, 4], 1, false),
                filter: tensor(filter, 2, false),
                bias: tensor(channels, 3, false),
                ...(activation === 'prelu' && { preluActivationWeights: tensor(channels, 4, false) }),
              },
              attrsOf({ pad: 'same', activation, leakyreluAlpha: 0.1 }),
            ),
          ...BESIDE,
        );
      }
  });
});

describe('what moves', () => {
  test('slices', async () => {
    const cases: [number[], number[], number[]][] = [
      [[7], [2], [3]],
      [[7], [2], [-1]],
      [
        [4, 5],
        [1, 0],
        [2, 5],
      ],
      [
        [4, 5],
        [1, 2],
        [2, 2],
      ],
      [
        [2, 3, 4],
        [0, 1, 1],
        [2, 2, 2],
      ],
      [
        [2, 3, 4],
        [1, 1, 1],
        [1, 2, 3],
      ],
      [
        [2, 3, 4],
        [0, 1, 0],
        [2, 1, 4],
      ],
      [
        [2, 3, 4],
        [0, 0, 0],
        [2, 0, 4],
      ],
    ];
    for (const [shape, begin, size] of cases) await same(() => tf.slice(tensor(shape, 1), begin, size));
    await same(() => tf.slice(tf.cast(tensor([4, 5], 1, false), 'int32'), [1, 2], [2, 2]));
    await same(() => tf.slice(tf.greater(tensor([4, 5], 1), 0), [1, 2], [2, 2]));
  });

  test('every permutation of axes', async () => {
    const permutations = (list: number[]): number[][] =>
      list.length < 2 ? [list] : list.flatMap((x) => permutations(list.filter((y) => y !== x)).map((rest) => [x, ...rest]));
    for (const shape of [
      [3, 4],
      [5, 9],
      [2, 3, 4],
      [2, 1, 4],
      [1, 5, 1, 3],
      [2, 3, 4, 5],
    ])
      for (const perm of permutations(shape.map((_, i) => i))) await same(() => tf.transpose(tensor(shape, 1), perm));
    await same(() => tf.transpose(tf.cast(tensor([33, 6], 1, false), 'int32')));
  });

  test('beside each other', async () => {
    for (const axis of [0, 1, -1]) {
      await same(() => tf.concat([tensor([2, 3], 1), tensor([2, 3], 2), tensor([2, 3], 3)], axis));
      await same(() => tf.stack([tensor([2, 3], 1), tensor([2, 3], 2)], axis));
    }
    await same(() => tf.concat([tensor([2, 3], 1), tensor([2, 1], 2), tensor([2, 0], 3)], 1));
    await same(() => tf.concat([tensor([2, 2, 3], 1), tensor([2, 4, 3], 2)], 1));
    await same(() => tf.stack([tf.scalar(1), tf.scalar(2)]));
    await same(() => tf.concat([tf.tensor1d([1, 0], 'bool'), tf.tensor1d([1], 'bool')]));
  });

  test('gathered', async () => {
    const indices = (shape: number[]) =>
      tf.tensor(
        [2, 0, 1, 2, 2, 1].slice(
          0,
          shape.reduce((a, b) => a * b, 1),
        ),
        shape,
        'int32',
      );
    for (const [shape, axis] of [
      [[3], 0],
      [[3, 4], 0],
      [[4, 3], 1],
      [[2, 3, 5], 1],
      [[2, 5, 3], -1],
    ] as [number[], number][]) {
      await same(() => tf.gather(tensor(shape, 1), indices([5]), axis));
      await same(() => tf.gather(tensor(shape, 1), indices([2, 3]), axis));
    }
    await same(() => tf.gather(tensor([2, 3], 1), tf.tensor2d([2, 1], [2, 1], 'int32'), 1, 1));
  });

  test('casts, fills, tiles, shapes', async () => {
    for (const from of ['float32', 'int32', 'bool'] as const)
      for (const to of ['float32', 'int32', 'bool'] as const)
        for (const n of [0, 1, 4, 7, 33]) await same(() => tf.cast(tf.cast(tensor([n], 2), from), to));
    await same(() => tf.cast(tf.tensor1d([1e10, -3e9, 2.9, -2.9, 2147483648, Number.NaN]), 'int32'));
    await same(() => tf.fill([3, 4], 2.5));
    await same(() => tf.zerosLike(tensor([5], 1)));
    await same(() => tf.onesLike(tensor([5, 2], 1)));
    await same(() => tf.onesLike(tf.tensor1d([true, false], 'bool')));
    for (const [shape, reps] of [
      [[3], [2]],
      [
        [1, 3],
        [4, 1],
      ],
      [
        [1, 1, 3],
        [1, 5, 1],
      ],
      [
        [2, 3],
        [1, 2],
      ],
      [
        [2, 3],
        [1, 1],
      ],
      [
        [1, 0],
        [3, 1],
      ],
    ])
      await same(() => tf.tile(tensor(shape!, 1), reps!));
    await same(() => tf.reshape(tensor([4, 6], 1), [2, -1, 3]));
    await same(() => tf.clone(tensor([4, 6], 1)));
  });
});

describe('what tfjs refuses, in its words', () => {
  const complex = () => tf.complex([1, 2], [3, 4]);
  const CASES: [string, () => tf.Tensor][] = [
    ['shapes that do not meet', () => tf.add(tensor([3], 1), tensor([4], 2))],
    [
      'inner sizes',
      () => run('BatchMatMul', { a: tensor([2, 3], 1), b: tensor([2, 3], 2) }, { transposeA: false, transposeB: false }),
    ],
    ['an index out of range', () => tf.gather(tensor([3], 1), tf.tensor1d([0, 5], 'int32'))],
    ['a slice out of range', () => tf.slice(tensor([3], 1), [2], [4])],
    ['complex numbers in relu', () => run('Relu', { x: complex() })],
    ['complex numbers in sum', () => run('Sum', { x: complex() }, { axis: 0, keepDims: false })],
    ['complex numbers in softmax', () => run('Maximum', { a: complex(), b: complex() })],
    ['an axis that is not there', () => tf.sum(tensor([3, 3], 1), 4)],
    ['a size that does not fit', () => tf.reshape(tensor([3, 3], 1), [2, 4])],
    ['concat of other shapes', () => tf.concat([tensor([3, 3], 1), tensor([2, 2], 1)], 1)],
  ];
  test.each(CASES)('%s', async (_, f) => {
    const said = async (backend: string) => {
      await tf.setBackend(backend);
      try {
        tf.tidy(f);
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing';
    };
    const theirs = await said('cpu');
    expect(theirs).not.toBe('nothing');
    expect(await said(BACKEND)).toBe(theirs);
  });
});
