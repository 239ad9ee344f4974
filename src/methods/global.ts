// One learning rate for all weights that finds itself (Efficient BackProp 4.7; SPEC 1.4.7).

import { UpdateRule } from '../../build/codes.js';
import { OptionError } from '../runtime/errors.js';
import { checked, either, flag, number, value } from '../runtime/options.js';
import { Descent } from './descent.js';
import type { Rule } from './rule.js';
import type { MethodState, Task } from './method.js';
import type { BatchMethod } from './signs.js';
import type { Method } from './method.js';

const POSITIVE = { above: 0, below: Infinity } as const;
const DECAY = number({ min: 0, below: Infinity }, 0);

/** How fast η follows, by default: α·η of the rate that it begins with. */
const PACE = 0.1;

/** Options of murata. The chapter gives no constants; the defaults have no unit, so that they suit any problem. */
export interface MurataOptions {
  /**
   * η to start with, > 0, which should be safe: without `beta` it is also the highest. Default 'auto': 1/λmax of the most curved of up to eight batches, measured before training, at the
   * size of batch that steps will have. Of a stream that comes a few rows at a time, the first calls measure again and keep the lowest.
   */
  rate?: number | 'auto';
  /** α > 0, how fast η follows. Default 0.1/rate: within about 10 steps at the highest rate. */
  alpha?: number;
  /**
   * β > 0: η settles near β·‖r‖. Default `rate` divided by the length of the largest mean gradient so far (that of r, each time divided by 1 − (1 − δ)ᵗ after t steps, once this is 1/6), so
   * that η falls as the mean gradient does, and comes back with it.
   */
  beta?: number;
  /** δ, how fast the mean gradient r follows, > 0 and < 1. Default 0.01. */
  delta?: number;
  /** Bounds of η. Defaults a thousandth of `rate` and ten times `rate`. A rate that is measured is brought within them; `least` then needs `most`. */
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
    rate: either<'auto', number>(
      value("'auto'", (v) => v === 'auto', 'auto'),
      number(POSITIVE, 0),
    ),
    alpha: number(POSITIVE, undefined),
    beta: number(POSITIVE, undefined),
    delta: number({ above: 0, below: 1 }, 0.01),
    least: number(POSITIVE, undefined),
    most: number(POSITIVE, undefined),
    weightDecay: DECAY,
  };
  const { alpha, beta, ...given } = checked('murata', schema, options);
  const { rate, delta, weightDecay } = given;
  const bounds = (start: number) => ({ least: given.least ?? start / 1000, most: given.most ?? 10 * start });
  const { least, most } = rate === 'auto' ? { least: given.least ?? 0, most: given.most ?? Infinity } : bounds(rate);
  if (rate === 'auto' && given.least !== undefined && given.most === undefined) {
    throw new OptionError('murata.least', least, 'one with most or rate beside it: a rate that is measured may be lower');
  }
  if (least > most) throw new OptionError('murata.least', least, `a number ≤ most, which is ${most}`);
  if (rate !== 'auto' && (rate < least || rate > most)) {
    throw new OptionError('murata.rate', rate, `a number from least to most, ${least} to ${most}`);
  }
  const rule: Rule = {
    name: 'murata',
    rate: rate === 'auto' ? 0 : rate,
    adapts: true,
    ...(rate === 'auto' && { safe: true }),
    moments: ['mean gradient'],
    apply(core, update) {
      // What was measured is the first number that an update remembers.
      const start = rate === 'auto' ? Math.min(Math.max(core.updateMemory(update, 0), least), most) : rate;
      const bound = bounds(start);
      core.updateGlobal(
        update,
        UpdateRule.murata,
        alpha ?? PACE / start,
        beta ?? -start,
        delta,
        bound.least,
        bound.most,
        1,
        weightDecay,
        0,
        0,
      );
    },
  };
  return Object.freeze({
    rate,
    delta,
    weightDecay,
    ...(alpha !== undefined && { alpha }),
    ...(beta !== undefined && { beta }),
    ...(given.least !== undefined && { least: given.least }),
    ...(given.most !== undefined && { most: given.most }),
    name: 'murata' as const,
    start: (task: Task, state?: MethodState) => new Descent(rule, task, state),
  });
}

/** Options of gdx; the defaults are those of MATLAB's traingdx, whose steps are shorter: see `matlab`. */
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
  /**
   * Whether steps are those of MATLAB's traingdx: v ← μ·v − (1 − μ)·η·g, in place of v ← μ·v − η·g, and −η·g in the first step and after one that was taken back. At the same η that is a
   * tenth of the way, for a momentum of 0.9. Default false.
   */
  matlab?: boolean;
  /** λ ≥ 0, of kernels, through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * Batch gradient descent with momentum whose rate grows while the loss falls; a step after which it rose by more than 4 % is taken back, and the
 * momentum with it (Vogl, Mangis, Rigler, Zink and Alkon 1988). Full batches only. `gdx({ matlab: true })` is MATLAB's traingdx, and traingda with a momentum of 0.
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
    matlab: flag(false),
    weightDecay: DECAY,
  };
  const settings = checked('gdx', schema, options);
  const { rate, up, down, worse, momentum, most, matlab, weightDecay } = settings;
  const share = matlab ? 1 - momentum : 1;
  const rule: Rule = {
    name: 'gdx',
    rate,
    adapts: true,
    moments: ['velocity', 'weights kept', 'gradient kept'],
    takesBackTo: 'weights kept',
    apply(core, update, _, __, [, weights, gradient]) {
      core.updateGlobal(update, UpdateRule.gdx, up, down, momentum, worse, most, share, weightDecay, weights!, gradient!);
    },
  };
  return Object.freeze({
    ...settings,
    name: 'gdx' as const,
    batch: 'full' as const,
    start: (task: Task, state?: MethodState) => new Descent(rule, task, state),
  });
}
