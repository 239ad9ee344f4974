// The linear model: always a candidate, and the first.

import { affordsLinear } from './budget.js';
import { sampleCost } from './defaults.js';
import { RIDGE } from './loading.js';
import type { Problem } from './problem.js';
import type { Ridge } from './ridge.js';
import { ridgeCost } from './ridge-cost.js';
import type { Search, Trial } from './search.js';

/** A linear model has no hidden units; the activation is that which they would have. */
export const LINEAR = { hidden: [], activation: 'lecunTanh' } as const;

/** Decays of linear models that are trained, strongest first, as multiples of 1/rows. They need more than others. */
const DECAYS = [100, 32, 10, 3.2, 1, 0.32, 0.1, 0.03, 0.01] as const;

/** Where the climb begins. */
const FIRST = 2;

/** Multiply-adds that ridge regression may cost: a second or so. */
const RIDGE_BUDGET = 1.5e9;

/** Whether a linear model of a problem can be solved at all, and quickly. */
export function ridgeFor({ head, rows, inputs }: Problem): boolean {
  return head.activation === 'linear' && head.loss === 'meanSquaredError' && rows > 2 && ridgeCost(rows, inputs) < RIDGE_BUDGET;
}

/** Ridge regression of a problem, its strength chosen by leave-one-out errors. */
export async function solved(problem: Problem): Promise<Ridge> {
  const { ridge } = await RIDGE.load();
  const { x, t, w, rows, inputs, outputs } = problem; // views, valid until memory grows
  return ridge(x, t, rows, inputs, outputs, w);
}

/**
 * The linear model that is best on the folds: from a middling decay down while that helps, else up. Undefined where even one is
 * too much work.
 */
export async function linearTrial(search: Search): Promise<Trial | undefined> {
  const { problem, recipes, folds } = search;
  const { rows, inputs, outputs } = problem;
  const { epochs } = recipes.of(LINEAR, 0);
  const cost = epochs * rows * sampleCost(inputs, [], outputs);
  const times = folds.count;
  if (recipes.fixed.weightDecay !== undefined) return search.whole(LINEAR, recipes.fixed.weightDecay);
  if (!affordsLinear(rows, inputs, cost, times)) return undefined;
  let best = await search.whole(LINEAR, DECAYS[FIRST]! / rows);
  if (!affordsLinear(rows, inputs, cost, 5 * times)) return best;
  for (const step of [1, -1]) {
    const before = best;
    for (let at = FIRST + step; at in DECAYS && !search.halted; at += step) {
      const next: Trial = await search.whole(LINEAR, DECAYS[at]! / rows);
      if (next.error > best.error) break;
      best = next;
    }
    if (best !== before) break;
  }
  return best;
}
