// Programs that run twice, by TensorFlow.js alone and accelerated, with the same random numbers, and have to come to the same.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { accelerate } from '../../../src/compat/tfjs/index.js';
import { draws } from '../../data/synthetic.js';
import * as tf from './union.js';

export type Accelerate = <T extends tf.LayersModel>(model: T) => T;

beforeEach(async () => void (await tf.setBackend('cpu')));
afterEach(() => void vi.restoreAllMocks());

/** Counters in names, such as dense_Dense12, go on from run to run. */
const uncounted = (text: string) => text.replace(/_[A-Za-z]+\d+|\d+/g, '#');

/** What a program comes to: what it returns, or what its error says. */
async function outcome(run: (accelerate: Accelerate) => unknown, by: Accelerate): Promise<unknown> {
  vi.spyOn(Math, 'random').mockImplementation(draws(7).uniform);
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    return await run(by);
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Expects the same of both: numbers to the rounding of many steps, and everything else exactly. */
function same(ours: unknown, theirs: unknown, where = 'result'): void {
  if (typeof theirs === 'number' && Number.isFinite(theirs)) {
    expect(Math.abs((ours as number) - theirs), `${where}: ${ours} in place of ${theirs}`).toBeLessThan(
      5e-5 * Math.max(1, Math.abs(theirs)),
    );
  } else if (typeof theirs === 'object' && theirs !== null) {
    expect(Object.keys(ours as object), where).toEqual(Object.keys(theirs));
    for (const [key, value] of Object.entries(theirs)) same((ours as Record<string, unknown>)[key], value, `${where}.${key}`);
  } else {
    expect(typeof ours === 'string' ? uncounted(ours) : ours, where).toBe(
      typeof theirs === 'string' ? uncounted(theirs) : theirs,
    );
  }
}

/** A program that comes to the same by both, be it an error; and what else is expected of it. */
export function alike<T>(name: string, run: (accelerate: Accelerate) => T, check?: (theirs: Awaited<T>) => void): void {
  test(name, async () => {
    const theirs = await outcome(run, (model) => model);
    check?.(theirs as Awaited<T>);
    same(await outcome(run, accelerate), theirs);
  });
}

/** The same, for programs that succeed. */
export function program(name: string, run: (accelerate: Accelerate) => Promise<Record<string, unknown>>): void {
  alike(name, run, (theirs) => expect(theirs).not.toHaveProperty('error'));
}

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Inputs: rows of as many columns as are asked for. */
export const inputs = (rows: number, columns = 4): tf.Tensor2D =>
  tf.tensor2d(range(rows).map((i) => range(columns).map((k) => Math.sin(i * (k + 1)))));

/** Targets: classes in turn, one-hot, as TensorFlow.js has them: integers. */
export const classes = (rows: number, count = 3): tf.Tensor =>
  tf.oneHot(
    tf.tensor1d(
      range(rows).map((i) => i % count),
      'int32',
    ),
    count,
  );

/** A small classifier, compiled. */
export function classifier(args: Partial<tf.ModelCompileArgs> = {}): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 5, activation: 'relu', inputShape: [4] }),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'], ...args });
  return model;
}

/** All weights of a model, in a row. */
export const weightsOf = (model: tf.LayersModel): number[] => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
