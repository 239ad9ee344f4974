// Learning rates that change as training goes on (Efficient BackProp 4.1, (12), and what is customary today). They give the same
// bits on every machine: none of them uses the engine's powers or cosines.

import { OptionError } from '../runtime/errors.js';
import { type Schema, checked, number, oneOf, value } from '../runtime/options.js';
import type { Moment, Schedule } from './schedule.js';

const POSITIVE = { above: 0, below: Infinity } as const;
const RATE = number(POSITIVE, undefined);

/** Options checked, of which those without a default have to be there. */
function required<S extends Schema>(name: string, schema: S, options: unknown) {
  const given = checked(`schedules.${name}`, schema, options);
  for (const [option, v] of Object.entries(given)) {
    if (v === undefined) throw new OptionError(`schedules.${name}.${option}`, v, schema[option]!.expected);
  }
  return given as { [K in keyof typeof given]: Exclude<(typeof given)[K], undefined> };
}

/** xⁿ for a whole n ≥ 0, by squaring. */
function power(x: number, n: number): number {
  let result = 1;
  for (let base = x, k = n; k > 0; k = Math.floor(k / 2), base *= base) if (k % 2 === 1) result *= base;
  return result;
}

/** cos(πx) for 0 ≤ x ≤ 1, to 1e-15: Taylor's series on the half where it is fast. */
export function cosineOfPi(x: number): number {
  if (x > 0.5) return -cosineOfPi(1 - x);
  const square = (x * Math.PI) ** 2;
  let sum = 1;
  for (let k = 11; k > 0; k--) sum = 1 - (sum * square) / ((2 * k - 1) * (2 * k));
  return sum;
}

/** η. The same as a number. */
function constant(rate: number): Schedule {
  const { rate: eta } = required('constant', { rate: RATE }, { rate });
  return { name: 'constant', every: 'epoch', rate: () => eta };
}

/** Options of `inverse`. */
export interface InverseOptions {
  /** η₀ > 0, the rate to begin with. */
  rate: number;
  /** τ > 0, in samples: after that many the rate is η₀/2. Default 100,000. */
  tau?: number;
}

/**
 * η(t) = η₀/(1 + t/τ), t the samples presented: c/t in the long run, with c = η₀·τ. The optimal way to a minimum if
 * c > 1/(2·λ_min), and often too fast in practice (docs/mathematics.md 5.9).
 */
function inverse(options: InverseOptions): Schedule {
  const { rate, tau } = required('inverse', { rate: RATE, tau: number(POSITIVE, 1e5) }, options);
  return { name: 'inverse', every: 'step', rate: ({ samples }) => rate / (1 + samples / tau) };
}

/** Options of `searchThenConverge`. */
export interface SearchThenConvergeOptions extends InverseOptions {
  /** c > 0: the rate ends as c/t, t in samples. Default η₀·τ, as of `inverse`. */
  c?: number;
}

/**
 * η(t) = η₀·(1 + s)/(1 + s + t²/τ), s = (c/η₀)·(t/τ)/τ, t the samples presented, in units of τ: about η₀ before t = τ, c/t after
 * (Darken and Moody 1991; docs/mathematics.md 5.9).
 */
function searchThenConverge(options: SearchThenConvergeOptions): Schedule {
  const schema = { rate: RATE, tau: number(POSITIVE, 1e5), c: number(POSITIVE, Number.NaN) };
  const { rate, tau, c } = required('searchThenConverge', schema, options);
  const relative = Number.isNaN(c) ? 1 : c / (rate * tau);
  return {
    name: 'searchThenConverge',
    every: 'step',
    rate: ({ samples }) => {
      const t = samples / tau;
      const s = relative * t;
      return (rate * (1 + s)) / (1 + s + t * t);
    },
  };
}

/** Options of `step`. */
export interface StepOptions {
  /** The rate to begin with. */
  rate: number;
  /** What it is multiplied with, > 0 and ≤ 1. Default 0.5. */
  factor?: number;
  /** After how many epochs each time. Default 10. */
  every?: number;
}

/** η₀·factor^⌊epoch/every⌋. */
function step(options: StepOptions): Schedule {
  const schema = { rate: RATE, factor: number({ above: 0, max: 1 }, 0.5), every: number({ min: 1, integer: true }, 10) };
  const { rate, factor, every } = required('step', schema, options);
  return { name: 'step', every: 'epoch', rate: ({ epoch }) => rate * power(factor, Math.floor(epoch / every)) };
}

/** Options of `exponential`. */
export interface ExponentialOptions {
  /** The rate to begin with. */
  rate: number;
  /** What it is multiplied with each time, > 0 and ≤ 1. Default 0.95 for epochs, 0.9999 for steps. */
  factor?: number;
  /** After each 'epoch' (default) or each 'step'. */
  every?: 'epoch' | 'step';
}

/** η₀·factorⁿ, n the epochs or steps done. */
function exponential(options: ExponentialOptions): Schedule {
  const schema = { rate: RATE, factor: number({ above: 0, max: 1 }, Number.NaN), every: oneOf(['epoch', 'step'], 'epoch') };
  const { rate, factor, every } = required('exponential', schema, options);
  const base = Number.isNaN(factor) ? (every === 'epoch' ? 0.95 : 0.9999) : factor;
  return { name: 'exponential', every, rate: (moment: Moment) => rate * power(base, moment[every]) };
}

/** Options of `cosine`. */
export interface CosineOptions {
  /** The highest rate. */
  rate: number;
  /** The rate to end with, ≥ 0. Default 0. */
  final?: number;
  /** The share of the fit in which the rate rises from 0 to its highest, ≥ 0 and < 1. Default 0. */
  warmup?: number;
}

/**
 * Up along a line during the warm-up, then down along half a cosine to the end of the fit's epochs (Loshchilov and Hutter 2017).
 */
function cosine(options: CosineOptions): Schedule {
  const schema = { rate: RATE, final: number({ min: 0, below: Infinity }, 0), warmup: number({ min: 0, below: 1 }, 0) };
  const { rate, final, warmup } = required('cosine', schema, options);
  if (final > rate) throw new OptionError('schedules.cosine.final', final, `a number ≤ rate, which is ${rate}`);
  return {
    name: 'cosine',
    every: 'step',
    rate: ({ share }) => {
      if (share < warmup) return (rate * share) / warmup;
      const x = Math.min((share - warmup) / (1 - warmup), 1);
      return final + ((rate - final) * (1 + cosineOfPi(x))) / 2;
    },
  };
}

/** A function of the step, counted from 0 over all fits that continue each other. */
function ofStep(rate: (step: number) => number): Schedule {
  required('ofStep', { rate: value<unknown>('a function (step) => rate', (v) => typeof v === 'function', undefined) }, { rate });
  return { name: 'ofStep', every: 'step', rate: (moment) => rate(moment.step) };
}

/**
 * Learning rates that change: `sgd({ rate: schedules.cosine({ rate: 0.1, warmup: 0.05 }) })`.
 *
 * - `constant(rate)`
 * - `inverse({ rate, tau })`: c/t, the chapter's annealing
 * - `searchThenConverge({ rate, tau, c })`: constant first, c/t later
 * - `step({ rate, factor, every })`: lower every so many epochs
 * - `exponential({ rate, factor, every })`
 * - `cosine({ rate, final, warmup })`: over the fit
 * - `ofStep((step) => rate)`: a function of your own; a function of the epoch needs no wrapping
 *
 * Each throws an OptionError for what it does not take.
 */
export const schedules = Object.freeze({ constant, inverse, searchThenConverge, step, exponential, cosine, ofStep });
