// The interface between the training loop (training/loop.ts) and the methods, one file each.

import type { Arena, RealArray, Words } from '../../bindings/memory.js';
import type { Part } from '../../bindings/part.js';
import type { LastBatch } from '../data/batches.js';
import type { Order } from '../data/orders.js';
import type { SampleBuffers } from '../data/dataset.js';
import type { Plan } from '../plan/plan.js';
import type { Threads } from '../runtime/threads.js';
import type { Work } from '../runtime/work.js';
import type { Ending } from '../solve/smooth.js';

/** An epoch that comes in chunks. */
interface ChunkCounts {
  /** Rows of an epoch, once they are known. */
  readonly epochRows: number | undefined;
  /** Rows of the epoch under way up to the end of the chunk at hand. */
  readonly rowsSoFar: number;
}

/** How many samples a step takes, over a fit. */
export interface BatchSize {
  /** In the first epoch; in the last one before this fit, where it continues another. */
  readonly first: number;
  readonly continues: boolean;
  /** Where it began, in the first of the fits that continue each other. */
  readonly least: number;
  /** The most that it may become. */
  readonly limit: number;
  /** In the next epoch, after one with `size`; `epoch` counts those done. Missing where it stays the same. */
  next?(size: number, epoch: number): Work<number>;
}

/**
 * Samples that a method learns from, as they are now: where they come in chunks each `feed` replaces them, so that they have to
 * be looked up anew.
 */
export interface SamplesAtHand {
  get samples(): SampleBuffers;
  /** How many of them to learn. */
  get rows(): number;
  /** Their mean weight, by which steps measure a sample's; where samples come in chunks, that of as many as are known. */
  get meanWeight(): number;
  /** The class of each sample, where the order asks for it. */
  get classes(): Uint32Array | undefined;
}

/** What a method trains on: samples, and what the fit has settled. */
export interface Task extends SamplesAtHand {
  readonly plan: Plan;
  /** Memory for the length of the fit. */
  readonly arena: Arena;
  /** Which samples to learn; all of them when missing. */
  readonly subset: Words | undefined;
  /** Where samples come in chunks. */
  readonly stream: ChunkCounts | undefined;
  /** Samples per step. */
  readonly size: BatchSize;
  /** What becomes of samples that do not fill a batch. */
  readonly lastBatch: LastBatch;
  readonly order: Order;
  readonly extras: Extras;
  /** Epochs that the fit will take at most. */
  readonly epochs: number;
  /** A rate in the place of the method's own, where another is tried. */
  readonly rate?: number | undefined;
  readonly seed: number;
  readonly threads: Threads;
  /** Whether a worker takes the steps. */
  readonly background: boolean;
}

/** What goes around a method's rule. */
interface Extras {
  /** L1's weight, of kernels. */
  readonly l1: number;
  /** Bounds of the gradient's norm and of its elements; Infinity for none. */
  readonly clipNorm: number;
  readonly clipValue: number;
  /** How much of the weights' average a step keeps, 1 for the mean of all; undefined without averaging. */
  readonly average: number | undefined;
}

/** What a method remembers between fits, so that training can continue. Copies, in JavaScript's memory. */
export interface MethodState {
  /** The method's name: another one starts with what it finds of its own. */
  readonly method: string;
  /** Epochs done: the shuffling goes on from there. */
  readonly epoch: number;
  /** Steps taken and samples presented: rates that fall go on from there. */
  readonly step: number;
  readonly samples: number;
  /** Samples per step, where they grow. */
  readonly batchSize: number;
  /** What it remembers beside vectors: of first-order methods what rule-memory.ts names, of others numbers of their own. */
  readonly memory: readonly number[];
  readonly vectors: Readonly<Record<string, RealArray>>;
  /** How far the fit has come that this is a part of, where it is to be taken up; missing where another fit goes on. */
  readonly progress?: readonly number[];
}

/** Weight decay as the data determine it. */
export interface Regularisation {
  /** γ: parameters that the data determine, of all there are. */
  readonly effectiveParameters: number;
  /** λ. */
  readonly weightDecay: number;
}

/** The rates that are to come. */
export interface RatePlan {
  /** Whether the rate falls to less than half of what it is now by the end of the fit. */
  readonly falls: boolean;
  /** Goes through what is left of the fit in so many epochs from here. */
  hasten(epochs: number): void;
}

/** A method at work. */
export interface Training {
  /** How many steps the epoch that has begun takes, or its chunk at hand. */
  readonly stepsPerEpoch: number;
  /** Begins the next epoch. */
  begin(): Work<void> | undefined;
  /** Goes on with the next chunk of the epoch, whose samples the task now has; missing where a method takes the whole set. */
  feed?(): void;
  /** Puts the weights that count in place, where they are not those that steps are taken with; `begin` takes them back. */
  expose(): void;
  /**
   * Judges the last step of a fit as the next one would, and puts the weights kept in place where that would take it back; comes
   * to their loss then. What is remembered goes on from the step all the same.
   */
  settle?(): Work<number | undefined>;
  /** Takes up to `steps` steps of the epoch; comes to how many, fewer only at its end, or −1 where the loss is not finite. */
  advance(steps: number): Work<number> | number;
  /** The mean training loss of the epoch so far, each sample before the step that it took part in. */
  readonly loss: number;
  /** The largest magnitude in the last gradient; undefined where the method never forms one of the whole set. */
  readonly gradientNorm: number | undefined;
  /** Whether the last `advance` was a trial that led to no step: the epoch goes on. */
  readonly trial?: boolean;
  /** Why the method ended by itself, once it has. */
  readonly ended?: Ending | undefined;
  /** Whether the gradient is as small as the method asks for. */
  readonly small?: boolean;
  /** What the data said of weight decay, where the method asks them. */
  readonly regularisation?: Regularisation | undefined;
  /** The current learning rate, for reports. */
  readonly rate: number;
  /** Where the rate comes from, where that is a schedule or a function of the epoch. */
  readonly schedule?: RatePlan | undefined;
  /** Sample gradients computed so far, in units of one epoch. */
  readonly evaluations: number;
  state(): MethodState;
  /** The same for whoever takes up this fit: everything, with its progress. Between two epochs, unless `anytime`. */
  checkpoint(): MethodState;
  /** Whether what is remembered is at any time that of the end of the last epoch. */
  readonly anytime?: true;
}

/** A training method: its settings, and how to start it. */
export interface Method {
  readonly name: string;
  /** 'full' for methods that compare gradients of the whole set; they refuse mini-batches. */
  readonly batch?: 'full';
  /** 'float64' for methods that compute in it; a network of float32 is promoted, for good. */
  readonly precision?: 'float64';
  /** Whether the rate says how long its steps are, so that another rate in its place is another try. @internal */
  readonly paced?: true;
  /** Of early stopping, where `fit` does not say and there is a validation set. */
  readonly patience?: number;
  /** Whether the common binary has what it takes. @internal */
  readonly common?: boolean;
  /** What has to be loaded before it starts. @param shares whether threads may share its steps @internal */
  needs?(shares: boolean): readonly Part<unknown>[];
  /** @internal */
  start(task: Task, state?: MethodState): Training;
}

/** A method by its name, with its settings `O`. */
export type MethodOf<N extends string, O> = Method & { readonly name: N } & Readonly<O>;

/** Settings as options say them, where those that have no default may be undefined. */
export type Chosen<O> = { readonly [K in keyof O]: O[K] | undefined };

export function isMethod(value: unknown): value is Method {
  return typeof value === 'object' && value !== null && 'start' in value && typeof value.start === 'function';
}
