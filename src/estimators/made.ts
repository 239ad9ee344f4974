// A model made of networks: what it is made from, its record, and whether it is good enough.

import type { Engine } from '../../bindings/core.js';
import type { History } from '../training/history.js';
import type { Interruption } from '../training/interruption.js';
import type { FitOptions } from '../training/options.js';
import type { Chunks } from '../training/chunks.js';
import type { MethodState } from '../methods/method.js';
import type { Checked } from '../runtime/options.js';
import type { Choice } from './choice.js';
import type { Head } from './head.js';
import type { Members } from './members.js';
import type { ESTIMATOR_OPTIONS, EstimatorHistory, RUN_OPTIONS } from './options.js';
import type { Problem } from './problem.js';
import type { Fixed, Recipe } from './recipe.js';
import { type Baseline, holds } from './training.js';

/** A model, and how it came to be. */
export interface MadeModel {
  readonly members: Members;
  readonly recipe: Recipe;
  readonly history: EstimatorHistory;
  /** What the method remembers of the first network's training. */
  readonly state: MethodState | undefined;
  /** Whether it takes the squashed problem's inputs. */
  readonly squashed?: boolean;
  /** Whether the search was ended by the clock: another would have gone on. */
  readonly halted?: boolean;
}

/** What a model is made from. */
export interface Material {
  readonly engine: Engine;
  readonly problem: Problem;
  /** All rows, where the problem is a sample of them. */
  readonly chunks: Chunks | undefined;
  readonly options: Checked<typeof ESTIMATOR_OPTIONS>;
  readonly fixed: Fixed;
  /** Of the fit of each network, beside those of a recipe and of techniques. */
  readonly fit: FitOptions;
  readonly run: Checked<typeof RUN_OPTIONS>;
  readonly interruption: Interruption;
  /** The problem with columns of long tails drawn in; undefined where there are none. */
  squashed(): Problem | undefined;
}

/** Losses differ by rounding. */
const ROUNDING = 1e-5;

/** What stopped a fit from outside, if anything did. */
export function stoppedBy({ reason }: History): 'signal' | 'timeLimit' | undefined {
  return reason === 'signal' || reason === 'timeLimit' ? reason : undefined;
}

/** The mean of the networks' losses on their own rows. Losses are convex, so that the average's loss is at most that. */
export function meanLoss({ networks }: Members, { data }: Baseline): number {
  return networks.reduce((sum, network) => sum + network.lossOn(data), 0) / networks.length;
}

/** Whether a model is no worse than the best constant on its own rows. */
export function stands(members: Members, bar: Baseline): boolean {
  return holds(meanLoss(members, bar), bar, members.first.loss as Head['loss'], 1 + ROUNDING);
}

/** To three digits. */
export const short = (x: number) => Number(x.toPrecision(3));

export function recorded(
  choice: Choice & Recipe,
  history: History,
  interruption: Interruption,
  restarts = 0,
): { readonly recipe: Recipe; readonly history: EstimatorHistory } {
  const times = restarts === 1 ? 'once, with' : `${restarts} times, each time with`;
  const again = `training began again ${times} a third of the rate, since the loss had ended above a constant's; the rate that worked is ${short(choice.rate)}`;
  const advice = [history.advice, ...(restarts > 0 ? [again] : [])].filter(Boolean).join('; ');
  return {
    recipe: settings(choice),
    history: { ...history, ...(advice && { advice }), time: interruption.elapsed, chosen: choice },
  };
}

export function settings({ by: _, folds: __, candidates: ___, members: ____, ...recipe }: Choice & Recipe): Recipe {
  return recipe;
}
