// fit: training on tensors.

import type { Tensor } from '@tensorflow/tfjs-core';
import { Arena } from '../../../../bindings/memory.js';
import { tensors } from '../../../../bindings/tensors.js';
import { Purpose, halves } from '../../../runtime/random.js';
import { averaged } from '../averages.js';
import { checkedBatchSize, disposeOthers, numbersOf } from '../data.js';
import { notImplemented, valueError } from '../errors.js';
import type { Model } from '../inside.js';
import { checkClassWeights } from '../losses/compiled.js';
import { copied } from '../memory.js';
import { Settings } from '../settings.js';
import { Trainer, type Work } from '../trainer.js';
import { type FitArgs, checkSeed } from './args.js';
import { History, type Logs, Totals, enter, heldOut } from './history.js';
import { Listeners } from './listeners.js';
import { weightsOf } from './weights.js';

/** Rows that stand in linear memory. */
interface Rows {
  readonly x: number;
  readonly t: number;
  readonly w: number;
  readonly count: number;
}

/** Shuffles as tfjs does, so that the same random numbers give the same order. */
function shuffled(order: Uint32Array): void {
  for (let count = order.length; count > 0; ) {
    const i = (Math.random() * count) | 0;
    count--;
    const swapped = order[count]!;
    order[count] = order[i]!;
    order[i] = swapped;
  }
}

/** Tensors that a fit was given, standardized. */
interface Prepared {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly weights: Float32Array | undefined;
  readonly validation: readonly [Tensor, Tensor] | undefined;
  /** Rows that are trained on; the others are held out. */
  readonly rows: number;
}

/** A fit under way. */
class Fit {
  private trainer: Trainer;
  private settings: Settings;
  /** Of data: a trainer may make room for another. */
  private readonly memory = { heap: tensors().heap, arena: new Arena(tensors().heap) };
  private readonly work: Work;
  private readonly batchSize: number;
  private readonly labels: readonly string[];
  private readonly order: number;
  private readonly train: Rows;
  private held: Rows | undefined;

  constructor(
    private readonly model: Model,
    private readonly args: FitArgs,
    prepared: Prepared,
    data: readonly (() => ArrayLike<number>)[],
    private readonly listeners: Listeners,
  ) {
    this.batchSize = checkedBatchSize(args.batchSize);
    this.labels = model.getDedupedMetricsNames();
    const { rows, y, weights, x } = prepared;
    this.work = { rows: this.batchSize, training: true, compares: true, dtype: y.dtype, seed: args.seed };
    this.trainer = new Trainer(model, this.work);
    const { trainer, memory } = this;
    this.settings = new Settings(model, trainer.chain);
    try {
      checkClassWeights(model, args.classWeight);
      const [xs, ts, heldX, heldT] = data;
      const copy = (values: ArrayLike<number>) => copied(memory, values);
      this.train = { x: copy(xs!()), t: copy(ts!()), w: weights ? copy(weights) : 0, count: rows };
      if (heldX && heldT) {
        this.held = { x: copy(heldX()), t: copy(heldT()), w: 0, count: prepared.validation![0].shape[0]! };
      } else if (x.shape[0]! > rows) {
        const { chain, targetSize } = trainer;
        const [from, fromT] = [this.train.x + 4 * rows * chain.inputs, this.train.t + 4 * rows * targetSize];
        this.held = { x: from, t: fromT, w: 0, count: x.shape[0]! - rows };
      }
      this.order = memory.arena.allocate(4 * Math.max(rows, 1));
      this.indices().set(Array.from({ length: rows }, (_, i) => i));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Takes up what callbacks have changed of the model. */
  private renew(): void {
    if (this.settings.areCurrent) return;
    this.trainer.dispose();
    this.trainer = new Trainer(this.model, { ...this.work, steps: this.trainer.steps });
    this.settings = new Settings(this.model, this.trainer.chain);
  }

  private indices(): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.trainer.heap.buffer, this.order, this.train.count);
  }

  /** Puts the rows in an order for an epoch. */
  private reorder(epoch: number): void {
    const { shuffle = true, seed } = this.args;
    if (shuffle === 'batch') throw notImplemented('batch shuffling is not implemneted yet');
    if (!shuffle) return;
    if (seed === undefined) shuffled(this.indices());
    else this.trainer.core.permutation(this.train.count, ...halves(seed), Purpose.order, epoch, 0, this.order);
  }

  /** A step on the rows from `start` on in the order. */
  private step(start: number, rows: number): number[] {
    const { trainer, train } = this;
    const { core, chain } = trainer;
    const at = this.order + 4 * start;
    core.gather(rows, chain.inputs, at, train.x, trainer.x);
    core.gather(rows, trainer.targetSize, at, train.t, trainer.t);
    if (train.w) core.gather(rows, 1, at, train.w, trainer.w);
    return trainer.step(rows, train.w !== 0);
  }

  /** Loss and metrics of the rows that are held out. */
  private validate(): number[] {
    const { trainer, batchSize } = this;
    const { x, t, count } = this.held!;
    return averaged(count, batchSize, (start, rows) =>
      trainer.measure(rows, x + 4 * start * trainer.chain.inputs, t + 4 * start * trainer.targetSize),
    );
  }

  async run(): Promise<History> {
    const { model, args, listeners, labels, batchSize } = this;
    const { epochs = 1, initialEpoch = 0, verbose = 1 } = args;
    const validates = this.held !== undefined;
    const heldLabels = validates ? heldOut(labels) : [];
    const { count } = this.train;
    const history = new History({
      epochs,
      initialEpoch,
      samples: count,
      steps: null,
      batchSize,
      verbose,
      doValidation: validates,
      metrics: [...labels, ...heldLabels],
    });
    listeners.begin(history, model);
    const totals = new Totals(labels);
    await listeners.trainBegin();
    model.stopTraining_ = false;
    for (let epoch = initialEpoch; epoch < epochs; epoch++) {
      await listeners.epochBegin(epoch);
      this.renew();
      const logs: Logs = {};
      totals.begin();
      this.reorder(epoch);
      for (let batch = 0, start = 0; start < count; batch++, start += batchSize) {
        const batchLogs: Logs = {};
        const begun = listeners.batchBegin(batch, batchLogs);
        if (begun) await begun;
        this.trainer.takeUp();
        const size = Math.min(batchSize, count - start);
        const values = this.step(start, size);
        batchLogs['batch'] = batch;
        batchLogs['size'] = size;
        enter(batchLogs, labels, values);
        totals.add(size, values);
        if (validates && start + batchSize >= count) enter(logs, heldLabels, this.validate());
        const ended = listeners.batchEnd(batch, batchLogs);
        if (ended) await ended;
        if (model.stopTraining_) break;
      }
      totals.end(logs);
      await listeners.epochEnd(epoch, logs);
      history.add(epoch, logs);
      if (model.stopTraining_) break;
    }
    await listeners.trainEnd();
    return history;
  }

  dispose(): void {
    try {
      this.trainer.dispose();
    } finally {
      this.memory.arena.dispose();
    }
  }
}

/** Arguments without those that are null: tfjs takes defaults for them. */
function withoutNulls(args: FitArgs): FitArgs {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null)) as FitArgs;
}

/** A fit by a method of this library, all of which comes when it is asked for. */
async function byMethod(
  model: Model,
  [x, y]: readonly [Tensor, Tensor],
  validation: readonly [Tensor, Tensor] | undefined,
  rows: number,
  weights: Float32Array | undefined,
  args: FitArgs,
): Promise<History> {
  const { fitByMethod, splitRows } = await import('../method/library.js');
  const split = await splitRows(x, y, rows);
  try {
    const own = weights?.subarray(0, rows);
    return await fitByMethod(model, validation ? { ...split, held: validation } : split, own, args);
  } finally {
    for (const tensor of [...split.train, ...(split.held ?? [])]) tensor.dispose();
  }
}

/** tfjs's fit, on a model that has been built. */
export async function fit(model: Model, x: unknown, y: unknown, given: FitArgs, begin: () => void): Promise<History> {
  const args = withoutNulls(given);
  checkSeed('fit', args.seed);
  if (model.isTraining) throw new Error('Cannot start training because another fit() call is ongoing.');
  model.isTraining = true;
  const made: [Tensor[], unknown][] = [];
  try {
    const batchSize = checkedBatchSize(args.batchSize);
    const [xs, ys, classWeights] = await model.standardizeUserData(x, y, null, args.classWeight, false, batchSize);
    made.push([xs, x], [ys, y]);
    const count = xs[0]!.shape[0]!;
    const weights = await weightsOf(classWeights, args.sampleWeight, count);
    let validation: [Tensor, Tensor] | undefined;
    let rows = count;
    const { validationData, validationSplit: split } = args;
    if (validationData && validationData.length > 0) {
      if (validationData.length === 3) throw notImplemented('validationData including sample weights is not supported yet.');
      if (validationData.length !== 2) {
        throw valueError(
          `When passing validation data, it must contain 2 (valX, valY) or 3 (valX, valY, valSampleWeight) items; ${validationData} is invalid.`,
        );
      }
      const [heldX, heldY] = await model.standardizeUserData(validationData[0], validationData[1], null, null, true, batchSize);
      made.push([heldX, validationData[0]], [heldY, validationData[1]]);
      validation = [heldX[0]!, heldY[0]!];
    } else if (split !== undefined && split > 0 && split < 1) {
      rows = Math.floor(count * (1 - split));
    } else if (args.validationSteps !== undefined) {
      throw valueError('Can only use `validationSteps` when doing step-wise training, i.e., `stepsPerEpoch` must be set.');
    }
    model.checkTrainableWeightsConsistency();
    if (args.method !== undefined) return await byMethod(model, [xs[0]!, ys[0]!], validation, rows, weights, args);
    const listeners = new Listeners(args.callbacks, args.yieldEvery);
    const data = await Promise.all([xs[0]!, ys[0]!, ...(validation ?? [])].map((tensor) => numbersOf('x', tensor)));
    const prepared = { x: xs[0]!, y: ys[0]!, weights, validation, rows };
    const under = new Fit(model, args, prepared, data, listeners);
    begin();
    try {
      return await under.run();
    } finally {
      under.dispose();
      listeners.dispose();
    }
  } finally {
    model.isTraining = false;
    for (const [tensors, given] of made) disposeOthers(tensors, given);
  }
}
