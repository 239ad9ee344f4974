// How thoroughly to choose: work is bounded by multiply-adds, not by time, so that choices are repeatable.

import { MANY_ROWS } from './defaults.js';

/** How many trainings a search may take, and of what. */
export interface SearchPlan {
  /** Parts that take turns in being left out. */
  readonly folds: number;
  /** Parts on which families are compared first. */
  readonly first: number;
  /** Candidates that are tried on all parts. */
  readonly keep: number;
  /** Whether decays between those of the first round are tried. */
  readonly refine: boolean;
  /** Whether only models with one hidden layer are tried. */
  readonly shallow: boolean;
}

/** Multiply-adds that a search may cost: a second or so; more where a single training costs as much. */
function budget(rows: number, inputs: number): number {
  if (rows * inputs >= 1e6) return 1.2e11;
  return rows < MANY_ROWS ? 3e10 : 4.5e10;
}

/** Below so many rows families are compared on all parts, and parts are smaller. */
export const FEW_ROWS = 30;

/** From the most thorough on. */
const PLANS: readonly SearchPlan[] = [
  { folds: 5, first: 2, keep: 2, refine: true, shallow: false },
  { folds: 5, first: 1, keep: 2, refine: false, shallow: false },
  { folds: 3, first: 1, keep: 2, refine: false, shallow: false },
  { folds: 3, first: 1, keep: 1, refine: false, shallow: false },
  { folds: 2, first: 1, keep: 1, refine: false, shallow: true },
];

/** Trainings of a plan, about, for so many families and decays that are not fixed. */
function trainings({ folds, first, keep, refine }: SearchPlan, families: number, decays: boolean): number {
  const tuned = decays ? (refine ? 4 : 2) * first : 0;
  return families * first + tuned + keep * (folds - first);
}

/**
 * The most thorough plan that the budget allows, if any.
 * @param costs of one training of each family, in multiply-adds; those with one hidden layer are `shallow`
 * @param decays whether decays are to be chosen, too
 * @param members networks that are trained on all rows behind the search
 */
export function searchPlanFor(
  rows: number,
  inputs: number,
  costs: readonly { readonly cost: number; readonly shallow: boolean }[],
  decays: boolean,
  members: number,
): SearchPlan | undefined {
  const mean = (some: readonly { readonly cost: number }[]) => some.reduce((sum, { cost }) => sum + cost, 0) / some.length;
  const plan = PLANS.find((p) => {
    const some = p.shallow ? costs.filter(({ shallow }) => shallow) : costs;
    return some.length > 0 && mean(some) * (trainings(p, some.length, decays) + members) <= budget(rows, inputs);
  });
  return plan && rows < FEW_ROWS ? { ...plan, folds: 10, first: 10 } : plan;
}

/** The share of the budget that linear models may take. */
const LINEAR_SHARE = 1 / 6;

/** Whether the budget allows so many trainings of a linear model. */
export function affordsLinear(rows: number, inputs: number, cost: number, times: number): boolean {
  return cost * times <= LINEAR_SHARE * budget(rows, inputs);
}

/** How many networks the budget affords where there is no choosing: one at least, two at most. */
export function affordable(rows: number, inputs: number, cost: number): number {
  return 2 * cost <= budget(rows, inputs) ? 2 : 1;
}
