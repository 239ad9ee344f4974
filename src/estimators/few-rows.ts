// So few rows that leaving some out says nothing: rules instead of a search.

import type { Engine } from '../../bindings/core.js';
import { argmax } from '../data/classes.js';
import { constantLoss } from './constant.js';
import { MEMBERS, SOME, fewRowsDecay } from './defaults.js';
import { LINEAR, ridgeFor, solved } from './linear.js';
import type { Problem } from './problem.js';
import type { Recipe } from './recipe.js';
import { type Recipes, build } from './recipes.js';
import type { Selected } from './choice.js';
import { trainByRecipe } from './training.js';

/** Fewer rows than this are few; below `SOME`, classes of fewer rows are. */
const FEW = 10;
const OF_A_CLASS = 3;

/** Decay of the linear classifier that is to get every row right. */
const LINEAR_DECAY = 0.001;

/** A line explains the rows if what it misses of each, when that is left out, is less than this share of the variance. */
const RESIDUE = 0.1;

/** A choice by rule. */
interface Ruled extends Selected {
  readonly members: number;
}

/** The choice where there are few rows; undefined where there are enough to search. */
export async function fewRows(engine: Engine, problem: Problem, recipes: Recipes, solvable: boolean): Promise<Ruled | undefined> {
  const { rows, classes } = problem;
  const by = (recipe: Recipe) => ({ ...recipe, by: 'rule' as const, folds: 0, candidates: [] });
  const { activation = 'lecunTanh', hidden, weightDecay } = recipes.fixed;
  if (hidden) {
    if (rows >= FEW) return undefined;
    if (hidden.length > 0 || !solvable || weightDecay !== undefined || !ridgeFor(problem))
      return { choice: by(recipes.byRule()), members: 1 };
    const linear = await solved(problem);
    return { choice: by(recipes.of(LINEAR, linear.weightDecay)), linear, members: 1 };
  }
  if (!classes) {
    if (rows >= FEW) return undefined;
    if (solvable && weightDecay === undefined && ridgeFor(problem)) {
      const linear = await solved(problem);
      const error = linear.errors.reduce((sum, e) => sum + e, 0) / rows;
      const recipe = recipes.of(LINEAR, linear.weightDecay);
      if (error < RESIDUE * constantLoss(engine, problem)) return { choice: by(recipe), linear, members: 1 };
    }
    return { choice: by(recipes.of({ hidden: [8], activation }, fewRowsDecay(problem.head.loss))), members: MEMBERS };
  }
  const members = new Map<number, number>();
  for (const c of classes) members.set(c, (members.get(c) ?? 0) + 1);
  const sole = [...members.values()].filter((count) => count === 1).length;
  const unjudged = 2 * sole > rows; // folds would leave out the minority that has fellows
  if (!unjudged && rows >= FEW && !(rows < SOME && Math.min(...members.values()) < OF_A_CLASS)) return undefined;
  const linear = recipes.of(LINEAR, LINEAR_DECAY);
  if (await separates(engine, problem, linear)) return { choice: by(linear), members: 1 };
  return { choice: by(recipes.of({ hidden: [64], activation }, fewRowsDecay(problem.head.loss))), members: MEMBERS };
}

/** Whether a linear classifier gets every row right. */
async function separates(engine: Engine, problem: Problem, recipe: Recipe): Promise<boolean> {
  const { outputs, classes, seed, data } = problem;
  const network = await build(problem, recipe, seed);
  try {
    const bar = { data, constant: constantLoss(engine, problem) };
    await trainByRecipe({ problem, recipe, network, rows: 'all, to be separated' }, data, bar, {}, false);
    const found = network.outputsFor(problem.X);
    return classes!.every((c, r) => argmax(found, r * outputs, outputs) === c);
  } finally {
    network.dispose();
  }
}
