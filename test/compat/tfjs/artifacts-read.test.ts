// Models that TensorFlow.js saves, and Keras's converter writes, as networks that predict the same.

import { describe, expect, test } from 'vitest';
import { type TfjsFiles, fromTfjsArtifacts, toTfjsArtifacts, toTfjsFiles } from '../../../src/compat/tfjs/index.js';
import { ModelFileError, Network, OptionError, UnsupportedError, batchNorm, dense, layerNorm } from '../../../src/index.js';
import { expectClose, outputsOf, rowsOf, saved, tf, tfl, uniform } from './artifacts.js';

const { layers } = tfl;

/** Weights that are no zeros and ones, as those of a trained model. */
function stirred(model: tfl.LayersModel): tfl.LayersModel {
  const draw = uniform(29);
  model.setWeights(
    model.getWeights().map((w) =>
      tf.tensor(
        Float32Array.from({ length: w.size }, () => 0.6 + 0.5 * draw()),
        w.shape,
      ),
    ),
  );
  return model;
}

type AnyLayer = Parameters<tfl.Sequential['add']>[0];

const sequence = (...given: AnyLayer[]) => stirred(tfl.sequential({ layers: given }));

const first = (args: Partial<Parameters<typeof layers.dense>[0]> = {}) => layers.dense({ units: 6, inputShape: [5], ...args });

/** A functional model of the same layers. */
function functional(...given: AnyLayer[]): tfl.LayersModel {
  const input = tfl.input({ shape: [5] });
  const output = given.reduce((below, layer) => layer.apply(below) as tfl.SymbolicTensor, input);
  return stirred(tfl.model({ inputs: input, outputs: output }));
}

const rows = rowsOf(9, 5);

async function expectSame(model: tfl.LayersModel): Promise<Network> {
  const network = await fromTfjsArtifacts(await saved(model));
  expectClose(network.predict(rows), outputsOf(model, rows));
  return network;
}

describe('models that TensorFlow.js saves', () => {
  test.each([
    'linear',
    'tanh',
    'sigmoid',
    'relu',
    'elu',
    'gelu',
    'softplus',
    'mish',
    'selu',
    'hardSigmoid',
    'softsign',
    'swish',
    'relu6',
    'gelu_new',
  ] as const)('%s', async (activation) => {
    await expectSame(sequence(first({ activation }), layers.dense({ units: 3, activation, useBias: false })));
    await expectSame(sequence(first(), layers.activation({ activation }), layers.dense({ units: 3 })));
  });

  test('reshape', async () => {
    const shaped = layers.reshape({ targetShape: [3, 2] });
    await expectSame(sequence(first(), shaped, layers.flatten(), layers.dense({ units: 3 })));
    await expectSame(
      sequence(layers.reshape({ targetShape: [5, 1], inputShape: [5] }), layers.flatten(), layers.dense({ units: 2 })),
    );
  });

  const KINDS: [string, () => AnyLayer[], string[]][] = [
    ['leakyReLU', () => [layers.leakyReLU({ alpha: 0.2 })], ['dense', 'dense']],
    ['ReLU', () => [layers.reLU()], ['dense', 'dense']],
    ['ELU', () => [layers.elu()], ['dense', 'dense']],
    ['ReLU up to 6', () => [layers.reLU({ maxValue: 6 })], ['dense', 'dense']],
    ['ThresholdedReLU', () => [layers.thresholdedReLU({ theta: 0.4 })], ['dense', 'dense']],
    [
      'dropout and noise',
      () => [layers.dropout({ rate: 0.4 }), layers.gaussianNoise({ stddev: 0.3 })],
      ['dense', 'dropout', 'gaussianNoise', 'dense'],
    ],
    ['batchNormalization', () => [layers.batchNormalization({ epsilon: 0.01 })], ['dense', 'batchNorm', 'dense']],
    ['without γ and β', () => [layers.batchNormalization({ scale: false, center: false })], ['dense', 'batchNorm', 'dense']],
    ['batchNormalization below an activation', () => [layers.batchNormalization(), layers.reLU()], ['dense', 'dense']],
    ['layerNormalization', () => [layers.layerNormalization({ epsilon: 0.01 })], ['dense', 'layerNorm', 'dense']],
  ];

  test.each(KINDS)('%s, in both kinds of models', async (_, make, types) => {
    const network = await expectSame(sequence(first(), ...make(), layers.dense({ units: 2 })));
    expect(network.layers.map(({ type }) => type)).toEqual(types);
    await expectSame(functional(layers.dense({ units: 4 }), ...make(), layers.dense({ units: 2 })));
  });

  test('settings come along', async () => {
    const network = await expectSame(
      sequence(
        first(),
        layers.batchNormalization({ epsilon: 0.01, momentum: 0.8 }),
        layers.dropout({ rate: 0.4 }),
        layers.gaussianNoise({ stddev: 0.3 }),
        layers.dense({ units: 2 }),
      ),
    );
    expect(network.layers).toMatchObject([
      { type: 'dense', units: 6, bias: true },
      { type: 'batchNorm', epsilon: 0.01, momentum: 0.8 },
      { type: 'dropout', rate: 0.4 },
      { type: 'gaussianNoise', deviation: 0.3 },
      { type: 'dense', units: 2 },
    ]);
  });

  test('a batchNormalization at the end becomes part of the layer below', async () => {
    const network = await expectSame(
      sequence(first({ activation: 'tanh' }), layers.dense({ units: 2, useBias: false }), layers.batchNormalization()),
    );
    expect(network.layers).toHaveLength(2);
  });

  test('rows of several axes are flattened', async () => {
    const model = sequence(layers.flatten({ inputShape: [2, 3] }), layers.dense({ units: 2 }));
    const network = await fromTfjsArtifacts(await saved(model));
    const given = rowsOf(4, 6);
    const expected = (model.predict(tf.tensor(given.flat(), [4, 2, 3])) as tf.Tensor).dataSync();
    expectClose(network.predict(given), expected);
  });

  const LOSSES: [string, string | undefined, string, string][] = [
    ['meanAbsoluteError', 'linear', 'meanAbsoluteError', 'sgd'],
    ['hinge', 'tanh', 'hinge', 'adam'],
    ['logcosh', 'linear', 'logCosh', 'sgd'],
    ['squaredHinge', 'tanh', 'squaredHinge', 'sgd'],
    ['categoricalHinge', 'linear', 'categoricalHinge', 'sgd'],
    ['kullbackLeiblerDivergence', 'softmax', 'kullbackLeiblerDivergence', 'sgd'],
    ['poisson', 'softplus', 'poisson', 'sgd'],
    ['poisson', 'linear', 'meanSquaredError', 'sgd'],
    ['cosineProximity', 'linear', 'cosineProximity', 'sgd'],
    ['meanAbsolutePercentageError', 'linear', 'meanAbsolutePercentageError', 'sgd'],
    ['meanSquaredLogarithmicError', 'relu', 'meanSquaredLogarithmicError', 'sgd'],
    ['binaryCrossentropy', 'sigmoid', 'binaryCrossEntropy', 'sgd'],
    ['meanSquaredError', 'sigmoid', 'meanSquaredError', 'sgd'],
    ['categoricalCrossentropy', 'softmax', 'crossEntropy', 'rmsprop'],
    ['sparseCategoricalCrossentropy', 'softmax', 'crossEntropy', 'sgd'],
    ['meanSquaredError', 'softmax', 'crossEntropy', 'sgd'],
  ];

  test.each(LOSSES)('the loss %s above %s is %s here', async (loss, activation, expected, optimizer) => {
    const model = sequence(first(), layers.dense({ units: 3, activation: activation as never }));
    model.compile({ loss, optimizer });
    const artifacts = await saved(model, true);
    const network = await fromTfjsArtifacts(artifacts);
    expect(network.loss).toBe(expected);
    expectClose(network.predict(rows), outputsOf(model, rows));
  });

  test.each([
    ['softmax', 'crossEntropy'],
    ['sigmoid', 'binaryCrossEntropy'],
    ['relu', 'meanSquaredError'],
  ] as const)('without one, %s has %s', async (activation, loss) => {
    expect((await expectSame(sequence(first(), layers.dense({ units: 3, activation })))).loss).toBe(loss);
  });

  test('an optimiser’s weights are passed over', async () => {
    const model = sequence(first(), layers.dense({ units: 2 }));
    model.compile({ loss: 'meanSquaredError', optimizer: 'adam' });
    await model.fit(tf.tensor2d(rows), tf.ones([9, 2]), { epochs: 2, verbose: 0 });
    const artifacts = await saved(model, true);
    expect(artifacts.weightSpecs!.length).toBeGreaterThan(4);
    expectClose((await fromTfjsArtifacts(artifacts)).predict(rows), outputsOf(model, rows));
  });

  test('the network goes on learning, with what it is asked', async () => {
    const model = sequence(first({ activation: 'tanh' }), layers.dense({ units: 1 }));
    const network = await fromTfjsArtifacts(await saved(model), { loss: 'meanAbsoluteError', seed: 4, precision: 'float64' });
    expect(network).toMatchObject({ loss: 'meanAbsoluteError', seed: 4, precision: 'float64' });
    const targets = rows.map(([a]) => [a!]);
    const before = network.evaluate(rows, targets).loss;
    await network.fit(rows, targets, { epochs: 20 });
    expect(network.evaluate(rows, targets).loss).toBeLessThan(before);
  });
});

test('what this library writes it reads', async () => {
  const network = await Network.create({
    inputs: 5,
    layers: [
      dense(6, { activation: 'lecunTanh' }),
      batchNorm(),
      dense(4, { activation: 'leakyRelu', slope: 0.2 }),
      layerNorm(),
      dense(3, { activation: 'softmax' }),
    ],
    loss: 'crossEntropy',
    seed: 8,
  });
  for (const model of [toTfjsArtifacts(network), toTfjsFiles(network, { shardBytes: 100 })]) {
    const again = await fromTfjsArtifacts(model);
    expect(again.loss).toBe('crossEntropy');
    expectClose(again.predict(rows), network.predict(rows));
  }
});

/** A model as Keras 2's converter writes it: a group of weights for each layer, in two files that are named in another order. */
function converted(quantization?: 'uint8' | 'uint16' | 'float16'): {
  files: TfjsFiles;
  kernel: number[];
  json: ReturnType<typeof parts>['json'];
} {
  const { json, kernel, bytes } = parts(quantization);
  return { files: { 'b.bin': bytes.slice(7), 'model.json': JSON.stringify(json), 'a.bin': bytes.slice(0, 7) }, kernel, json };
}

/** 1.5, -0.25 and so on, which float16 has exactly. */
const KERNEL = [1.5, -0.25, 0.125, -2, 0.75, 1];

function parts(quantization?: 'uint8' | 'uint16' | 'float16') {
  const [low, high] = [-2, 1.5];
  const steps = { uint8: 255, uint16: 65535 };
  const halves = new Map([
    [1.5, 0x3e00],
    [-0.25, 0xb400],
    [0.125, 0x3000],
    [-2, 0xc000],
    [0.75, 0x3a00],
    [1, 0x3c00],
  ]);
  const bytes = new Uint8Array(quantization === undefined ? 32 : quantization === 'uint8' ? 6 + 8 : 12 + 8);
  const view = new DataView(bytes.buffer);
  const scale = quantization && quantization !== 'float16' ? (high - low) / steps[quantization] : 1;
  let at = 0;
  KERNEL.forEach((value) => {
    if (quantization === undefined) view.setFloat32(at, value, true);
    else if (quantization === 'uint8') view.setUint8(at, Math.round((value - low) / scale));
    else view.setUint16(at, quantization === 'float16' ? halves.get(value)! : Math.round((value - low) / scale), true);
    at += quantization === undefined ? 4 : quantization === 'uint8' ? 1 : 2;
  });
  const kernel =
    quantization === 'uint8' || quantization === 'uint16'
      ? KERNEL.map((v) => Math.round((v - low) / scale) * scale + low)
      : KERNEL;
  view.setFloat32(at, 0.5, true);
  view.setFloat32(at + 4, -1, true);
  const details = quantization === 'float16' ? { dtype: quantization } : { dtype: quantization, min: low, scale };
  const dense = {
    class_name: 'Dense',
    config: {
      name: 'dense',
      trainable: true,
      batch_input_shape: [null, 3],
      dtype: 'float32',
      units: 2,
      activation: 'tanh',
      use_bias: true,
      kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
      kernel_regularizer: null,
    },
  };
  const json = {
    format: 'layers-model',
    generatedBy: 'keras v2.13.1',
    convertedBy: 'TensorFlow.js Converter v4.10.0',
    modelTopology: {
      keras_version: '2.13.1',
      backend: 'tensorflow',
      model_config: {
        class_name: 'Sequential',
        config: {
          name: 'sequential',
          layers: [
            {
              class_name: 'InputLayer',
              config: { batch_input_shape: [null, 3], dtype: 'float32', sparse: false, ragged: false, name: 'dense_input' },
            },
            dense,
          ] as object[],
        },
      },
      training_config: {
        loss: { class_name: 'MeanAbsoluteError', config: { reduction: 'auto', name: 'mean_absolute_error', fn: 'x' } },
        metrics: null,
        optimizer_config: {},
      } as object,
    },
    weightsManifest: [
      {
        paths: ['a.bin', 'b.bin'],
        weights: [
          {
            name: 'dense/kernel',
            shape: [3, 2],
            dtype: 'float32',
            ...(quantization && { quantization: { ...details, original_dtype: 'float32' } }),
          },
          { name: 'dense/bias', shape: [2], dtype: 'float32' },
        ] as Record<string, unknown>[],
      },
    ],
  };
  return { json, kernel, bytes };
}

describe('what Keras’s converter writes', () => {
  const x = [0.3, -0.7, 1.1];

  test.each([undefined, 'uint8', 'uint16', 'float16'] as const)('weights as %s', async (quantization) => {
    const { files, kernel } = converted(quantization);
    const network = await fromTfjsArtifacts(files);
    expect(network.loss).toBe('meanAbsoluteError');
    const expected = [0.5, -1].map((bias, u) => Math.tanh(bias + x.reduce((sum, v, i) => sum + v * kernel[2 * i + u]!, 0)));
    expectClose(network.predict([x]), expected, 1e-6);
  });

  test('Keras 3 wraps shapes, types and activations', async () => {
    const { json, kernel } = converted();
    const input = { class_name: 'InputLayer', config: { batch_shape: [null, 3], dtype: 'float32', name: 'input' } };
    const activation = { module: 'builtins', class_name: 'function', config: 'tanh', registered_name: 'function' };
    const dense = {
      module: 'keras.layers',
      class_name: 'Dense',
      config: { name: 'dense', dtype: { class_name: 'DTypePolicy' }, units: 2, activation, use_bias: true },
    };
    json.modelTopology.model_config.config.layers = [input, dense];
    json.weightsManifest[0]!.weights.forEach((spec) => {
      spec['name'] = `sequential/${spec['name']}`;
    });
    const { files } = converted();
    const network = await fromTfjsArtifacts({ ...files, 'model.json': JSON.stringify(json) });
    const expected = [0.5, -1].map((bias, u) => Math.tanh(bias + x.reduce((sum, v, i) => sum + v * kernel[2 * i + u]!, 0)));
    expectClose(network.predict([x]), expected, 1e-6);
  });

  // relu6(x + 3)/6 in Keras 3; before, and in TensorFlow.js, max(0, min(1, 0.2·x + 0.5))
  test.each([
    ['2.13.1', 0.2],
    ['3.5.0', 1 / 6],
    ['tfjs-layers 4.22.0', 0.2],
  ])('hard_sigmoid of Keras %s has the slope %d', async (version, slope) => {
    const { json, kernel, bytes } = parts();
    const [input, dense] = json.modelTopology.model_config.config.layers as [object, { config: { activation: string } }];
    const activation = { class_name: 'Activation', config: { name: 'activation', activation: 'hard_sigmoid' } };
    json.modelTopology.keras_version = version;
    for (const layers of [
      [input, { ...dense, config: { ...dense.config, activation: 'hard_sigmoid' } }],
      [input, { ...dense, config: { ...dense.config, activation: 'linear' } }, activation],
    ]) {
      json.modelTopology.model_config.config.layers = layers;
      const files = { 'model.json': JSON.stringify(json), 'a.bin': bytes.slice(0, 7), 'b.bin': bytes.slice(7) };
      const network = await fromTfjsArtifacts(files);
      for (const point of [x, x.map((v) => 4 * v), [0, 0, 0]]) {
        const sums = [0.5, -1].map((bias, u) => bias + point.reduce((sum, v, i) => sum + v * kernel[2 * i + u]!, 0));
        const expected = sums.map((y) => Math.max(0, Math.min(1, slope * y + 0.5)));
        expectClose(network.predict([point]), expected, 1e-6);
      }
    }
  });
});

describe('what cannot be had', () => {
  const REFUSED: [string, () => tfl.LayersModel, RegExp][] = [
    [
      'a class',
      () => sequence(layers.conv1d({ filters: 2, kernelSize: 2, inputShape: [5, 1] }), layers.dense({ units: 1 })),
      /layer ".*" \(Conv1D\)/,
    ],
    [
      'an activation',
      () => sequence(first({ activation: 'tanh' }), layers.activation({ activation: 'relu' }), layers.dense({ units: 1 })),
      /\(Activation\) stands above/,
    ],
    [
      'a softmax in the middle',
      () => sequence(first({ activation: 'softmax' }), layers.dense({ units: 1 })),
      /softmax only in the last layer/,
    ],
    ['dropout at the end', () => sequence(first(), layers.dropout({ rate: 0.5 })), /at the top; got dropout/],
    ['a most', () => sequence(first(), layers.reLU({ maxValue: 3 }), layers.dense({ units: 1 })), /\(ReLU\) has the max_value 3/],
    [
      'a branch',
      () => {
        const input = tfl.input({ shape: [5] });
        const [a, b] = [2, 2].map((units) => layers.dense({ units }).apply(input) as tfl.SymbolicTensor);
        return tfl.model({ inputs: input, outputs: layers.add().apply([a!, b!]) as tfl.SymbolicTensor });
      },
      /only chains of layers/,
    ],
  ];

  test.each(REFUSED)('%s is refused by name', async (_, make, message) => {
    const artifacts = await saved(make());
    await expect(fromTfjsArtifacts(artifacts)).rejects.toThrow(UnsupportedError);
    await expect(fromTfjsArtifacts(artifacts)).rejects.toThrow(message);
  });

  type Files = ReturnType<typeof converted>;
  const DAMAGED: [string, (given: Files) => void, RegExp][] = [
    ['a missing file', ({ files }) => delete files['b.bin'], /"b.bin", a file of weights, is missing/],
    ['text that ends early', ({ files }) => void (files['model.json'] = (files['model.json'] as string).slice(0, -9)), /no JSON/],
    [
      'bytes that end early',
      ({ files }) => void (files['b.bin'] = (files['b.bin'] as Uint8Array<ArrayBuffer>).slice(0, -1)),
      /takes 8 bytes; there are 7/,
    ],
    ['bytes left over', ({ files }) => void (files['b.bin'] = new Uint8Array(99)), /weights end after 32 bytes/],
    ['no weights', ({ json }) => json.weightsManifest[0]!.weights.pop(), /weights end after 24 bytes/],
    [
      'another name',
      ({ json }) => void (json.weightsManifest[0]!.weights[1]!['name'] = 'other/bias'),
      /"dense\/bias" is missing/,
    ],
    [
      'another shape',
      ({ json }) => void (json.weightsManifest[0]!.weights[0]!['shape'] = [2, 3]),
      /has shape \[2, 3\]; expected \[3, 2\]/,
    ],
    ['a huge shape', ({ json }) => void (json.weightsManifest[0]!.weights[0]!['shape'] = [1e9, 1e9]), /takes .* bytes/],
    ['a shape that is none', ({ json }) => void (json.weightsManifest[0]!.weights[0]!['shape'] = [-3, 2]), /shape/],
    ['a type', ({ json }) => void (json.weightsManifest[0]!.weights[0]!['dtype'] = 'string'), /of dtype "string"/],
    ['one name twice', ({ json }) => void (json.weightsManifest[0]!.weights[1]!['name'] = 'dense/kernel'), /there twice/],
    ['no topology', ({ json }) => delete (json as { modelTopology?: object }).modelTopology, /modelTopology is undefined/],
    [
      'units that are none',
      ({ json }) =>
        void ((json.modelTopology.model_config.config.layers[1] as { config: { units: unknown } }).config.units = 1.5),
      /units/,
    ],
    [
      'units of another number',
      ({ json }) => void ((json.modelTopology.model_config.config.layers[1] as { config: { units: unknown } }).config.units = 5),
      /expected \[3, 5\]/,
    ],
  ];

  test.each(DAMAGED)('%s is an error of the file', async (_, damage, message) => {
    const given = converted();
    const whole = JSON.stringify(given.json);
    damage(given);
    if (JSON.stringify(given.json) !== whole) given.files['model.json'] = JSON.stringify(given.json);
    await expect(fromTfjsArtifacts(given.files)).rejects.toThrow(ModelFileError);
    await expect(fromTfjsArtifacts(given.files)).rejects.toThrow(message);
  });

  test('numbers that are none', async () => {
    const model = sequence(first(), layers.dense({ units: 1 }));
    const artifacts = await saved(model);
    new Float32Array(artifacts.weightData as ArrayBuffer)[2] = Number.NaN;
    await expect(fromTfjsArtifacts(artifacts)).rejects.toThrow(/element 2 is NaN/);
  });

  test.each([undefined, null, 5, 'model.json', {}, []])('%j is no model', async (model) => {
    await expect(fromTfjsArtifacts(model as never)).rejects.toThrow(OptionError);
  });

  test('names of prototypes are names like others', async () => {
    const { files, json } = converted();
    const text = JSON.stringify(json)
      .replaceAll('"dense"', '"__proto__"')
      .replaceAll('dense/', '__proto__/')
      .replace('"backend"', '"__proto__":{"polluted":1},"backend"');
    const network = await fromTfjsArtifacts({ ...files, 'model.json': text });
    expect(network.outputs).toBe(2);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    for (const name of ['constructor', '__proto__', 'toString']) {
      const odd = JSON.stringify(json).replace('"class_name":"Dense"', `"class_name":"${name}"`);
      await expect(fromTfjsArtifacts({ ...files, 'model.json': odd })).rejects.toThrow(UnsupportedError);
      const activation = JSON.stringify(json).replace('"activation":"tanh"', `"activation":"${name}"`);
      await expect(fromTfjsArtifacts({ ...files, 'model.json': activation })).rejects.toThrow(UnsupportedError);
      const path = JSON.stringify(json).replace('"b.bin"', `"${name}"`);
      await expect(fromTfjsArtifacts({ ...files, 'model.json': path })).rejects.toThrow(ModelFileError);
    }
  });
});
