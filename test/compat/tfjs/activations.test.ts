// Values and slopes of activations as tfjs computes them, and that kernels for tensors read and write nothing beside their rows.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // which brings the gradients
import { describe, expect, test } from 'vitest';
import { tensors } from '../../../bindings/tensors.js';
import { Arena } from '../../../bindings/memory.js';
import { TensorActivation, type TensorActivationName } from '../../../build/codes.js';

const { core, heap } = tensors();

/** tfjs's functions, and the parameter with which ours is called. */
const KINDS: Record<TensorActivationName, [(x: tf.Tensor) => tf.Tensor, number]> = {
  linear: [(x) => x.clone(), 0],
  relu: [(x) => tf.relu(x), 0],
  relu6: [(x) => tf.minimum(6, tf.relu(x)), 0],
  clippedRelu: [(x) => tf.clipByValue(tf.relu(x), 0, 2), 2],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.3), 0.3],
  // tfjs has no gradient of `greater`, and cannot train what it makes of it.
  thresholdedRelu: [(x) => tf.mul(x, tf.tensor(x.dataSync().map((v) => (v > 1 ? 1 : 0)))), 1],
  elu: [(x) => tf.elu(x), 1],
  selu: [(x) => tf.selu(x), 0],
  sigmoid: [(x) => tf.sigmoid(x), 0],
  hardSigmoid: [(x) => tf.clipByValue(tf.add(0.5, tf.mul(0.2, x)), 0, 1), 0],
  tanh: [(x) => tf.tanh(x), 0],
  softplus: [(x) => tf.softplus(x), 0],
  softsign: [(x) => tf.div(x, tf.add(tf.abs(x), 1)), 0],
  swish: [(x) => tf.mul(tf.sigmoid(x), x), 0],
  mish: [(x) => tf.mul(x, tf.tanh(tf.softplus(x))), 0],
  gelu: [(x) => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.div(x, Math.SQRT2))))), 0],
  geluNew: [
    (x) => tf.mul(0.5, tf.mul(x, tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3)))))))),
    0,
  ],
};

/** Numbers around 0 and around where curves have kinks, and large ones; 0 itself, where slopes jump. */
const INPUTS = [
  0,
  -0,
  1,
  2,
  6,
  -1,
  2.5,
  -2.5,
  1e-3,
  -1e-3,
  ...Array.from({ length: 40 }, (_, i) => (i - 19.5) * 0.37),
  12,
  -12,
  40,
];

describe.each(Object.keys(KINDS) as TensorActivationName[])('%s', (name) => {
  const [curve, parameter] = KINDS[name];
  // hardSigmoid's ends are where rounding decides
  const inputs = INPUTS.filter((x) => name !== 'hardSigmoid' || Math.abs(x) !== 2.5);

  test.each([0, 1, 3, 4, 5, inputs.length])('%i numbers', (n) => {
    const arena = new Arena(heap);
    const at = (values: readonly number[]) => {
      const address = arena.allocate(4 * n + 16);
      new Float32Array(heap.buffer, address, n + 4).fill(7).set(values.slice(0, n));
      return address;
    };
    const errors = inputs.map((_, i) => 1 + (i % 5));
    const [x, y, dy, dx] = [at(inputs), at([]), at(errors), at([])];
    core.activate(TensorActivation[name], n, x, y, parameter);
    core.activationBackward(TensorActivation[name], n, x, y, dy, dx, parameter);
    const read = (address: number) => [...new Float32Array(heap.buffer, address, n + 4)];
    const [values, slopes] = [read(y), read(dx)];
    expect(values.slice(n)).toEqual([7, 7, 7, 7]);
    expect(slopes.slice(n)).toEqual([7, 7, 7, 7]);
    if (n > 0) {
      const input = tf.tensor1d(inputs.slice(0, n));
      const expected = curve(input).dataSync();
      const gradient = tf
        .grad((z: tf.Tensor) => curve(z))(input, tf.tensor1d(errors.slice(0, n)))
        .dataSync();
      for (let i = 0; i < n; i++) {
        expect(Math.abs(values[i]! - expected[i]!), `f(${inputs[i]})`).toBeLessThan(1e-6 * (1 + Math.abs(expected[i]!)));
        expect(Math.abs(slopes[i]! - gradient[i]!), `slope at ${inputs[i]}`).toBeLessThan(4e-6 * (1 + Math.abs(gradient[i]!)));
      }
    }
    arena.dispose();
  });
});
