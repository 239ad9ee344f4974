// Candidates tried on rows that they have not learned from, fold by fold, as far as somebody lets it go on.

import type { History } from '../training/history.js';
import type { Network } from '../network/network.js';
import type { Folds } from './folds.js';
import type { Problem } from './problem.js';
import type { Family, Recipe } from './recipe.js';
import { Recipes } from './recipes.js';

/** A candidate, and how it does. */
export interface Trial {
  readonly recipe: Recipe;
  /** Parts that have been left out so far: the first ones. */
  readonly folds: number;
  /** Mean squared error on their rows. */
  readonly error: number;
  /** Of each row that was left out. */
  readonly errors: Float64Array;
}

/** Called between trainings; says whether to go on. */
export type Between = (done: number, all: number) => Promise<boolean>;

/** A candidate under way. */
interface Entry {
  readonly recipe: Recipe;
  readonly errors: Float64Array;
  readonly networks: Network[];
  history: History | undefined;
  folds: number;
}

/** Candidates under way. */
export class Search {
  readonly problem: Problem;
  /** Whether to stop with what there is. */
  halted = false;
  private readonly entries: Entry[] = [];
  private done = 0;

  /**
   * @param expected how many trainings there may be, about
   * @param keeps whether networks of the folds are kept: they may become the model
   */
  constructor(
    readonly folds: Folds,
    readonly recipes: Recipes,
    private readonly between: Between,
    private readonly expected: number,
    private readonly keeps: boolean,
  ) {
    this.problem = folds.problem;
  }

  /** A family with a decay on the first parts, so many of them; those that it has been tried on are not tried again. */
  async on(parts: number, family: Family, weightDecay: number): Promise<Trial> {
    const recipe = this.recipes.of(family, weightDecay);
    let entry = this.entries.find((e) => same(e.recipe, recipe));
    if (!entry) {
      entry = { recipe, errors: new Float64Array(this.problem.rows), networks: [], history: undefined, folds: 0 };
      this.entries.push(entry);
    }
    while (entry.folds < parts && !this.halted) {
      const { network, trained } = await this.folds.leaveOut(entry.folds, recipe, entry.errors);
      entry.history ??= trained.history;
      if (this.keeps) entry.networks.push(network);
      else network.dispose();
      entry.folds++;
      this.done++;
      this.halted = !(await this.between(this.done, Math.max(this.expected, this.done)));
    }
    return this.trial(entry);
  }

  /** A family with a decay on all parts. */
  whole(family: Family, weightDecay: number): Promise<Trial> {
    return this.on(this.folds.count, family, weightDecay);
  }

  /** A search on the same parts of the same rows, encoded in another way. */
  alike(problem: Problem): Search {
    const folds = this.folds.of(problem);
    const other = new Search(folds, new Recipes(problem, this.recipes.fixed), this.between, this.expected, this.keeps);
    other.done = this.done;
    return other;
  }

  /** A trial as of the first parts only, so that it compares with one of those. */
  asOf(trial: Trial, folds: number): number {
    return this.meanError(trial.errors, Math.min(folds, trial.folds));
  }

  /** A model that did not have to be trained, with an error for each row. */
  trialOf(recipe: Recipe, errors: Float64Array): Trial {
    const folds = this.folds.count;
    return { recipe, errors, folds, error: this.meanError(errors, folds) };
  }

  /** Mean squared errors of all that was tried. */
  get trials(): Trial[] {
    return this.entries.filter(({ folds }) => folds > 0).map((entry) => this.trial(entry));
  }

  /** Whether a does better than b by more than one standard error of the difference, row by row. */
  surelyBetter(a: Trial, b: Trial): boolean {
    const rows = this.rowsOf(Math.min(a.folds, b.folds));
    const { w } = this.problem;
    const weight = (r: number) => (w ? w[r]! : 1);
    const all = rows.reduce((sum, r) => sum + weight(r), 0);
    const difference = (r: number) => b.errors[r]! - a.errors[r]!;
    const mean = rows.reduce((sum, r) => sum + weight(r) * difference(r), 0) / all;
    const variance = rows.reduce((sum, r) => sum + (weight(r) * (difference(r) - mean)) ** 2, 0) / (all * all);
    return mean > 0 && mean * mean > variance;
  }

  /** The networks of a trial, which are the caller's from here on, and the record of the first one's training. */
  take(trial: Trial): { networks: Network[]; history: History } {
    const { networks, history } = this.entries.find(({ recipe }) => recipe === trial.recipe)!;
    return { networks: networks.splice(0), history: history! };
  }

  dispose(): void {
    for (const { networks } of this.entries) for (const network of networks.splice(0)) network.dispose();
    this.folds.dispose();
  }

  private trial({ recipe, errors, folds }: Entry): Trial {
    return { recipe, errors, folds, error: this.meanError(errors, folds) };
  }

  private rowsOf(folds: number): number[] {
    return this.folds.parts.slice(0, folds).flatMap((part) => [...part]);
  }

  private meanError(errors: Float64Array, folds: number): number {
    const { w } = this.problem;
    let sum = 0;
    let weight = 0;
    for (const r of this.rowsOf(folds)) {
      sum += (w ? w[r]! : 1) * errors[r]!;
      weight += w ? w[r]! : 1;
    }
    return weight > 0 ? sum / weight : Infinity;
  }
}

function same(a: Recipe, b: Recipe): boolean {
  return a.hidden.join() === b.hidden.join() && a.activation === b.activation && a.weightDecay === b.weightDecay;
}
