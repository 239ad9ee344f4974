// Choosing shape and decay by held-out error, so that small sets are not overfitted: hidden units have to earn their place
// against a linear model.

import type { Engine } from '../../bindings/core.js';
import { Part } from '../../bindings/part.js';
import { FEW_ROWS, type SearchPlan, affordable, searchPlanFor } from './budget.js';
import { MANY_ROWS, MEMBERS, SOME, families, sampleCost } from './defaults.js';
import { Folds } from './folds.js';
import { LINEAR, linearTrial, ridgeFor, solved } from './linear.js';
import type { Problem } from './problem.js';
import type { Family, Fixed } from './recipe.js';
import { Recipes } from './recipes.js';
import type { Ridge } from './ridge.js';
import { type Between, Search, type Trial } from './search.js';
import type { Candidate, Selected } from './choice.js';

const FEW_ROWS_RULES = new Part('choices from few rows', () => import('./few-rows.js'));

/** What the user and the data leave to choose. */
interface SelectionOptions {
  readonly fixed: Fixed;
  /** Whether the linear model may be solved in closed form; it is trained where an option asks for that. */
  readonly solvable: boolean;
  /** Networks that the user asks for. */
  readonly members: number | undefined;
  /**
   * Whether networks of the folds may make up the model: not where an option, or rows that are no sample, ask for a training on
   * all.
   */
  readonly ofFolds: boolean;
  /** The problem with columns of long tails drawn in; undefined where there are none. */
  squashed(): Problem | undefined;
}

/** A family whose error on the first parts exceeds the best by this factor is given up. */
const HOPELESS = 1.2;

/**
 * Columns are drawn in where that leaves less than this share of the error; it is given up after so many parts where it leaves
 * more than that share.
 */
const DRAWN_IN = { adopt: 0.9, parts: 2, drop: 1.1 };

/**
 * Chooses shape and weight decay where the user has not: families of shapes with a middling decay first, then decays of the best,
 * then the best two on all folds, as far as the budget of multiply-adds (not of time: choices must be repeatable) allows. Of a
 * linear model and hidden units that do equally well the linear one wins: hidden units must be better by more than one standard
 * error.
 */
export async function select(engine: Engine, problem: Problem, latitude: SelectionOptions, between: Between): Promise<Selected> {
  const { fixed, solvable, members, ofFolds } = latitude;
  const recipes = new Recipes(problem, fixed);
  const { rows, inputs, outputs, all = rows } = problem;
  if (fixed.hidden && fixed.weightDecay !== undefined) {
    return { choice: { ...recipes.byRule(), by: 'given', folds: 0, ...several(members ?? 1), candidates: [] } };
  }
  const maybeFew = rows < SOME || 2 * outputs > rows; // else no class can be without fellows in most rows
  const few = maybeFew ? await (await FEW_ROWS_RULES.load()).fewRows(engine, problem, recipes, solvable) : undefined;
  if (few) return { ...few, choice: { ...few.choice, ...several(few.linear ? 1 : (members ?? few.members)) } };

  const shapes = shapesFor(problem, fixed);
  const costs = shapes.map((family) => {
    const { epochs } = recipes.of(family, 0);
    return { cost: epochs * all * sampleCost(inputs, family.hidden, outputs), shallow: family.hidden.length < 2 };
  });
  const anew = rows < MANY_ROWS || !ofFolds; // whether members are trained on all rows
  const wanted = members ?? (all < MANY_ROWS ? MEMBERS : 1);
  const wide =
    shapes.length > 0 ? searchPlanFor(rows, inputs, costs, fixed.weightDecay === undefined, anew ? wanted : 0) : undefined;
  const folds = new Folds(engine, problem, wide?.folds ?? (rows < FEW_ROWS ? 10 : inputs > rows ? 3 : 5));
  const plan = wide && { ...wide, first: Math.min(wide.first, folds.count) };
  const search = new Search(folds, recipes, between, 4 * folds.count, !anew);
  const alternatives: Search[] = [];
  try {
    const lonely = inputs > rows || shapes.length === 0; // where networks are too much work, the linear model is the choice
    const found = plan || lonely ? await linearFirst(search, solvable && !problem.apart && fixed.weightDecay === undefined) : {};
    const plain = plan && !search.halted ? await bestShape(search, plan, shapes, fixed.weightDecay) : undefined;
    const drawn = plain && !search.halted ? await drawnIn(search, plain, latitude, alternatives) : undefined;
    const best = drawn?.trial ?? plain;
    const candidates = [...(found.linear ? [found.trial!] : []), ...search.trials, ...(drawn ? [drawn.trial] : [])].map(
      candidateOf,
    );
    const how = drawn ? { squashed: true } : {};
    const by = { by: 'cross-validation' as const, folds: folds.count, candidates };
    const linearWins = found.trial && (best ? !search.surelyBetter(best, found.trial) : lonely || search.halted);
    if (found.trial && linearWins) {
      return { choice: { ...found.trial.recipe, ...by }, ...(found.linear && { linear: found.linear }) };
    }
    if (!best) {
      // Too much work to try several.
      const family = shapes.find(({ activation, hidden }) => activation === 'relu' && hidden.length === 1) ?? shapes[0]!;
      const recipe = recipes.of(family, decayOf(1, problem));
      const count = members ?? affordable(rows, inputs, costs[shapes.indexOf(family)]!.cost);
      return { choice: { ...recipe, by: 'rule', folds: 0, ...several(count), candidates } };
    }
    if (anew || members === 1 || best.folds < folds.count)
      return { choice: { ...best.recipe, ...by, ...several(wanted) }, ...how };
    const { networks, history } = (drawn?.search ?? search).take(best);
    const kept = networks.splice(0, members ?? MEMBERS);
    for (const network of networks) network.dispose();
    return { choice: { ...best.recipe, ...by, ...several(kept.length) }, networks: kept, history, ...how };
  } finally {
    for (const one of [search, ...alternatives]) one.dispose();
  }
}

/**
 * The best trial once more with columns of long tails drawn in, where that is clearly better.
 * @param alternatives gets the search that this takes, which the caller disposes of
 */
async function drawnIn(
  search: Search,
  best: Trial,
  { squashed }: SelectionOptions,
  alternatives: Search[],
): Promise<{ search: Search; trial: Trial } | undefined> {
  const problem = squashed();
  if (!problem) return undefined;
  const { recipe } = best;
  const other = search.alike(problem);
  alternatives.push(other);
  const parts = Math.min(DRAWN_IN.parts, search.folds.count);
  const first = await other.on(parts, recipe, recipe.weightDecay);
  const trial = first.error > DRAWN_IN.drop * search.asOf(best, parts) ? first : await other.whole(recipe, recipe.weightDecay);
  const clear = trial.folds === best.folds && trial.error < DRAWN_IN.adopt * best.error && search.surelyBetter(trial, best);
  return clear ? { search: other, trial } : undefined;
}

const several = (members: number) => (members > 1 ? { members } : {});

/** c/(rows + 100): decays that are as strong against the loss, and not too strong on a few dozen rows. */
function decayOf(c: number, { rows }: Problem): number {
  return c / (rows + 100);
}

/** Shapes with hidden units to choose from. */
function shapesFor({ rows, all = rows, outputs }: Problem, { hidden, activation }: Fixed): readonly Family[] {
  if (hidden) return hidden.length > 0 ? [{ hidden, activation: activation ?? 'lecunTanh' }] : [];
  if (!activation) return families(all, outputs);
  const shapes = new Map(families(all, outputs).map((family) => [family.hidden.join(), { ...family, activation }]));
  return [...shapes.values()];
}

/** The linear model, solved or trained. */
async function linearFirst(search: Search, solvable: boolean): Promise<{ trial?: Trial; linear?: Ridge }> {
  const { problem, recipes } = search;
  const { hidden } = recipes.fixed;
  if (hidden && hidden.length > 0) return {};
  if (solvable && ridgeFor(problem)) {
    const linear = await solved(problem);
    return { trial: search.trialOf({ ...recipes.of(LINEAR, linear.weightDecay) }, linear.errors), linear };
  }
  const trial = await linearTrial(search);
  return trial && trial.folds > 0 ? { trial } : {};
}

/** The best of the shapes and decays. */
async function bestShape(
  search: Search,
  plan: SearchPlan,
  shapes: readonly Family[],
  fixed: number | undefined,
): Promise<Trial | undefined> {
  const { problem } = search;
  const decay = (c: number) => fixed ?? decayOf(c, problem);
  const least = (trials: readonly Trial[]) => trials.reduce((a, b) => (b.error < a.error ? b : a));
  const tried = plan.shallow ? shapes.filter(({ hidden }) => hidden.length < 2) : shapes;
  const begun: Trial[] = [];
  for (const family of tried)
    if (!search.halted) begun.push(await search.on(plan.first === 2 ? 1 : plan.first, family, decay(1)));
  const leader = Math.min(...begun.map(({ error }) => error));
  const hopeful: Trial[] = [];
  for (const { recipe, error } of begun) {
    if (error <= HOPELESS * leader) hopeful.push(await search.on(plan.first, recipe, decay(1)));
  }
  if (hopeful.length === 0) return undefined;
  const winner = least(hopeful);
  const family = winner.recipe;
  const contenders: Trial[] = [...hopeful];
  const attempt = async (c: number) => {
    const trial = await search.on(plan.first, family, decay(c));
    contenders.push(trial);
    return trial;
  };
  if (fixed === undefined && !search.halted) {
    const strong = await attempt(10);
    const weak = await attempt(0.1);
    if (plan.refine) {
      const best = least([winner, strong, weak]);
      await attempt(best === weak ? 0.32 : 3.2);
      if (best === weak) await attempt(0.01);
      if (best === strong && problem.rows < LARGEST_OF_STRONG) await attempt(32);
    }
  }
  const ranked = contenders.filter(({ folds }) => folds >= plan.first).sort((a, b) => a.error - b.error);
  const finals: Trial[] = [];
  for (const { recipe } of ranked.slice(0, plan.keep)) finals.push(await search.whole(recipe, recipe.weightDecay));
  const complete = finals.filter(({ folds }) => folds === search.folds.count);
  return complete.length > 0 ? least(complete) : (finals[0] ?? winner);
}

/** Sets with more rows than this do not need the strongest decay. */
const LARGEST_OF_STRONG = 1500;

function candidateOf({ recipe: { hidden, activation, weightDecay }, error, folds }: Trial): Candidate {
  return { hidden, ...(hidden.length > 0 && { activation }), weightDecay, error, folds };
}
