// Recipes of one problem, and networks made by them.

import { dense } from '../layers/layers.js';
import { Network } from '../network/network.js';
import {
  MANY_ROWS,
  MOMENTUM,
  adamRate,
  batchSize,
  decayByRule,
  epochs,
  hiddenUnits,
  rateShare,
  startRate,
  stepCurvature,
} from './defaults.js';
import type { Problem } from './problem.js';
import { hiddenLayers } from './techniques.js';
import type { Recipe, Fixed, Family } from './recipe.js';

/** Recipes of one problem: what they share is found once. */
export class Recipes {
  private readonly curvature: number;
  /** What is left of the rate of descent where weights differ. */
  private readonly share: number;
  private readonly epochs: number;
  private readonly batchSize: number;

  constructor(
    private readonly problem: Problem,
    readonly fixed: Fixed,
  ) {
    const { rows, all = rows, inputs, x, w, head } = problem;
    this.batchSize = fixed.batchSize ?? batchSize(all);
    this.epochs = fixed.epochs ?? epochs(all, head.loss);
    this.curvature = fixed.rate === undefined ? stepCurvature(x, rows, inputs, this.batchSize) : 0;
    this.share = rateShare(w, this.batchSize);
  }

  /** The recipe of a family with a decay. */
  of({ hidden, activation }: Family, weightDecay: number): Recipe {
    const { problem, fixed, curvature, share } = this;
    const { head, rows, all = rows, inputs, techniques } = problem;
    const free = !techniques.method && fixed.rate === undefined && fixed.momentum === undefined;
    const adaptive = all >= MANY_ROWS && hidden.length > 0 && free;
    const linear = hidden.length === 0 && fixed.epochs === undefined;
    return {
      hidden,
      activation,
      weightDecay: fixed.weightDecay ?? weightDecay,
      rate: fixed.rate ?? (adaptive ? adamRate(inputs) : share * startRate(head.loss, curvature, Math.max(0, ...hidden))),
      momentum: fixed.momentum ?? MOMENTUM,
      epochs: linear ? Math.ceil(LINEAR_EPOCHS * this.epochs) : this.epochs,
      batchSize: this.batchSize,
      ...(adaptive && { method: 'adam' as const }),
    };
  }

  /** The recipe where there is no choosing. */
  byRule(): Recipe {
    const { rows, inputs, outputs, head } = this.problem;
    const { hidden = [hiddenUnits(inputs, outputs)], activation = 'lecunTanh' } = this.fixed;
    return this.of({ hidden, activation }, decayByRule(rows, head.loss));
  }
}

/** The share of the epochs that linear models take: their loss has no ravines to follow. */
const LINEAR_EPOCHS = 0.4;

/**
 * A recipe chosen on a sample, for all rows: what goes by their number goes by all of them, and decay, a multiple of 1/(rows +
 * 100), is as strong against their loss.
 */
export function scaledUp<R extends Recipe>(chosen: R, { rows, all = rows }: Problem, fixed: Fixed): R {
  if (all <= rows || fixed.weightDecay !== undefined) return chosen;
  return { ...chosen, weightDecay: (chosen.weightDecay * (rows + 100)) / (all + 100) };
}

/** A fresh network for a recipe. @param seed of its weights and of the order of its rows */
export function build(
  problem: Problem,
  { hidden, activation }: Pick<Recipe, 'hidden' | 'activation'>,
  seed: number,
): Promise<Network> {
  const { setting, inputs, outputs } = problem;
  const { head, precision, numerics, threads, techniques } = setting;
  return Network.create({
    inputs,
    layers: [...hiddenLayers(hidden, activation, techniques), dense(outputs, { activation: head.activation })],
    loss: head.loss,
    precision,
    numerics,
    threads,
    seed,
  });
}
