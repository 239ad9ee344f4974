// The backend's memory: what lies where, what is given back, what happens where there is none left, and beside other backends.

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tensors } from '../../../bindings/tensors.js';
import { BACKEND, OutOfMemoryError, register } from '../../../src/compat/tfjs-backend/index.js';
import { runs } from '../../thorough.js';

register();
await tf.ready();
const chosen = tf.getBackend();

beforeEach(() => tf.setBackend(BACKEND));
afterEach(() => tf.disposeVariables());

const ones = (n: number) => tf.ones([n]) as tf.Tensor1D;

test('registering chooses no backend, and does nothing a second time', () => {
  expect(chosen).toBe('cpu');
  const factory = tf.findBackendFactory(BACKEND);
  register();
  expect(tf.findBackendFactory(BACKEND)).toBe(factory);
});

test('what is written is copied, and what is read is a copy', () => {
  const given = Float32Array.of(1, 2, 3);
  const x = tf.tensor1d(given);
  given.fill(9);
  const read = x.dataSync();
  expect([...read]).toEqual([1, 2, 3]);
  read.fill(7);
  expect([...x.dataSync()]).toEqual([1, 2, 3]);
  const sines = tf.sin(x); // of tfjs's cpu backend
  const before = [...sines.dataSync()];
  sines.dataSync().fill(7);
  expect([...sines.dataSync()]).toEqual(before);
  tf.dispose([x, sines]);
});

describe('memory that grows', () => {
  test('detaches no tensor: read at once, of ours and of what the cpu kernels made', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const sines = tf.sin(x); // of tfjs's cpu backend
    const doubled = tf.add(sines, sines);
    const before = tensors().heap.size;
    const large = tf.zeros([before / 4 + 1000]);
    expect(tensors().heap.size).toBeGreaterThan(before);
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    const cosines = tf.cos(x);
    expect([...doubled.dataSync()]).toEqual([...Float32Array.of(1, 2, 3)].map((v) => Math.fround(2 * Math.fround(Math.sin(v)))));
    expect(cosines.dataSync()[0]).toBeCloseTo(Math.cos(1), 6);
    tf.dispose([x, sines, doubled, large, cosines]);
  });

  test('in the midst of a kernel that holds views of both operands', async () => {
    await tf.setBackend('cpu');
    const theirs = tf.tensor1d(new Float32Array(1 << 20).fill(0.5));
    await tf.setBackend(BACKEND);
    const ours = ones(1 << 20);
    const angle = tf.atan2(ours, theirs); // a cpu kernel; the second tensor comes over while it runs
    expect(angle.dataSync().every((v) => v === Math.fround(Math.atan2(1, 0.5)))).toBe(true);
    tf.dispose([theirs, ours, angle]);
  });
});

describe('memory that runs out', () => {
  test('is a typed error; tensors that there were are still there, and what they leave is used again', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const waiting = tf.fill([1 << 22], 1);
    const grow = vi.spyOn(tensors().heap.memory, 'grow').mockImplementation(() => {
      throw new RangeError('no more');
    });
    const before = tf.memory();
    const held: tf.Tensor[] = [];
    let error: unknown;
    try {
      for (;;) held.push(tf.fill([1 << 20], 1));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect((error as OutOfMemoryError).bytes).toBe(1 << 22);
    expect((error as OutOfMemoryError).message).toMatch(/^4\.0 MiB more do not fit .*; dispose\(\) of tensors .* tf\.tidy\(\)/);
    expect(tf.memory().numTensors).toBe(before.numTensors + held.length);
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    expect(() => tf.tensor(new Float32Array(1 << 20))).toThrow(OutOfMemoryError);
    const square = tf.reshape(waiting, [1 << 11, 1 << 11]) as tf.Tensor2D;
    expect(() => tf.matMul(square, square)).toThrow(OutOfMemoryError);
    square.dispose();
    waiting.dispose();
    const more = [1, 2, 3].map((value) => tf.fill([1 << 20], value));
    expect(more.map((each) => each.dataSync().at(-1))).toEqual([1, 2, 3]);
    grow.mockRestore();
    tf.dispose([x, ...held, ...more]);
  });

  test('more than there can be at all', () => {
    expect(() => tf.fill([2 ** 31], 1)).toThrow(OutOfMemoryError);
    const { numTensors } = tf.memory();
    expect(() => tf.fill([2 ** 40], 1)).toThrow(OutOfMemoryError);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('beside another backend', () => {
  test('tensors move when they are needed, numbers, bytes and text, there and back', async () => {
    const all = [tf.tensor1d([1.5, -2]), tf.tensor1d([1, -2], 'int32'), tf.tensor1d([1, 0], 'bool'), tf.tensor1d(['a', 'ö'])];
    const expected = all.map((each) => [...each.dataSync()]);
    for (const backend of ['cpu', BACKEND, 'cpu', BACKEND]) {
      await tf.setBackend(backend);
      const made = all.map((each) =>
        each.dtype === 'string' ? tf.reshape(each, [2, 1]) : tf.concat1d([each as tf.Tensor1D, each as tf.Tensor1D]),
      );
      expect(made.map((each) => [...each.dataSync()].slice(0, expected[made.indexOf(each)]!.length))).toEqual(expected);
      tf.dispose(made);
      expect(all.map((each) => [...each.dataSync()])).toEqual(expected);
    }
    tf.dispose(all);
  });

  test('complex tensors come here', async () => {
    await tf.setBackend('cpu');
    const z = tf.complex([1, 2], [3, 4]);
    await tf.setBackend(BACKEND);
    const doubled = tf.add(z, z);
    expect([...doubled.dataSync()]).toEqual([2, 6, 4, 8]);
    tf.dispose([z, doubled]);
  });

  test('an array that gave its numbers to cpu, and then moved here, may change', async () => {
    await tf.setBackend('cpu');
    const given = Float32Array.of(1, 2, 3);
    const x = tf.tensor1d(given);
    await tf.setBackend(BACKEND);
    expect([...tf.add(x, 0).dataSync()]).toEqual([1, 2, 3]);
    given.fill(9);
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    x.dispose();
  });

  test('is removed, and its memory with it; another one begins anew', async () => {
    const x = ones(1000);
    x.dispose();
    tf.removeBackend(BACKEND);
    const { heap } = tensors();
    const left = heap.used;
    const warn = vi.spyOn(console, 'warn');
    register();
    expect(warn).not.toHaveBeenCalled(); // as tfjs does of kernels that are registered twice
    warn.mockRestore();
    await tf.setBackend(BACKEND);
    expect([...tf.add(ones(2), 1).dataSync()]).toEqual([2, 2]);
    expect(heap.used).toBeGreaterThanOrEqual(left);
  });
});

describe('nothing is left over', () => {
  test('by steps of tfjs: neither tensors, nor bytes, nor memory', () => {
    const w = tf.variable(tf.randomNormal([20, 4], 0, 1, 'float32', 1));
    const x = tf.randomNormal([8, 20], 0, 1, 'float32', 2);
    const y = tf.randomNormal([8, 4], 0, 1, 'float32', 3);
    const optimizer = tf.train.adam(0.01);
    const step = () => optimizer.minimize(() => tf.losses.meanSquaredError(y, tf.tanh(tf.matMul(x, w as tf.Tensor2D))));
    for (let i = 0; i < 20; i++) step();
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    const { size } = tensors().heap;
    for (let i = 0; i < runs(1000, 100_000); i++) step();
    expect(tf.memory()).toMatchObject({ numTensors, numBytes, numDataBuffers });
    expect(tensors().heap.size).toBe(size);
    tf.dispose([x, y]);
    optimizer.dispose();
  });

  test('by a convolutional network in training', async () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1] }),
        tfl.layers.maxPooling2d({ poolSize: 2 }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 2, activation: 'softmax' }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' });
    const x = tf.randomNormal([32, 8, 8, 1], 0, 1, 'float32', 4);
    const y = tf.oneHot(tf.cast(tf.greater(tf.mean(x, [1, 2, 3]), 0), 'int32'), 2);
    const fit = async () =>
      (await model.fit(x, y, { epochs: 3, batchSize: 16, shuffle: false, verbose: 0 })).history['loss'] as number[];
    const [first] = await fit();
    const { numTensors, numBytes } = tf.memory();
    const last = (await fit()).at(-1)!;
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    expect(last).toBeLessThan(first!);
    model.dispose();
    tf.dispose([x, y]);
  });
});
