// Techniques that an estimator leaves out unless asked for: of the network, and of the fit.

import type { Growing } from '../data/batches.js';
import type { Order } from '../data/orders.js';
import { OptionError } from '../runtime/errors.js';
import { type DecorrelateOptions, decorrelation } from '../data/normalize/decorrelation.js';
import { type Clip, FIT_OPTIONS, type FitOptions } from '../training/options.js';
import type { NamedInitializer } from '../layers/initializers.js';
import { INITIALIZER_NAMES } from '../layers/initializers.js';
import { type Layer, batchNorm, dense, dropout, gaussianNoise, layerNorm } from '../layers/layers.js';
import { ACTIVATIONS, type Activation } from '../layers/activations.js';
import { type Method, isMethod } from '../methods/method.js';
import { type Checked, either, number, oneOf, value } from '../runtime/options.js';

export const TECHNIQUE_OPTIONS = {
  init: oneOf(
    INITIALIZER_NAMES.filter((name) => name !== 'leastSquares'),
    undefined,
  ),
  dropout: number({ min: 0, below: 1 }, 0),
  inputNoise: number({ min: 0, below: Infinity }, 0),
  normalization: oneOf(['batch', 'layer'], undefined),
  method: value<Method | undefined>('a method, such as adam()', isMethod, undefined),
  order: either(FIT_OPTIONS.order, oneOf(['time'], 'time')),
  decorrelate: value<boolean | DecorrelateOptions>(
    "true, false, or { by: 'pca' | 'zca', of, epsilon, components }",
    (v) => typeof v === 'boolean' || (typeof v === 'object' && v !== null),
    false,
  ),
  l1: FIT_OPTIONS.l1,
  clip: FIT_OPTIONS.clip,
  average: FIT_OPTIONS.average,
};

/** Options of estimators for techniques of the network and the fit; none is used unless given, beside the order. */
export interface TechniqueOptions {
  /** Initial weights of hidden layers. Default by the activation. */
  init?: NamedInitializer;
  /** The share of hidden units left out in each step, ≥ 0 and < 1. Default 0. */
  dropout?: number;
  /** Deviation of the noise added to inputs in training, which have unit variance. Default 0. */
  inputNoise?: number;
  /** Normalises what hidden layers put out, over the batch or over the units. Default neither. */
  normalization?: 'batch' | 'layer';
  /**
   * How to learn, with rates and decay of its own: `rate`, `momentum` and `weightDecay` are then refused beside it. Default:
   * gradient descent with momentum whose rate falls to 0. Not kept in files.
   */
  method?: Method;
  /**
   * The order in which rows are learned, as of `Network.fit`; or 'time': rows are given in order of time, from the earliest on.
   * They are then learned shuffled, but rows held out are later than those learned from: to choose by, stretches of rows that
   * follow each other, and for `validation` the last ones. Default 'shuffle'.
   */
  order?: Order | 'time';
  /**
   * Decorrelates the inputs after scaling (4.3), by the options of `normalize.decorrelate`; true for its defaults. What was
   * learned is part of the model. Default false: directions of little variance, blown up to as much as the others, are as often
   * noise as not.
   */
  decorrelate?: boolean | DecorrelateOptions;
  /** L1 decay, as of `Network.fit`. Default 0. */
  l1?: number;
  /** Bounds the gradient, as of `Network.fit`. Default none. */
  clip?: Clip;
  /** Averages the weights over steps, as of `Network.fit`. Default none. */
  average?: 'polyak' | { decay: number };
}

/** What a model is trained with beyond a recipe's numbers. */
export interface Techniques extends Pick<TechniqueOptions, 'init' | 'normalization' | 'method'> {
  readonly dropout: number;
  readonly inputNoise: number;
  /** Options of the fit. */
  readonly fit: FitOptions;
}

/** The options that a method of the user's own takes the place of. */
const OF_THE_METHOD = ['rate', 'momentum', 'weightDecay'] as const;

type Given = Checked<typeof TECHNIQUE_OPTIONS> & { readonly [K in (typeof OF_THE_METHOD)[number]]: number | undefined } & {
  readonly batchSize: number | 'full' | Growing | undefined;
  readonly labelSmoothing?: number;
};

/**
 * @param background whether fits run there
 * @throws OptionError for settings of a method beside a method
 */
export function techniques(call: string, options: Given, background = false): Techniques {
  const { init, normalization, method, order, batchSize, decorrelate, l1, clip, average, labelSmoothing = 0 } = options;
  if (typeof decorrelate === 'object') decorrelation(decorrelate); // which checks them
  const given = method && OF_THE_METHOD.find((name) => options[name] !== undefined);
  if (given) throw new OptionError(`${call}.${given}`, options[given], `none with a method; ${method.name} has its own settings`);
  const size = typeof batchSize === 'number' ? undefined : (batchSize ?? method?.batch);
  return {
    ...(init && { init }),
    ...(normalization && { normalization }),
    ...(method && { method }),
    dropout: options.dropout,
    inputNoise: options.inputNoise,
    fit: {
      order: order === 'time' ? 'shuffle' : order,
      l1,
      labelSmoothing,
      ...(size !== undefined && { batchSize: size }),
      ...(clip && { clip }),
      ...(average && { average }),
      background,
    },
  };
}

/** Options that say how to train, or what for. */
interface TrainingOptions extends Given {
  readonly hidden: number | readonly number[] | undefined;
  readonly epochs: number | undefined;
  readonly validation: number | undefined;
}

/**
 * Whether a linear model may be solved instead of trained: no option changes what is minimised or asks for a validation loss,
 * nor, where `hidden: []` leaves no doubt that the model is linear, for a way to train. Chunks are trained on in any case, from
 * the solution, which those of the last kind leave as it is.
 * @param whole whether all rows are in memory
 */
export function solvable(options: TrainingOptions, whole: boolean): boolean {
  const { hidden, method, l1, inputNoise, validation, order } = options;
  if (method || l1 > 0 || inputNoise > 0 || validation !== undefined) return false;
  const { rate, momentum, epochs, batchSize, clip, average } = options;
  const asked = [rate, momentum, epochs, batchSize, clip, average].some((v) => v !== undefined) || order !== 'shuffle';
  return !(whole && asked && Array.isArray(hidden) && hidden.length === 0);
}

/** Hidden layers of so many units with what goes around them. */
export function hiddenLayers(hidden: readonly number[], activation: Activation, t: Techniques): Layer[] {
  const each = (units: number, k: number): Layer[] => [
    dense(units, { activation, ...init(activation, k, t) }),
    ...(t.normalization ? [t.normalization === 'batch' ? batchNorm() : layerNorm()] : []),
    ...(t.dropout > 0 ? [dropout(t.dropout)] : []),
  ];
  return [...(t.inputNoise > 0 ? [gaussianNoise(t.inputNoise)] : []), ...hidden.flatMap(each)];
}

/** Initial weights of hidden layer k: sigmoids above the inputs begin where Nguyen and Widrow put them, spread over the data. */
function init(activation: Activation, k: number, { init: given }: Techniques): { init?: NamedInitializer } {
  if (given) return { init: given };
  return k === 0 && ACTIVATIONS[activation].sigmoidal ? { init: 'nguyenWidrow' } : {};
}
