// Training that goes on with rows as they come: how large its steps may be, and when it has failed.

import { isEmphasis } from '../data/orders.js';
import type { History } from '../training/history.js';
import type { FitOptions } from '../training/options.js';
import type { Network } from '../network/network.js';
import type { Method } from '../methods/method.js';
import { sgd } from '../methods/sgd.js';
import { decayByRule, largestEigenvalue, noiseRate, startRate } from './defaults.js';
import { type Change, fold, folded } from './rescaling.js';
import type { Head } from './head.js';
import type { Problem } from './problem.js';
import type { Fixed, Recipe } from './recipe.js';
import { type InputCurvature, type StreamState, freshState } from './stream-state.js';

export { change } from './rescaling.js';

/** Follows a change of scalings, in the network and in what it takes with it. */
export function moved(network: Network, { state, loss, good }: StreamState, change: Change): StreamState {
  return { state: fold(network, state, change), loss, good: good && folded(network, good, change) };
}

/** A pace, and what bounds the next steps. */
interface StepBounds {
  readonly pace: InputCurvature;
  /** The square of a row, and the largest eigenvalue of the covariance, not to be underestimated. */
  readonly square: number;
  readonly eigenvalue: number;
  /** Rows of a step. */
  readonly size: number;
}

/** The share of the square of its largest row that the rate of a batch answers for: so no step overshoots. */
const LARGEST_ROW = 0.4;

/**
 * The pace of the stream with one more batch; what bounds steps is the mean over rows so far, or what this batch has if that is
 * more.
 */
export function stepBounds(
  { x, rows, inputs }: Problem,
  batchSize: number,
  pace: InputCurvature = { rows: 0, square: 0, eigenvalue: 0 },
): StepBounds {
  if (rows === 0) return { ...pace, pace, size: batchSize };
  let [sum, largest] = [0, 0];
  for (let r = 0; r < rows; r++) {
    let square = 0;
    for (let i = r * inputs; i < (r + 1) * inputs; i++) square += x[i]! * x[i]!;
    sum += square;
    largest = Math.max(largest, square);
  }
  const here = { square: sum / rows, eigenvalue: largestEigenvalue(x, rows, inputs) };
  const all = pace.rows + rows;
  const square = pace.square + (rows / all) * (here.square - pace.square);
  const eigenvalue = pace.eigenvalue + (rows / all) * (here.eigenvalue - pace.eigenvalue);
  return {
    pace: { rows: all, square, eigenvalue },
    square: Math.max(square, here.square, LARGEST_ROW * largest),
    eigenvalue: Math.max(eigenvalue, here.eigenvalue),
    size: Math.min(batchSize, rows),
  };
}

/** Steps of a stream are so much smaller than those that a fit begins with: they do not fall, since a stream has no end. */
const SHARE = 1 / 5;

/**
 * A recipe for the next rows: the rate bounded by the curvature so far, and the weight decay, in a model that a stream began, by
 * the rows so far. What the user fixed is taken as given.
 * @param rows of a stream that began the model, so far; undefined where a fit did
 */
export function nextRecipe(
  recipe: Recipe,
  fixed: Fixed,
  { loss }: Head,
  { square, eigenvalue, size }: StepBounds,
  rows: number | undefined,
): Recipe {
  const { hidden, momentum } = recipe;
  const bound = Math.min(
    startRate(loss, eigenvalue + square / size, Math.max(0, ...hidden)),
    noiseRate(loss, square, hidden, momentum, size) / SHARE,
  );
  return {
    ...recipe,
    rate: fixed.rate ?? (rows === undefined ? Math.min(recipe.rate, bound) : bound),
    weightDecay: fixed.weightDecay ?? (rows === undefined ? recipe.weightDecay : decayByRule(rows, loss)),
  };
}

/** Options of the network's training on the next rows. */
export function stepOptions(problem: Problem, { rate, momentum, weightDecay, batchSize }: Recipe, given: FitOptions): FitOptions {
  const { method = sgd({ rate: rate * SHARE, momentum, weightDecay }), fit } = problem.techniques;
  const all = { batchSize, ...fit, ...given, method };
  const whole = all.batchSize === 'full' || (typeof all.batchSize === 'number' && all.batchSize >= problem.rows);
  const picks = all.order === 'emphasize' || isEmphasis(all.order);
  return {
    ...all,
    ...(whole && picks && { order: 'shuffle' }), // there is nothing to pick from
  };
}

/**
 * What a loss must become to be cause for concern: so many times that of a constant prediction, and of good weights on the same
 * rows.
 */
const WORSE = 10;

/** The running loss up to which weights are good; rows that it looks back on, and the most that a batch counts in it. */
const GOOD = 2;
const WINDOW = 50;
const MOST = 100;

/** About the loss of a constant prediction. */
function lossOfConstant({ head, outputs }: Problem): number {
  if (head.loss === 'crossEntropy') return 32 - Math.clz32(outputs - 1); // ⌈log₂⌉: the natural one, or little more
  return head.loss === 'hinge' ? 1 : (head.high - head.low) ** 2;
}

/** The outcome of training on some rows. */
interface Continued {
  readonly history: History;
  readonly standing: StreamState;
}

/**
 * Trains a network on the next rows, and goes back to the last good weights where that diverges: where the loss on these rows,
 * before they were learned or after, is ten times that of a constant prediction and ten times that of the good weights. Rows far
 * from all others, and a stream that turns, are hard for any weights.
 */
async function continued(network: Network, before: StreamState, problem: Problem, options: FitOptions): Promise<Continued> {
  const { data } = problem;
  const unit = lossOfConstant(problem);
  const lossOf = () => network.evaluate(data).loss / unit;
  const start = network.theta.read();
  const { history, state } = await network.fitWithState(data, undefined, options, {
    resume: before.state,
    watches: false,
    resumable: false,
  });
  if (history.reason === 'signal' && history.evaluations === 0) return { history, standing: before };
  const now = lossOf();
  const first = (history.loss[0] ?? now * unit) / unit;
  const worst = Math.max(first, now); // NaN where one is
  const loss = before.loss + (problem.rows / (problem.rows + WINDOW)) * (Math.min(first, MOST) - before.loss);
  const good = before.good ?? start;
  if (history.reason !== 'diverged') {
    if (worst <= WORSE) return { history, standing: { state, loss, good: loss <= GOOD ? start : good } };
    const theta = network.theta.read();
    network.theta.view().set(good);
    if (worst <= WORSE * Math.max(1, lossOf())) {
      network.theta.view().set(theta);
      return { history, standing: { state, loss, good } };
    }
  }
  network.theta.view().set(good);
  const advice = adviceFor(options.method as Method);
  return { history: { ...history, reason: 'diverged', bestEpoch: 0, advice }, standing: { ...freshState(), good } };
}

/** The same of several networks, one after another. The record is that of the first that diverged, or else of the first. */
export async function allContinued(
  networks: readonly Network[],
  before: readonly StreamState[],
  problem: Problem,
  options: FitOptions,
): Promise<{ readonly history: History; readonly standings: readonly StreamState[] }> {
  const all: Continued[] = [];
  for (const [k, network] of networks.entries()) {
    all.push(await continued(network, before[k]!, problem, options));
    if (all[0]!.history.reason === 'signal' && all[0]!.history.evaluations === 0) break;
  }
  const { history } = all.find((one) => one.history.reason === 'diverged') ?? all[0]!;
  return { history, standings: networks.map((_, k) => all[k]?.standing ?? before[k]!) };
}

/** What to try after a divergence. */
function adviceFor(method: Method): string {
  const rate = (method as { rate?: unknown }).rate;
  const lower =
    method.name === 'sgd' && typeof rate === 'number'
      ? `a rate of ${Number((rate / SHARE / 3).toPrecision(2))} or less (partialFit takes a fifth of it; it was ${Number((rate / SHARE).toPrecision(2))})`
      : `a lower rate of ${method.name}`;
  const rest = 'clip: { norm: 1 }, or look for rows far from all others';
  return `the loss became more than ${WORSE} times that of the last good weights, which are in place again; try ${lower}, ${rest}`;
}
