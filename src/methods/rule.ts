// How a step against the gradient is taken, and its rate: what first-order methods differ in.

import type { Core } from '../../bindings/core.js';
import { either, number, value } from '../runtime/options.js';
import type { Architecture } from '../plan/plan.js';
import { type Schedule, isSchedule } from '../rates/schedule.js';
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

/** How a step is taken. */
export interface Rule {
  /** The method's, for errors. */
  readonly name: string;
  readonly rate: number | RateOfEpoch | Schedule | AutoRate;
  /** Names of the vectors that it keeps, each as long as the parameters. */
  readonly moments: readonly string[];
  /** What they hold at the start, where that is not 0. */
  readonly start?: Readonly<Record<string, number>>;
  /** The moment that holds weights to go back to, where a step is judged by the loss that the next one finds. */
  readonly takesBackTo?: string;
  /** Whether its rate finds itself, from `rate` on. */
  readonly adapts?: boolean;
  /** Whether it begins at a rate that is safe for its batches, in place of `rate`; that is measured, and the first number that an update remembers. */
  readonly safe?: boolean;
  /** What steps take of the rate, save the first. */
  readonly share?: number;
  /** What each parameter's rate is multiplied with, on average 1. */
  readonly multipliers?: (architecture: Architecture) => Float64Array;
  /** Where the diagonal of the Hessian comes from, which goes into the moment called 'curvature'. */
  readonly diagonals?: Diagonals;
  /** The rate that λmax stands for, where `rate` is to be measured. */
  readonly rateOf?: (lambda: number) => number;
  /**
   * Tells an update (assembly/rules/update.ts) the rule, its rate, how many steps were taken before, where the moments are, and where batches' diagonals are found.
   */
  apply(core: Core, update: number, rate: number, step: number, moments: readonly number[], diagonals: DiagonalPlace): void;
}

/** LeCun's diagonal, of a sample every so many epochs, or of the batch every so many steps. */
export type Diagonals = { readonly samples: number; readonly every: number } | { readonly everyStep: number };

/** Addresses; 0 where batches' diagonals are not asked for. */
export interface DiagonalPlace {
  readonly buffers: number;
  readonly diagonal: number;
}
