// Rates of each weight's own, from running moments of its gradient: today's methods beside the chapter's.

import { Decay, UpdateRule, type UpdateRuleCode } from '../../build/codes.js';
import { OptionError } from '../runtime/errors.js';
import { checked, flag, number } from '../runtime/options.js';
import type { Schedule } from '../rates/schedule.js';
import { Descent } from './descent.js';
import { type RateOfEpoch, type Rule, rateOption } from './rule.js';
import type { Method, MethodState, Task } from './method.js';

const FRACTION = { min: 0, below: 1 } as const;
const EPSILON = number({ above: 0, below: Infinity }, 1e-8);
const DECAY = number({ min: 0, below: Infinity }, 0);

/** Options that all of these methods share. */
interface AdaptiveOptions {
  /** η > 0, one of `schedules`, or a function of the epoch. */
  rate?: number | RateOfEpoch | Schedule;
  /** Keeps divisions finite, > 0. Default 1e-8. */
  epsilon?: number;
  /** λ ≥ 0, of kernels, not of biases. Default 0. */
  weightDecay?: number;
}

export interface AdamOptions extends AdaptiveOptions {
  /** How long the mean of the gradient remembers: 0 ≤ β₁ < 1. Default 0.9. */
  beta1?: number;
  /** How long the mean of its square remembers: 0 ≤ β₂ < 1. Default 0.999. */
  beta2?: number;
  /** Whether decay acts on the weights directly (AdamW) rather than through the gradient. Default false; true for `adamW`. */
  decoupled?: boolean;
  /** Whether to divide by the largest mean square so far (AMSGrad). Default false. */
  amsGrad?: boolean;
  /** Whether to look a step ahead, as Nesterov does, with a constant β₁. Default false; true for `nadam`. */
  nesterov?: boolean;
}

export interface RmsPropOptions extends AdaptiveOptions {
  /** How long the mean of the squared gradient remembers: 0 ≤ ρ < 1. Default 0.9. */
  rho?: number;
}

export type AdaGradOptions = AdaptiveOptions;

/** n ↦ xⁿ for whole n ≥ 0: the same on every machine, and as a run multiplies it up. Quick where n grows little by little. */
export function powers(x: number): (n: number) => number {
  let last = { n: 0, power: 1 };
  return (n) => {
    let { n: k, power } = n < last.n ? { n: 0, power: 1 } : last;
    for (; k < n && power > 0; k++) power *= x;
    last = { n, power };
    return power;
  };
}

interface Settings {
  readonly name: string;
  readonly code: UpdateRuleCode;
  readonly rate: number | RateOfEpoch | Schedule;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly decoupled: boolean;
}

function method<N extends string, O extends object>(name: N, own: O, s: Settings): Method & { readonly name: N } & Readonly<O> {
  // The first is where a run looks for a velocity: methods without one have a place there that nothing writes to.
  const moments =
    s.code >= UpdateRule.adam ? (s.code === UpdateRule.amsGrad ? ['mean', 'square', 'top'] : ['mean', 'square']) : ['square'];
  const [power1, power2] = [powers(s.beta1), powers(s.beta2)];
  const rule: Rule = {
    name,
    rate: s.rate,
    moments,
    apply(core, update, rate, step, addresses) {
      const [second, top] = s.code >= UpdateRule.adam ? [addresses[1]!, addresses[2] ?? 0] : [addresses[0]!, 0];
      const how = s.decoupled ? Decay.decoupled : Decay.throughGradient;
      core.updateAdaptive(
        update,
        s.code,
        rate,
        s.beta1,
        s.beta2,
        s.epsilon,
        s.weightDecay,
        how,
        power1(step),
        power2(step),
        second,
        top,
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

function adamLike<N extends string>(
  name: N,
  options: AdamOptions | undefined,
  defaults: { decoupled: boolean; nesterov: boolean; weightDecay: number },
) {
  const schema = {
    rate: rateOption(0.001),
    beta1: number(FRACTION, 0.9),
    beta2: number(FRACTION, 0.999),
    epsilon: EPSILON,
    weightDecay: number({ min: 0, below: Infinity }, defaults.weightDecay),
    decoupled: flag(defaults.decoupled),
    amsGrad: flag(false),
    nesterov: flag(defaults.nesterov),
  };
  const settings = checked(name, schema, options);
  if (settings.amsGrad && settings.nesterov) {
    throw new OptionError(`${name}.amsGrad`, true, 'false with nesterov: there is no method that does both');
  }
  const code = settings.amsGrad ? UpdateRule.amsGrad : settings.nesterov ? UpdateRule.nadam : UpdateRule.adam;
  return method(name, settings, { name, code, ...settings });
}

/**
 * m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − η·(m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε), t counted from 1 (Kingma and Ba 2015,
 * algorithm 1). Default η 0.001.
 * @throws OptionError
 */
export const adam = (options?: AdamOptions) => adamLike('adam', options, { decoupled: false, nesterov: false, weightDecay: 0 });

/** Adam with decoupled decay, w ← w − η·λ·w beside the step (Loshchilov and Hutter 2019). Default λ 0.01. @throws OptionError */
export const adamW = (options?: AdamOptions) =>
  adamLike('adamW', options, { decoupled: true, nesterov: false, weightDecay: 0.01 });

/**
 * Adam that looks a step ahead (Dozat 2016), with a constant β₁: w ← w − η·(β₁·m/(1 − β₁ᵗ⁺¹) + (1 − β₁)·g/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε). Dozat's schedule of β₁, which
 * begins at half of its value (Keras and PyTorch have it), is left out.
 * @throws OptionError
 */
export const nadam = (options?: AdamOptions) => adamLike('nadam', options, { decoupled: false, nesterov: true, weightDecay: 0 });

/** v ← ρ·v + (1 − ρ)·g², w ← w − η·g/(√v + ε) (Hinton 2012). Default η 0.001. @throws OptionError */
export function rmsProp(options?: RmsPropOptions) {
  const schema = { rate: rateOption(0.001), rho: number(FRACTION, 0.9), epsilon: EPSILON, weightDecay: DECAY };
  const settings = checked('rmsProp', schema, options);
  return method('rmsProp', settings, {
    name: 'rmsProp',
    code: UpdateRule.rmsProp,
    beta1: 0,
    beta2: settings.rho,
    decoupled: false,
    ...settings,
  });
}

/** v ← v + g², w ← w − η·g/(√v + ε) (Duchi, Hazan and Singer 2011). Default η 0.01. @throws OptionError */
export function adaGrad(options?: AdaGradOptions) {
  const schema = { rate: rateOption(0.01), epsilon: EPSILON, weightDecay: DECAY };
  const settings = checked('adaGrad', schema, options);
  return method('adaGrad', settings, {
    name: 'adaGrad',
    code: UpdateRule.adaGrad,
    beta1: 0,
    beta2: 0,
    decoupled: false,
    ...settings,
  });
}
