// Networks, classifiers and regressors as artefacts: TensorFlow.js loads them, and predicts the same.

import { describe, expect, test } from 'vitest';
import { toTfjsArtifacts, toTfjsFiles } from '../../../src/compat/tfjs/index.js';
import {
  type Activation,
  Classifier,
  type Layer,
  type Loss,
  Network,
  NotFittedError,
  OptionError,
  Regressor,
  UnsupportedError,
  batchNorm,
  dense,
  dropout,
  gaussianNoise,
  layerNorm,
  rbf,
} from '../../../src/index.js';
import { ACTIVATION_NAMES } from '../../../src/layers/activations.js';
import { expectClose, loaded, outputsOf, rowsOf, served, tf, uniform } from './artifacts.js';

/** A network whose weights, norms' statistics among them, are all drawn. */
async function drawn(layers: Layer[], loss: Loss = 'meanSquaredError', inputs = 5): Promise<Network> {
  const network = await Network.create({ inputs, layers, loss, seed: 3 });
  const draw = uniform(17);
  const each = network.weightShapes.map(({ name, size }) =>
    Float32Array.from({ length: size }, () => (name.endsWith('.variance') ? 1 + 0.5 * draw() : draw())),
  );
  network.setWeights(each);
  return network;
}

/** Those that TensorFlow.js has nothing for. */
const NONE: Activation[] = ['twistedTanh', 'geluTanh'];
const HIDDEN = ACTIVATION_NAMES.filter((name) => name !== 'softmax' && !NONE.includes(name));

describe('networks', () => {
  test.each(HIDDEN)('%s, hidden and at the end', async (activation) => {
    const network = await drawn([dense(7, { activation }), dense(4, { activation, bias: false }), dense(3, { activation })]);
    const rows = rowsOf(9, 5);
    expectClose(outputsOf(await loaded(toTfjsArtifacts(network)), rows), network.predict(rows));
  });

  const LAYERS: [string, Layer[], Loss?][] = [
    ['softmax', [dense(4, { activation: 'tanh' }), dense(3, { activation: 'softmax' })], 'crossEntropy'],
    ['sigmoid', [dense(4, { activation: 'relu' }), dense(2, { activation: 'sigmoid' })], 'binaryCrossEntropy'],
    ['one layer', [dense(1)]],
    ['batchNorm', [dense(6, { activation: 'lecunTanh' }), batchNorm({ epsilon: 0.02, momentum: 0.7 }), dense(2)]],
    ['batchNorm first and twice', [batchNorm(), batchNorm(), dense(2)]],
    ['layerNorm', [dense(6, { activation: 'lecunTanh' }), layerNorm({ epsilon: 0.3 }), dense(2, { activation: 'lecunTanh' })]],
    ['dropout', [dropout(0.3), dense(6, { activation: 'lecunTanh' }), dropout(0.5), dense(2)]],
    ['noise', [gaussianNoise(0.1), dense(6, { activation: 'lecunTanh' }), gaussianNoise(0.2), dense(2)]],
    ['slopes', [dense(6, { activation: 'leakyRelu', slope: 0.3 }), dense(2, { activation: 'leakyRelu', slope: 0 })]],
  ];

  test.each(LAYERS)('%s', async (_, layers, loss) => {
    const network = await drawn(layers, loss);
    const rows = rowsOf(9, 5);
    expectClose(outputsOf(await loaded(toTfjsArtifacts(network)), rows), network.predict(rows));
  });

  test('noise is as large against what it is added to', async () => {
    const network = await drawn([dense(6, { activation: 'lecunTanh' }), gaussianNoise(0.2), dense(2)]);
    const model = await loaded(toTfjsArtifacts(network));
    expect(model.layers[1]!.getConfig()['stddev']).toBeCloseTo(0.2 / 1.7159, 12);
  });

  test('frozen layers are not trainable, with all that they become', async () => {
    const frozen = { trainable: false };
    const first = dense(6, { activation: 'leakyRelu', ...frozen });
    const network = await drawn([first, layerNorm(frozen), dense(4, { activation: 'tanh' }), dense(2, frozen)]);
    const model = await loaded(toTfjsArtifacts(network));
    const said = model.layers.map((layer) => [layer.getClassName(), layer.trainable]);
    expect(said).toEqual([
      ['Dense', false],
      ['LeakyReLU', false],
      ['LayerNormalization', false],
      ['Dense', true],
      ['Dense', false],
    ]);
    expect(model.trainableWeights.length).toBe(2);
  });

  test('a custom loss has no standard name: there is no training configuration', async () => {
    const loss = { value: () => 1, gradient: () => [0, 0] };
    const network = await Network.create({ inputs: 3, layers: [dense(2)], loss });
    const artifacts = toTfjsArtifacts(network);
    expect('trainingConfig' in artifacts).toBe(false);
    const rows = rowsOf(4, 3);
    expectClose(outputsOf(await loaded(artifacts), rows), network.predict(rows));
  });

  test('in float64 as in float32', async () => {
    const network = await Network.create({
      inputs: 3,
      layers: [dense(4, { activation: 'tanh' }), dense(2)],
      loss: 'logCosh',
      precision: 'float64',
    });
    const rows = rowsOf(4, 3);
    expectClose(outputsOf(await loaded(toTfjsArtifacts(network)), rows), network.predict(rows));
  });

  test('the loss goes along, so that the model can be evaluated as it is', async () => {
    const network = await drawn([dense(4, { activation: 'tanh' }), dense(3, { activation: 'softmax' })], 'crossEntropy');
    const rows = rowsOf(12, 5);
    const classes = rows.map((_, i) => i % 3);
    const model = await loaded(toTfjsArtifacts(network));
    const loss = model.evaluate(tf.tensor2d(rows), tf.oneHot(tf.tensor1d(classes, 'int32'), 3)) as tf.Scalar[] | tf.Scalar;
    expect([loss].flat()[0]!.dataSync()[0]).toBeCloseTo(
      network.evaluate(
        rows,
        classes.map((c) => [c]),
      ).loss,
      5,
    );
  });

  test.each([
    ['rbf', [rbf(3), dense(1)], 'layers[0] is rbf'],
    ['twistedTanh', [dense(3, { activation: 'twistedTanh' }), dense(1)], 'twistedTanh with slope 0.05'],
    ['geluTanh', [dense(3, { activation: 'geluTanh' }), dense(1)], 'gelu_new, which is geluTanh'],
    ['elu with a slope', [dense(3, { activation: 'elu', slope: 0.5 }), dense(1)], 'elu with slope 0.5'],
  ] as [string, Layer[], string][])('%s is refused by name', async (_, layers, name) => {
    const network = await Network.create({ inputs: 2, layers, loss: 'meanSquaredError' });
    expect(() => toTfjsArtifacts(network)).toThrow(UnsupportedError);
    expect(() => toTfjsArtifacts(network)).toThrow(name);
  });

  test.each([undefined, null, {}, 'model', { kind: 'network' }])('%j is no model', (model) => {
    expect(() => toTfjsArtifacts(model as never)).toThrow(OptionError);
  });

  test('networks that are gone, and options that there are not', async () => {
    const network = await drawn([dense(1)]);
    expect(() => toTfjsArtifacts(network, { prepare: true } as never)).toThrow(OptionError);
    expect(() => toTfjsFiles(network, { shardBytes: 0 })).toThrow(OptionError);
    network.dispose();
    expect(() => toTfjsArtifacts(network)).toThrow('disposed');
    expect(() => toTfjsArtifacts(new Classifier())).toThrow(NotFittedError);
  });
});

describe('files', () => {
  test.each([
    [undefined, 1],
    [64, 3],
    [50, 4],
    [1, 172],
  ])('weights in files of %j bytes: %i', async (shardBytes, count) => {
    const network = await drawn([dense(6, { activation: 'lecunTanh' }), dense(1)]);
    const files = toTfjsFiles(network, shardBytes === undefined ? {} : { shardBytes });
    const names = Object.keys(files).filter((name) => name !== 'model.json');
    expect(names).toHaveLength(count);
    expect(names[0]).toBe(`group1-shard1of${count}.bin`);
    const rows = rowsOf(3, 5);
    expectClose(outputsOf(await served(files), rows), network.predict(rows));
  });
});

/** Rows of numbers of very different units, in three groups. */
function grouped(count: number): { rows: number[][]; labels: string[]; targets: number[][] } {
  const draw = uniform(23);
  const labels = Array.from({ length: count }, (_, i) => ['ash', 'birch', 'cedar'][i % 3]!);
  const rows = labels.map((_, i) => {
    const [a, b, c] = [draw() + (i % 3), draw(), draw() - (i % 3)];
    return [10 + 3 * a, 1000 * b + 400 * a, 0.01 * c, 7, a + b + 0.1 * draw()];
  });
  return { rows, labels, targets: rows.map(([a, b, c]) => [a! * 3 + 100, b! / 50 + 200 * c!]) };
}

describe('classifiers', () => {
  const { rows, labels } = grouped(90);
  const OPTIONS: [string, object][] = [
    ['one network', { members: 1 }],
    ['several', { members: 3 }],
    ['decorrelated', { members: 1, decorrelate: true }],
    ['decorrelated by zca, several', { members: 2, decorrelate: { by: 'zca', of: 'correlation' } }],
    ['of lecunTanh', { members: 1, activation: 'lecunTanh' }],
    ['no hidden layer', { members: 2, hidden: [] }],
    ['targets at ±1', { members: 2, loss: 'meanSquaredError' }],
    ['hinge', { members: 1, loss: 'hinge' }],
    ['noise and dropout before the first layer', { members: 1, inputNoise: 0.1, dropout: 0.1 }],
  ];

  test.each(OPTIONS)('%s', async (_, options) => {
    const model = await Classifier.fit(rows, labels, { seed: 1, epochs: 15, hidden: [6], ...options });
    const artifacts = toTfjsArtifacts(model);
    const given = rows.slice(0, 20);
    expectClose(outputsOf(await loaded(artifacts), given), model.predictProbabilities(given).flat(), 1e-4);
    expect(artifacts.userDefinedMetadata!['efficient-backprop']).toMatchObject({
      kind: 'classifier',
      classes: ['ash', 'birch', 'cedar'],
    });
  });

  test('two classes', async () => {
    const two = labels.map((label) => label === 'ash');
    const model = await Classifier.fit(rows, two, { seed: 1, epochs: 15, hidden: [4], members: 1 });
    expectClose(outputsOf(await loaded(toTfjsArtifacts(model)), rows), model.predictProbabilities(rows).flat(), 1e-4);
  });

  test('columns that are not plain numbers are refused, unless rows are prepared', async () => {
    const records = rows.map(([a, b], i) => ({
      size: a!,
      weight: i % 7 === 0 ? null : b!,
      wood: i % 2 ? 'hard' : 'soft',
      lot: 3,
    }));
    const model = await Classifier.fit(records, labels, { seed: 1, epochs: 15, hidden: [4], members: 1 });
    expect(() => toTfjsArtifacts(model)).toThrow(UnsupportedError);
    expect(() => toTfjsArtifacts(model)).toThrow(/column "(wood|weight)"/);
    const artifacts = toTfjsArtifacts(model, { prepared: true });
    const { inputs } = artifacts.userDefinedMetadata!['efficient-backprop'] as {
      inputs: import('../../../src/compat/tfjs/index.js').TfjsInput[];
    };
    expect(inputs.map(({ column, category, isMissing }) => [column, category ?? isMissing])).toEqual([
      ['size', undefined],
      ['weight', undefined],
      ['weight', true],
      ['wood', 'hard'],
      ['wood', 'soft'],
    ]);
    const prepared = records.map((record) =>
      inputs.map(({ column, category, isMissing, missing }) => {
        const cell = record[column as keyof typeof record];
        if (category !== undefined) return cell === category ? 1 : 0;
        if (isMissing) return cell === null ? 1 : 0;
        return cell === null ? missing! : (cell as number);
      }),
    );
    expectClose(outputsOf(await loaded(artifacts), prepared), model.predictProbabilities(records).flat(), 1e-4);
  });

  test('columns with outliers, prepared by what the metadata say', async () => {
    const far = rows.map(([a, b], i) => [i === 4 ? 1e9 : a!, b! ** 5]);
    const model = await Classifier.fit(far, labels, { seed: 1, epochs: 15, hidden: [4], members: 1, missing: 'mean' });
    const artifacts = toTfjsArtifacts(model, { prepared: true });
    const { inputs } = artifacts.userDefinedMetadata!['efficient-backprop'] as {
      inputs: import('../../../src/compat/tfjs/index.js').TfjsInput[];
    };
    const prepared = far.map((row) =>
      inputs.map(({ column, limits = {}, squash }) => {
        const x = Math.max(limits.low ?? -Infinity, Math.min(limits.high ?? Infinity, row[Number(column.match(/\d+/)![0])]!));
        return squash ? Math.asinh((x - squash.centre) / squash.scale) : x;
      }),
    );
    expect(inputs.some(({ limits, squash }) => limits ?? squash)).toBe(true);
    expect(() => toTfjsArtifacts(model)).toThrow(UnsupportedError);
    expectClose(outputsOf(await loaded(artifacts), prepared), model.predictProbabilities(far).flat(), 1e-4);
  });
});

describe('regressors', () => {
  const { rows, targets } = grouped(90);

  test.each([
    ['one target', { members: 1 }, 1],
    ['several networks', { members: 3 }, 1],
    ['several targets', { members: 2, activation: 'lecunTanh' }, 2],
    ['decorrelated', { members: 1, decorrelate: true }, 2],
  ] as [string, object, number][])('%s', async (_, options, outputs) => {
    const given = targets.map((row) => row.slice(0, outputs));
    const model = await Regressor.fit(rows, given, { seed: 1, epochs: 15, hidden: [6], ...options });
    const found = outputsOf(await loaded(toTfjsArtifacts(model)), rows);
    expectClose(found, (model.predict(rows) as number[][]).flat(), 1e-4);
  });
});
