// Rates of each weight's own from the diagonal of the Hessian, back-propagated (Efficient BackProp 7.4, 9.1), and its modern relatives.

import { UpdateRule, type UpdateRuleCode } from '../../build/codes.js';
import { OptionError } from '../runtime/errors.js';
import { checked, either, number, oneOf } from '../runtime/options.js';
import type { Schedule } from '../rates/schedule.js';
import { powers } from './adaptive.js';
import { Descent } from './descent.js';
import { type Diagonals, type RateOfEpoch, type Rule, rateOption } from './rule.js';
import type { Method, MethodState, Task } from './method.js';

/** Tells updateCurved to follow the chapter's schedule. */
const FALLING = -1;

const FRACTION = { min: 0, below: 1 } as const;
const EVERY = { min: 1, integer: true } as const;
const DECAY = number({ min: 0, below: Infinity }, 0);

/** Options of stochasticDiagonalLM. */
export interface StochasticDiagonalOptions {
  /** ε > 0, one of `schedules`, or a function of the epoch: the share of a Newton step. Default 0.01: half of Figure 22's, since hard samples have more curvature than the mean. */
  rate?: number | RateOfEpoch | Schedule;
  /** μ > 0: no weight's rate exceeds ε/μ. Default 0.02, as in LeNet-5. */
  mu?: number;
  /** 0 ≤ momentum < 1; the rates of a step grow with it to 1/(1 − momentum) of theirs. Default 0, as in the chapter. */
  momentum?: number;
  /** Samples that the diagonal is averaged over, before training and every few epochs. Default 500. */
  samples?: number;
  /** Epochs from one average to the next. Default 1. */
  every?: number;
  /**
   * Instead of averages a running mean, ⟨h⟩ ← (1 − γ)·⟨h⟩ + γ·h with each batch's: γ, > 0 and ≤ 1; or 'falling': 0.1 for 20 batches, 0.03 for 60, then 0.01. Costs about a
   * gradient each step. Not beside samples and every.
   */
  gamma?: number | 'falling';
  /** λ ≥ 0, of kernels, through the gradient and the diagonal. Default 0. */
  weightDecay?: number;
}

interface Curved {
  readonly name: string;
  readonly code: UpdateRuleCode;
  readonly rate: number | RateOfEpoch | Schedule;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly keep: number;
  readonly weightDecay: number;
  readonly diagonals: Diagonals;
}

function method<N extends string, O extends object>(name: N, own: O, s: Curved): Method & { readonly name: N } & Readonly<O> {
  const [power1, power2] = [powers(s.beta1), powers(s.beta2)];
  const every = 'everyStep' in s.diagonals ? s.diagonals.everyStep : 1;
  const rule: Rule = {
    name,
    rate: s.rate,
    moments: ['mean', 'curvature'],
    diagonals: s.diagonals,
    apply(core, update, rate, step, [, curvature], { buffers, diagonal }) {
      core.updateCurved(
        update,
        s.code,
        rate,
        s.beta1,
        s.beta2,
        s.epsilon,
        s.keep,
        s.weightDecay,
        power1(step),
        power2(Math.ceil(step / every)),
        curvature!,
        buffers,
        diagonal,
        every,
      );
    },
  };
  return Object.freeze({
    ...own,
    name,
    paced: true as const,
    start: (task: Task, state?: MethodState) => new Descent(rule, task, state),
  });
}

/**
 * Stochastic diagonal Levenberg-Marquardt: w ← w − ε/(⟨h⟩ + μ)·g, ⟨h⟩ the diagonal of the Gauss-Newton matrix, back-propagated and averaged (Efficient BackProp 9.1, (61), (62)).
 * Derivatives are those of the library's loss, a mean over samples and outputs.
 * @throws OptionError
 */
export function stochasticDiagonalLM(options?: StochasticDiagonalOptions) {
  const schema = {
    rate: rateOption(0.01),
    mu: number({ above: 0, below: Infinity }, 0.02),
    momentum: number(FRACTION, 0),
    samples: number(EVERY, 500),
    every: number(EVERY, 1),
    gamma: either<number | undefined, 'falling'>(number({ above: 0, max: 1 }, undefined), oneOf(['falling'], undefined as never)),
    weightDecay: DECAY,
  };
  const settings = checked('stochasticDiagonalLM', schema, options);
  const { rate, mu, momentum, samples, every, gamma, weightDecay } = settings;
  if (gamma !== undefined && (options?.samples !== undefined || options?.every !== undefined)) {
    throw new OptionError('stochasticDiagonalLM.gamma', gamma, 'none beside samples or every: a running mean takes each batch');
  }
  return method('stochasticDiagonalLM', settings, {
    name: 'stochasticDiagonalLM',
    code: UpdateRule.stochasticDiagonalLM,
    rate,
    beta1: momentum,
    beta2: 0,
    epsilon: mu,
    keep: gamma === 'falling' ? FALLING : (gamma ?? 0),
    weightDecay,
    diagonals: gamma === undefined ? { samples, every } : { everyStep: 1 },
  });
}

/** Options of adaHessian. */
export interface AdaHessianOptions {
  /** η > 0, one of `schedules`, or a function of the epoch. Default 0.01: rates are shares of a Newton step, and mini-batches noisy. */
  rate?: number | RateOfEpoch | Schedule;
  /** How long the mean of the gradient remembers: 0 ≤ β₁ < 1. Default 0.9. */
  beta1?: number;
  /** How long the mean of the squared diagonal remembers: 0 ≤ β₂ < 1. Default 0.999. */
  beta2?: number;
  /** Keeps divisions finite, > 0. Default 0.01: the authors' 10⁻⁴ is for curvature of order 1. */
  epsilon?: number;
  /** Steps from one diagonal to the next. Default 1. */
  every?: number;
  /** λ ≥ 0, of kernels, decoupled. Default 0. */
  weightDecay?: number;
}

/**
 * Adam with the diagonal of the curvature in the place of the gradient's squares: w ← w − η·m̂/(√v̂ + ε), v the running mean of h² (Yao et al. 2021, here with LeCun's
 * back-propagated diagonal instead of random probes).
 * @throws OptionError
 */
export function adaHessian(options?: AdaHessianOptions) {
  const schema = {
    rate: rateOption(0.01),
    beta1: number(FRACTION, 0.9),
    beta2: number(FRACTION, 0.999),
    epsilon: number({ above: 0, below: Infinity }, 0.01),
    every: number(EVERY, 1),
    weightDecay: DECAY,
  };
  const settings = checked('adaHessian', schema, options);
  return method('adaHessian', settings, {
    ...settings,
    name: 'adaHessian',
    code: UpdateRule.adaHessian,
    keep: 0,
    diagonals: { everyStep: settings.every },
  });
}

/** Options of sophia. */
export interface SophiaOptions {
  /** η > 0, one of `schedules`, or a function of the epoch: no weight moves farther in a step. Default 0.001. */
  rate?: number | RateOfEpoch | Schedule;
  /** How long the mean of the gradient remembers: 0 ≤ β₁ < 1. Default 0.965. */
  beta1?: number;
  /** How long the mean of the diagonal remembers: 0 ≤ β₂ < 1. Default 0.99. */
  beta2?: number;
  /** ρ > 0: the share of a Newton step at which the bound sets in. Default 0.04. */
  rho?: number;
  /** Keeps divisions finite, > 0. Default 10⁻¹². */
  epsilon?: number;
  /** Steps from one diagonal to the next. Default 10. */
  every?: number;
  /** λ ≥ 0, of kernels, decoupled. Default 0. */
  weightDecay?: number;
}

/**
 * w ← w − η·clip(m/max(ρ·h, ε), −1, 1): momentum over curvature, each weight's step bounded (Liu et al. 2024, here with LeCun's back-propagated diagonal).
 * @throws OptionError
 */
export function sophia(options?: SophiaOptions) {
  const schema = {
    rate: rateOption(0.001),
    beta1: number(FRACTION, 0.965),
    beta2: number(FRACTION, 0.99),
    rho: number({ above: 0, below: Infinity }, 0.04),
    epsilon: number({ above: 0, below: Infinity }, 1e-12),
    every: number(EVERY, 10),
    weightDecay: DECAY,
  };
  const settings = checked('sophia', schema, options);
  return method('sophia', settings, {
    ...settings,
    name: 'sophia',
    code: UpdateRule.sophia,
    keep: settings.rho,
    diagonals: { everyStep: settings.every },
  });
}
