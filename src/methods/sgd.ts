// Stochastic, mini-batch and batch gradient descent with momentum (Efficient BackProp 4.1, 4.7).

import { UpdateRule } from '../../build/codes.js';
import { OptionError } from '../runtime/errors.js';
import { checked, either, flag, number, value } from '../runtime/options.js';
import type { Architecture } from '../plan/plan.js';
import type { Schedule } from '../rates/schedule.js';
import { type AutoRate, autoRate, isAutoRate } from './descent/auto-rate.js';
import { type DescentRule, type RateOfEpoch, rateOption } from './descent/descent-rule.js';
import { descending } from './descent/first-order.js';
import { SURROUNDING } from './descent/surround.js';
import { FRACTION, POSITIVE, decayOption } from './options.js';
import type { Method } from './method.js';

const AUTO = value<'auto' | AutoRate>("'auto', or an autoRate()", (v) => v === 'auto' || isAutoRate(v), undefined as never);

/** The rate where curvature says nothing: it is the default. */
const RATE = 0.01;

const OPTIONS = {
  rate: either<number | RateOfEpoch | Schedule, 'auto' | AutoRate>(rateOption(RATE), AUTO),
  momentum: number(FRACTION, 0.9),
  nesterov: flag(false),
  matlab: flag(false),
  weightDecay: decayOption(),
  perWeight: either<boolean, PerWeight>(flag(false), value('{ exponent, lower }', isPerWeight, undefined as never)),
};

/** Rates of each weight's own. */
export interface PerWeight {
  /**
   * s in η_w ∝ (√m)ˢ, with m the unit's fan-in: a multiple of ½ from −4 to 4. Default 1, as in the chapter; −2 divides by the
   * fan-in, as others do.
   */
  exponent?: number;
  /** The factor on rates from each layer to the one below it, > 0. Default 1. Use more if lower layers have smaller curvature. */
  lower?: number;
}

const PER_WEIGHT = {
  exponent: value<number>(
    'a multiple of ½ from −4 to 4',
    (v) => Number.isInteger(2 * (v as number)) && Math.abs(v as number) <= 4,
    1,
  ),
  lower: number(POSITIVE, 1),
};

function isPerWeight(v: unknown): boolean {
  if (typeof v !== 'object' || v === null) return false;
  checked('sgd.perWeight', PER_WEIGHT, v);
  return true;
}

/** Options of sgd. */
export interface SgdOptions {
  /**
   * The learning rate: η > 0, one of `schedules`, a function of the epoch (counted from 0), or 'auto'. 'auto' measures the
   * curvature before training and uses (1 − μ)/λmax; `autoRate` has its settings. Default 0.01, which with momentum 0.9 moves
   * like a rate of 0.1: safe on standardised data.
   */
  rate?: number | RateOfEpoch | Schedule | 'auto' | AutoRate;
  /** Momentum μ, 0 ≤ μ < 1. Default 0.9. */
  momentum?: number;
  /** Whether to use Nesterov's form of momentum. Default false. */
  nesterov?: boolean;
  /**
   * Whether to step as MATLAB's traingdm does: first −η·g, then v ← μ·v − (1 − μ)·η·g instead of v ← μ·v − η·g. With the same η
   * and a momentum of 0.9, such steps are a tenth as long. Default false. Cannot be combined with `nesterov`.
   */
  matlab?: boolean;
  /**
   * Whether each weight has its own rate, by its unit's fan-in and layer, with mean η (Efficient BackProp 4.7). Default false;
   * true means `{ exponent: 1, lower: 1 }`.
   */
  perWeight?: boolean | PerWeight;
  /** λ ≥ 0: every step adds λ·w to the gradient of kernels (not of biases). Default 0. */
  weightDecay?: number;
}

/** The method that `sgd` returns, with all of its settings. */
export interface Sgd extends Method, Readonly<Required<SgdOptions>> {
  readonly name: 'sgd';
}

/**
 * Gradient descent: v ← μ·v − η·g, w ← w + v (with `nesterov` w ← w + μ·v − η·g), g the mean gradient over the batch plus
 * λ·w for kernels. How many samples a batch has, and in what order they come, are `fit`'s options.
 * @throws OptionError
 */
export function sgd(options?: SgdOptions): Sgd {
  const settings = checked('sgd', OPTIONS, options);
  if (settings.nesterov && settings.momentum === 0) {
    throw new OptionError('sgd.nesterov', true, 'false without momentum, or a momentum > 0');
  }
  const { rate, momentum, nesterov, matlab, weightDecay, perWeight } = settings;
  if (matlab && nesterov) throw new OptionError('sgd.matlab', true, 'false with nesterov: traingdm has the classical momentum');
  const share = matlab && momentum > 0 ? 1 - momentum : 1;
  const own = perWeight && checked('sgd.perWeight', PER_WEIGHT, perWeight === true ? {} : perWeight);
  const measured = rate === 'auto' ? autoRate() : rate;
  const code = momentum === 0 ? UpdateRule.plain : nesterov ? UpdateRule.nesterov : UpdateRule.momentum;
  const rule: DescentRule<'velocity'> = {
    name: 'sgd',
    common: true,
    rate: measured,
    ...(isAutoRate(measured) && {
      rateOf: (lambda: number) => (lambda > 0 ? ((1 - momentum) * measured.factor) / (share * (lambda + weightDecay)) : RATE),
    }),
    vectors: momentum > 0 ? ['velocity'] : [],
    ...(share < 1 && { share }),
    ...(own && {
      multipliers: (architecture: Architecture) => SURROUNDING.here.rateMultipliers(architecture, own.exponent, own.lower),
    }),
    open(core, update, now) {
      core.sgdOpen(update, code, now.rate, momentum, weightDecay, now.at('velocity'));
    },
  };
  return Object.freeze({ name: 'sgd' as const, ...settings, paced: true as const, ...descending(rule) });
}
