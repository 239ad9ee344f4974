// What moves, changes its shape or its type beside the cpu backend's; and what is refused.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { BACKEND } from '../../../src/compat/tfjs-backend/index.js';
import { run, same, tensor } from './beside.js';

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

  test('constants around numbers, on any axes', async () => {
    const cases: [number[], [number, number][]][] = [
      [[7], [[2, 3]]],
      [[0], [[2, 1]]],
      [[7], [[0, 0]]],
      [
        [3, 4],
        [
          [0, 0],
          [1, 2],
        ],
      ],
      [
        [3, 4],
        [
          [1, 0],
          [0, 0],
        ],
      ],
      [
        [3, 0],
        [
          [1, 1],
          [0, 2],
        ],
      ],
      [
        [2, 3, 5],
        [
          [1, 0],
          [0, 2],
          [3, 1],
        ],
      ],
      [
        [2, 5, 4, 3],
        [
          [0, 0],
          [1, 1],
          [2, 1],
          [0, 0],
        ],
      ],
      [
        [2, 3, 2, 3, 2],
        [
          [1, 2],
          [0, 1],
          [1, 1],
          [2, 0],
          [0, 1],
        ],
      ],
    ];
    for (const [shape, paddings] of cases) {
      for (const value of [0, -1.5, Number.NaN]) await same(() => tf.pad(tensor(shape, 1), paddings, value));
      for (const value of [0, 3]) await same(() => tf.pad(tf.cast(tensor(shape, 1, false), 'int32'), paddings, value));
    }
  });

  test('booleans: slices, tiles, side by side, split, backwards', async () => {
    const flags = (shape: number[], seed: number) => tf.greater(tensor(shape, seed), 0);
    await same(() => tf.slice(flags([3, 5, 7], 1), [1, 0, 0], [2, 5, 7]));
    await same(() => tf.slice(flags([3, 5, 7], 1), [1, 1, 0], [1, 3, 7]));
    await same(() => tf.tile(flags([3, 5], 1), [2, 3]));
    await same(() => tf.tile(flags([1, 1, 3, 5], 1), [4, 2, 1, 1]));
    for (const axis of [0, 1]) {
      await same(() => tf.concat([flags([3, 5], 1), flags([3, 5], 2)], axis));
      await same(() => tf.stack([flags([3, 5], 1), flags([3, 5], 2)], axis));
      await same(() => tf.reverse(flags([3, 5], 1), axis));
    }
    for (const part of [0, 1, 2]) await same(() => tf.split(flags([5, 6], 1), 3, 1)[part]!);
    for (const part of [0, 4]) await same(() => tf.unstack(flags([5, 6], 1))[part]!);
  });

  test('backwards along axes', async () => {
    for (const shape of [[1], [7], [4, 5], [3, 1, 5], [2, 3, 4, 5], [2, 0, 3]])
      for (let axis = 0; axis < shape.length; axis++) {
        await same(() => tf.reverse(tensor(shape, 1), axis));
        await same(() => tf.reverse(tf.cast(tensor(shape, 1, false), 'int32'), axis));
      }
    await same(() => tf.reverse(tensor([3, 4, 5], 1)));
    await same(() => tf.reverse(tensor([3, 4, 5], 1), [0, 2]));
  });

  test('one of many: indices in range and out of it, of both types', async () => {
    for (const list of [[], [0], [2, -1, 0, 3, 1, 99]])
      for (const dtype of ['float32', 'int32'] as const)
        for (const [on, off] of [
          [1, 0],
          [5, -2],
          [0.5, 0.25],
        ])
          await same(() => tf.oneHot(tf.tensor1d(list, 'int32'), 3, on, off, dtype));
    await same(() => tf.oneHot(tf.tensor2d([0, 1, 2, 3], [2, 2], 'int32'), 4));
  });

  test('images enlarged by repeating pixels', async () => {
    const sizes: [number, number][] = [
      [3, 4],
      [6, 8],
      [9, 4],
      [7, 8],
      [147, 4],
      [2, 2],
    ];
    for (const size of sizes)
      for (const options of [{}, { alignCorners: true }, { halfPixelCenters: true }]) {
        const attrs = { alignCorners: false, halfPixelCenters: false, ...options, size };
        await same(() => run('ResizeNearestNeighbor', { images: tensor([2, 3, 4, 3], 1) }, attrs));
      }
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

  test('pieces of an axis', async () => {
    const joined = (pieces: tf.Tensor[]) => tf.concat(pieces.map((each) => tf.reshape(each, [-1])));
    for (const shape of [[6], [4, 6], [3, 4, 6], [2, 1, 6, 5], [2, 0, 6]])
      for (let axis = -1; axis < shape.length; axis++) {
        const x = () => tensor(shape, 1);
        const size = shape.at(axis)!;
        if (size > 0) await same(() => joined(tf.split(x(), size, axis)));
        if (size > 0) await same(() => joined(tf.split(x(), [1, -1], axis)));
        await same(() => tf.split(tf.cast(tensor(shape, 2, false), 'int32'), [0, size], axis)[1]!);
        if (size > 0) await same(() => joined(tf.unstack(x(), axis)));
        if (size > 0) await same(() => tf.unstack(x(), axis).at(-1)!);
      }
  });

  test('sums of rows by their numbers', async () => {
    const places = () => tf.tensor1d([2, 0, 2, 3, -1, 0, 9, 2], 'int32');
    for (const shape of [[8], [8, 5], [8, 2, 3]])
      for (const special of [false, true])
        await same(() => tf.unsortedSegmentSum(tensor(shape, 1, special), places(), 5), 1e-6, 1e-6);
  });

  test('casts, fills, tiles, shapes', async () => {
    for (const from of ['float32', 'int32', 'bool'] as const)
      for (const to of ['float32', 'int32', 'bool'] as const)
        for (const n of [0, 1, 4, 7, 33]) await same(() => tf.cast(tf.cast(tensor([n], 2), from), to));
    // Beyond 2^24, where float32 would round, the cpu backend keeps the integers.
    await same(() => tf.sum(tf.cast(tf.tensor1d([2147483647, 16777217, -16777219, 3], 'int32'), 'float32')));
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
      [
        [2, 3, 2],
        [2, 3, 2],
      ],
      [
        [2, 1, 3],
        [1, 4, 2],
      ],
      [
        [2, 3],
        [2, 0],
      ],
    ])
      await same(() => tf.tile(tensor(shape!, 1), reps!));
    await same(() => tf.reshape(tensor([4, 6], 1), [2, -1, 3]));
    await same(() => tf.clone(tensor([4, 6], 1)));
  });
});

describe('what tfjs refuses, in its words', () => {
  const complex = () => tf.complex([1, 2], [3, 4]);
  const fusedPrelu = () => {
    const attrs = { transposeA: false, transposeB: false, activation: 'prelu' };
    return run('_FusedMatMul', { a: tensor([2, 3], 1), b: tensor([3, 2], 2) }, attrs);
  };
  const CASES: [string, () => tf.Tensor][] = [
    ['shapes that do not meet', () => tf.add(tensor([3], 1), tensor([4], 2))],
    [
      'inner sizes',
      () => run('BatchMatMul', { a: tensor([2, 3], 1), b: tensor([2, 3], 2) }, { transposeA: false, transposeB: false }),
    ],
    ['an index out of range', () => tf.gather(tensor([3], 1), tf.tensor1d([0, 5], 'int32'))],
    ['an index out of range where nothing is gathered', () => tf.gather(tf.zeros([0, 4, 0]), [7], 1)],
    ['a product of a vector', () => tf.matMul(tensor([3], 1), tensor([3, 4], 2))],
    [
      'an image smaller than its filter',
      () => tf.conv2d(tensor([1, 1, 5, 4], 1) as tf.Tensor4D, tf.ones([3, 1, 4, 1]), [1, 3], 0),
    ],
    ['a slice out of range', () => tf.slice(tensor([3], 1), [2], [4])],
    ['complex numbers in relu', () => run('Relu', { x: complex() })],
    ['complex numbers in sum', () => run('Sum', { x: complex() }, { axis: 0, keepDims: false })],
    ['complex numbers in softmax', () => run('Maximum', { a: complex(), b: complex() })],
    ['an axis that is not there', () => tf.sum(tensor([3, 3], 1), 4)],
    ['a size that does not fit', () => tf.reshape(tensor([3, 3], 1), [2, 4])],
    ['a size of tile that is negative', () => tf.tile(tensor([1, 2], 1), [2, -1])],
    ['a size of tile that is not whole', () => tf.tile(tf.greater(tensor([1, 2], 1), 0), [1.5, 1])],
    ['booleans that do not meet', () => tf.stack([tf.tensor1d([1], 'bool'), tf.tensor1d([1, 0], 'bool')])],
    ['an axis that is not whole', () => tf.concat([tensor([3, 3], 1), tensor([3, 3], 1)], 0.5)],
    ['a size of slice that is not whole', () => run('Slice', { x: tensor([3, 3], 1) }, { begin: [0, 0], size: [1.5, 1] })],
    ['a negative size to fill', () => run('Fill', {}, { shape: [-2], value: 1, dtype: 'float32' })],
    [
      'a pool that does not move',
      () => run('MaxPool', { x: tensor([1, 4, 4, 2], 1) }, { filterSize: 2, strides: 0, pad: 'same' }),
    ],
    ['an activation without its slopes', () => fusedPrelu()],
    ['complex numbers in a product of all', () => run('Prod', { x: complex() }, { axis: 0, keepDims: false })],
    ['complex numbers in a running sum', () => run('Cumsum', { x: complex() }, { axis: 0 })],
    ['complex numbers in a reversal', () => run('Reverse', { x: complex() }, { dims: [0] })],
    ['numbers in any', () => tf.any(tensor([3], 1))],
    ['an axis of all that is not there', () => tf.all(tf.greater(tensor([3], 1), 0), 2)],
    ['a depth of 0', () => tf.oneHot(tf.tensor1d([0], 'int32'), 0)],
    ['exponents of another shape', () => tf.pow(tensor([3], 1), tensor([2], 1))],
    ['images of two axes', () => tf.image.resizeNearestNeighbor(tensor([2, 2], 1) as tf.Tensor3D, [2, 2])],
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
