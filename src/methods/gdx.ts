// gdx: one learning rate for all weights that grows while the loss falls.

import { checked, flag, number } from '../runtime/options.js';
import type { DescentRule } from './descent/descent-rule.js';
import { type BatchMethod, batchMethod } from './descent/first-order.js';
import { FRACTION, POSITIVE, decayOption } from './options.js';

/** Options of gdx; the defaults are those of MATLAB's traingdx, whose steps are shorter: see `matlab`. */
export interface GdxOptions {
  /** The initial learning rate η > 0. Default 0.01. */
  rate?: number;
  /** The factor on η after the loss fell, ≥ 1. Default 1.05. */
  up?: number;
  /** The factor on η after the loss rose too much, > 0 and < 1. Default 0.7. */
  down?: number;
  /** The factor by which the loss may rise before a step is undone, ≥ 1. Default 1.04. */
  worse?: number;
  /** Momentum μ, ≥ 0 and < 1. Default 0.9. */
  momentum?: number;
  /** The largest rate. Default 1000. */
  most?: number;
  /**
   * Whether to step as MATLAB's traingdx does: v ← μ·v − (1 − μ)·η·g instead of v ← μ·v − η·g, and −η·g in the first step and
   * after an undone one. With the same η and a momentum of 0.9, such steps are a tenth as long. Default false.
   */
  matlab?: boolean;
  /** Weight decay λ ≥ 0 of the kernels, applied through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * Batch gradient descent with momentum whose rate grows while the loss falls; a step after which it rose by more than 4 % is
 * taken back, and the momentum with it (Vogl, Mangis, Rigler, Zink and Alkon 1988). Full batches only. `gdx({ matlab: true })`
 * is MATLAB's traingdx, and traingda with a momentum of 0.
 * @throws OptionError
 */
export function gdx(options?: GdxOptions): BatchMethod<'gdx', Required<GdxOptions>> {
  const schema = {
    rate: number(POSITIVE, 0.01),
    up: number({ min: 1, below: Infinity }, 1.05),
    down: number({ above: 0, below: 1 }, 0.7),
    worse: number({ min: 1, below: Infinity }, 1.04),
    momentum: number(FRACTION, 0.9),
    most: number(POSITIVE, 1000),
    matlab: flag(false),
    weightDecay: decayOption(),
  };
  const settings = checked('gdx', schema, options);
  const { rate, up, down, worse, momentum, most, matlab, weightDecay } = settings;
  const share = matlab ? 1 - momentum : 1;
  const rule: DescentRule<'velocity' | 'weights kept' | 'gradient kept'> & { readonly name: 'gdx' } = {
    name: 'gdx',
    rate,
    adapts: true,
    vectors: ['velocity', 'weights kept', 'gradient kept'],
    takesBackTo: 'weights kept',
    open(core, update, { at }) {
      const [velocity, weights, gradient] = [at('velocity'), at('weights kept'), at('gradient kept')];
      core.gdxOpen(update, up, down, worse, most, momentum, share, weightDecay, velocity, weights, gradient);
    },
  };
  return batchMethod(rule, settings);
}
