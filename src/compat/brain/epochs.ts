// Training by many epochs a call: cut where a callback, the log or a deadline wants to be heard.

import type { TimeSlice } from '../../training/time-slice.js';
import type { PatternNetwork, Rule } from './pattern-network.js';
import type { Patterns } from './patterns.js';
import type { FormattedDatum, INeuralNetworkState, TrainOpts } from './types.js';

/** As many epochs as a call is asked for at most. */
const MOST = 2 ** 30;

/** The network that learns, as training sees it. */
export interface Learner {
  readonly trainOpts: TrainOpts;
  readonly core: PatternNetwork;
  readonly rule: Rule;
  /** The slope of leaky-relu below 0. */
  readonly alpha: number;
  /** Tells the log. */
  say(status: INeuralNetworkState): void;
}

/** Iterations until the next multiple of the period. */
const until = (period: number, iterations: number) => Math.max(Math.ceil(period - (iterations % period)), 1);

/** Epoch after epoch over the same rows. */
export class Epochs {
  private core: PatternNetwork | undefined;
  private patterns: Patterns | undefined;

  /** @param slice how much a call may do at a time: so that the engine can replace slow code between calls, and for deadlines */
  constructor(
    private readonly learner: Learner,
    private readonly rows: readonly FormattedDatum[],
    private readonly status: INeuralNetworkState,
    private readonly endTime: number,
    private readonly slice: TimeSlice,
  ) {}

  /** Some epochs, as trainingTick would take them one by one. @returns whether there may be more */
  advance(): boolean {
    const { learner, status, slice } = this;
    const { iterations, errorThresh, callback, callbackPeriod, log, logPeriod } = learner.trainOpts;
    if (status.iterations >= iterations || status.error <= errorThresh || Date.now() >= this.endTime) return false;
    let epochs = Math.min(Math.ceil(iterations - status.iterations), MOST, slice.stride);
    if (callback) epochs = Math.min(epochs, until(callbackPeriod, status.iterations));
    if (log) epochs = Math.min(epochs, until(logPeriod, status.iterations));
    const began = performance.now();
    learner.core.alpha = learner.alpha;
    const done = learner.core.train(this.loaded(), learner.rule, epochs, errorThresh);
    slice.took(done.iterations, performance.now() - began);
    status.iterations += done.iterations;
    status.error = done.error;
    if (log && status.iterations % logPeriod === 0) learner.say(status);
    if (callback && status.iterations % callbackPeriod === 0) {
      callback({ iterations: status.iterations, error: status.error });
    }
    return true;
  }

  /** The rows in the memory of the network, which a callback may have begun anew. */
  private loaded(): Patterns {
    const { core } = this.learner;
    if (core !== this.core) {
      this.dispose();
      this.patterns = core.patterns(this.rows);
      this.core = core;
    }
    return this.patterns!;
  }

  dispose(): void {
    this.patterns?.dispose();
    this.patterns = undefined;
  }
}
