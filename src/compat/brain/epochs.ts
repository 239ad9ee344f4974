// Training by many patterns a call: cut where a callback, the log or a deadline wants to be heard, and where a turn is over.

import type { TimeSlice } from '../../training/time-slice.js';
import type { PatternNetwork, Rule } from './pattern-network.js';
import type { Patterns } from './patterns.js';
import type { FormattedDatum, INeuralNetworkState, TrainOpts } from './types.js';

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

  /** Epochs, as trainingTick would take them one by one, or a part of one. @returns whether there may be more */
  advance(): boolean {
    const { learner, status, slice } = this;
    const { iterations, errorThresh, callback, callbackPeriod, log, logPeriod } = learner.trainOpts;
    const patterns = this.memory();
    const isOver = status.iterations >= iterations || status.error <= errorThresh || Date.now() >= this.endTime;
    if (patterns.next === 0 && isOver) return false;
    let epochs = Math.ceil(iterations - status.iterations);
    if (callback) epochs = Math.min(epochs, until(callbackPeriod, status.iterations));
    if (log) epochs = Math.min(epochs, until(logPeriod, status.iterations));
    const began = performance.now();
    const steps = stepsFor(patterns, epochs, slice.stride);
    learner.core.alpha = learner.alpha;
    const done = learner.core.train(patterns, learner.rule, steps, errorThresh);
    slice.took(steps, performance.now() - began);
    if (done.iterations === 0) return true;
    status.iterations += done.iterations;
    status.error = done.error;
    if (log && status.iterations % logPeriod === 0) learner.say(status);
    if (callback && status.iterations % callbackPeriod === 0) {
      callback({ iterations: status.iterations, error: status.error });
    }
    return true;
  }

  /** Where the rows are in the memory of the network, which a callback may have begun anew. */
  private memory(): Patterns {
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

/** As many steps as a call may take: whole epochs, which end the training, or the next part of a long one. */
function stepsFor({ count, next }: Patterns, epochs: number, most: number): number {
  const rest = count - next;
  if (most < rest) return most;
  return rest + count * Math.min(epochs - 1, Math.floor((most - rest) / count));
}
