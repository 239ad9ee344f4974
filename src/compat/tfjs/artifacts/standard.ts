// Activations and losses by the names that Keras and TensorFlow.js have for them.

import type { Activation } from '../../../layers/activations.js';
import type { Loss } from '../../../layers/losses.js';

/** What stands for an activation: outer·f(inner·y), f by its name, or as a layer of its own behind a linear one. */
export interface Standard {
  readonly name: string;
  readonly inner?: number;
  readonly outer?: number;
  readonly layer?: (slope: number) => { class_name: string; config: Record<string, unknown> };
}

/** 1.7159·tanh(2y/3). */
const LECUN: Standard = { name: 'tanh', inner: 2 / 3, outer: 1.7159 };

/** What stands for each activation by its slope; undefined where nothing does. */
export const STANDARD: Readonly<Record<Activation, (slope: number) => Standard | undefined>> = {
  linear: () => ({ name: 'linear' }),
  tanh: () => ({ name: 'tanh' }),
  lecunTanh: () => LECUN,
  twistedTanh: (slope) => (slope === 0 ? { name: 'tanh' } : undefined),
  sigmoid: () => ({ name: 'sigmoid' }),
  relu: () => ({ name: 'relu' }),
  leakyRelu: () => ({ name: 'linear', layer: (alpha) => ({ class_name: 'LeakyReLU', config: { alpha } }) }),
  elu: (slope) => (slope === 1 ? { name: 'elu' } : undefined),
  gelu: () => ({ name: 'gelu' }),
  softplus: () => ({ name: 'softplus' }),
  softmax: () => ({ name: 'softmax' }),
  mish: () => ({ name: 'mish' }),
  selu: () => ({ name: 'selu' }),
  hardSigmoid: () => ({ name: 'hard_sigmoid' }),
  softsign: () => ({ name: 'softsign' }),
  swish: () => ({ name: 'swish' }),
  relu6: () => ({ name: 'relu6' }),
  thresholdedRelu: () => ({ name: 'linear', layer: (theta) => ({ class_name: 'ThresholdedReLU', config: { theta } }) }),
  // TensorFlow.js calls it gelu_new, and does not find it in a file, where it reads geluNew.
  geluTanh: () => undefined,
};

/** Names as they are compared: 'hard_sigmoid' and 'hardSigmoid' are one. */
export const plainName = (name: string) => name.replaceAll('_', '').toLowerCase();

/** Activations by their plain names. */
export const ACTIVATION_OF: ReadonlyMap<string, Activation> = new Map([
  ['linear', 'linear'],
  ['tanh', 'tanh'],
  ['sigmoid', 'sigmoid'],
  ['relu', 'relu'],
  ['elu', 'elu'],
  ['gelu', 'gelu'],
  ['softplus', 'softplus'],
  ['softmax', 'softmax'],
  ['mish', 'mish'],
  ['selu', 'selu'],
  ['hardsigmoid', 'hardSigmoid'],
  ['softsign', 'softsign'],
  ['swish', 'swish'],
  ['silu', 'swish'],
  ['relu6', 'relu6'],
  ['gelunew', 'geluTanh'],
]);

/** What each loss is called there. */
export const LOSS_NAME: Readonly<Record<Loss, string>> = {
  meanSquaredError: 'mean_squared_error',
  meanAbsoluteError: 'mean_absolute_error',
  binaryCrossEntropy: 'binary_crossentropy',
  hinge: 'hinge',
  crossEntropy: 'categorical_crossentropy',
  logCosh: 'logcosh',
  squaredHinge: 'squared_hinge',
  categoricalHinge: 'categorical_hinge',
  kullbackLeiblerDivergence: 'kullback_leibler_divergence',
  poisson: 'poisson',
  cosineProximity: 'cosine_proximity',
  meanAbsolutePercentageError: 'mean_absolute_percentage_error',
  meanSquaredLogarithmicError: 'mean_squared_logarithmic_error',
};

/** Losses by their plain names. */
export const LOSS_OF: ReadonlyMap<string, Loss> = new Map<string, Loss>([
  ...Object.entries(LOSS_NAME).map(([loss, name]) => [plainName(name), loss as Loss] as const),
  ['mse', 'meanSquaredError'],
  ['mae', 'meanAbsoluteError'],
  ['mape', 'meanAbsolutePercentageError'],
  ['msle', 'meanSquaredLogarithmicError'],
  ['kldivergence', 'kullbackLeiblerDivergence'],
  ['cosinesimilarity', 'cosineProximity'],
  ['sparsecategoricalcrossentropy', 'crossEntropy'],
]);
