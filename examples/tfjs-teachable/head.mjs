// A head for transfer learning: a network learned to see, and what it makes of pictures, 1,280 or 1,024 numbers each, is learned
// to be told apart by a small one. Runs in a page and in Node. In a project of your own, import accelerate from
// 'efficient-backprop/tfjs'.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { accelerate } from '../../dist/tfjs.js';

/** The head, as a program for TensorFlow.js makes it. */
export function createHead(size, classes) {
  const head = sequential({
    layers: [
      layers.dense({ inputShape: [size], units: 100, activation: 'relu', kernelInitializer: 'varianceScaling' }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: classes, activation: 'softmax', kernelInitializer: 'varianceScaling' }),
    ],
  });
  head.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return accelerate(head); // the one line that differs
}

/**
 * Trains a head.
 * @param x embeddings, [rows, size]
 * @param y one-hot classes, [rows, classes]
 * @param callbacks TensorFlow.js's
 */
export function train(head, x, y, callbacks = {}) {
  return head.fit(x, y, { batchSize: 16, epochs: 50, shuffle: true, callbacks });
}

/**
 * Embeddings as a network for pictures makes them: rectified, most of them 0, those of a class around a pattern of its own.
 * @returns x and y, and which class each row is of
 */
export function embeddings(rows, size, classes, random = Math.random) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const patterns = Array.from({ length: classes }, () => Float32Array.from({ length: size }, normal));
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const x = new Float32Array(rows * size);
  labels.forEach((label, row) => {
    for (let i = 0; i < size; i++) x[row * size + i] = Math.max(0, 0.6 * patterns[label][i] + normal());
  });
  return { x: tf.tensor2d(x, [rows, size]), y: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes)), labels };
}

/** Picks rows of embeddings, to hold them out. */
export function rowsOf({ x, y, labels }, first, count) {
  return {
    x: tf.slice(x, [first, 0], [count, -1]),
    y: tf.slice(y, [first, 0], [count, -1]),
    labels: labels.subarray(first, first + count),
  };
}
