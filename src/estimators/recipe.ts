// A recipe: what a model is trained with, where it comes from, and how it is followed.

import type { Numerics } from '../../bindings/core.js';
import type { Precision } from '../../bindings/memory.js';
import type { Activation } from '../activations.js';
import { Dataset } from '../data/dataset.js';
import type { ShapedArray } from '../data/matrix.js';
import { concatenated } from './chunks.js';
import { MOMENTUM, annealed, batchSize, decayByRule, epochs, hiddenUnits, startRate, stepCurvature } from './defaults.js';
import type { Outcome } from '../fit/loop.js';
import type { FitOptions } from '../fit/options.js';
import type { Chunks } from '../fit/stream.js';
import { dense } from '../layers.js';
import { Network } from '../network.js';
import { sgd } from '../optim/sgd.js';
import type { Head } from './head.js';
import type { Threads } from '../threads.js';
import { type Techniques, hiddenLayers } from './techniques.js';

/** An encoded problem: what candidates are trained on. */
export interface Problem {
  readonly head: Head;
  readonly precision: Precision;
  readonly numerics: Numerics;
  readonly threads: Threads;
  readonly rows: number;
  /** Rows that there are in all, where these are a sample. */
  readonly all?: number;
  readonly inputs: number;
  readonly outputs: number;
  /** rows×inputs, centred and scaled. Where it is a dataset's, valid until memory grows: not to be kept. */
  readonly x: Float32Array | Float64Array;
  /** rows×outputs: standardised numbers, or one column per class. As `x`. */
  readonly t: Float32Array | Float64Array;
  /** One weight a row. */
  readonly w: Float64Array | undefined;
  /** The class of each row. */
  readonly classes: Uint32Array | undefined;
  readonly seed: number;
  readonly techniques: Techniques;
}

/**
 * A problem without the rows that weigh nothing: a part held out to choose by, or the rest, might consist of nothing else.
 */
export function withoutWeightless(problem: Problem): Problem {
  const { w } = problem;
  return w?.includes(0)
    ? someRows(
        problem,
        Uint32Array.from(w.keys()).filter((r) => w[r]! > 0),
      )
    : problem;
}

/** A problem of some of its rows. */
export function someRows(problem: Problem, kept: Uint32Array): Problem {
  const { inputs, outputs, x, t, w, classes } = problem;
  return {
    ...problem,
    rows: kept.length,
    x: picked(x, inputs, kept),
    t: picked(t, outputs, kept),
    w: w && Float64Array.from(kept, (r) => w[r]!),
    classes: classes && Uint32Array.from(kept, (r) => classes[r]!),
  };
}

/** Problems of the same kind as one of all their rows. */
export function together(problems: readonly Problem[], precision: Precision): Problem {
  const reals = precision === 'float32' ? new Float32Array() : new Float64Array();
  const [first] = problems;
  return {
    ...first!,
    rows: problems.reduce((sum, { rows }) => sum + rows, 0),
    x: concatenated(
      problems.map(({ x }) => x),
      reals,
    ),
    t: concatenated(
      problems.map(({ t }) => t),
      reals,
    ),
    w:
      first!.w &&
      concatenated(
        problems.map(({ w }) => w!),
        new Float64Array(),
      ),
    classes:
      first!.classes &&
      concatenated(
        problems.map(({ classes }) => classes!),
        new Uint32Array(),
      ),
  };
}

/** The rows of a row-major matrix that indices pick. */
export function picked(
  a: Float32Array | Float64Array,
  columns: number,
  indices: Uint32Array,
): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  const result =
    a instanceof Float32Array ? new Float32Array(indices.length * columns) : new Float64Array(indices.length * columns);
  indices.forEach((from, i) => {
    result.set(a.subarray(from * columns, (from + 1) * columns), i * columns);
  });
  return result;
}

/** A problem whose rows are a dataset, in linear memory and nowhere else; the dataset is to be disposed of. */
export function placed(problem: Problem): { problem: Problem; data: Dataset } {
  const { x, t, w, inputs, outputs, precision } = problem;
  const data = new Dataset(shaped(x, inputs), shaped(t, outputs), { precision, ...(w && { weights: w }) });
  const views = {
    get x() {
      return data.views.x;
    },
    get t() {
      return data.views.y;
    },
  };
  const { x: _, t: __, ...rest } = problem;
  return { problem: Object.defineProperties(rest as Problem, Object.getOwnPropertyDescriptors(views)), data };
}

/** What a model is trained with. */
export interface Recipe {
  /** Units of hidden layers, from the bottom up; none makes a linear model. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly weightDecay: number;
  /** The rate that training starts with. */
  readonly rate: number;
  readonly momentum: number;
  readonly epochs: number;
  readonly batchSize: number;
}

/** What the user fixed. */
export type Fixed = { [K in keyof Recipe]: Recipe[K] | undefined };

/** The recipe by rule alone, with what the user fixed. */
export function recipe(problem: Problem, fixed: Fixed): Recipe {
  const { head, rows, inputs, outputs, x, all = rows } = problem;
  const hidden = fixed.hidden ?? [hiddenUnits(inputs, outputs)];
  const batch = fixed.batchSize ?? batchSize(all);
  return {
    hidden,
    activation: fixed.activation ?? 'lecunTanh',
    weightDecay: fixed.weightDecay ?? decayByRule(rows),
    rate: fixed.rate ?? startRate(head.loss, stepCurvature(x, rows, inputs, batch), Math.max(0, ...hidden)),
    momentum: fixed.momentum ?? MOMENTUM,
    epochs: fixed.epochs ?? epochs(all),
    batchSize: batch,
  };
}

/**
 * A recipe chosen on a sample, for all rows: what goes by their number goes by all of them, and decay, a multiple of 1/rows, is as
 * strong against their loss.
 */
export function scaledUp<R extends Recipe>(chosen: R, sample: Problem, fixed: Fixed): R {
  const { rows, all = rows } = sample;
  if (all <= rows) return chosen;
  const { epochs: passes, batchSize: batch, rate } = recipe(sample, { ...fixed, hidden: chosen.hidden });
  const weightDecay = fixed.weightDecay ?? (chosen.weightDecay * rows) / all;
  return { ...chosen, epochs: passes, batchSize: batch, rate, weightDecay };
}

/** A fresh network for a recipe. */
export function build(problem: Problem, { hidden, activation }: Recipe): Promise<Network> {
  const { head, precision, numerics, threads, inputs, outputs, seed, techniques } = problem;
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

/**
 * Trains a network by a recipe and techniques; where that diverges, again from the start with a third of the rate.
 * @param options of the fit, beside those that the recipe and the techniques give
 */
export async function train(
  network: Network,
  { method: own, fit }: Techniques,
  data: Dataset | ShapedArray | Chunks,
  targets: ShapedArray | undefined,
  { rate, momentum, weightDecay, epochs: all, batchSize: batch }: Recipe,
  options: FitOptions,
): Promise<Outcome> {
  const common = { batchSize: batch, ...fit, ...options, epochs: all };
  if (own) return network.train(data, targets, { ...common, method: own });
  const start = network.getWeights();
  for (let first = rate; ; first /= 3) {
    const method = sgd({ rate: annealed(first, all), momentum, weightDecay });
    const outcome = await network.train(data, targets, { ...common, method });
    if (outcome.history.reason !== 'diverged' || first < rate / 1000) return outcome;
    network.setWeights(start);
  }
}

/** A row-major array as a matrix. */
export function shaped(data: Float32Array | Float64Array, columns: number): ShapedArray {
  return { data, shape: [data.length / columns, columns] };
}
