// Two people's programs, which are in examples/, from end to end with their callbacks: what is expected of them in Node and in a
// page alike.

import * as tf from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
// @ts-expect-error: examples have no declarations
import * as sensors from '../../../examples/tfjs-sensors/sensors.mjs';
// @ts-expect-error: examples have no declarations
import { Retraining } from '../../../examples/tfjs-sensors/retraining.mjs';
// @ts-expect-error: examples have no declarations
import * as teachable from '../../../examples/tfjs-teachable/head.mjs';
import { draws } from '../../data/synthetic.js';

const { uniform } = draws(4);
const strongest = (sure: number[]) => sure.indexOf(Math.max(...sure));

/** Samples of gestures come one by one, and each starts a training in the worker. */
export async function retrain(worker: unknown): Promise<void> {
  const gestures = 4;
  const progress: { done: number; loss: number; accuracy: number }[] = [];
  const retraining = new Retraining(worker, gestures, (each: (typeof progress)[0]) => progress.push(each));
  const first = Array.from({ length: 156 }, (_, i) => sensors.recorded(i % gestures, uniform));
  for (let round = 0; round < 4; round++) {
    const { model, history } = await retraining.add(...(round === 0 ? first : []), sensors.recorded(round, uniform));
    expect(progress.map(({ done }) => Math.round(done * 80))).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
    expect(Object.keys(history).sort()).toEqual(['acc', 'loss', 'val_acc', 'val_loss']);
    expect(history.loss).toHaveLength(80);
    progress.forEach(({ loss, accuracy }, i) => {
      expect(loss).toBe(history.loss[i]);
      expect(accuracy).toBe(history.acc[i]);
    });
    expect(history.val_acc.at(-1)).toBeGreaterThan(0.9);
    const unseen = Array.from({ length: 40 }, (_, i) => sensors.recorded(i % gestures, uniform));
    const right = unseen.filter(({ features, gesture }) => strongest(sensors.recognise(model, features)) === gesture);
    expect(right.length).toBeGreaterThan(36);
    model.dispose();
    progress.length = 0;
  }
}

/** A head learns embeddings, says so of every batch and epoch, knows rows that it has not seen, and leaves nothing behind. */
export async function learnHead(rows: number, size: number, classes: number): Promise<void> {
  const before = tf.memory().numTensors;
  const all = teachable.embeddings(rows + 60, size, classes, uniform);
  const [seen, unseen] = [teachable.rowsOf(all, 0, rows), teachable.rowsOf(all, rows, 60)];
  const head: layers.LayersModel = teachable.createHead(size, classes);
  const heard: string[] = [];
  const hear = (name: string) => async (at?: unknown) => void heard.push(typeof at === 'number' ? `${name} ${at}` : name);
  const named = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd'] as const;
  const { history } = await teachable.train(head, seen.x, seen.y, Object.fromEntries(named.map((name) => [name, hear(name)])));
  const batches = Array.from({ length: Math.ceil(rows / 16) }, (_, i) => [`onBatchBegin ${i}`, `onBatchEnd ${i}`]).flat();
  const epochs = Array.from({ length: 50 }, (_, i) => [`onEpochBegin ${i}`, ...batches, `onEpochEnd ${i}`]).flat();
  expect(heard).toEqual(['onTrainBegin', ...epochs, 'onTrainEnd']);
  expect(history.loss.at(-1)).toBeLessThan(0.1);
  expect(history.acc).toHaveLength(50);
  const said = tf.tidy(() => tf.argMax(head.predict(unseen.x) as tf.Tensor, -1).dataSync());
  expect([...said].filter((label, row) => label === unseen.labels[row]).length).toBeGreaterThan(54);
  head.dispose();
  (head.optimizer as tf.Optimizer).dispose();
  tf.dispose([all.x, all.y, seen.x, seen.y, unseen.x, unseen.y]);
  expect(tf.memory().numTensors - before).toBeLessThanOrEqual(0);
}
