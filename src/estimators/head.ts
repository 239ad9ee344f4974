// The top of an estimator's network: what its outputs are, and what they are to become.

import type { Activation } from '../layers/activations.js';
import { LOSS_ALIASES, type LossAlias } from '../layers/losses.js';
import { TARGET_ACTIVATIONS, isTargetValues, targetValues } from '../data/targets.js';
import type { TargetValues } from '../layers/activations.js';
import { OptionError } from '../runtime/errors.js';
import { type Checked, named, oneOf, value } from '../runtime/options.js';

/** Loss and activation of the last layer, and the values that stand for a class (for numbers they mean nothing). */
export interface Head extends TargetValues {
  readonly loss: 'crossEntropy' | 'meanSquaredError' | 'hinge';
  readonly activation: Activation;
}

/** Numbers: linear outputs, squared errors. */
export const NUMBERS: Head = { loss: 'meanSquaredError', activation: 'linear', low: 0, high: 1 };

export const HEAD_OPTIONS = {
  loss: named(['crossEntropy', 'meanSquaredError', 'hinge'], LOSS_ALIASES, 'crossEntropy'),
  outputActivation: oneOf(['softmax', ...TARGET_ACTIVATIONS], undefined),
  targetValues: value<TargetValues | undefined>('{ low, high }, finite, low < high', isTargetValues, undefined),
};

/** How a classifier's outputs stand for classes. */
export interface HeadOptions {
  /**
   * 'crossEntropy' (default): softmax outputs, probabilities. 'meanSquaredError': sigmoid outputs that go to target values (4.5).
   * 'hinge': linear outputs, beyond ±1 on the right side. With the last two, probabilities come from calibration on the training
   * rows. 'mse' and 'categoricalCrossentropy' are other names of the first two.
   */
  loss?: Head['loss'] | Extract<LossAlias, 'mse' | 'categoricalCrossentropy'>;
  /** Of the last layer. Default: softmax with crossEntropy, lecunTanh with meanSquaredError, linear with hinge. */
  outputActivation?: Activation;
  /**
   * What outputs of a class and of the others go to, with meanSquaredError. Default: where the activation's second derivative is
   * largest.
   */
  targetValues?: TargetValues;
}

/** @throws OptionError for options that do not go together */
export function headFrom(call: string, { loss, outputActivation: given, targetValues: own }: Checked<typeof HEAD_OPTIONS>): Head {
  const usual = { crossEntropy: 'softmax', meanSquaredError: 'lecunTanh', hinge: 'linear' } as const;
  const activation = given ?? usual[loss];
  const right = loss === 'meanSquaredError' ? activation !== 'softmax' : activation === usual[loss];
  if (!right) {
    const expected = loss === 'meanSquaredError' ? 'a sigmoid, or linear' : `'${usual[loss]}'`;
    throw new OptionError(`${call}.outputActivation`, activation, `${expected} with the loss ${loss}`);
  }
  if (own && loss !== 'meanSquaredError') {
    throw new OptionError(`${call}.targetValues`, own, `none with the loss ${loss}; they are for meanSquaredError`);
  }
  if (loss === 'crossEntropy') return { loss, activation, low: 0, high: 1 };
  const { low, high } = own ?? (loss === 'hinge' ? { low: -1, high: 1 } : targetValues(activation));
  return { loss, activation, low, high };
}
