// Choosing size and decay by held-out error, so that small sets are not overfitted: hidden units have to earn their place
// against a linear model.

import type { Engine } from '../../bindings/core.js';
import { deal, permutation } from '../data/split.js';
import { DECAY, DECAYS, LINEAR_DECAYS, patternCost } from './defaults.js';
import { Purpose } from '../random.js';
import { type Fixed, type Problem, type Recipe, build, picked, recipe, shaped, train } from './recipe.js';
import { type Ridge, ridge, ridgeCost } from './ridge.js';

/** A candidate and how it did. */
export interface Candidate {
  readonly hidden: readonly number[];
  readonly weightDecay: number;
  /** Mean squared error on rows that it did not learn from (of standardised targets, of class probabilities, or of other outputs from
   * their target values). */
  readonly error: number;
}

/** What was chosen, and why. What only training uses is left out where the linear model was solved in closed form. */
export interface Choice extends Partial<Recipe> {
  readonly hidden: readonly number[];
  readonly weightDecay: number;
  /** How: 'given' (by options), 'rule' (too much work to try several), 'holdout' or 'cross-validation'. */
  readonly by: 'given' | 'rule' | 'holdout' | 'cross-validation';
  /** Parts that took turns in being left out; 0 without validation, 1 with a holdout. */
  readonly folds: number;
  /** All that was tried. */
  readonly candidates: readonly Candidate[];
}

/** Multiply-adds that choosing may cost: a second or so. */
const BUDGET = 1.2e10;

/** A holdout needs this many rows to judge by; with fewer, folds take turns. */
const HOLDOUT_ROWS = 2000;

/** With fewer rows than this, folds say nothing. */
const FEWEST_ROWS = 10;

/** Called between trainings; says whether to go on. */
export type Between = (done: number, all: number) => Promise<boolean>;

/** The choice, and the linear model in closed form where that won. */
export interface Selected {
  readonly choice: Choice & Recipe;
  readonly linear?: Ridge;
}

/** A choice without what only training uses. */
export function untrained({ hidden, weightDecay, by, folds, candidates }: Choice): Choice {
  return { hidden, weightDecay, by, folds, candidates };
}

/**
 * Chooses hidden units and weight decay where the user has not. Tries weight decays from strong to weak with and without
 * hidden units, on folds or a holdout, as far as the budget of multiply-adds (not of time: choices must be repeatable) allows.
 * Of two that do equally well the simpler one wins: hidden units must be better by more than one standard error.
 * @param solvable whether the linear model may be solved in closed form; it is trained where an option asks for that
 */
export async function select(
  engine: Engine,
  problem: Problem,
  fixed: Fixed,
  solvable: boolean,
  between: Between,
): Promise<Selected> {
  const base = recipe(problem, fixed);
  const sizes = fixed.hidden ? [fixed.hidden] : [base.hidden, []];
  if (fixed.hidden && fixed.weightDecay !== undefined) return { choice: { ...base, by: 'given', folds: 0, candidates: [] } };
  const { head, rows, inputs, outputs } = problem;
  const scope = scopeFor(rows, base.epochs * rows * patternCost(inputs, base.hidden[0] ?? 0, outputs));
  if (!scope) return { choice: { ...base, by: 'rule', folds: 0, candidates: [] } };
  const { folds } = scope;
  const decays = (hidden: readonly number[]) =>
    fixed.weightDecay !== undefined
      ? [fixed.weightDecay]
      : (hidden.length > 0 ? scope.decays : LINEAR_DECAYS).map((c) => c / rows);

  const order = permutation(engine, rows, problem.seed, Purpose.folds);
  const parts =
    folds === 1
      ? [deal(order, [0.75, 0.25], problem.classes)[1]!]
      : deal(order, new Array<number>(folds).fill(1 / folds), problem.classes);
  const closed =
    solvable &&
    fixed.weightDecay === undefined &&
    head.activation === 'linear' &&
    head.loss === 'meanSquaredError' &&
    sizes.some((hidden) => hidden.length === 0) &&
    ridgeCost(rows, inputs) < BUDGET / 8;
  const tried: Trial[] = [];
  let linear: Ridge | undefined;
  const all = sizes.reduce((n, hidden) => n + (hidden.length === 0 && closed ? 1 : decays(hidden).length * parts.length), 0);
  let done = 0;
  for (const hidden of sizes) {
    if (hidden.length === 0 && closed) {
      linear = ridge(problem.x, problem.t, rows, inputs, outputs, problem.w);
      tried.push(judged(problem, hidden, linear.weightDecay, linear.errors, parts));
      if (!(await between(++done, all))) break;
      continue;
    }
    let rises = 0;
    for (const weightDecay of decays(hidden)) {
      const errors = new Float64Array(rows);
      for (const part of parts) {
        await heldOutErrors(problem, { ...base, hidden, weightDecay }, part, errors);
        if (!(await between(++done, all))) return { choice: chosen(base, tried, folds) };
      }
      const trial = judged(problem, hidden, weightDecay, errors, parts);
      const best = Math.min(...tried.filter((t) => t.hidden === hidden).map((t) => t.error));
      tried.push(trial);
      rises = trial.error > best ? rises + 1 : 0;
      if (rises === 2) break; // the error has a single minimum in the decay
    }
  }
  const choice = chosen(base, tried, folds);
  return linear && choice.hidden.length === 0 ? { choice, linear } : { choice };
}

/** How thoroughly to choose. */
interface Scope {
  readonly folds: number;
  /** Decays to try with hidden units, as multiples of 1/rows. */
  readonly decays: readonly number[];
}

/** The most thorough scope that the budget allows, if any, for trainings of `cost` multiply-adds. */
function scopeFor(rows: number, cost: number): Scope | undefined {
  if (rows < FEWEST_ROWS) return undefined;
  const coarse = [DECAYS[0], DECAY, DECAYS[3]];
  const scopes: Scope[] =
    rows >= HOLDOUT_ROWS
      ? [
          { folds: 1, decays: DECAYS },
          { folds: 1, decays: coarse },
        ]
      : [
          { folds: 5, decays: DECAYS },
          { folds: 3, decays: DECAYS },
          { folds: 3, decays: coarse },
          { folds: 3, decays: [DECAY] },
        ];
  return scopes.find(({ folds, decays }) => cost * folds * decays.length <= BUDGET);
}

interface Trial extends Candidate {
  readonly errors: Float64Array;
  readonly judged: Uint32Array;
}

function judged(
  { w }: Problem,
  hidden: readonly number[],
  weightDecay: number,
  errors: Float64Array,
  parts: readonly Uint32Array[],
): Trial {
  const rows = Uint32Array.from(parts.flatMap((part) => [...part]));
  let sum = 0;
  let weight = 0;
  for (const r of rows) {
    sum += (w ? w[r]! : 1) * errors[r]!;
    weight += w ? w[r]! : 1;
  }
  return { hidden, weightDecay, error: sum / weight, errors, judged: rows };
}

/** The best trial; the best linear one unless hidden units beat it by more than a standard error of the difference. */
function chosen(base: Recipe, tried: readonly Trial[], folds: number): Choice & Recipe {
  const best = (trials: readonly Trial[]) =>
    trials.reduce<Trial | undefined>((a, b) => (a && a.error <= b.error ? a : b), undefined);
  const overall = best(tried);
  const linear = best(tried.filter(({ hidden }) => hidden.length === 0));
  const pick = overall && linear && overall !== linear && !better(overall, linear) ? linear : overall;
  const candidates = tried.map(({ hidden, weightDecay, error }) => ({ hidden, weightDecay, error }));
  return {
    ...base,
    ...(pick && { hidden: pick.hidden, weightDecay: pick.weightDecay }),
    by: pick ? (folds === 1 ? 'holdout' : 'cross-validation') : 'rule',
    folds: pick ? folds : 0,
    candidates,
  };
}

function better(a: Trial, b: Trial): boolean {
  const n = a.judged.length;
  let mean = 0;
  for (const r of a.judged) mean += (b.errors[r]! - a.errors[r]!) / n;
  let square = 0;
  for (const r of a.judged) {
    const d = b.errors[r]! - a.errors[r]! - mean;
    square += (d * d) / n;
  }
  return mean > 0 && mean * mean > square / n;
}

/** Trains on all rows but a part, and writes the squared error of each row of that part. */
async function heldOutErrors(problem: Problem, r: Recipe, part: Uint32Array, errors: Float64Array): Promise<void> {
  const { head, rows, inputs, outputs, w } = problem;
  const held = new Set(part);
  const rest = Uint32Array.from({ length: rows }, (_, i) => i).filter((i) => !held.has(i));
  const net = await build(problem, r);
  try {
    const weights = w ? { sampleWeights: picked(w, 1, rest) } : {};
    await train(
      net,
      problem.techniques,
      shaped(picked(problem.x, inputs, rest), inputs),
      shaped(picked(problem.t, outputs, rest), outputs),
      r,
      weights,
    );
    const found = net.predict(shaped(picked(problem.x, inputs, part), inputs));
    const { t } = problem;
    part.forEach((row, i) => {
      let s = 0;
      for (let o = 0; o < outputs; o++) {
        const [a, target] = [found[i * outputs + o]!, t[row * outputs + o]!];
        // Beyond ±1 on the right side is right under the hinge.
        const e = head.loss === 'hinge' ? Math.max(1 - a * target, 0) : a - target;
        s += e * e;
      }
      errors[row] = s / outputs;
    });
  } finally {
    net.dispose();
  }
}
