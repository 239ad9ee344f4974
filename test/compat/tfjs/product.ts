// What may be combined in a model of TensorFlow.js, and the weights that 100 steps lead to, from the same start in the same
// order, whoever takes them.

import { draws } from '../../data/synthetic.js';
import * as tf from './union.js';

const INPUTS = 5;
const UNITS = 7;
const OUTPUTS = 3;
const ROWS = 30;
const BATCH = 8; // the last batch of an epoch has 6 rows
const EPOCHS = 25;

type Activation = NonNullable<Parameters<typeof tf.layers.dense>[0]['activation']>;

const ACTIVATIONS = [
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'tanh', 'softplus', 'softsign', 'softmax'],
  ...['logSoftmax', 'swish', 'mish', 'gelu', 'gelu_new'],
] as Activation[];

export const OPTIMIZERS = {
  sgd: () => tf.train.sgd(0.02),
  momentum: () => tf.train.momentum(0.01, 0.9),
  nesterov: () => tf.train.momentum(0.01, 0.9, true),
  rmsprop: () => tf.train.rmsprop(0.002),
  'rmsprop with momentum': () => tf.train.rmsprop(0.002, 0.8, 0.5, 1e-6),
  'rmsprop, centered': () => tf.train.rmsprop(0.001, 0.9, 0.3, 1e-12, true),
  adam: () => tf.train.adam(0.003),
  adamax: () => tf.train.adamax(0.005, 0.9, 0.99, 1e-7, 0.01),
  adagrad: () => tf.train.adagrad(0.02),
  adadelta: () => tf.train.adadelta(0.1, 0.95, 1e-6),
};

type Draw = ReturnType<typeof draws>;
const list = (n: number, make: (i: number) => number) => Array.from({ length: n }, (_, i) => make(i));
const oneHot = (draw: Draw) => {
  const hot = draw.below(OUTPUTS);
  return list(OUTPUTS, (i) => Number(i === hot));
};
const spread = (draw: Draw) => list(OUTPUTS, draw.normal);
const signs = (draw: Draw) => list(OUTPUTS, () => 2 * draw.below(2) - 1);

/** A row of targets that suits the loss, and the activation of outputs that does. */
const LOSSES: Record<string, { targets: (draw: Draw) => number[]; outputs: Activation }> = {
  meanSquaredError: { targets: spread, outputs: 'linear' },
  meanAbsoluteError: { targets: spread, outputs: 'linear' },
  meanAbsolutePercentageError: { targets: (draw) => list(OUTPUTS, () => 1 + draw.uniform()), outputs: 'linear' },
  meanSquaredLogarithmicError: { targets: (draw) => list(OUTPUTS, () => 3 * draw.uniform()), outputs: 'softplus' },
  squaredHinge: { targets: signs, outputs: 'linear' },
  hinge: { targets: signs, outputs: 'linear' },
  categoricalHinge: { targets: oneHot, outputs: 'softmax' },
  logcosh: { targets: spread, outputs: 'linear' },
  categoricalCrossentropy: { targets: oneHot, outputs: 'softmax' },
  sparseCategoricalCrossentropy: { targets: (draw) => [draw.below(OUTPUTS)], outputs: 'softmax' },
  binaryCrossentropy: { targets: (draw) => list(OUTPUTS, () => draw.below(2)), outputs: 'sigmoid' },
  kullbackLeiblerDivergence: {
    targets: (draw) => {
      const drawn = list(OUTPUTS, () => 0.05 + draw.uniform());
      return drawn.map((v) => v / drawn.reduce((sum, each) => sum + each));
    },
    outputs: 'softmax',
  },
  poisson: { targets: (draw) => list(OUTPUTS, () => draw.below(4)), outputs: 'softplus' },
  cosineProximity: { targets: spread, outputs: 'linear' },
};

const { layers, regularizers, constraints } = tf;
const hidden = (activation: Activation, more = {}) => layers.dense({ units: UNITS, activation, ...more });

/** The layers between inputs and outputs. */
const SETS: Record<string, (activation: Activation) => tf.layers.Layer[]> = {
  dense: (activation) => [hidden(activation)],
  'no biases': (activation) => [hidden(activation, { useBias: false }), layers.activation({ activation: 'tanh' })],
  batchNormalization: (activation) => [
    layers.batchNormalization({}),
    hidden(activation),
    layers.batchNormalization({ momentum: 0.9, epsilon: 0.01 }),
  ],
  layerNormalization: (activation) => [
    hidden(activation),
    layers.layerNormalization({}),
    hidden('tanh'),
    layers.layerNormalization({ epsilon: 0.01 }),
  ],
  prelu: (activation) => [
    hidden(activation),
    layers.prelu({ alphaInitializer: 'ones' }),
    layers.reshape({ targetShape: [UNITS, 1] }),
    layers.prelu({ sharedAxes: [1] }),
    layers.flatten(),
  ],
  rectifiers: (activation) => [
    hidden(activation),
    layers.leakyReLU({ alpha: 0.2 }),
    hidden('linear'),
    layers.elu(),
    hidden('linear'),
    layers.reLU({ maxValue: 2 }),
  ],
  softmax: (activation) => [hidden(activation), layers.softmax()],
  regularizers: (activation) => [
    hidden(activation, {
      kernelRegularizer: regularizers.l1l2({ l1: 0.01, l2: 0.02 }),
      biasRegularizer: regularizers.l2({ l2: 0.1 }),
    }),
    hidden('tanh', { kernelRegularizer: regularizers.l1({ l1: 0.01 }) }),
  ],
  constraints: (activation) => [
    hidden(activation, { kernelConstraint: constraints.maxNorm({ maxValue: 0.8, axis: 0 }), biasConstraint: 'nonNeg' }),
    hidden('tanh', { kernelConstraint: constraints.unitNorm({ axis: 0 }) }),
    hidden('tanh', { kernelConstraint: constraints.minMaxNorm({ minValue: 0.5, maxValue: 1, rate: 0.6, axis: 1 }) }),
  ],
};

/** Names of what is combined. */
export interface Combination {
  readonly optimizer: keyof typeof OPTIMIZERS;
  readonly loss: string;
  readonly activation: Activation;
  readonly set: string;
  /** Whether the activation is the outputs' as well, in place of the one that suits the loss. */
  readonly atOutputs?: boolean;
}

export const nameOf = ({ optimizer, loss, activation, set, atOutputs }: Combination) =>
  `${optimizer}, ${loss}, ${activation}${atOutputs ? ' at outputs' : ''}, ${set}`;

/** A model, compiled, with weights that follow from the seed. */
export function modelOf({ optimizer, loss, activation, set, atOutputs }: Combination): tf.Sequential {
  const outputs = atOutputs ? activation : LOSSES[loss]!.outputs;
  return modelWith(SETS[set]!(activation), outputs, { optimizer: OPTIMIZERS[optimizer](), loss });
}

/** The same around other layers. */
export function modelWith(within: tf.layers.Layer[], outputs: Activation, args: tf.ModelCompileArgs, seed = 1): tf.Sequential {
  const model = tf.sequential();
  model.add(layers.inputLayer({ inputShape: [INPUTS] }));
  for (const layer of within) model.add(layer);
  model.add(layers.dense({ units: OUTPUTS, activation: outputs }));
  model.compile(args);
  const draw = draws(seed);
  const values = model.weights.map((weight) => {
    const { name, shape } = weight;
    const size = shape.reduce<number>((product, n) => product * n!, 1);
    if (/moving_|norm/i.test(name)) return weight.read();
    const scale = /kernel/.test(name) ? 1 / Math.sqrt(shape[0]!) : 0.1;
    return tf.tensor(
      list(size, () => scale * draw.normal()),
      shape as number[],
    );
  });
  model.setWeights(values);
  return model;
}

/** Trains a model for 100 steps. @returns its weights in a row, those that do not train included */
export async function trained(model: tf.LayersModel, loss: string, seed = 2): Promise<Float32Array> {
  const draw = draws(seed);
  const rows = <T>(make: () => T) => Array.from({ length: ROWS }, make);
  const x = tf.tensor2d(rows(() => list(INPUTS, draw.normal)));
  const y = tf.tensor2d(rows(() => LOSSES[loss]!.targets(draw)));
  await model.fit(x, y, { batchSize: BATCH, epochs: EPOCHS, shuffle: false, yieldEvery: 'never', verbose: 0 });
  tf.dispose([x, y]);
  return Float32Array.from(model.getWeights().flatMap((tensor) => [...tensor.dataSync()]));
}

/** ‖a − b‖/‖a‖ */
export function distance(a: Float32Array, b: Float32Array): number {
  const norm = (of: (i: number) => number) => Math.sqrt(a.reduce((sum, _, i) => sum + of(i) ** 2, 0));
  return norm((i) => a[i]! - b[i]!) / norm((i) => a[i]!);
}

/** All that is combined: optimisers, losses and activations; activations of outputs with two optimisers; sets of layers. */
export function combinations(): Combination[] {
  const optimizers = Object.keys(OPTIMIZERS) as (keyof typeof OPTIMIZERS)[];
  return optimizers.flatMap((optimizer) =>
    Object.keys(LOSSES).flatMap((loss) => [
      ...ACTIVATIONS.map((activation) => ({ optimizer, loss, activation, set: 'dense' })),
      ...(['sgd', 'adam'].includes(optimizer)
        ? ACTIVATIONS.map((activation) => ({ optimizer, loss, activation, set: 'dense', atOutputs: true }))
        : []),
      ...Object.keys(SETS)
        .slice(1)
        .map((set) => ({ optimizer, loss, activation: 'tanh' as const, set })),
    ]),
  );
}

/** A list in an order that follows from the seed. */
export function shuffled<T>(all: readonly T[], seed: number): T[] {
  const draw = draws(seed);
  const keyed = all.map((value) => [draw.uniform(), value] as const);
  return keyed.sort(([a], [b]) => a - b).map(([, value]) => value);
}

/** Left out: layers that draw random numbers in training, so that no two trainings are the same. */
export const RANDOM = {
  dropout: () => layers.dropout({ rate: 0.5 }),
  gaussianNoise: () => layers.gaussianNoise({ stddev: 0.5 }),
  gaussianDropout: () => layers.gaussianDropout({ rate: 0.5 }),
  alphaDropout: () => layers.alphaDropout({ rate: 0.5 }),
};

/** Left out: layers that TensorFlow.js 4.22 has, and fails to train. */
export const UNTRAINABLE = {
  'thresholdedReLU: no gradient of Greater': () => layers.thresholdedReLU({ theta: 0.1 }),
  'batchNormalization without scale': () => layers.batchNormalization({ scale: false }),
  'batchNormalization without center': () => layers.batchNormalization({ center: false }),
  'layerNormalization without scale': () => layers.layerNormalization({ scale: false }),
  'layerNormalization without center': () => layers.layerNormalization({ center: false }),
};

/**
 * Left out: where TensorFlow.js comes to NaN, by optimizer and loss. Its centered rmsprop takes ε from a variance that may be 0;
 * its adadelta explodes at the slopes of percentages.
 */
const NOT_A_NUMBER: Partial<Record<keyof typeof OPTIMIZERS, Record<string, string[]>>> = {
  'rmsprop, centered': {
    meanAbsoluteError: [
      ...['elu', 'tanh', 'softsign', 'swish', 'mish', 'gelu', 'gelu_new'],
      ...['set batchNormalization', 'set constraints'],
    ],
    squaredHinge: ['softmax'],
    hinge: [
      ...['sigmoid', 'hardSigmoid', 'softsign', 'softmax'],
      ...['set no biases', 'set prelu', 'set softmax', 'set constraints'],
    ],
    poisson: ['set no biases'],
  },
  adadelta: {
    meanSquaredError: ['logSoftmax'],
    meanAbsolutePercentageError: [
      ...['linear', 'logSoftmax'],
      ...['set batchNormalization', 'set layerNormalization', 'set prelu'],
    ],
  },
};

/** Whether a combination is left out, since TensorFlow.js itself comes to NaN. */
export function isNotANumber({ optimizer, loss, activation, set }: Combination): boolean {
  if (optimizer === 'rmsprop, centered' && set === 'rectifiers') return true;
  return (NOT_A_NUMBER[optimizer]?.[loss] ?? []).includes(set === 'dense' ? activation : `set ${set}`);
}

/**
 * Left to a wider rule: trainings that are chaotic. Where one rounding differs, TensorFlow.js's own weights end far apart, as
 * they do from weights of which each is the next number. They are 18 of 3,808.
 */
export const CHAOTIC: ReadonlySet<string> = new Set([
  'adadelta, cosineProximity, softplus, dense',
  'adadelta, cosineProximity, tanh, prelu',
  'adadelta, cosineProximity, tanh, regularizers',
  'adam, kullbackLeiblerDivergence, gelu_new at outputs, dense',
  'momentum, meanAbsolutePercentageError, elu, dense',
  'nesterov, meanAbsolutePercentageError, selu, dense',
  'nesterov, meanAbsolutePercentageError, tanh, rectifiers',
  'rmsprop with momentum, cosineProximity, tanh, rectifiers',
  'rmsprop, centered, cosineProximity, tanh, batchNormalization',
  'sgd, binaryCrossentropy, gelu at outputs, dense',
  'sgd, binaryCrossentropy, selu at outputs, dense',
  'sgd, categoricalCrossentropy, mish at outputs, dense',
  'sgd, categoricalCrossentropy, tanh at outputs, dense',
  'sgd, cosineProximity, tanh, rectifiers',
  'sgd, meanAbsolutePercentageError, relu at outputs, dense',
  'sgd, meanAbsolutePercentageError, relu6 at outputs, dense',
  'sgd, poisson, linear at outputs, dense',
  'sgd, poisson, mish at outputs, dense',
]);

/** A model's weights, each the next number above or below it. */
export function nudge(model: tf.LayersModel, seed: number): void {
  const draw = draws(seed);
  tf.tidy(() => {
    const nudged = model.getWeights().map((weight) => {
      const values = Float32Array.from(weight.dataSync(), (v) => v * (1 + (2 * draw.below(2) - 1) * 2 ** -23));
      return tf.tensor(values, weight.shape);
    });
    model.setWeights(nudged);
  });
}
