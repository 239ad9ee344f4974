// One learning rate for all weights that finds itself (Efficient BackProp 4.7; SPEC 1.4.7).

import { OptionError } from '../errors.js';
import { checked, number } from '../options.js';
import { Descent } from './descent.js';
import type { Rule } from './rule.js';
import type { MethodState, Task } from './method.js';
import type { BatchMethod } from './signs.js';
import type { Method } from './method.js';

// Codes of assembly/optim/global.ts.
const MURATA = 15;
const GDX = 16;

const POSITIVE = { above: 0, below: Infinity } as const;
const DECAY = number({ min: 0, below: Infinity }, 0);

/** Options of murata. The chapter gives no constants; the defaults are customary ones. */
export interface MurataOptions {
  /** η to start with, > 0. Default 0.01. */
  rate?: number;
  /** α > 0, how fast η follows. Default 0.002. */
  alpha?: number;
  /** β > 0: η settles near β·‖r‖. Default 20 divided by the largest ‖r‖ so far. */
  beta?: number;
  /** δ, how fast the mean gradient r follows, > 0 and < 1. Default 0.01. */
  delta?: number;
  /** Bounds of η. Defaults a thousandth of `rate` and ten times `rate`; the safe upper bound is 1/λ_max, where that is known. */
  least?: number;
  most?: number;
  /** λ ≥ 0, of kernels, through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * A rate that anneals as the minimum comes near and rises again when the target changes: r ← (1 − δ)·r + δ·g, η ← η + α·η·(β·‖r‖ − η),
 * w ← w − η·g (Murata, Müller, Ziehe and Amari 1997). ‖r‖, the length of the mean gradient, says how far the minimum is.
 * @throws OptionError
 */
export function murata(options?: MurataOptions): Method & { readonly name: 'murata' } & Readonly<MurataOptions> {
  const schema = {
    rate: number(POSITIVE, 0.01),
    alpha: number(POSITIVE, 0.002),
    beta: number(POSITIVE, undefined),
    delta: number({ above: 0, below: 1 }, 0.01),
    least: number(POSITIVE, undefined),
    most: number(POSITIVE, undefined),
    weightDecay: DECAY,
  };
  const { beta, ...given } = checked('murata', schema, options);
  const { rate, alpha, delta, weightDecay } = given;
  const least = given.least ?? rate / 1000;
  const most = given.most ?? 10 * rate;
  if (least > most) throw new OptionError('murata.least', least, `a number ≤ most, which is ${most}`);
  if (rate < least || rate > most) throw new OptionError('murata.rate', rate, `a number from least to most, ${least} to ${most}`);
  const rule: Rule = {
    name: 'murata',
    rate,
    adapts: true,
    moments: ['mean gradient'],
    apply(core, update) {
      core.updateGlobal(update, MURATA, alpha, beta ?? 0, delta, least, most, weightDecay, 0, 0);
    },
  };
  return Object.freeze({
    rate,
    alpha,
    delta,
    least,
    most,
    weightDecay,
    ...(beta !== undefined && { beta }),
    name: 'murata' as const,
    start: (task: Task, state?: MethodState) => new Descent(rule, task, state),
  });
}

/** Options of gdx; the defaults are those of MATLAB's traingdx. */
export interface GdxOptions {
  /** η to start with, > 0. Default 0.01. */
  rate?: number;
  /** What η is multiplied with where the loss fell, ≥ 1. Default 1.05. */
  up?: number;
  /** The same where it rose too much, > 0 and < 1. Default 0.7. */
  down?: number;
  /** By what factor the loss may rise before a step is taken back, ≥ 1. Default 1.04. */
  worse?: number;
  /** μ, ≥ 0 and < 1. Default 0.9. */
  momentum?: number;
  /** The largest rate. Default 1000. */
  most?: number;
  /** λ ≥ 0, of kernels, through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * Batch gradient descent with momentum whose rate grows while the loss falls; a step after which it rose by more than 4 % is taken back, and the
 * momentum with it. Full batches only.
 * @throws OptionError
 */
export function gdx(options?: GdxOptions): BatchMethod<'gdx', Required<GdxOptions>> {
  const schema = {
    rate: number(POSITIVE, 0.01),
    up: number({ min: 1, below: Infinity }, 1.05),
    down: number({ above: 0, below: 1 }, 0.7),
    worse: number({ min: 1, below: Infinity }, 1.04),
    momentum: number({ min: 0, below: 1 }, 0.9),
    most: number(POSITIVE, 1000),
    weightDecay: DECAY,
  };
  const settings = checked('gdx', schema, options);
  const { rate, up, down, worse, momentum, most, weightDecay } = settings;
  const rule: Rule = {
    name: 'gdx',
    rate,
    adapts: true,
    moments: ['velocity', 'weights kept', 'gradient kept'],
    apply(core, update, _, __, [, weights, gradient]) {
      core.updateGlobal(update, GDX, up, down, momentum, worse, most, weightDecay, weights!, gradient!);
    },
  };
  return Object.freeze({
    ...settings,
    name: 'gdx' as const,
    batch: 'full' as const,
    start: (task: Task, state?: MethodState) => new Descent(rule, task, state),
  });
}
