// What callbacks hear, and what they may do while training goes on.

import { describe } from 'vitest';
import { type Accelerate, alike, classes, classifier, inputs, weightsOf } from './beside.js';
import * as tf from './union.js';

/** Trains a classifier of 10 rows with callbacks. @returns all that came of it */
async function trained(
  accelerate: Accelerate,
  callbacksOf: (model: tf.Sequential) => tf.ModelFitArgs['callbacks'],
  { optimizer = tf.train.adam(0.01), ...args }: tf.ModelFitArgs & { optimizer?: tf.Optimizer } = {},
) {
  const model = accelerate(classifier({ optimizer }));
  const callbacks = callbacksOf(model);
  const { history, epoch } = await model.fit(inputs(10), classes(10), {
    epochs: 3,
    batchSize: 4,
    ...args,
    callbacks: callbacks!,
  });
  return { history, epoch, weights: weightsOf(model), stopped: model.stopTraining };
}

const EVENTS = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd'] as const;

describe('events', () => {
  alike('come in order, with logs', async (accelerate) => {
    const heard: unknown[] = [];
    // Logs are kept as they are, as programs do that draw them in the end.
    const hear = (name: string) => (at?: number | tf.Logs, logs?: tf.Logs) => void heard.push([name, at, logs]);
    const all = Object.fromEntries(EVENTS.map((name) => [name, hear(name)]));
    return [await trained(accelerate, () => all, { validationSplit: 0.2 }), heard];
  });

  alike('of classes have tensors in their logs, and parameters', async (accelerate) => {
    const heard: unknown[] = [];
    const plain = (logs?: tf.Logs) =>
      Object.entries(logs ?? {}).map(([key, value]) =>
        (value as unknown) instanceof tf.Tensor
          ? [key, 'tensor', (value as unknown as tf.Tensor).dtype, (value as unknown as tf.Tensor).dataSync()[0]]
          : [key, value],
      );
    class Listener extends tf.Callback {
      override async onTrainBegin() {
        heard.push(Object.entries(this.params).filter(([key]) => key !== 'x'));
      }
      override async onBatchEnd(batch: number, logs?: tf.Logs) {
        heard.push([batch, ...plain(logs)]);
      }
      override async onEpochEnd(epoch: number, logs?: tf.Logs) {
        heard.push([epoch, ...plain(logs)]);
      }
    }
    return [await trained(accelerate, () => [new Listener()], { validationSplit: 0.2 }), heard];
  });

  for (const yieldEvery of ['auto', 'batch', 'epoch', 'never', 1e6] as const) {
    alike(`yieldEvery: ${yieldEvery}`, async (accelerate) => {
      const heard: unknown[] = [];
      const onYield = (epoch: number, batch: number, logs: tf.Logs) => void heard.push([epoch, batch, Object.keys(logs).sort()]);
      const result = await trained(accelerate, () => ({ onYield }), { yieldEvery });
      return [result, typeof yieldEvery === 'string' && yieldEvery !== 'auto' ? heard : []]; // others go by the clock
    });
  }

  alike('one that changes logs changes the history', (accelerate) =>
    trained(accelerate, () => ({
      onEpochEnd: (_, logs) => {
        Object.assign(logs!, { mine: 7, loss: 0 });
      },
    })),
  );
});

describe('stopTraining', () => {
  for (const [event, when] of [
    ['onBatchEnd', 1],
    ['onBatchBegin', 1],
    ['onEpochBegin', 1],
    ['onEpochEnd', 0],
    ['onTrainBegin', undefined],
  ] as const) {
    alike(`in ${event}`, (accelerate) =>
      trained(accelerate, (model) => ({
        [event]: (at?: number) => {
          if (at === when || when === undefined) model.stopTraining = true;
        },
      })),
    );
  }

  alike('from outside, and the next fit trains again', async (accelerate) => {
    const model = accelerate(classifier());
    const [x, y] = [inputs(10), classes(10)];
    let epochs = 0;
    const stop = () => {
      if (epochs > 3) model.stopTraining = true;
      else setTimeout(stop);
    };
    stop();
    await model.fit(x, y, { epochs: 1e6, yieldEvery: 'epoch', callbacks: { onEpochEnd: () => void epochs++ } });
    return [epochs < 1e6, (await model.fit(x, y, { epochs: 2 })).epoch];
  });

  for (const args of [
    { monitor: 'loss', patience: 1, mode: 'min' },
    { monitor: 'val_acc', patience: 1 },
    { monitor: 'loss', baseline: 0.1 },
    { monitor: 'acc', minDelta: 0.5, mode: 'max' },
    { monitor: 'nothing of that name' },
  ] as tf.EarlyStoppingCallbackArgs[]) {
    alike(`earlyStopping(${JSON.stringify(args)})`, (accelerate) =>
      trained(accelerate, () => tf.callbacks.earlyStopping(args), { epochs: 6, validationSplit: 0.2 }),
    );
  }
});

describe('while training goes on', () => {
  const halved = (weights: tf.Tensor[]) => weights.map((weight) => tf.mul(weight, 0.5));

  for (const event of ['onBatchBegin', 'onBatchEnd', 'onEpochEnd'] as const) {
    alike(`weights are set in ${event}`, (accelerate) =>
      trained(accelerate, (model) => ({
        [event]: (at: number) => {
          if (at === 1) model.setWeights(halved(model.getWeights()));
        },
      })),
    );
    alike(`weights are read in ${event}`, async (accelerate) => {
      const seen: number[][] = [];
      return [await trained(accelerate, (model) => ({ [event]: () => void seen.push(weightsOf(model)) })), seen];
    });
  }

  alike('a layer’s weights are set in a class', (accelerate) => {
    class Halving extends tf.Callback {
      override async onBatchEnd(batch: number) {
        const [layer] = (this.model as tf.LayersModel).layers;
        if (batch === 1) layer!.setWeights(halved(layer!.getWeights()));
      }
    }
    return trained(accelerate, () => new Halving());
  });

  const RATES = { sgd: tf.train.sgd, momentum: (rate: number) => tf.train.momentum(rate, 0.9), adam: tf.train.adam };
  for (const [name, make] of Object.entries(RATES)) {
    alike(`the rate of ${name} is changed`, (accelerate) =>
      trained(
        accelerate,
        (model) => ({
          onEpochEnd: () => {
            (model.optimizer as unknown as { learningRate: number }).learningRate *= 0.3;
          },
        }),
        { optimizer: make(0.1) },
      ),
    );
  }

  alike('models predict and evaluate', async (accelerate) => {
    const seen: number[][] = [];
    const [x, y] = [inputs(3), classes(3)];
    const result = await trained(accelerate, (model) => ({
      onBatchEnd: () => void seen.push([...(model.predict(x) as tf.Tensor).dataSync()]),
      onEpochEnd: () => void seen.push((model.evaluate(x, y) as tf.Scalar[]).map((value) => value.dataSync()[0]!)),
    }));
    return [result, seen];
  });

  alike('models are saved with their optimiser', async (accelerate) => {
    const saved: unknown[] = [];
    const keep = tf.io.withSaveHandler(async ({ weightSpecs, weightData, trainingConfig }) => {
      const names = weightSpecs!.map(({ name, shape, dtype, group }) => [name, shape, dtype, group]);
      saved.push([names, JSON.stringify(trainingConfig), [...new Float32Array(weightData as ArrayBuffer)]]);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    await trained(accelerate, (model) => ({
      onEpochEnd: async () => void (await model.save(keep, { includeOptimizer: true })),
    }));
    return saved;
  });

  alike('the backend is another one', (accelerate) =>
    trained(accelerate, () => ({
      onEpochEnd: async (epoch) => void (await tf.setBackend(epoch % 2 ? 'cpu' : 'wasm')),
    })),
  );

  alike('another fit is refused', async (accelerate) => {
    const model = accelerate(classifier());
    const [x, y] = [inputs(10), classes(10)];
    const first = model.fit(x, y, { epochs: 3 });
    const second = await model.fit(x, y, { epochs: 1 }).catch((error: Error) => error.message);
    return [second, (await first).epoch];
  });

  alike('an error of a callback ends it', async (accelerate) => {
    const model = accelerate(classifier());
    const broken = () => {
      throw new Error('mine');
    };
    await model.fit(inputs(10), classes(10), { epochs: 3, callbacks: { onBatchEnd: broken } });
  });
});
