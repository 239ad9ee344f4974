// How a step against the gradient is taken, and its rate: what first-order methods differ in. Each has a file that makes its
// rule.

import type { Core } from '../../../bindings/core.js';
import { either, number, value } from '../../runtime/options.js';
import type { Architecture } from '../../plan/plan.js';
import { type Schedule, isSchedule } from '../../rates/schedule.js';
import type { AutoRate } from './auto-rate.js';

/** A learning rate by the epoch, counted from 0 over all fits that continue each other. */
export type RateOfEpoch = (epoch: number) => number;

/** The option `rate` of first-order methods. */
export function rateOption(fallback: number) {
  return either<number, RateOfEpoch | Schedule>(
    number({ above: 0, below: Infinity }, fallback),
    value('one of schedules, or a function (epoch) => rate', (v) => typeof v === 'function' || isSchedule(v), undefined as never),
  );
}

/** How a step is taken. V: names of the vectors that the rule keeps */
export interface DescentRule<V extends string = string> {
  /** The method's, for errors and for files. */
  readonly name: string;
  readonly rate: number | RateOfEpoch | Schedule | AutoRate;
  /** Whether the common binary has it. */
  readonly common?: true;
  /** What it keeps, each as long as the parameters. Files know them by these names. */
  readonly vectors: readonly V[];
  /** What they hold at the start, where that is not 0. */
  readonly first?: Readonly<Partial<Record<V, number>>>;
  /** The vector that holds weights to go back to, where a step is judged by the loss that the next one finds. */
  readonly takesBackTo?: V;
  /** Whether its rate finds itself, from `rate` on. */
  readonly adapts?: boolean;
  /**
   * Whether it begins at a rate that is safe for its batches, in place of `rate`; that is measured, and remembered as `start`.
   */
  readonly safe?: boolean;
  /** What steps take of the rate, save the first. */
  readonly share?: number;
  /** Whether weight decay stands beside the step, w ← w − η·λ·w, rather than in the gradient. */
  readonly decoupled?: boolean;
  /** What each parameter's rate is multiplied with, on average 1. */
  readonly multipliers?: (architecture: Architecture) => Float64Array;
  /** Where the diagonal of the Hessian comes from, which goes into the vector called 'curvature'. */
  readonly diagonals?: Diagonals;
  /** The rate that λmax stands for, where `rate` is to be measured. */
  readonly rateOf?: (lambda: number) => number;
  /** Tells an update (assembly/rules/) the rule, before each epoch. */
  open(core: Core, update: number, now: Opening<V>): void;
}

/** What a rule is told before an epoch. */
interface Opening<V extends string> {
  readonly rate: number;
  /** Steps taken before. */
  readonly step: number;
  /** The rate that was measured to start with, where the rule asks for a safe one. */
  readonly start: number;
  /** The address of one of the rule's vectors; 0 for one that it does without. */
  readonly at: (vector: V) => number;
  readonly diagonals: DiagonalPlace;
}

/** LeCun's diagonal, of a sample every so many epochs, or of the batch every so many steps. */
type Diagonals = { readonly samples: number; readonly every: number } | { readonly everyStep: number };

/** Addresses; 0 where batches' diagonals are not asked for. */
export interface DiagonalPlace {
  readonly buffers: number;
  readonly diagonal: number;
}

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
