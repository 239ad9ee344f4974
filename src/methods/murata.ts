// murata: one learning rate for all weights that finds itself (Efficient BackProp 4.7).

import { OptionError } from '../runtime/errors.js';
import { checked, either, number, value } from '../runtime/options.js';
import type { DescentRule } from './descent/descent-rule.js';
import { descending } from './descent/first-order.js';
import { POSITIVE, decayOption } from './options.js';
import type { Method } from './method.js';

/** How fast η follows, by default: α·η of the rate that it begins with. */
const PACE = 0.1;

/** Options of murata. The chapter gives no constants; the defaults have no unit, so that they suit any problem. */
export interface MurataOptions {
  /**
   * The initial η > 0. It should be safe; without `beta` it is also the largest. Default 'auto': 1/λmax of the most curved of up
   * to eight batches, measured before training at the batch size of the steps. If a stream delivers a few rows at a time, the
   * first calls measure again and keep the lowest rate.
   */
  rate?: number | 'auto';
  /** α > 0, how fast η follows. Default 0.1/rate: within about 10 steps at the highest rate. */
  alpha?: number;
  /**
   * β > 0: η settles near β·‖r‖. Default: `rate` divided by the length of the largest mean gradient r so far (each r is divided
   * by 1 − (1 − δ)ᵗ after t steps, once this is 1/6). η then falls and rises with the mean gradient.
   */
  beta?: number;
  /** δ, how fast the mean gradient r follows, > 0 and < 1. Default 0.01. */
  delta?: number;
  /**
   * Bounds of η. Defaults a thousandth of `rate` and ten times `rate`. A rate that is measured is brought within them; `least`
   * then needs `most`.
   */
  least?: number;
  most?: number;
  /** Weight decay λ ≥ 0 of the kernels, applied through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * A rate that anneals as the minimum comes near and rises again when the target changes: r ← (1 − δ)·r + δ·g, η ← η + α·η·(β·‖r‖
 * − η), w ← w − η·g (Murata, Müller, Ziehe and Amari 1997). ‖r‖, the length of the mean gradient, says how far the minimum is.
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
    weightDecay: decayOption(),
  };
  const { alpha, beta, ...given } = checked('murata', schema, options);
  const { rate, delta, weightDecay } = given;
  const bounds = (start: number) => ({ least: given.least ?? start / 1000, most: given.most ?? 10 * start });
  const { least, most } = rate === 'auto' ? { least: given.least ?? 0, most: given.most ?? Infinity } : bounds(rate);
  if (rate === 'auto' && given.least !== undefined && given.most === undefined) {
    throw new OptionError('murata.least', least, 'one with most or rate as well, since a measured rate may be lower');
  }
  if (least > most) throw new OptionError('murata.least', least, `a number ≤ most, which is ${most}`);
  if (rate !== 'auto' && (rate < least || rate > most)) {
    throw new OptionError('murata.rate', rate, `a number from least to most, ${least} to ${most}`);
  }
  const rule: DescentRule<'mean gradient'> = {
    name: 'murata',
    rate: rate === 'auto' ? 0 : rate,
    adapts: true,
    ...(rate === 'auto' && { safe: true }),
    vectors: ['mean gradient'],
    open(core, update, now) {
      const start = rate === 'auto' ? Math.min(Math.max(now.start, least), most) : rate;
      const bound = bounds(start);
      const [b, mean] = [beta ?? 0, now.at('mean gradient')];
      core.murataOpen(update, alpha ?? PACE / start, b, start, delta, bound.least, bound.most, weightDecay, mean);
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
    ...descending(rule),
  });
}
