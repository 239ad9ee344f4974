// Batch methods that watch the sign of each weight's gradient (Efficient BackProp 4.7; SPEC 1.4.7). They compare gradients of the whole set:
// batchSize is 'full', and mini-batches are refused.

import { UpdateRule } from '../../build/codes.js';
import { checked, number } from '../runtime/options.js';
import { Descent } from './descent.js';
import type { Rule } from './rule.js';
import type { Method, MethodState, Task } from './method.js';

const POSITIVE = { above: 0, below: Infinity } as const;
const DECAY = number({ min: 0, below: Infinity }, 0);

function method<N extends string, O extends object>(rule: Rule & { readonly name: N }, settings: O): BatchMethod<N, O> {
  const start = (task: Task, state?: MethodState) => new Descent(rule, task, state);
  return Object.freeze({ ...settings, name: rule.name, batch: 'full' as const, start });
}

/** A method for full batches, with its settings. */
export type BatchMethod<N extends string, O> = Method & { readonly name: N; readonly batch: 'full' } & Readonly<O>;

/** Options of deltaBarDelta; defaults are customary ones. */
export interface DeltaBarDeltaOptions {
  /** η to start with, > 0. Default 0.1. */
  rate?: number;
  /** κ ≥ 0, added to a rate while the gradient keeps its sign. Default 0.05: half of the first rate. */
  up?: number;
  /** 1 − φ, what a rate is multiplied with where the sign turns, > 0 and < 1. Default 0.5. */
  down?: number;
  /** θ, how much the mean of gradients keeps, ≥ 0 and < 1. Default 0.7. */
  memory?: number;
  /** The largest rate. Default 10. */
  most?: number;
  /** λ ≥ 0, of kernels, through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * η_i grows by κ while the gradient agrees in sign with its running mean δ̄, falls by a factor where it does not; w ← w − η_i·g_i (Jacobs 1988).
 * @throws OptionError
 */
export function deltaBarDelta(options?: DeltaBarDeltaOptions) {
  const schema = {
    rate: number(POSITIVE, 0.1),
    up: number({ min: 0, below: Infinity }, 0.05),
    down: number({ above: 0, below: 1 }, 0.5),
    memory: number({ min: 0, below: 1 }, 0.7),
    most: number(POSITIVE, 10),
    weightDecay: DECAY,
  };
  const settings = checked('deltaBarDelta', schema, options);
  const { rate, up, down, memory, most, weightDecay } = settings;
  const rule = {
    name: 'deltaBarDelta' as const,
    rate,
    moments: ['mean gradient', 'rates'],
    start: { rates: rate },
    apply(core, update, _, __, [, rates]) {
      core.updateSigned(update, UpdateRule.deltaBarDelta, rate, up, down, memory, most, weightDecay, rates!, 0);
    },
  } satisfies Rule;
  return method(rule, settings);
}

/** Options of superSAB; the defaults are customary ones. */
export interface SuperSabOptions {
  /** η to start with, > 0. Default 0.1. */
  rate?: number;
  /** What a rate is multiplied with while the gradient keeps its sign, ≥ 1. Default 1.05. */
  up?: number;
  /** The same where it turns, > 0 and < 1. Default 0.5. */
  down?: number;
  /** μ, ≥ 0 and < 1. Default 0.9. */
  momentum?: number;
  /** The largest rate. Default 10. */
  most?: number;
  /** λ ≥ 0, of kernels, through the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * Rates of each weight's own that grow and fall by factors, with momentum: v ← μ·v − η_i·g_i, w ← w + v. Where the gradient's sign turns, the weight's last step is taken back, its momentum
 * ends, and its rate is halved; the next gradient is compared with none (Tollenaere 1990).
 * @throws OptionError
 */
export function superSAB(options?: SuperSabOptions) {
  const schema = {
    rate: number(POSITIVE, 0.1),
    up: number({ min: 1, below: Infinity }, 1.05),
    down: number({ above: 0, below: 1 }, 0.5),
    momentum: number({ min: 0, below: 1 }, 0.9),
    most: number(POSITIVE, 10),
    weightDecay: DECAY,
  };
  const settings = checked('superSAB', schema, options);
  const { rate, up, down, momentum, most, weightDecay } = settings;
  const rule = {
    name: 'superSAB' as const,
    rate,
    moments: ['gradient', 'rates', 'velocity'],
    start: { rates: rate },
    apply(core, update, _, __, [, rates, velocity]) {
      core.updateSigned(update, UpdateRule.superSAB, rate, up, down, momentum, most, weightDecay, rates!, velocity!);
    },
  } satisfies Rule;
  return method(rule, settings);
}

/** Options of quickprop. */
export interface QuickpropOptions {
  /** ε > 0, of the gradient's own part of a step. Default 0.1. */
  rate?: number;
  /** μ > 1: a step is at most so many times the last one. Default 1.75. */
  growth?: number;
  /** λ ≥ 0, of kernels, through the gradient; 10⁻⁴ is customary. Default 0. */
  weightDecay?: number;
}

/**
 * Each weight jumps to the minimum of the parabola through its last two slopes, at most 1.75 times as far as last time, and slides by −ε·g where
 * it rests or still goes downhill (Fahlman 1988). The derivative is the exact one: where flat spots trouble, twistedTanh has none.
 * @throws OptionError
 */
export function quickprop(options?: QuickpropOptions) {
  const schema = { rate: number(POSITIVE, 0.1), growth: number({ above: 1, below: Infinity }, 1.75), weightDecay: DECAY };
  const settings = checked('quickprop', schema, options);
  const { rate, growth, weightDecay } = settings;
  const rule = {
    name: 'quickprop' as const,
    rate,
    moments: ['gradient', 'step'],
    apply(core, update, _, __, [, step]) {
      core.updateSigned(update, UpdateRule.quickprop, rate, growth, growth / (1 + growth), 0, 0, weightDecay, step!, 0);
    },
  } satisfies Rule;
  return method(rule, settings);
}
