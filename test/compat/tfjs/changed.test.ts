// Models whose methods, layers, optimizers or callbacks somebody has changed: what would be passed over here is refused, or left.

import type { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { UnsupportedError, accelerate, earlyStopping, fitLayersModel } from '../../../src/compat/tfjs/index.js';
import { distance, numbers, pair, tf } from './support.js';

const { layers, regularizers } = tf;
const [X, Y] = [numbers([12, 3], 1), numbers([12, 2], 2)];

type Any = Record<string, unknown>;

/** A class of tfjs's that is not exported. */
const classOf = <T extends object>(object: T) => object.constructor as new (args: object) => T;

const Dense = classOf(layers.dense({ units: 1 }));

/** Three inputs, a layer that may be somebody's own, two outputs. */
function model(first: InstanceType<typeof Dense> = layers.dense({ units: 3, inputShape: [3] }), compile: Any = {}) {
  const made = tf.sequential({ layers: [first, layers.dense({ units: 2 })] });
  made.compile({ optimizer: 'sgd', loss: 'meanSquaredError', ...compile });
  return made;
}

class Scaled extends Dense {
  override call(inputs: Tensor, kwargs: Any): Tensor {
    return tf.mul(super.call(inputs, kwargs) as Tensor, 2);
  }
}

class Named extends Scaled {
  static className = 'Dense';
}

const changed = (change: (layer: Any) => void) => () => {
  const layer = layers.dense({ units: 3, inputShape: [3], activation: 'tanh', kernelRegularizer: 'l1l2' });
  const made = model(layer);
  change(layer as unknown as Any);
  return made;
};

const scaled = function (this: InstanceType<typeof Dense>, inputs: Tensor, kwargs: Any) {
  return tf.mul(Dense.prototype.call.call(this, inputs, kwargs) as Tensor, 2);
};

const idle = () => tf.scalar(0);

describe('layers and optimizers that are changed are refused, and left to tfjs where it may', () => {
  const CASES: [string, () => Sequential, RegExp][] = [
    ['a subclass', () => model(new Scaled({ units: 3, inputShape: [3] })), /layer dense\w* \(Dense\): its call is not that of/],
    ['a subclass of the same name', () => model(new Named({ units: 3, inputShape: [3] })), /\(Dense\): its call is not that of/],
    ['a patched call', changed((layer) => Object.assign(layer, { call: scaled })), /its call is not that/],
    ['a call hook', changed((layer) => (layer as { setCallHook(f: () => void): void }).setCallHook(() => {})), /a call hook/],
    [
      'a loss that is added',
      changed((layer) => (layer as { addLoss(f: () => Tensor): void }).addLoss(idle)),
      /its losses are not/,
    ],
    ['a regularizer after building', changed((layer) => (layer['biasRegularizer'] = regularizers.l2())), /its losses are not/],
    [
      'a patched regularizer',
      changed((layer) => Object.assign(layer['kernelRegularizer'] as object, { apply: idle })),
      /regularizer/,
    ],
    [
      'a patched activation',
      changed((layer) => Object.assign(layer['activation'] as object, { apply: tf.relu })),
      /apply of its activ/,
    ],
    [
      'a patched optimizer',
      () => model(undefined, { optimizer: Object.assign(tf.train.sgd(0.1), { applyGradients: () => {} }) }),
      /optimizer SGD: its applyGradients is not that of TensorFlow\.js's SGD; accelerate\(model, \{ fallback: 'tfjs' \}\) lets/,
    ],
    [
      'a model within, patched',
      () => {
        const inner = tf.sequential({ layers: [layers.dense({ units: 3, inputShape: [3] })] });
        const made = tf.sequential({ layers: [layers.dense({ units: 3, inputShape: [3] }), inner, layers.dense({ units: 2 })] });
        made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
        Object.assign(inner, { call: (x: Tensor | Tensor[]) => tf.mul(Array.isArray(x) ? x[0]! : x, 2) });
        return made;
      },
      /its call would not be called/,
    ],
  ];
  test.each(CASES)('%s', async (_, make, words) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const refused = accelerate(make()).fit(X, Y);
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toThrow(UnsupportedError);
    const [theirs, ours] = pair(make, { fallback: 'tfjs' });
    const expected = (theirs.predict(X) as Tensor).dataSync();
    (ours.predict(X) as Tensor).dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    await ours.fit(X, Y);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(words.source.includes('lets') ? /its applyGradients is not that/ : words);
    expect(warn.mock.calls[0]![0]).not.toContain('fallback');
    warn.mockRestore();
  });
});

describe('models with methods of their own', () => {
  class Counting extends tf.Sequential {
    fits = 0;
    override async fit(...args: Parameters<Sequential['fit']>) {
      this.fits++;
      return super.fit(...args);
    }
  }

  test('are refused where these train, or keep them', async () => {
    const make = () => {
      const made = new Counting({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
      made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      return made;
    };
    expect(() => accelerate(make())).toThrow(/its fit is not that of TensorFlow\.js's Sequential, and would be replaced/);
    expect(() => accelerate(make())).toThrow(UnsupportedError);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const ours = accelerate(make(), { fallback: 'tfjs' });
    await ours.fit(X, Y);
    expect([ours.fits, warn.mock.calls.length]).toEqual([1, 1]);
    warn.mockRestore();
  });

  test('keep a predict of their own', () => {
    const own = Object.assign(model(), { predict: () => 'mine' }) as unknown as LayersModel;
    expect(accelerate(own).predict(X)).toBe('mine');
  });

  test.each([null, undefined, 5, 'x', {}, { predict() {}, execute() {} }])('what is no model: %j', async (given) => {
    expect(() => accelerate(given as never)).toThrow(/accelerate\.model is .*; expected a LayersModel/);
    await expect(fitLayersModel(given as never, X, Y)).rejects.toThrow(/fitLayersModel\.model is/);
  });
});

describe('where tfjs trains', () => {
  const branched = () => {
    const input = tf.input({ shape: [3] });
    const hidden = layers.dense({ units: 2 }).apply(input) as never;
    const made = tf.model({ inputs: input, outputs: layers.add().apply([hidden, hidden]) as never });
    made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    return made;
  };

  test('a method of this library is refused, and a seed is said to be unheard', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const ours = accelerate(branched(), { fallback: 'tfjs' });
    await expect(ours.fit(X, Y, { method: 'bfgs' })).rejects.toThrow(/layer add\w* \(Add\): it has 2 inputs/);
    expect(warn).not.toHaveBeenCalled();
    await ours.fit(X, Y, { seed: 1 });
    expect(warn.mock.calls[0]![0]).toMatch(/it has 2 inputs, so that model '\w+' is no chain; it knows no seed/);
    const own = accelerate(model(undefined, { loss: (t: Tensor, p: Tensor) => tf.mean(tf.abs(tf.sub(t, p)), -1) }));
    await expect(own.fit(X, Y, { method: 'bfgs' })).rejects.toThrow(/its loss, loss, is a function of your own, and fit\.method/);
    warn.mockRestore();
  });

  test('advice fits the one who gets it', async () => {
    await expect(fitLayersModel(branched(), X, Y)).rejects.toThrow(/TensorFlow\.js trains it by the model's own fit$/);
    const two = tf.input({ shape: [3] });
    const outputs = [1, 2].map((units) => layers.dense({ units }).apply(two) as never);
    const forked = accelerate(tf.model({ inputs: two, outputs }));
    forked.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await expect(forked.fit(X, [Y, Y])).rejects.toThrow();
  });

  test('earlyStopping brings the best weights back', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const ours = accelerate(branched(), { fallback: 'tfjs' });
    const losses: number[] = [];
    const watch = {
      onEpochEnd: async (epoch: number, logs?: Any) => {
        losses.push(logs!['loss'] as number);
        if (epoch === 1) tf.tidy(() => ours.setWeights(ours.getWeights().map((weight) => tf.mul(weight, 30))));
      },
    };
    const callbacks = [earlyStopping({ monitor: 'loss', patience: 2, restoreBestWeights: true }), watch];
    const { epoch } = await ours.fit(X, Y, { epochs: 20, batchSize: 12, callbacks });
    expect(epoch.length).toBeLessThan(20);
    const [loss] = [ours.evaluate(X, Y) as Tensor];
    expect(loss!.dataSync()[0]).toBeLessThanOrEqual(Math.min(...losses) + 1e-6);
    await expect(branched().fit(X, Y, { callbacks: earlyStopping() })).rejects.toThrow(/stops accelerated models/);
    warn.mockRestore();
  });

  test('errors of callbacks do not make tfjs train once more', async () => {
    const ours = accelerate(model(), { fallback: 'tfjs' });
    const onEpochEnd = vi.fn(async () => void (await accelerate(branched()).fit(X, Y)));
    await expect(ours.fit(X, Y, { callbacks: { onEpochEnd } })).rejects.toThrow(/is no chain/);
    expect(onEpochEnd).toHaveBeenCalledTimes(1);
  });
});

describe('arguments', () => {
  test.each([1.5, 'abc', Number.NaN, -1, 2 ** 53])('a seed of %s', async (seed) => {
    await expect(accelerate(model()).fit(X, Y, { seed: seed as number })).rejects.toThrow(
      /fit\.seed is .*; expected an integer ≥ 0/,
    );
  });

  test.each([[5], ['x'], [['2']], [[Number.NaN]], [[-1]], [[Infinity]]])('sampleWeight: %j', async (given) => {
    const sampleWeight = Array.isArray(given) ? Array.from({ length: 12 }, (_, i) => (i === 3 ? given[0] : 1)) : given;
    const refused = accelerate(model()).fit(X, Y, { sampleWeight: sampleWeight as number[] });
    await expect(refused).rejects.toThrow(
      Array.isArray(given) ? /sampleWeight, row 3: is .*; expected a number ≥ 0/ : /fit\.sampleWeight/,
    );
  });

  test('of fit alone', async () => {
    const dataset = { iterator: async () => expect.unreachable() };
    for (const more of [{ method: 'bfgs' }, { sampleWeight: [1] }]) {
      const refused = accelerate(model()).fitDataset(dataset as never, { epochs: 1, ...more } as never);
      await expect(refused).rejects.toThrow(/fitDataset\.\w+ is .*; expected none: fit, which takes tensors, has this option/);
    }
  });
});

describe('what callbacks change of a model counts from the next epoch', () => {
  const CHANGES: [string, (model: Sequential) => void][] = [
    ['a frozen layer', (model) => (model.layers[0]!.trainable = false)],
    [
      'another regularizer’s weight',
      (model) => Object.assign((model.layers[0] as unknown as Any)['kernelRegularizer'] as object, { l2: 0.5 }),
    ],
    [
      'another activation',
      (model) =>
        Object.assign(model.layers[0]!, {
          activation: (layers.activation({ activation: 'relu' }) as unknown as Any)['activation'],
        }),
    ],
    ['another rate', (model) => Object.assign(model.optimizer, { learningRate: 0.5 })],
    ['another loss', (model) => model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanAbsoluteError' })],
  ];
  test.each(CHANGES)('%s', async (_, change) => {
    const make = () => {
      const first = layers.dense({
        units: 3,
        inputShape: [3],
        activation: 'tanh',
        kernelRegularizer: regularizers.l2({ l2: 0.01 }),
      });
      return model(first, { optimizer: 'sgd' });
    };
    const [theirs, ours] = pair(make);
    const batches = () => ({
      iterator: async () => {
        let k = 0;
        return {
          next: async () => (k++ < 2 ? { value: { xs: X.clone(), ys: Y.clone() }, done: false } : { value: null, done: true }),
        };
      },
    });
    for (const each of [theirs, ours]) {
      const callbacks = { onEpochEnd: async (epoch: number) => void (epoch === 0 && change(each)) };
      await each.fit(X, Y, { epochs: 3, batchSize: 5, shuffle: false, callbacks });
      await each.fitDataset(batches() as never, { epochs: 3, callbacks });
    }
    expect(distance(theirs, ours)).toBeLessThan(1e-5);
  });
});

describe('losses of one’s own that are called like tfjs’s', () => {
  let factor = 1;
  const masked = (t: Tensor, p: Tensor) => tf.mean(tf.mul(tf.square(tf.sub(t, p)), tf.greater(t, -0.5)), -1);
  const scaledBy = (t: Tensor, p: Tensor) => tf.mul(factor, tf.metrics.meanSquaredError(t, p));
  test.each([masked, scaledBy])('%o', async (f) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const loss = Object.defineProperty(f, 'name', { value: 'meanSquaredError' });
    const [theirs, ours] = pair(() => model(undefined, { loss }));
    for (factor = 1; factor < 3; factor++)
      for (const each of [theirs, ours]) await each.fit(X, Y, { epochs: 2, batchSize: 5, shuffle: false });
    expect(distance(theirs, ours)).toBeLessThan(1e-6);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  test('tfjs’s functions are known', async () => {
    const names = [
      'meanSquaredError',
      'meanAbsoluteError',
      'binaryCrossentropy',
      'categoricalCrossentropy',
      'cosineProximity',
      'MSE',
    ] as const;
    for (const loss of [...names.map((name) => tf.metrics[name]), tf.losses.meanSquaredError, tf.losses.absoluteDifference]) {
      await fitLayersModel(model(layers.dense({ units: 3, inputShape: [3], activation: 'sigmoid' }), { loss }), X, tf.abs(Y));
    }
  });
});

test.each([Number.NaN, Infinity])('a weight of %s is refused before training', async (value) => {
  const ours = accelerate(model());
  const [kernel, ...others] = ours.getWeights().map((weight) => Array.from(weight.dataSync()));
  kernel![4] = value;
  const given = [kernel!, ...others].map((numbers, i) => tf.tensor(numbers, ours.weights[i]!.shape as number[]));
  ours.setWeights(given);
  for (const train of [() => ours.fit(X, Y), () => ours.trainOnBatch(X, Y)])
    await expect(train()).rejects.toThrow(/LayersVariable dense\S*\/kernel has the value (NaN|Infinity) at index 4/);
  expect(ours.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(
    given.map((weight) => Array.from(weight.dataSync())),
  );
});
