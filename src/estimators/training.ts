// Training by a recipe, and what is done where that explodes.

import type { Dataset } from '../data/dataset.js';
import type { Outcome } from '../training/loop.js';
import type { FitOptions } from '../training/options.js';
import type { Chunks } from '../training/chunks.js';
import { adam } from '../methods/adam.js';
import type { Method } from '../methods/method.js';
import { sgd } from '../methods/sgd.js';
import { CLIP, annealed } from './defaults.js';
import type { Head } from './head.js';
import type { TrainingKey } from './journal.js';
import type { Problem } from './problem.js';
import type { Techniques } from './techniques.js';
import type { Recipe } from './recipe.js';

/** A training to be done. */
interface TrainingTask extends TrainingKey {
  readonly problem: Problem;
  /** Instead of the problem's. */
  readonly techniques?: Techniques;
}

/** How often training begins again with a third of the rate. */
export const RESTARTS = 4;

/** A loss that exceeds the best constant's by this factor is that of a fit which has failed. */
const EXCESS = 1.01;

/** What came of training. */
export interface Trained extends Outcome {
  /** The rate that the weights come from. */
  readonly rate: number;
  /** How often training began again. */
  readonly restarts: number;
  /** Whether it failed even so: the loss is more than the best constant's. */
  readonly failed: boolean;
}

/** Where a constant is right, no network has to beat it: losses below this are good. */
const GOOD = { crossEntropy: 0.05, meanSquaredError: 1e-4, hinge: 0.05 };

/** Below this the loss of a constant is that of one that is right. */
const RIGHT = 1e-6;

/** What training is measured by, without noise and decay. */
export interface Baseline {
  /** The loss of the best constant. */
  readonly constant: number;
  /** What the network's loss is measured on. */
  readonly data: Dataset;
}

/** Whether a loss is no more than the best constant's, times a factor. */
export function holds(loss: number, { constant }: Baseline, kind: keyof typeof GOOD, factor: number): boolean {
  return loss <= Math.max(factor * constant, constant < RIGHT ? GOOD[kind] : 0);
}

/**
 * Trains a network from its own start. A fit whose loss ends above the best constant's by more than 1 %, or diverges, begins
 * again with a third of the rate, at most four times; a method of the user's own has its own rates, and one try.
 * @param options of the fit, beside those that the recipe and the techniques give
 * @param remembers whether somebody may go on from what the method remembers
 */
export async function trainByRecipe(
  task: TrainingTask,
  data: Dataset | Chunks,
  bar: Baseline,
  options: FitOptions,
  remembers = true,
): Promise<Trained> {
  const { network, recipe, problem, techniques = problem.techniques } = task;
  const { method: own, fit } = techniques;
  const { journal } = problem;
  const before = await journal?.replayed(task);
  if (before) return before;
  const { rate, epochs, batchSize, hidden } = recipe;
  const descends = hidden.length > 0 && recipe.method === undefined && !own;
  const common: FitOptions = { batchSize, ...(descends && { clip: CLIP }), ...fit, ...options, epochs };
  const start = network.getWeights();
  let first = rate;
  for (let restarts = 0; ; restarts++, first /= 3) {
    const from = journal?.begin(task, restarts);
    if (from && restarts < from.restarts) continue;
    if (from?.restarts === restarts) network.recall({ memory: undefined, checkpoint: from.checkpoint });
    const method = own ?? methodOf(recipe, first);
    const given = { ...common, method, ...(journal && { resume: 'ifAny' as const }) };
    const outcome = await network.fitWithState(data, undefined, given, {
      remembers,
      watches: false,
      resumable: journal !== undefined,
    });
    const { reason } = outcome.history;
    const failed = reason === 'diverged' || !holds(network.lossOn(bar.data), bar, network.loss as Head['loss'], EXCESS);
    const over = reason === 'signal' || reason === 'timeLimit';
    if (!failed || own || over || restarts === RESTARTS) {
      const trained = { ...outcome, rate: first, restarts, failed };
      journal?.end(task, trained);
      return trained;
    }
    network.setWeights(start);
  }
}

function methodOf({ method, momentum, weightDecay, epochs }: Recipe, first: number): Method {
  const rate = annealed(first, epochs);
  return method === 'adam' ? adam({ rate, beta1: momentum, weightDecay }) : sgd({ rate, momentum, weightDecay });
}
