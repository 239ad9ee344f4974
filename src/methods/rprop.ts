// Resilient backpropagation: only the signs of gradients count, and each weight has a step size of its own.

import { UpdateRule } from '../../build/codes.js';
import { OptionError } from '../runtime/errors.js';
import { checked, number, oneOf } from '../runtime/options.js';
import type { DescentRule } from './descent/descent-rule.js';
import { batchMethod } from './descent/first-order.js';
import { POSITIVE, decayOption } from './options.js';
import type { Method } from './method.js';

const VARIANTS = {
  'rprop-': UpdateRule.rpropMinus,
  'rprop+': UpdateRule.rpropPlus,
  'iRprop-': UpdateRule.rpropImproved,
  'iRprop+': UpdateRule.rpropImprovedPlus,
} as const;

/** Variants of `rprop`: whether a step is taken back (`+`), and whether only after the loss has risen (`i`). */
export type RpropVariant = keyof typeof VARIANTS;

const OPTIONS = {
  variant: oneOf(Object.keys(VARIANTS) as RpropVariant[], 'iRprop-'),
  first: number(POSITIVE, 0.1),
  up: number({ min: 1, below: Infinity }, 1.2),
  down: number({ above: 0, below: 1 }, 0.5),
  least: number(POSITIVE, 1e-6),
  most: number(POSITIVE, 50),
  weightDecay: decayOption(),
};

/** Options of rprop; the defaults are Riedmiller and Braun's (1993). */
export interface RpropOptions {
  /**
   * What to do when a gradient changes sign. 'iRprop-' (default) waits one step. 'iRprop+' undoes the last step if the loss
   * rose, and otherwise waits. 'rprop+' always undoes it. 'rprop-' does nothing special (Igel and Hüsken 2003).
   */
  variant?: RpropVariant;
  /** The initial step size Δ₀ > 0. Default 0.1. */
  first?: number;
  /** The factor on a step while the sign of the gradient stays, ≥ 1. Default 1.2. */
  up?: number;
  /** The factor on a step when the sign changes, > 0 and < 1. Default 0.5. */
  down?: number;
  /** The smallest step. Default 1e-6. */
  least?: number;
  /** The largest step. Default 50. */
  most?: number;
  /** Weight decay λ ≥ 0 of the kernels, applied through the gradient. Default 0. */
  weightDecay?: number;
}

/** The method that `rprop` returns, with all of its settings. */
export interface Rprop extends Method, Readonly<Required<RpropOptions>> {
  readonly name: 'rprop';
}

/**
 * Δ ← min(1.2·Δ, 50) while the gradient keeps its sign, Δ ← max(0.5·Δ, 10⁻⁶) where it turns, w ← w − sign(g)·Δ. It compares
 * gradients of the whole set: batchSize is 'full', and mini-batches are refused.
 * @throws OptionError
 */
export function rprop(options?: RpropOptions): Rprop {
  const settings = checked('rprop', OPTIONS, options);
  const { variant, first, up, down, least, most, weightDecay } = settings;
  if (least > most) throw new OptionError('rprop.least', least, `a number ≤ most, which is ${most}`);
  const code = VARIANTS[variant];
  const rule: DescentRule<'gradient' | 'size' | 'last'> & { readonly name: 'rprop' } = {
    name: 'rprop',
    rate: first,
    vectors: variant.endsWith('+') ? ['gradient', 'size', 'last'] : ['gradient', 'size'],
    first: { size: first },
    open(core, update, { at }) {
      core.resilientOpen(update, code, up, down, least, most, weightDecay, at('gradient'), at('size'), at('last'));
    },
  };
  return batchMethod(rule, settings);
}
