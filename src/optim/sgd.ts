// Stochastic, mini-batch and batch gradient descent with momentum (Efficient BackProp 4.1, 4.7).

import { OptionError } from '../errors.js';
import { checked, flag, number } from '../options.js';
import type { Schedule } from '../rates/schedule.js';
import { Descent, type RateOfEpoch, type Rule, rateOption } from './descent.js';
import type { Method, MethodState, Task } from './method.js';

const OPTIONS = {
  rate: rateOption(0.01),
  momentum: number({ min: 0, below: 1 }, 0.9),
  nesterov: flag(false),
  weightDecay: number({ min: 0, below: Infinity }, 0),
};

/** Options of sgd. */
export interface SgdOptions {
  /**
   * η > 0; one of `schedules`; or a function that gives it for each epoch (counted from 0). Default 0.01, which with momentum 0.9 moves like a
   * rate of 0.1: safe on standardised data.
   */
  rate?: number | RateOfEpoch | Schedule;
  /** μ, 0 ≤ μ < 1. Default 0.9. */
  momentum?: number;
  /** Nesterov's form of the momentum. Default false. */
  nesterov?: boolean;
  /** λ ≥ 0: every step adds λ·w to the gradient of kernels (not of biases). Default 0. */
  weightDecay?: number;
}

export interface Sgd extends Method, Readonly<Required<SgdOptions>> {
  readonly name: 'sgd';
}

// Codes of assembly/optim/sgd.ts.
const PLAIN = 0;
const MOMENTUM = 1;
const NESTEROV = 2;

/**
 * Gradient descent: v ← μ·v − η·g, w ← w + v (with `nesterov` w ← w + μ·v − η·g), g the mean gradient over the batch plus
 * λ·w for kernels. How many patterns a batch has, and in what order they come, are `fit`'s options.
 * @throws OptionError
 */
export function sgd(options?: SgdOptions): Sgd {
  const settings = checked('sgd', OPTIONS, options);
  if (settings.nesterov && settings.momentum === 0) {
    throw new OptionError('sgd.nesterov', true, 'false without momentum, or a momentum > 0');
  }
  const { rate, momentum, nesterov, weightDecay } = settings;
  const rule: Rule = {
    name: 'sgd',
    rate,
    moments: momentum > 0 ? ['velocity'] : [],
    apply(core, update, now) {
      core.updateRule(update, momentum === 0 ? PLAIN : nesterov ? NESTEROV : MOMENTUM, now, momentum, weightDecay);
    },
  };
  return Object.freeze({
    name: 'sgd' as const,
    ...settings,
    start: (task: Task, state?: MethodState) => new Descent(rule, task, state),
  });
}
