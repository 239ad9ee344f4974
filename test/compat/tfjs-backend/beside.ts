// Kernels of ours beside those of tfjs's cpu backend: the same tensors, with NaN, infinities, zeros and huge numbers among them.

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
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

/** Numbers in a shape. */
export const tensor = (shape: number[], seed: number, special = true) =>
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

/** Whether f makes the same on both backends. */
export async function same(f: () => tf.Tensor, tolerance = 0, absolute = 0): Promise<void> {
  const theirs = await on('cpu', f);
  const ours = await on(BACKEND, f);
  expect({ ...ours, values: ours.values.length }).toEqual({ ...theirs, values: theirs.values.length });
  const wrong = ours.values.findIndex(
    (value, i) => !near(value, theirs.values[i]!, tolerance) && !(Math.abs(value - theirs.values[i]!) <= absolute),
  );
  expect(wrong < 0 ? '' : `${wrong}: ${ours.values[wrong]} instead of ${theirs.values[wrong]}`).toBe('');
}

/** On the tensor's data, whatever that is, so that kernels are asked and gradients are not. */
export const run = (name: string, inputs: object, attrs: object = {}) =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as never) as tf.Tensor;
