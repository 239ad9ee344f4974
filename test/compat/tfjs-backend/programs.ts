// Two small programs as tfjs-examples has them: a classifier of flowers by fit(), and a cubic by minimize(). They end in the same
// losses wherever they run, but for rounding.

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';

/** Numbers between −1 and 1 that look like chance. */
const noise = (n: number, seed: number) => Float32Array.from({ length: n }, (_, i) => Math.sin((i + 1) * (i + seed) * 12.9898));

async function flowers(): Promise<number[]> {
  const kinds = Array.from({ length: 150 }, (_, i) => i % 3);
  const spread = noise(600, 3);
  const centres = [
    [5, 3.4, 1.5, 0.2],
    [5.9, 2.8, 4.3, 1.3],
    [6.6, 3, 5.6, 2],
  ];
  const x = tf.tensor2d(kinds.map((kind, i) => centres[kind]!.map((centre, j) => centre + 0.5 * spread[4 * i + j]!)));
  const y = tf.oneHot(tf.tensor1d(kinds, 'int32'), 3);
  const seeded = (seed: number) => initializers.glorotUniform({ seed });
  const model = sequential({
    layers: [
      layers.dense({ units: 10, activation: 'sigmoid', inputShape: [4], kernelInitializer: seeded(1) }),
      layers.dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(2) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const { history } = await model.fit(x, y, { epochs: 12, shuffle: false, validationSplit: 0.15, verbose: 0 });
  const sure = model.predict(x) as tf.Tensor;
  const found = [...Object.values(history).map((values) => values.at(-1) as number), ...sure.dataSync().slice(0, 6)];
  model.dispose();
  tf.dispose([x, y, sure]);
  return found;
}

function cubic(): number[] {
  const x = tf.tensor1d(noise(100, 7));
  const y = tf.tidy(() => {
    const [a, b, c, d] = [-0.8, -0.2, 0.9, 0.5];
    const exact = tf.add(tf.add(tf.mul(a!, tf.pow(x, 3)), tf.mul(b!, tf.square(x))), tf.add(tf.mul(c!, x), d!));
    return tf.add(exact, tf.mul(0.04, tf.tensor1d(noise(100, 9))));
  });
  const weights = [0.1, 0.2, 0.3, 0.4].map((w) => tf.variable(tf.scalar(w)));
  const optimizer = tf.train.sgd(0.5);
  for (let i = 0; i < 75; i++) {
    optimizer.minimize(() => {
      const powers = [3, 2, 1, 0].map((p, j) => tf.mul(weights[j]!, tf.pow(x, tf.scalar(p, 'int32'))));
      return tf.mean(tf.square(tf.sub(tf.addN(powers), y)));
    });
  }
  const found = weights.map((each) => each.dataSync()[0]!);
  tf.dispose([x, y, ...weights]);
  return found;
}

/** What comes of the programs on a backend: losses, metrics, predictions and coefficients. */
async function trainedOn(backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  return [...(await flowers()), ...cubic()];
}

/** How far apart two backends are at most. @param backend ours, registered */
export async function apart(backend: string): Promise<number> {
  const ours = await trainedOn(backend);
  const theirs = await trainedOn('cpu');
  return Math.max(...ours.map((value, i) => (Number.isFinite(value) ? Math.abs(value - theirs[i]!) : Infinity)));
}
