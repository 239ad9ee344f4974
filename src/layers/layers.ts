// Layers as plain descriptions: what a network is made of, before it has parameters.

import { ACTIVATIONS, ACTIVATION_NAMES, type Activation } from './activations.js';
import { OptionError } from '../runtime/errors.js';
import { type BiasInitializer, type Initializer, type NamedInitializer, INITIALIZER_FIELD } from './initializers.js';
import { checked, flag, number, oneOf } from '../runtime/options.js';

const DENSE = {
  activation: oneOf(ACTIVATION_NAMES, 'linear'),
  slope: number({ above: -Infinity, below: Infinity }, undefined),
  bias: flag(true),
  init: INITIALIZER_FIELD,
  biasInit: oneOf(['random', 'zeros'], undefined),
  trainable: flag(true),
};

/** A layer whose parameters training may leave as they are. */
interface Freezable {
  /** False where it does; missing where they are trained. */
  readonly trainable?: false;
}

/** A fully connected layer: a = f(b + x·K). */
export interface DenseLayer extends Freezable {
  readonly type: 'dense';
  readonly units: number;
  readonly activation: Activation;
  /** The activation's parameter; 0 where it has none. */
  readonly slope: number;
  readonly bias: boolean;
  readonly init: Initializer;
  /** Missing where the place in the network decides: 'random' in hidden layers, 'zeros' in the last. */
  readonly biasInit?: BiasInitializer;
}

/** Radial basis functions: a = e^{−‖x − c‖²/(2σ²)}, one centre c and width σ a unit. */
export interface RbfLayer extends Freezable {
  readonly type: 'rbf';
  readonly units: number;
  /** σ to start with; 0: found from the centres. */
  readonly width: number;
  readonly init: RbfInitializer;
}

/** Batch normalization: centres and scales each unit over the batch. */
export interface BatchNormLayer {
  readonly type: 'batchNorm';
  readonly epsilon: number;
  readonly momentum: number;
}

/** Layer normalization: centres and scales each sample over the units. */
export interface LayerNormLayer extends Freezable {
  readonly type: 'layerNorm';
  readonly epsilon: number;
}

/** Dropout: leaves out units during training. */
export interface DropoutLayer {
  readonly type: 'dropout';
  readonly rate: number;
}

/** Adds Gaussian noise during training. */
export interface GaussianNoiseLayer {
  readonly type: 'gaussianNoise';
  readonly deviation: number;
}

/** A layer of a network, as `dense`, `rbf`, `batchNorm`, `layerNorm`, `dropout` and `gaussianNoise` return it. */
export type Layer = DenseLayer | RbfLayer | BatchNormLayer | LayerNormLayer | DropoutLayer | GaussianNoiseLayer;

/** How many units a layer has on `inputs` inputs: layers without units of their own pass on as many as they get. */
export function unitsOf(layer: Layer, inputs: number): number {
  return 'units' in layer ? layer.units : inputs;
}

/** Whether training leaves a layer's parameters as they are. */
export const isFrozen = (layer: Layer): boolean => 'trainable' in layer && layer.trainable === false;

/** A layer's options, of which it keeps `trainable` only where that is false. */
function withFreezing<T extends { trainable: boolean }>({ trainable, ...rest }: T): Omit<T, 'trainable'> & Freezable {
  return { ...rest, ...(!trainable && { trainable: false as const }) };
}

/** The activation that a layer's outputs come from. */
export function activationOf(layer: Layer): Activation {
  return layer.type === 'dense' ? layer.activation : 'linear';
}

/** Options of `dense`. */
export interface DenseOptions {
  /** Default 'linear'. */
  activation?: Activation;
  /**
   * The parameter of twistedTanh (default 0.05), leakyRelu (0.01), elu (1) or thresholdedRelu (1, the threshold). An error with
   * other activations.
   */
  slope?: number;
  /** Default true. */
  bias?: boolean;
  /**
   * The kernel's initial weights: a name or a function. Default by the activation: 'heNormal' for rectifiers, else 'lecunNormal'.
   */
  init?: Initializer;
  /**
   * The initial biases. 'random': they are weights from a constant unit (Efficient BackProp 4.6), uniform on ±1, or as
   * 'nguyenWidrow' draws them; the fan-in of the kernel's rule counts that unit. 'zeros': 0, and the fan-in does not count it.
   * Default 'random' in hidden layers, 'zeros' in the last: from biases of 0 an odd network starts at a saddle for products,
   * squares and waves.
   */
  biasInit?: BiasInitializer;
  /** False: training leaves kernel and bias as they are. For layers taken over from another network. Default true. */
  trainable?: boolean;
}

const UNITS = number({ min: 1, max: 2 ** 24, integer: true }, undefined);

function requireUnits(layer: string, units: unknown): void {
  if (!UNITS.accepts(units)) throw new OptionError(`${layer}.units`, units, UNITS.expected);
}

/**
 * A fully connected layer of `units` units: a = f(b + x·K), kernel K of shape [inputs, units], bias b of shape [units].
 *
 * - `activation`: `'linear'` unless told otherwise.
 * - `slope`: the parameter of twistedTanh (default 0.05), leakyRelu (0.01), elu (1) or thresholdedRelu (1: what y must exceed);
 *   refused for others.
 * - `bias`: `true`.
 * - `init`: kernel's initial weights, a name or a function; by default by the activation: `'heNormal'` for rectifiers, else
 *   `'lecunNormal'` (Efficient BackProp, (16)).
 * - `biasInit`: `'random'` (uniform on ±1) in hidden layers, `'zeros'` in the last one.
 * - `trainable`: `true`; `false` leaves kernel and bias as they are.
 *
 * @throws OptionError
 */
export function dense(units: number, options?: DenseOptions): DenseLayer {
  requireUnits('dense', units);
  const { activation, slope, bias, init, biasInit, trainable } = checked('dense', DENSE, options);
  const traits = ACTIVATIONS[activation];
  if (slope !== undefined && traits.slope === undefined) {
    throw new OptionError('dense.slope', slope, `none: ${activation} has no slope`);
  }
  if (slope !== undefined && (slope < 0 || (activation === 'elu' && slope === 0))) {
    // f′ is found from the output's sign, which a negative slope would hide.
    throw new OptionError('dense.slope', slope, activation === 'elu' ? 'a number > 0' : 'a number ≥ 0');
  }
  return Object.freeze({
    type: 'dense',
    units,
    activation,
    slope: slope ?? traits.slope ?? 0,
    bias,
    init: init ?? byActivation(activation),
    ...(biasInit && { biasInit }),
    ...withFreezing({ trainable }),
  });
}

/** LeCun's for symmetric sigmoids; twice the variance where half of the inputs are cut off. */
function byActivation(activation: Activation): NamedInitializer {
  return ACTIVATIONS[activation].gain === 2 ? 'heNormal' : 'lecunNormal';
}

/** Where centres begin. */
export type RbfInitializer = (typeof RBF_INITIALIZERS)[number];

const RBF_INITIALIZERS = ['kMeans', 'normal'] as const;

const RBF = {
  width: number({ above: 0, below: Infinity }, 0),
  init: oneOf(RBF_INITIALIZERS, 'kMeans'),
  trainable: flag(true),
};

/** Options of `rbf`. */
export interface RbfOptions {
  /** σ > 0 of all units to start with. Default: the mean distance to the two nearest centres. */
  width?: number;
  /**
   * Where centres begin: 'kMeans' (default) at the means of clusters of what the layer is fed in the first fit, 'normal' at
   * normal random places of unit variance, at once.
   */
  init?: RbfInitializer;
  /** False: centres and widths stay where they begin, as in classical networks of this kind. Default true. */
  trainable?: boolean;
}

/**
 * A layer of radial basis functions: a_j = e^{−‖x − c_j‖²/(2σ_j²)} with centres C of shape [inputs, units] and ln σ of shape
 * [units], all trained. Units that are active in one place only: quick to learn in few dimensions, too many in high ones
 * (Efficient BackProp 4.8), so it stands best above layers that bring the dimension down.
 * @throws OptionError
 */
export function rbf(units: number, options?: RbfOptions): RbfLayer {
  requireUnits('rbf', units);
  return Object.freeze({ type: 'rbf' as const, units, ...withFreezing(checked('rbf', RBF, options)) });
}

const EPSILON = (fallback: number) => number({ above: 0, below: Infinity }, fallback);

const BATCH_NORM = { epsilon: EPSILON(1e-5), momentum: number({ min: 0, below: 1 }, 0.9) };

/** Options of `batchNorm`. */
export interface BatchNormOptions {
  /** ε > 0, added to variances. Default 10⁻⁵. */
  epsilon?: number;
  /** How much of the running mean and variance a step keeps, ≥ 0 and < 1. Default 0.9. */
  momentum?: number;
}

/**
 * Centres and scales what each unit below puts out, over the samples of the batch; in use, by running means and variances. The
 * principle of centred inputs inside the network (Efficient BackProp 4.3; Ioffe and Szegedy 2015): a = γ·x̂ + β. Needs batches of
 * two or more; sample weights do not count in means and variances; a last batch of a single sample is normalised by the running
 * ones.
 * @throws OptionError
 */
export function batchNorm(options?: BatchNormOptions): BatchNormLayer {
  return Object.freeze({ type: 'batchNorm' as const, ...checked('batchNorm', BATCH_NORM, options) });
}

const LAYER_NORM = { epsilon: EPSILON(1e-5), trainable: flag(true) };

/** Options of `layerNorm`. */
export interface LayerNormOptions {
  /** ε > 0, added to variances. Default 10⁻⁵. */
  epsilon?: number;
  /** False: training leaves scale and shift as they are. Default true. */
  trainable?: boolean;
}

/** Centres and scales each sample over the units below, then a = γ·x̂ + β (Ba, Kiros and Hinton 2016). @throws OptionError */
export function layerNorm(options?: LayerNormOptions): LayerNormLayer {
  return Object.freeze({ type: 'layerNorm' as const, ...withFreezing(checked('layerNorm', LAYER_NORM, options)) });
}

const RATE = number({ min: 0, below: 1 }, undefined);

/**
 * Leaves each unit below out with probability `rate` in every step of training, and scales the others by 1/(1 − rate), so that
 * nothing changes in use (Srivastava et al. 2014).
 * @param rate ≥ 0 and < 1; 0.5 is customary for hidden units, 0.2 for inputs
 * @throws OptionError
 */
export function dropout(rate: number): DropoutLayer {
  if (!RATE.accepts(rate)) throw new OptionError('dropout.rate', rate, RATE.expected);
  return Object.freeze({ type: 'dropout', rate });
}

const DEVIATION = number({ min: 0, below: Infinity }, undefined);

/**
 * Adds normal noise to what comes from below in every step of training; as the first layer, to the inputs: much like decay
 * towards smooth functions (Bishop 1995).
 * @param deviation ≥ 0; 0.1 to 0.5 on inputs of unit variance
 * @throws OptionError
 */
export function gaussianNoise(deviation: number): GaussianNoiseLayer {
  if (!DEVIATION.accepts(deviation)) throw new OptionError('gaussianNoise.deviation', deviation, DEVIATION.expected);
  return Object.freeze({ type: 'gaussianNoise', deviation });
}

/** Makes a layer from its plain description, which may have been made or changed by hand: sizes in linear memory rest on it. */
const MAKERS: { readonly [T in Layer['type']]: (layer: Extract<Layer, { type: T }>) => Layer } = {
  dense({ type: _, units, slope, ...options }) {
    const sloped = ACTIVATION_NAMES.includes(options.activation) && 'slope' in ACTIVATIONS[options.activation];
    return dense(units, { ...options, ...((sloped || slope !== 0) && { slope }) });
  },
  rbf: ({ type: _, units, width, ...options }) => rbf(units, { ...options, ...(width !== 0 && { width }) }),
  batchNorm: ({ type: _, ...options }) => batchNorm(options),
  layerNorm: ({ type: _, ...options }) => layerNorm(options),
  dropout: ({ rate }) => dropout(rate),
  gaussianNoise: ({ deviation }) => gaussianNoise(deviation),
};

export function isLayer(value: unknown): value is Layer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    Object.hasOwn(MAKERS, value.type)
  );
}

/**
 * A layer as its maker makes it, checked.
 * @throws OptionError
 */
export function checkedLayer<L extends Layer>(layer: L): Layer {
  return (MAKERS[layer.type] as (layer: L) => Layer)(layer);
}
