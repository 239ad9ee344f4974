// What methods share that divide by the root of squared gradients (assembly/rules/adaptive.ts).

import { Decay, type UpdateRule } from '../../../build/codes.js';
import type { Schedule } from '../../rates/schedule.js';
import { type DescentRule, type RateOfEpoch, powers } from './descent-rule.js';

/** Options that methods with rates of each weight's own share. */
export interface AdaptiveOptions {
  /** η > 0, one of `schedules`, or a function of the epoch. */
  rate?: number | RateOfEpoch | Schedule;
  /** Keeps divisions finite, > 0. Default 1e-8. */
  epsilon?: number;
  /** λ ≥ 0, of kernels, not of biases. Default 0. */
  weightDecay?: number;
}

/** Whether ε stands under the root. */
export interface RootOptions {
  /** Whether ε is added below the root, √(v + ε), as TensorFlow.js does, rather than to it, √v + ε. Default false. */
  insideRoot?: boolean;
}

/**
 * Vectors that such rules keep: the mean of gradients, that of their squares or their sum, the largest of that so far, and the
 * step of a momentum.
 */
type Kept = 'mean' | 'square' | 'top' | 'velocity';

/** A rule of the family; beta1 and beta2 are 0 where it has no mean, or no running one of squares. */
export function adaptiveRule<N extends string>(
  name: N,
  code: (typeof UpdateRule)['adaGrad' | 'rmsProp' | 'adam' | 'amsGrad' | 'nadam' | 'adamax'],
  vectors: readonly Kept[],
  settings: Required<AdaptiveOptions> & { beta1: number; beta2: number; momentum?: number } & RootOptions,
  decay: (typeof Decay)['throughGradient' | 'decoupled'],
  first?: { square: number },
): DescentRule<Kept> & { readonly name: N } {
  const { rate: given, beta1, beta2, weightDecay, momentum = 0 } = settings;
  const [epsilon, inside] = settings.insideRoot ? [0, settings.epsilon] : [settings.epsilon, 0];
  const [power1, power2] = [powers(beta1), powers(beta2)];
  return {
    name,
    common: true,
    rate: given,
    vectors,
    ...(first && { first }),
    decoupled: weightDecay > 0 && decay === Decay.decoupled,
    open(core, update, { rate, step, at }) {
      const [b1, b2] = [power1(step), power2(step)];
      const [mean, square, top] = [at('mean'), at('square'), at(momentum ? 'velocity' : 'top')];
      core.adaptiveOpen(
        update,
        code,
        rate,
        beta1,
        beta2,
        epsilon,
        inside,
        momentum,
        weightDecay,
        decay,
        b1,
        b2,
        mean,
        square,
        top,
      );
    },
  };
}
