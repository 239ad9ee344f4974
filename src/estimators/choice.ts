// What was chosen, and of what.

import type { Activation } from '../layers/activations.js';
import type { History } from '../training/history.js';
import type { Network } from '../network/network.js';
import type { Recipe } from './recipe.js';
import type { Ridge } from './ridge.js';

/** A candidate and how it did. */
export interface Candidate {
  readonly hidden: readonly number[];
  /** Of hidden layers. Models from files of the first format version leave it out. */
  readonly activation?: Activation;
  readonly weightDecay: number;
  /**
   * Mean squared error on rows that it did not learn from (of standardised targets, of class probabilities, or of other outputs
   * from their target values).
   */
  readonly error: number;
  /** Parts that were left out in turn; weak candidates are given up early. */
  readonly folds?: number;
}

/** What was chosen, and why. What only training uses is left out where the linear model was solved in closed form. */
export interface Choice extends Partial<Recipe> {
  readonly hidden: readonly number[];
  readonly weightDecay: number;
  /**
   * How: 'given' (by options), 'rule' (too few rows, or too much work, to try several), 'holdout' (earlier versions) or
   * 'cross-validation'.
   */
  readonly by: 'given' | 'rule' | 'holdout' | 'cross-validation';
  /** Parts that took turns in being left out; 0 without validation, 1 with a holdout. */
  readonly folds: number;
  /** Networks whose outputs are averaged; one where missing. */
  readonly members?: number;
  /** All that was tried. */
  readonly candidates: readonly Candidate[];
}

/** The choice. */
export interface Selected {
  readonly choice: Choice & Recipe;
  /** The linear model in closed form, where that won. */
  readonly linear?: Ridge;
  /** Networks of the folds that make up the model, where they do, and the record of the first: the caller disposes of them. */
  readonly networks?: readonly Network[];
  readonly history?: History;
  /** Whether columns with long tails are drawn in. */
  readonly squashed?: boolean;
}

/** A choice without what only training uses. */
export function untrained({ hidden, weightDecay, by, folds, candidates }: Choice): Choice {
  return { hidden, weightDecay, by, folds, candidates };
}
