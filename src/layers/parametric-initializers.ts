// Initial weights with options, beside those that have names.

import { OptionError } from '../runtime/errors.js';
import { checked, number, oneOf } from '../runtime/options.js';
import type { CustomInitializer } from './initializers.js';

const DEVIATION = { above: 0, below: Infinity } as const;

/** The standard deviation of normal numbers of deviation 1 that are cut off at ±2. */
const CUT = 0.8796256610342398;

/** Normal numbers within two deviations: others are drawn again. */
function cutOff(normal: () => number): number {
  for (;;) {
    const z = normal();
    if (Math.abs(z) <= 2) return z;
  }
}

/** Options of `varianceScaling`. */
export interface VarianceScalingOptions {
  /** The variance times the fan: > 0. Default 1, LeCun's; rectifiers want 2. */
  scale?: number;
  /** What the variance goes by: inputs ('fanIn', default), units ('fanOut'), or the mean of both ('fanAvg'). */
  mode?: 'fanIn' | 'fanOut' | 'fanAvg';
  /** 'truncatedNormal' (default): normal, cut off at two standard deviations, of the variance asked for all the same. */
  distribution?: 'truncatedNormal' | 'normal' | 'uniform';
}

const VARIANCE_SCALING = {
  scale: number(DEVIATION, 1),
  mode: oneOf(['fanIn', 'fanOut', 'fanAvg'], 'fanIn'),
  distribution: oneOf(['truncatedNormal', 'normal', 'uniform'], 'truncatedNormal'),
};

/** Variance scale/fan. The fan does not count the unit of biases, as in Keras. @throws OptionError */
function varianceScaling(options?: VarianceScalingOptions): CustomInitializer {
  const { scale, mode, distribution } = checked('initializers.varianceScaling', VARIANCE_SCALING, options);
  return ({ inputs, units }, random, normal) => {
    const fan = mode === 'fanIn' ? inputs : mode === 'fanOut' ? units : (inputs + units) / 2;
    const deviation = Math.sqrt(scale / fan);
    const draw = {
      normal: () => deviation * normal(),
      truncatedNormal: () => (deviation / CUT) * cutOff(normal),
      uniform: () => deviation * Math.sqrt(3) * (2 * random() - 1),
    }[distribution];
    return Float64Array.from({ length: inputs * units }, draw);
  };
}

/** Options of `truncatedNormal`. */
export interface TruncatedNormalOptions {
  /** Default 0. */
  mean?: number;
  /** σ > 0, before numbers are cut off at mean ± 2σ. Default 0.05, as in Keras. */
  deviation?: number;
}

const TRUNCATED_NORMAL = { mean: number({ above: -Infinity, below: Infinity }, 0), deviation: number(DEVIATION, 0.05) };

/** Normal numbers; those beyond two standard deviations are drawn again. @throws OptionError */
function truncatedNormal(options?: TruncatedNormalOptions): CustomInitializer {
  const { mean, deviation } = checked('initializers.truncatedNormal', TRUNCATED_NORMAL, options);
  return ({ inputs, units }, _, normal) => Float64Array.from({ length: inputs * units }, () => mean + deviation * cutOff(normal));
}

/** Options of `identity`. */
export interface IdentityOptions {
  /** What stands on the diagonal. Default 1. */
  gain?: number;
}

const IDENTITY = { gain: number({ above: -Infinity, below: Infinity }, 1) };

/** The identity matrix times a gain. @throws OptionError, for a layer that has not as many units as inputs when it begins */
function identity(options?: IdentityOptions): CustomInitializer {
  const { gain } = checked('initializers.identity', IDENTITY, options);
  return ({ inputs, units }) => {
    if (inputs !== units) {
      throw new OptionError('dense.init', `identity for ${inputs} inputs and ${units} units`, 'as many units as inputs for it');
    }
    return Float64Array.from({ length: inputs * units }, (_, i) => (i % (units + 1) === 0 ? gain : 0));
  };
}

/**
 * Initial weights with options: `dense(16, { init: initializers.varianceScaling({ scale: 2, mode: 'fanOut' }) })`.
 *
 * - `varianceScaling({ scale, mode, distribution })`: variance scale/fan
 * - `truncatedNormal({ mean, deviation })`
 * - `identity({ gain })`: for layers with as many units as inputs
 *
 * Each throws an OptionError for what it does not take.
 */
export const initializers = Object.freeze({ varianceScaling, truncatedNormal, identity });
