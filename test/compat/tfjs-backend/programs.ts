// Programs with the models of tfjs-examples, on data of their own: iris, iris-fitDataset, boston-housing, website-phishing,
// polynomial-regression-core, cart-pole, abalone-node and mnist-core. They end in the same numbers wherever they run, but for
// rounding.

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { type LayersModel, type Logs, initializers, layers, sequential } from '@tensorflow/tfjs-layers';

/** Numbers between −1 and 1 that look like chance. */
const noise = (n: number, seed: number) => Float32Array.from({ length: n }, (_, i) => Math.sin((i + 1) * (i + seed) * 12.9898));

const many = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));

type Activation = 'sigmoid' | 'softmax' | 'elu' | 'linear';

/** Dense layers of these sizes, inputs first, with weights that are the same every time. */
const dense = (sizes: number[], hidden: Activation, last: Activation) =>
  sequential({
    layers: sizes.slice(1).map((units, i) =>
      layers.dense({
        units,
        activation: i === sizes.length - 2 ? last : hidden,
        inputShape: [sizes[i]!],
        kernelInitializer: initializers.glorotUniform({ seed: i + 1 }),
      }),
    ),
  });

/** The last value of each number that a fit keeps. */
const last = ({ history }: { history: Record<string, (number | tf.Tensor)[]> }) =>
  Object.values(history).map((values) => values.at(-1) as number);

/** All weights of a model. */
const weightsOf = (model: LayersModel) => model.getWeights().flatMap((each) => [...each.dataSync()]);

/** Measures of flowers of three kinds, and which of them each is. */
const flowers = () => {
  const spread = noise(600, 3);
  const centres = [
    [5, 3.4, 1.5, 0.2],
    [5.9, 2.8, 4.3, 1.3],
    [6.6, 3, 5.6, 2],
  ];
  return many(150, (i) => ({
    xs: centres[i % 3]!.map((centre, j) => centre + 0.5 * spread[4 * i + j]!),
    ys: [0, 1, 2].map((kind) => Number(kind === i % 3)),
  }));
};

const classifier = () => {
  const model = dense([4, 10, 3], 'sigmoid', 'softmax');
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
};

/** Rows of n numbers, and a target that follows from each. */
function table(rows: number, n: number, target: (row: Float32Array, i: number) => number) {
  const x = noise(rows * n, 5);
  const y = Float32Array.from({ length: rows }, (_, i) => target(x.subarray(i * n, (i + 1) * n), i));
  return [tf.tensor2d(x, [rows, n]), tf.tensor2d(y, [rows, 1])] as const;
}

const weighted = (row: Float32Array) => row.reduce((sum, v, i) => sum + v * Math.sin(i + 1), 0);

/** A policy of one logit moves a cart by −1 or 1; gradients are weighted by how long the pole has stood. */
async function pole(): Promise<number[]> {
  const model = dense([4, 4, 1], 'elu', 'linear');
  const optimizer = tf.train.adam(0.05);
  const steps: number[] = [];
  for (let game = 0; game < 6; game++) {
    let [x, v, angle, turn] = [...noise(4, game + 2)].map((each) => each / 10) as [number, number, number, number];
    const gradients: tf.NamedTensorMap[] = [];
    while (gradients.length < 25 && Math.abs(angle) < 0.4) {
      let left = false;
      const { grads, value } = tf.variableGrads(() => {
        const logit = model.predict(tf.tensor2d([[x, v, angle, turn]])) as tf.Tensor;
        left = logit.dataSync()[0]! + noise(1, gradients.length + game)[0]! > 0;
        return tf.losses.sigmoidCrossEntropy(tf.tensor2d([[Number(left)]]), logit) as tf.Scalar;
      });
      value.dispose();
      gradients.push(grads);
      v += left ? 0.2 : -0.2;
      turn += 0.3 * angle - (left ? 0.15 : -0.15);
      x += 0.1 * v;
      angle += 0.1 * turn;
    }
    steps.push(gradients.length);
    tf.tidy(() => {
      const mean = (name: string) => {
        const all = tf.stack(gradients.map((each) => each[name]!));
        const rewards = gradients.map((_, i) => (gradients.length - i) / gradients.length - 0.5);
        return tf.mean(tf.mul(all, tf.reshape(tf.tensor1d(rewards), [-1, ...new Array(all.rank - 1).fill(1)])), 0);
      };
      optimizer.applyGradients(Object.keys(gradients[0]!).map((name) => ({ name, tensor: mean(name) })));
    });
    tf.dispose(gradients);
  }
  const found = [...steps, ...weightsOf(model)];
  model.dispose();
  optimizer.dispose();
  return found;
}

/** y = ax³ + bx² + cx + d */
function cubic(): number[] {
  const x = tf.tensor1d(noise(100, 7));
  const weights = [0.1, 0.2, 0.3, 0.4].map((w) => tf.variable(tf.scalar(w)));
  const predicted = (coefficients: (tf.Tensor | number)[]) =>
    tf.addN([3, 2, 1, 0].map((power, j) => tf.mul(coefficients[j]!, tf.pow(x, tf.scalar(power, 'int32')))));
  const y = tf.tidy(() => tf.add(predicted([-0.8, -0.2, 0.9, 0.5]), tf.mul(0.04, tf.tensor1d(noise(100, 9)))));
  const optimizer = tf.train.sgd(0.5);
  for (let i = 0; i < 75; i++) optimizer.minimize(() => tf.mean(tf.square(tf.sub(predicted(weights), y))));
  const found = weights.map((each) => each.dataSync()[0]!);
  tf.dispose([x, y, ...weights]);
  return found;
}

/** Two convolutions with pools, and a product, of variables alone. */
function digits(): number[] {
  const drawn = (shape: number[], scale: number, seed: number) =>
    tf.variable(
      tf.tidy(() =>
        tf.reshape(
          tf.mul(
            scale,
            noise(
              shape.reduce((a, b) => a * b),
              seed,
            ),
          ),
          shape,
        ),
      ),
    );
  const [first, second] = [drawn([5, 5, 1, 8], 0.1, 2), drawn([5, 5, 8, 16], 0.1, 3)] as tf.Tensor4D[];
  const [kernel, bias] = [drawn([784, 10], 0.04, 4), tf.variable(tf.zeros([10]))];
  const images = tf.tensor4d(noise(4 * 784, 11), [4, 28, 28, 1]);
  const labels = tf.oneHot(
    tf.tensor1d(
      many(4, (i) => i % 10),
      'int32',
    ),
    10,
  );
  const convolved = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.maxPool(tf.relu(tf.conv2d(x, filter, 1, 'same')), 2, 2, 0);
  const optimizer = tf.train.sgd(0.1);
  const losses = many(2, () => {
    const loss = optimizer.minimize(() => {
      const flat = tf.reshape(convolved(convolved(images, first!), second!), [-1, 784]) as tf.Tensor2D;
      return tf.losses.softmaxCrossEntropy(labels, tf.add(tf.matMul(flat, kernel as tf.Tensor2D), bias)) as tf.Scalar;
    }, true)!;
    const [value] = loss.dataSync();
    loss.dispose();
    return value!;
  });
  const found = [...losses, ...first!.dataSync(), ...kernel.dataSync()];
  tf.dispose([first!, second!, kernel, bias, images, labels]);
  return found;
}

/** Fits a model to a table, and says how that went. */
async function fitted(model: LayersModel, [x, y]: readonly [tf.Tensor, tf.Tensor], epochs: number): Promise<number[]> {
  const found = last(await model.fit(x, y, { epochs, batchSize: 40, shuffle: false, validationSplit: 0.2, verbose: 0 }));
  const sure = tf.tidy(() => [...(model.predict(tf.slice(x, 0, 5)) as tf.Tensor).dataSync()]);
  model.dispose();
  tf.dispose([x, y]);
  return [...found, ...sure];
}

/** Fits a model to rows that come one after the other. */
async function streamed(model: LayersModel, rows: { xs: number[]; ys: number[] }[], epochs: number): Promise<number[]> {
  const batches = data.array(rows).batch(30);
  const logs: number[] = [];
  const callbacks = { onEpochEnd: async (_: number, { loss }: Logs = {}) => void logs.push(loss!) };
  const validationData = batches.skip(4) as data.Dataset<{ xs: tf.Tensor; ys: tf.Tensor }>;
  const train = batches.take(4) as data.Dataset<{ xs: tf.Tensor; ys: tf.Tensor }>;
  const found = last(await model.fitDataset(train, { epochs, validationData, callbacks, verbose: 0 }));
  model.dispose();
  return [...found, ...logs];
}

const regression = (...hidden: number[]) => {
  const model = dense([12, ...hidden, 1], 'sigmoid', 'linear');
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  return fitted(
    model,
    table(200, 12, (row, i) => 2 + weighted(row) + 0.1 * Math.sin(i * i)),
    8,
  );
};

/** What each program ends in: losses, metrics, predictions, weights. */
export const PROGRAMS: Record<string, () => Promise<number[]> | number[]> = {
  iris: () => {
    const rows = flowers();
    return fitted(classifier(), [tf.tensor2d(rows.map(({ xs }) => xs)), tf.tensor2d(rows.map(({ ys }) => ys))], 12);
  },
  'iris-fitDataset': () => streamed(classifier(), flowers(), 8),
  'boston-housing, linear': () => regression(),
  'boston-housing, one hidden layer': () => regression(50),
  'boston-housing, two hidden layers': () => regression(50, 50),
  'website-phishing': () => {
    const model = dense([30, 100, 100, 1], 'sigmoid', 'sigmoid');
    model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    return fitted(
      model,
      table(100, 30, (row) => Number(weighted(row) > 0)),
      4,
    );
  },
  'polynomial-regression-core': cubic,
  'cart-pole': pole,
  'abalone-node': () => {
    const model = dense([8, 50, 50, 1], 'sigmoid', 'linear');
    model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
    return streamed(
      model,
      many(150, (i) => ({ xs: [...noise(8, i)], ys: [9 + weighted(noise(8, i))] })),
      6,
    );
  },
  'mnist-core': digits,
};

/** How far apart two backends are at most after a program; infinity where one ends in something else than numbers. */
async function distance(name: string, backend: string): Promise<number> {
  const run = async (on: string) => {
    await tf.setBackend(on);
    const before = tf.memory().numTensors;
    const found = await PROGRAMS[name]!();
    const left = tf.memory().numTensors - before;
    return [...found, left];
  };
  const ours = await run(backend);
  const theirs = await run('cpu');
  const apart = theirs.map((value, i) => Math.abs(ours[i]! - value) / Math.max(1, Math.abs(value)));
  return apart.length === ours.length && apart.every(Number.isFinite) ? Math.max(...apart) : Infinity;
}

/** How far apart tfjs's cpu backend and ours, which is registered, are after programs: all, if not told which. */
export async function apart(backend: string, names = Object.keys(PROGRAMS)): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const name of names) found[name] = await distance(name, backend);
  return found;
}
