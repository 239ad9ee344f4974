// A model at work in linear memory: passes, losses and steps on batches. It lives as long as one call.

import type { DataType } from '@tensorflow/tfjs-core';
import { Arena } from '../../../bindings/memory.js';
import { tensors } from '../../../bindings/tensors.js';
import { freshSeed, halves } from '../../runtime/random.js';
import { Chain } from './chain.js';
import { type Model, engine } from './inside.js';
import type { Pass, Place } from './layers/operation.js';
import { compiledLoss } from './losses/compiled.js';
import type { LossName } from './losses/losses.js';
import { copied } from './memory.js';
import { type Metric, metricsOf } from './metrics.js';
import { Stepper, kindOf } from './optimizers/optimizers.js';
import { Parameters } from './parameters.js';
import { giveBackAll } from './variables.js';

/** What a trainer is made for. */
export interface Work {
  /** The most rows of a batch. */
  readonly rows: number;
  readonly training: boolean;
  /** Whether targets come with the inputs. */
  readonly compares: boolean;
  readonly dtype?: DataType;
  readonly seed?: number | undefined;
  /** Steps before this one's, of a trainer in whose place it comes: random layers draw by it. */
  readonly steps?: number;
}

export class Trainer {
  readonly core = tensors().core;
  readonly heap = tensors().heap;
  readonly chain: Chain;
  readonly parameters: Parameters;
  readonly metrics: readonly Metric[];
  /** Numbers of a sample's target. */
  readonly targetSize: number;
  /** A batch's inputs, targets and weights. */
  readonly x: number;
  readonly t: number;
  readonly w: number;
  private readonly arena = new Arena(this.heap);
  private readonly stepper: Stepper | undefined;
  private readonly loss: LossName | undefined;
  private readonly epsilon: number;
  private readonly width: number;
  private readonly times: number;
  private readonly errors: number = 0;
  private readonly learning: { training: true; low: number; high: number; step: number };
  private static readonly USE: Pass = { training: false, low: 0, high: 0, step: 0 };

  /** @throws UnsupportedError that names what cannot be done here */
  constructor(model: Model, { rows, training, compares, dtype = 'float32', seed, steps = 0 }: Work) {
    const { core, heap, arena } = this;
    this.chain = new Chain(model);
    const { chain } = this;
    // Nothing is drawn where no layer asks for it: the order of samples follows Math.random as it does in tfjs.
    const [low, high] = halves(seed ?? (chain.draws ? freshSeed() : 0));
    this.learning = { training: true, low, high, step: steps };
    this.loss = compares ? compiledLoss(model) : undefined;
    this.epsilon = engine().backend.epsilon();
    this.width = chain.outputShape.at(-1)!;
    this.times = chain.outputs / this.width;
    const targetWidth = this.loss === 'sparseCategoricalCrossentropy' ? 1 : this.width;
    this.targetSize = this.times * targetWidth;
    const shape = { shape: chain.outputShape, width: this.width, times: this.times, targetWidth, dtype };
    this.metrics = compares ? metricsOf(model, core, heap, shape) : [];
    const place: Place = { core, heap, arena, rows };
    try {
      const take = (size: number) => arena.allocate(4 * size * rows);
      this.x = take(chain.inputs);
      this.t = take(this.targetSize);
      this.w = take(1);
      chain.place(place, this.x);
      if (training) this.errors = take(chain.outputs);
      const kind = training ? kindOf(model.optimizer_!) : undefined;
      const collected = model.collectedTrainableWeights ?? [];
      this.parameters = new Parameters(core, heap, arena, chain.slots, collected, training, kind?.rate !== undefined);
      if (kind) {
        this.stepper = new Stepper(model.optimizer_!, kind, this.parameters, core, heap, arena);
        chain.placeBack(place, this.errors);
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Steps so far. */
  get steps(): number {
    return this.learning.step;
  }

  /** The outputs of the last pass. */
  get y(): number {
    return this.chain.y;
  }

  /** Outputs of so many rows at x. */
  predict(rows: number, x = this.x): void {
    this.chain.from(x);
    this.chain.forward(rows, Trainer.USE);
  }

  private lossOf(rows: number, targets: number, weights: number, errors: number): number {
    return this.core[this.loss!](rows * this.times, this.width, targets, this.y, weights, this.epsilon, errors);
  }

  /** The loss and metrics of so many rows, without regularizers. */
  measure(rows: number, x = this.x, t = this.t, w = 0): number[] {
    this.predict(rows, x);
    return [Math.fround(this.lossOf(rows, t, w, 0)), ...this.metricValues(rows, t)];
  }

  private metricValues(samples: number, targets: number): number[] {
    const { metrics, y: outputs } = this;
    return metrics.map((metric) => Math.fround(metric({ samples, targets, outputs })));
  }

  /** A step on so many rows. @returns their loss, with what regularizers add, and metrics, all as they were before it */
  step(rows: number, weighted: boolean, x = this.x, t = this.t, w = this.w): number[] {
    const { chain, parameters } = this;
    chain.from(x);
    chain.forward(rows, this.learning);
    const loss = this.lossOf(rows, t, weighted ? w : 0, this.errors);
    const values = this.metricValues(rows, t);
    chain.backward(rows, this.stepper!.share);
    values.unshift(Math.fround(loss + parameters.penalties(this.core)));
    this.stepper!.step();
    this.learning.step++;
    parameters.loans.step();
    return values;
  }

  /** Takes up what users have assigned since the last step. */
  takeUp(): void {
    const { loans } = this.parameters;
    if (!loans.touched) return;
    this.parameters.takeUp();
    this.stepper!.takeUp();
    loans.touched = false;
  }

  /** A batch's inputs, targets and weights go to x, t and w. */
  load(inputs: ArrayLike<number>, targets: ArrayLike<number>, weights?: ArrayLike<number>): void {
    new Float32Array(this.heap.buffer, this.x, inputs.length).set(inputs);
    new Float32Array(this.heap.buffer, this.t, targets.length).set(targets);
    if (weights) new Float32Array(this.heap.buffer, this.w, weights.length).set(weights);
  }

  /** A copy of numbers in linear memory. */
  copy(values: ArrayLike<number>): number {
    return copied({ heap: this.heap, arena: this.arena }, values);
  }

  /** Gives variables back as they are now, and the memory. */
  dispose(): void {
    try {
      giveBackAll([this.stepper, this.parameters].filter((each) => each !== undefined));
    } finally {
      this.arena.dispose();
    }
  }
}
