// Programs as TensorFlow.js's users write them, types included: this file has to compile, too. Each runs by TensorFlow.js alone
// and accelerated, with the same random numbers, and comes to the same.

import { expect } from 'vitest';
import { program, range } from './beside.js';
import * as tf from './union.js';

const tensors = (count: number, row: (i: number) => number[]) => tf.tensor2d(range(count).map(row));
const oneHot = (labels: number[], classes: number) => tf.oneHot(tf.tensor1d(labels, 'int32'), classes);
const last = (values: readonly (number | tf.Tensor)[] | undefined): number => values!.at(-1) as number;

program('XOR, and what the model says in the end', async (accelerate) => {
  const model: tf.Sequential = accelerate(tf.sequential());
  model.add(tf.layers.dense({ units: 8, activation: 'tanh', inputShape: [2] }));
  model.add(tf.layers.dense({ units: 1, activation: 'sigmoid' }));
  model.compile({ optimizer: tf.train.sgd(0.5), loss: 'binaryCrossentropy' });
  const xs = tf.tensor2d([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
  const ys = tf.tensor2d([0, 1, 1, 0], [4, 1]);
  const history: tf.History = await model.fit(xs, ys, { epochs: 100 });
  const said = model.predict(xs) as tf.Tensor2D;
  return { loss: last(history.history['loss']), said: [...(await said.data())] };
});

program('a curve through points, with what draws it', async (accelerate) => {
  const model = tf.sequential();
  model.add(tf.layers.dense({ inputShape: [1], units: 1, useBias: true }));
  model.add(tf.layers.dense({ units: 50, activation: 'sigmoid' }));
  model.add(tf.layers.dense({ units: 1, useBias: true }));
  accelerate(model).compile({ optimizer: tf.train.adam(), loss: tf.losses.meanSquaredError, metrics: ['mse'] });
  const inputs = tensors(60, (i) => [i / 60]);
  const labels = tensors(60, (i) => [Math.sin(i / 10)]);
  const drawn: number[] = [];
  const chart: tf.CustomCallbackArgs = {
    onEpochEnd: async (epoch, logs) => {
      drawn.push(epoch, logs!['loss']!, logs!['mse']!);
      await tf.nextFrame();
    },
    onBatchEnd: async (_, logs) => void drawn.push(logs!['loss']!),
  };
  await model.fit(inputs, labels, { batchSize: 32, epochs: 5, shuffle: true, callbacks: chart });
  return { drawn };
});

program('flowers: classes as integers, other rows to validate with', async (accelerate) => {
  const labels = range(90).map((i) => i % 3);
  const [xTrain, xTest] = [0, 1].map((shift) => tensors(90, (i) => range(4).map((k) => Math.sin(i * (k + 1) + shift) + (i % 3))));
  const y = oneHot(labels, 3);
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 10, activation: 'sigmoid', inputShape: [xTrain!.shape[1]!] }));
  model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const seen: number[] = [];
  const { history } = await accelerate(model).fit(xTrain!, y, {
    epochs: 10,
    validationData: [xTest!, y],
    callbacks: {
      onEpochEnd: () => {
        const right = tf.tidy(() => tf.equal(tf.argMax(model.predict(xTest!) as tf.Tensor, -1), tf.argMax(y, -1)).dataSync());
        seen.push(right.filter(Boolean).length);
      },
    },
  });
  return { ...(history as Record<string, number[]>), seen };
});

program('yes or no: targets in a row, and evaluate', async (accelerate) => {
  const x = tensors(80, (i) => range(6).map((k) => Math.cos(i * (k + 2))));
  const y = tf.tensor1d(range(80).map((i) => Number(Math.cos(2 * i) > 0)));
  const model = accelerate(
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [6], units: 12, activation: 'sigmoid' }),
        tf.layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    }),
  );
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy', 'precision'] });
  const logs: tf.Logs[] = [];
  await model.fit(x, y, {
    batchSize: 20,
    epochs: 6,
    validationSplit: 0.2,
    callbacks: { onEpochEnd: async (_epoch: number, each?: tf.Logs) => void logs.push(each!) },
  });
  const [loss, accuracy] = model.evaluate(x, y, { batchSize: 20 }) as tf.Scalar[];
  return { ...(logs.at(-1) as Record<string, number>), test: [loss!.dataSync()[0]!, accuracy!.dataSync()[0]!] };
});

program('regressors of two depths; weights are read while training goes on', async (accelerate) => {
  const x = tensors(70, (i) => range(5).map((k) => Math.sin(i * 3 + k)));
  const y = tensors(70, (i) => [Math.sin(3 * i) - 2 * Math.sin(3 * i + 2)]);
  const found: Record<string, number[]> = {};
  for (const depth of [0, 2]) {
    const model = tf.sequential();
    for (let i = 0; i < depth; i++) {
      const shape = i === 0 ? { inputShape: [5] } : {};
      model.add(tf.layers.dense({ units: 9, activation: 'sigmoid', kernelInitializer: 'leCunNormal', ...shape }));
    }
    model.add(tf.layers.dense({ units: 1, ...(depth === 0 && { inputShape: [5] }) }));
    model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
    const kernels: number[] = [];
    const reads: Promise<unknown>[] = [];
    const { history } = await accelerate(model).fit(x, y, {
      batchSize: 20,
      epochs: 4,
      validationSplit: 0.2,
      callbacks: {
        onEpochEnd: async () => {
          const kernel = model.layers[0]!.getWeights()[0]!;
          reads.push(kernel.data().then((values) => kernels.push(values[0]!))); // not awaited
        },
      },
    });
    await Promise.all(reads);
    found[`loss of ${depth}`] = history['val_loss'] as number[];
    found[`kernels of ${depth}`] = kernels;
  }
  return found;
});

program('an agent: predictions in tidy, steps on batches, a copy that follows', async (accelerate) => {
  const network = () => {
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: 16, activation: 'relu', inputShape: [4] }));
    model.add(tf.layers.dense({ units: 3 }));
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
    return accelerate(model);
  };
  const [online, target] = [network(), network()];
  target.setWeights(online.getWeights());
  const losses: number[] = [];
  for (let step = 0; step < 12; step++) {
    const states = tensors(8, (i) => range(4).map((k) => Math.sin(step * 8 + i + k)));
    const values = tf.tidy(() => {
      const next = (target.predict(states) as tf.Tensor).arraySync() as number[][];
      const now = (online.predict(states) as tf.Tensor).arraySync() as number[][];
      now.forEach((row, i) => {
        row[i % 3] = 1 + 0.9 * Math.max(...next[i]!);
      });
      return tf.tensor2d(now);
    });
    losses.push((await online.trainOnBatch(states, values)) as number);
    if (step % 5 === 4) target.setWeights(online.getWeights());
    tf.dispose([states, values]);
  }
  return { losses };
});

program('gradients of a program of its own go through predict', async (accelerate) => {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 6, activation: 'elu', inputShape: [4] }), tf.layers.dense({ units: 1 })],
  });
  accelerate(model);
  const x = tensors(10, (i) => range(4).map((k) => Math.sin(i + k)));
  const y = tensors(10, (i) => [i % 2]);
  const optimizer = tf.train.adam(0.05);
  const costs: number[] = [];
  for (let i = 0; i < 5; i++) {
    const cost = optimizer.minimize(() => tf.losses.sigmoidCrossEntropy(y, model.predict(x) as tf.Tensor) as tf.Scalar, true)!;
    costs.push(cost.dataSync()[0]!);
  }
  const { grads } = tf.variableGrads(() => tf.mean(model.predict(x) as tf.Tensor) as tf.Scalar);
  return { costs, gradients: Object.values(grads).flatMap((gradient) => [...gradient.dataSync()]) };
});

program('batch by batch: a loss and metrics', async (accelerate) => {
  const model = accelerate(tf.sequential());
  model.add(tf.layers.dense({ inputShape: [3], units: 5, activation: 'relu' }));
  model.add(tf.layers.dense({ units: 2, activation: 'softmax' }));
  model.compile({ optimizer: 'rmsprop', loss: 'categoricalCrossentropy', metrics: ['acc'] });
  const all: number[] = [];
  for (let step = 0; step < 6; step++) {
    const x = tensors(5, (i) => [i, step, i - step].map(Math.sin));
    all.push(...((await model.trainOnBatch(x, oneHot([0, 1, 1, 0, step % 2], 2))) as number[]));
  }
  return { all };
});

program('each training compiles again, with another rate', async (accelerate) => {
  const model = accelerate(tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [2] })] }));
  const x = tensors(12, (i) => [Math.sin(i), Math.cos(i)]);
  const losses: number[] = [];
  for (const rate of [0.1, 0.01, 0.5]) {
    model.compile({ optimizer: tf.train.adam(rate), loss: 'meanSquaredError', metrics: ['accuracy'] });
    const { history } = await accelerate(model).fit(x, x, { epochs: 3, verbose: 0 });
    losses.push(...(history['loss'] as number[]));
  }
  return { losses };
});

program('early stopping whose callback a program replaces, beside others', async (accelerate) => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3] })] });
  model.compile({ optimizer: tf.train.sgd(0.9), loss: 'meanSquaredError' });
  const x = tensors(40, (i) => range(3).map((k) => Math.sin(i * (k + 1))));
  const y = tensors(40, (i) => [Math.sin(i) + (i % 5) / 5]);
  const stopping = tf.callbacks.earlyStopping({ monitor: 'val_loss', patience: 2 });
  const heard: number[] = [];
  const { epoch } = await accelerate(model).fit(x, y, {
    epochs: 40,
    validationSplit: 0.25,
    callbacks: [stopping, new tf.CustomCallback({ onEpochEnd: async (_, logs) => void heard.push(logs!['val_loss'] as number) })],
  });
  const silent = tf.callbacks.earlyStopping({ monitor: 'val_loss', patience: 2 });
  silent.onEpochEnd = async (at) => {
    await tf.nextFrame();
    heard.push(at);
  };
  const again = await model.fit(x, y, { epochs: 4, validationSplit: 0.25, callbacks: silent });
  return { epoch, heard, again: again.epoch };
});

program('a callback that is a class, and stops training', async (accelerate) => {
  class Progress extends tf.Callback {
    readonly told: number[] = [];
    override async onEpochBegin(epoch: number): Promise<void> {
      this.told.push(epoch);
    }
    override async onEpochEnd(epoch: number, logs?: { loss?: number | tf.Scalar }): Promise<void> {
      const { loss } = logs!;
      expect(loss).toBeInstanceOf(tf.Tensor); // which is how TensorFlow.js has it, for classes
      this.told.push((await (loss as tf.Scalar).data())[0]!);
      if (epoch === 2) this.model.stopTraining = true;
    }
    override async onTrainEnd(): Promise<void> {
      this.told.push(-1);
    }
  }
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanAbsoluteError' });
  const progress = new Progress();
  const x = tensors(20, (i) => [Math.sin(i), i / 20]);
  await accelerate(model).fit(
    x,
    tensors(20, (i) => [i / 10]),
    { epochs: 9, callbacks: [progress] },
  );
  return { told: progress.told };
});

program('a base that is frozen, and a head', async (accelerate) => {
  const base = tf.layers.dense({ units: 7, activation: 'relu', inputShape: [5], name: 'base' });
  const model = tf.sequential({ layers: [base, tf.layers.dense({ units: 2, activation: 'softmax', name: 'head' })] });
  const x = tensors(30, (i) => range(5).map((k) => Math.sin(i + 2 * k)));
  const y = oneHot(
    range(30).map((i) => i % 2),
    2,
  );
  const losses: number[] = [];
  for (const trainable of [true, false]) {
    base.trainable = trainable;
    model.compile({ optimizer: tf.train.momentum(0.1, 0.9), loss: 'categoricalCrossentropy' });
    const { history } = await accelerate(model).fit(x, y, { epochs: 3 });
    losses.push(...(history['loss'] as number[]));
  }
  return { losses, base: [...base.getWeights()[0]!.dataSync()] };
});

program('datasets, and a model that becomes a part of another one', async (accelerate) => {
  const rows = range(45).map((i) => Float32Array.from(range(6), (k) => Math.sin(i * (k + 1))));
  const labels = range(45).map((i) => range(3).map((k) => Number(k === i % 3)));
  const part = (first: number, end: number) =>
    tf.data.zip({ xs: tf.data.array(rows.slice(first, end)), ys: tf.data.array(labels.slice(first, end)) }).batch(8);
  const head = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [6], units: 10, activation: 'relu', kernelInitializer: 'varianceScaling' }),
      tf.layers.dense({ useBias: false, activation: 'softmax', units: 3 }),
    ],
  });
  const optimizer = tf.train.adam(0.01);
  accelerate(head).compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const { history } = await head.fitDataset(part(0, 35), { epochs: 4, validationData: part(35, 45), callbacks: {} });
  optimizer.dispose();
  const joint = tf.sequential();
  joint.add(tf.layers.activation({ activation: 'relu', inputShape: [6] }));
  joint.add(head);
  const said = joint.predict(tf.tensor2d(rows.slice(0, 3).map((row) => [...row]))) as tf.Tensor;
  return { ...(history as Record<string, number[]>), said: [...said.dataSync()] };
});

program('an autoencoder of a functional model, in lists and by names', async (accelerate) => {
  const input = tf.input({ shape: [6], name: 'picture' });
  const code = tf.layers.dense({ units: 2, activation: 'tanh' }).apply(input) as tf.SymbolicTensor;
  const output = tf.layers.dense({ units: 6, name: 'copy' }).apply(code) as tf.SymbolicTensor;
  const model: tf.LayersModel = accelerate(tf.model({ inputs: input, outputs: output }));
  model.compile({ optimizer: 'adagrad', loss: { copy: 'meanSquaredError' } });
  const x = tensors(24, (i) => range(6).map((k) => Math.sin(i + k)));
  const first = await model.fit([x], [x], { epochs: 3 });
  const second = await model.fit({ picture: x }, { copy: x }, { epochs: 3 });
  return { losses: [...first.history['loss']!, ...second.history['loss']!] as number[] };
});

program('saved within callbacks, with the optimiser, and trained further', async (accelerate) => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })] });
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy' });
  const x = tensors(30, (i) => range(4).map((k) => Math.cos(i * (k + 1))));
  const y = oneHot(
    range(30).map((i) => i % 3),
    3,
  );
  const saved: tf.io.ModelArtifacts[] = [];
  const keep = tf.io.withSaveHandler(async (artifacts) => {
    saved.push(artifacts);
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  });
  const args: tf.ModelFitArgs = { epochs: 4, shuffle: false, batchSize: 10 };
  await accelerate(model).fit(x, y, {
    ...args,
    callbacks: { onEpochEnd: (epoch) => (epoch === 1 ? model.save(keep, { includeOptimizer: true }).then(() => {}) : undefined) },
  });
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved[0]!));
  const { history } = await accelerate(loaded).fit(x, y, { ...args, epochs: 2 });
  return {
    states: saved[0]!.weightSpecs!.length,
    further: history['loss'] as number[],
    whole: model.getWeights().flatMap((weight) => [...weight.dataSync()]),
    parts: loaded.getWeights().flatMap((weight) => [...weight.dataSync()]),
  };
});

program('weights of classes, and a metric of the program’s own', async (accelerate) => {
  const confidence = (_: tf.Tensor, said: tf.Tensor) => tf.mean(tf.max(said, -1));
  const model = accelerate(tf.sequential({ layers: [tf.layers.dense({ units: 2, activation: 'softmax', inputShape: [3] })] }));
  model.compile({ optimizer: 'adamax', loss: 'categoricalCrossentropy', metrics: [confidence, 'accuracy'] });
  const x = tensors(24, (i) => range(3).map((k) => Math.sin(i * i + k)));
  const y = oneHot(
    range(24).map((i) => Number(i % 4 === 0)),
    2,
  );
  const { history } = await model.fit(x, y, { epochs: 4, classWeight: { 0: 0.5, 1: 2 }, yieldEvery: 'epoch' });
  return history as Record<string, number[]>;
});

program('series: rows of three dimensions, flattened', async (accelerate) => {
  const model = accelerate(tf.sequential());
  model.add(tf.layers.flatten({ inputShape: [4, 3] }));
  model.add(tf.layers.dense({ units: 8, activation: 'swish' as 'relu', kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }) }));
  model.add(tf.layers.batchNormalization());
  model.add(tf.layers.dense({ units: 1 }));
  model.compile({ optimizer: 'rmsprop', loss: 'meanSquaredError', metrics: ['mae'] });
  const x = tf.tensor3d(range(20).map((i) => range(4).map((t) => range(3).map((k) => Math.sin(i + t * k)))));
  const y = tf.tensor1d(range(20).map((i) => Math.sin(i + 3)));
  const { history } = await model.fit(x, y, { epochs: 5, validationSplit: 0.2 });
  return history as Record<string, number[]>;
});
