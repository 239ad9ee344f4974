// Weights to go back to.

import type { RealArray } from '../../bindings/memory.js';
import type { PartState } from './checkpoint.js';
import type { Work } from '../runtime/work.js';
import type { FitSubject } from './subject.js';

/**
 * What the largest weight, once for each layer, makes of inputs near 1: far beyond what learning ends with, and below float32's
 * 10³⁸.
 */
const VAST = 1e9;

/** Weights, and the epoch (from 1; 0: none yet) that they came from. */
interface KeptWeights {
  readonly weights: RealArray;
  readonly epoch: number;
}

/**
 * Copies of the weights: those that the fit began with, the best that were seen, and those of the last epoch, of which the next
 * will tell how good they were. No kernel reads them, so they are kept in JavaScript's memory, which shrinks again.
 */
export class Snapshot {
  readonly start: RealArray;
  private best: KeptWeights;
  private last: KeptWeights;
  private least = Infinity;

  /** @param part of a fit that is taken up */
  constructor(
    private readonly subject: FitSubject,
    part?: PartState,
  ) {
    this.start = part?.vectors['start'] ?? subject.theta.read();
    this.best = { weights: this.start, epoch: 0 };
    this.last = this.best;
    if (!part) return;
    const { best, last } = part.vectors;
    const [bestEpoch, lastEpoch, least] = part.numbers as [number, number, number];
    if (best) this.best = { weights: best.slice(), epoch: bestEpoch };
    this.last = last ? { weights: last.slice(), epoch: lastEpoch } : this.best;
    this.least = least;
  }

  /** What a fit that takes this one up needs. */
  get part(): PartState {
    const { start, best, last, least } = this;
    const own = best.weights !== start && { best: best.weights };
    const other = last.weights !== start && last.weights !== best.weights && { last: last.weights };
    return { numbers: [best.epoch, last.epoch, least], vectors: { start, ...own, ...other } };
  }

  /** Whether the weights are finite now. */
  get finite(): boolean {
    return Number.isFinite(this.magnitude);
  }

  /** Whether the weights are so large now that outputs may overflow, or lose all meaning. */
  get vast(): boolean {
    return !(this.magnitude ** this.subject.architecture.layers.length < VAST);
  }

  private get magnitude(): number {
    const { engine, theta } = this.subject;
    return engine.core.largestMagnitude(theta.length, theta.address);
  }

  /** The weights of now are the best. */
  take(epoch: number): void {
    this.best = this.copy(epoch, this.best, this.last);
  }

  /** An epoch has ended whose loss speaks for the weights that it began with: they were there before its first step. */
  follow(epoch: number, loss: number): void {
    if (loss < this.least) {
      this.least = loss;
      [this.best, this.last] = [this.last, this.best];
    }
    this.last = this.copy(epoch, this.last, this.best);
  }

  /** Goes back to the best weights; returns the epoch that they came from. */
  restore(): number {
    this.subject.theta.view().set(this.best.weights);
    return this.best.epoch;
  }

  /** Goes back to the latest of the copies: the weights of the last whole epoch, or the best where only those are kept. */
  restoreLatest(): void {
    const { best, last } = this;
    this.subject.theta.view().set((last.epoch > best.epoch ? last : best).weights);
  }

  /** Does work at the weights that the fit began with. */
  *atStart<T>(work: Work<T>): Work<T> {
    const { theta } = this.subject;
    const now = theta.read();
    theta.view().set(this.start);
    try {
      return yield* work;
    } finally {
      theta.view().set(now);
    }
  }

  /** Goes back to the start; returns the number of epochs that led there. */
  restart(): number {
    this.subject.theta.view().set(this.start);
    return 0;
  }

  /** The weights of now, in the place of others that nobody needs. */
  private copy(epoch: number, { weights }: KeptWeights, other: KeptWeights): KeptWeights {
    const { theta } = this.subject;
    if (weights === this.start || weights === other.weights) return { weights: theta.read(), epoch };
    weights.set(theta.view());
    return { weights, epoch };
  }
}
