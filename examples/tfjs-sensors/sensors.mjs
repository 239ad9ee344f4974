// The sensor classifier: which of several gestures a device makes, from 24 features of its accelerometer. Runs in a page, in a
// worker and in Node. In a project of your own, import accelerate from 'efficient-backprop/tfjs'.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { input, layers, model as modelOf } from '@tensorflow/tfjs-layers';
import { accelerate } from '../../dist/tfjs.js';

const FEATURES = 24;
const EPOCHS = 80;

/** The model, as a program for TensorFlow.js makes it. */
function createModel(gestures) {
  const features = input({ shape: [FEATURES] });
  const scaled = layers.batchNormalization().apply(features);
  const hidden = layers.dense({ units: 16, activation: 'relu' }).apply(scaled);
  const outputs = layers.dense({ units: gestures, activation: 'softmax' }).apply(hidden);
  const model = modelOf({ inputs: features, outputs });
  model.compile({ optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return accelerate(model); // the one line that differs
}

/**
 * Trains a new model on all samples.
 * @param samples [{ features, gesture }], in any order
 * @param onProgress is told the share of epochs that are done, the loss and the accuracy
 */
export async function train(samples, gestures, onProgress = () => {}) {
  const model = createModel(gestures);
  const x = tf.tensor2d(samples.map(({ features }) => features));
  const y = tf.tidy(() =>
    tf.oneHot(
      tf.tensor1d(
        samples.map(({ gesture }) => gesture),
        'int32',
      ),
      gestures,
    ),
  );
  const { history } = await model.fit(x, y, {
    batchSize: 16,
    epochs: EPOCHS,
    validationSplit: 0.1,
    callbacks: { onEpochEnd: (epoch, { loss, acc }) => onProgress({ done: (epoch + 1) / EPOCHS, loss, accuracy: acc }) },
  });
  tf.dispose([x, y]);
  return { model, history };
}

/** How sure the model is of each gesture. */
export function recognise(model, features) {
  return tf.tidy(() => [...model.predict(tf.tensor2d([features])).dataSync()]);
}

/** A sample as a device might send it: each gesture has a mean and a spread of its own in every feature. */
export function recorded(gesture, random = Math.random) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const features = Array.from({ length: FEATURES }, (_, i) => {
    const mean = 3 * Math.sin((i + 1) * (gesture + 1) * 1.7);
    return 0.2 * i * (mean + 0.8 * normal());
  });
  return { features, gesture };
}
