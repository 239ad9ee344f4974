// Products of matrices and convolutions beside the cpu backend's.

import * as tf from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import { run, same, tensor } from './beside.js';

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

  test('sums beyond float32, infinities and NaN, transposed and in batches', async () => {
    const bias = () => tf.tensor1d([1, -Infinity, Number.NaN]);
    const large = () => tf.tensor2d([1e20, 1e20, 0, 1, 2, 3e38, Infinity, 1, -1, 0, -Infinity, 2], [4, 3]);
    const right = () => tf.tensor2d([1e20, 0, 1, -1e20, 3, 4, 1, -1e38, Number.NaN], [3, 3]);
    await same(() => tf.matMul(large(), right()));
    await same(() => tf.matMul(tf.transpose(large()), tf.transpose(right()), true, true));
    await same(() => tf.matMul(tf.stack([large(), large()]), right()));
    await same(() => tf.fused.matMul({ a: large(), b: right(), bias: bias(), activation: 'relu' }));
    // The cpu backend's sums are of float64 for 48 terms, and then meet those of float32.
    const long = () =>
      tf.tensor2d(
        Float32Array.from({ length: 120 }, (_, k) => (k % 60 < 30 ? 3e37 : -3e37)),
        [1, 120],
      );
    await same(() => tf.matMul(long(), tf.ones([120, 5])));
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

  test('infinities, NaN and sums beyond float32, at edges too', async () => {
    const odd = Float32Array.from({ length: 27 }, (_, i) => [Infinity, 1, -2, Number.NaN, 3e38, 1, -3e38, 2, 0][(i * 5) % 9]!);
    for (const pad of ['same', 'valid'])
      for (const x of [tf.ones, () => tensor([2, 4, 5, 3], 3)]) {
        const image = () => x([2, 4, 5, 3]) as tf.Tensor;
        const bias = () => tf.tensor1d([1, Infinity, -1]);
        const attrs = attrsOf({ pad, activation: 'linear' });
        await same(() =>
          run('FusedConv2D', { x: image(), filter: tf.tile(tf.tensor4d(odd, [3, 3, 1, 3]), [1, 1, 3, 1]), bias: bias() }, attrs),
        );
        await same(() =>
          run('FusedDepthwiseConv2D', { x: image(), filter: tf.tensor4d(odd, [3, 3, 3, 1]), bias: bias() }, attrs),
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
