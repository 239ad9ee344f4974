// Layers as plain descriptions: what a network is made of, before it has parameters.

import { ACTIVATIONS, ACTIVATION_NAMES, type Activation } from './activations.js';
import { OptionError } from './errors.js';
import { INITIALIZER_NAMES, type Initializer } from './initializers.js';
import { type Checked, checked, flag, number, oneOf } from './options.js';

const DENSE = {
  activation: oneOf(ACTIVATION_NAMES, 'linear'),
  slope: number({ above: -Infinity, below: Infinity }, undefined),
  bias: flag(true),
  init: oneOf(INITIALIZER_NAMES, undefined),
};

/** A fully connected layer: a = f(b + x·K). */
export interface DenseLayer {
  readonly type: 'dense';
  readonly units: number;
  readonly activation: Activation;
  /** The activation's parameter; 0 where it has none. */
  readonly slope: number;
  readonly bias: boolean;
  readonly init: Initializer;
}

export type Layer = DenseLayer;

export type DenseOptions = Partial<Checked<typeof DENSE>>;

/**
 * A fully connected layer of `units` units: a = f(b + x·K), kernel K of shape [inputs, units], bias b of shape [units].
 *
 * - `activation`: `'linear'` unless told otherwise.
 * - `slope`: the parameter of twistedTanh (default 0.05), leakyRelu (0.01) or elu (1); refused for others.
 * - `bias`: `true`. Biases start at 0.
 * - `init`: kernel's initial weights; by default by the activation: `'heNormal'` for rectifiers, else `'lecunNormal'`
 *   (Efficient BackProp, (16)).
 *
 * @throws OptionError
 */
export function dense(units: number, options?: DenseOptions): DenseLayer {
  if (!Number.isInteger(units) || units < 1 || units > 2 ** 24) {
    throw new OptionError('dense.units', units, 'an integer ≥ 1 and ≤ 16777216');
  }
  const { activation, slope, bias, init } = checked('dense', DENSE, options);
  const traits: { gain: 1 | 2; slope?: number } = ACTIVATIONS[activation];
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
    init: init ?? (traits.gain === 2 ? 'heNormal' : 'lecunNormal'),
  });
}

/**
 * A layer as `dense` makes it, from one that may have been made or changed by hand: sizes in linear memory rest on it.
 * @throws OptionError
 */
export function checkedLayer({ type: _, units, slope, ...options }: Layer): Layer {
  const sloped = Object.hasOwn(ACTIVATIONS, options.activation) && 'slope' in ACTIVATIONS[options.activation];
  return dense(units, { ...options, ...((sloped || slope !== 0) && { slope }) });
}
