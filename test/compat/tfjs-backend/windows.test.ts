// Errors of convolutions, and pooling with its errors, beside the cpu backend's.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // gradients
import { describe, test } from 'vitest';
import { run, same, tensor } from './beside.js';

type Size = [number, number, number, number];
type Window = [image: Size, window: [number, number], out: number, strides: [number, number], pad: unknown];

const explicit = (top: number, bottom: number, left: number, right: number) => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];
const WINDOWS: Window[] = [
  [[1, 5, 6, 1], [3, 3], 1, [1, 1], 'same'],
  [[2, 7, 5, 3], [3, 2], 6, [1, 1], 'valid'],
  [[2, 7, 7, 4], [1, 1], 9, [1, 1], 'same'],
  [[1, 8, 9, 5], [1, 1], 3, [2, 2], 'valid'],
  [[3, 9, 9, 2], [3, 3], 5, [2, 2], 'same'],
  [[3, 6, 8, 7], [2, 2], 4, [2, 2], 'valid'],
  [[1, 6, 6, 17], [5, 5], 8, [1, 3], 2],
  [[2, 4, 4, 2], [4, 4], 2, [1, 1], explicit(1, 2, 2, 1)],
  [[1, 2, 2, 20], [3, 3], 20, [1, 1], 'same'],
  [[1, 3, 5, 4], [2, 2], 3, [3, 4], 'same'],
  [[1, 2, 2, 3], [1, 1], 3, [2, 2], 1],
];

const outOf = ([image, window, out, strides, pad]: Window, depthwise: boolean): Size => {
  const filter: Size = [...window, image[3], depthwise ? 1 : out];
  return tf.backend_util.computeConv2DInfo(image, filter, strides, 1, pad as 'same', undefined, depthwise).outShape;
};
const ROUNDING = [1e-5, 2e-4] as const;

describe('errors of convolutions', () => {
  const attrsOf = ([, , , strides, pad]: Window) => ({ strides, pad, dilations: [1, 1], dataFormat: 'NHWC' });

  test.each(['Conv2D', 'DepthwiseConv2dNative'])('%s', async (name) => {
    const depthwise = name !== 'Conv2D';
    for (const window of WINDOWS) {
      const [image, size, channels] = window;
      const filter: Size = [...size, image[3], depthwise ? 1 : channels];
      const dy = () => tensor(outOf(window, depthwise), 3, false);
      const attrs = attrsOf(window);
      const toImage = () =>
        run(`${name}BackpropInput`, { dy: dy(), filter: tensor(filter, 2, false) }, { ...attrs, inputShape: image });
      const toFilter = () =>
        run(`${name}BackpropFilter`, { x: tensor(image, 1, false), dy: dy() }, { ...attrs, filterShape: filter });
      await same(toImage, ...ROUNDING);
      await same(toFilter, ...ROUNDING);
    }
  });

  test('of what is not finite', async () => {
    const attrs = { strides: [1, 1], pad: 'same', dilations: [1, 1], dataFormat: 'NHWC' };
    const shape = [1, 4, 4, 3];
    for (const name of ['Conv2D', 'DepthwiseConv2dNative']) {
      const filter = name === 'Conv2D' ? [3, 3, 3, 3] : [3, 3, 3, 1];
      const inputShape = shape;
      await same(() =>
        run(`${name}BackpropInput`, { dy: tensor(shape, 3), filter: tensor(filter, 2) }, { ...attrs, inputShape }),
      );
      const inputs = () => ({ x: tensor(shape, 1), dy: tensor(shape, 3) });
      await same(() => run(`${name}BackpropFilter`, inputs(), { ...attrs, filterShape: filter }));
    }
  });

  test('with more patches than are made at a time, and as gradients', async () => {
    const image = () => tensor([1, 64, 64, 3], 1, false) as tf.Tensor4D;
    const filter = () => tensor([5, 5, 3, 2], 2, false) as tf.Tensor4D;
    for (const which of [0, 1])
      await same(
        () =>
          tf.grads((x, w) => tf.mean(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))))([image(), filter()])[
            which
          ]!,
        1e-4,
        1e-4,
      );
    await same(
      () => tf.conv2dTranspose(tensor([2, 5, 5, 2], 1, false) as tf.Tensor4D, filter(), [2, 10, 10, 3], 2, 'same'),
      ...ROUNDING,
    );
  });
});

describe('pooling', () => {
  test.each([
    ['MaxPool', 0],
    ['AvgPool', 1e-6],
  ] as const)('%s, and how errors go back', async (name, tolerance) => {
    for (const window of WINDOWS)
      for (const special of [false, true]) {
        const [image, filterSize, , strides, pad] = window;
        const attrs = { filterSize, strides, pad };
        const input = () => tensor(image, 1, special);
        await same(() => run(name, { x: input() }, attrs), tolerance, tolerance);
        const dy = () => tensor(outOf(window, true), 3, special);
        await same(() => run(`${name}Grad`, { dy: dy(), input: input(), output: dy() }, attrs), 1e-5, 1e-5);
      }
  });

  test('takes the first of several largest', async () => {
    const attrs = { filterSize: [2, 3], strides: [1, 2], pad: 'same' };
    const input = () => tf.round(tf.div(tensor([2, 5, 7, 6], 1, false), 3)); // −1, 0 and 1
    const dy = () => tensor([2, 5, 4, 6], 2, false);
    await same(() => run('MaxPoolGrad', { dy: dy(), input: input(), output: dy() }, attrs), 1e-6, 1e-6);
  });
});
