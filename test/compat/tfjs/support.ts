// tfjs on its cpu backend, the same numbers every time, and two models that begin alike: tfjs's own and ours.

import * as core from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as layers from '@tensorflow/tfjs-layers';
import { type AccelerateOptions, type Accelerated, accelerate } from '../../../src/compat/tfjs/index.js';

/** What people import as `tf`. */
export const tf = { ...core, ...layers };

core.env().set('IS_TEST', true); // no advice on faster packages
await core.setBackend('cpu');

/** Uniform numbers between 0 and 1, the same every time (Lehmer 1951). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Runs with Math.random replaced by numbers that are the same every time. */
export async function seeded<T>(seed: number, run: () => Promise<T>): Promise<T> {
  const { random } = Math;
  Math.random = uniform(seed);
  try {
    return await run();
  } finally {
    Math.random = random;
  }
}

/** A tensor of numbers between low and high. */
export function numbers(shape: number[], seed: number, low = -1, high = 1): core.Tensor {
  const draw = uniform(seed);
  const size = shape.reduce((all, n) => all * n, 1);
  return core.tensor(
    Float32Array.from({ length: size }, () => low + (high - low) * draw()),
    shape,
  );
}

/** Rows of which one number is 1 and the others 0. */
export function classes(rows: number, n: number, seed: number): core.Tensor2D {
  const draw = uniform(seed);
  const of = Array.from({ length: rows }, () => Math.floor(draw() * n));
  return core.tidy(() => core.cast(core.oneHot(core.tensor1d(of, 'int32'), n), 'float32') as core.Tensor2D);
}

/** Two models with the same weights, the second one accelerated. */
export function pair<T extends layers.LayersModel>(
  make: () => T,
  options?: AccelerateOptions,
): [theirs: T, ours: T & Accelerated] {
  const [theirs, ours] = [make(), make()];
  const weights = theirs.getWeights();
  const draw = uniform(5);
  core.tidy(() => {
    const values = weights.map((weight) => {
      const numbers = weight.dataSync();
      const isDrawn = numbers.some((v) => v !== numbers[0]); // what begins at 0 or 1 stays there
      return isDrawn ? core.tensor(numbers.map(() => 1.2 * draw() - 0.6) as Float32Array, weight.shape) : weight;
    });
    theirs.setWeights(values);
    ours.setWeights(values);
  });
  return [theirs, accelerate(ours, options)];
}

/** ‖a − b‖/‖a‖ of all weights. */
export function distance(a: layers.LayersModel, b: layers.LayersModel): number {
  let [difference, size] = [0, 0];
  const theirs = b.getWeights();
  a.getWeights().forEach((weight, i) => {
    const [u, v] = [weight.dataSync(), theirs[i]!.dataSync()];
    for (let k = 0; k < u.length; k++) {
      difference += (u[k]! - v[k]!) ** 2;
      size += u[k]! ** 2;
    }
  });
  return Math.sqrt(difference / size);
}
