// What an interrupted fit is taken up from: all that the rest of it depends on, as it was between two epochs.

import type { RealArray } from '../../bindings/memory.js';
import { EfficientBackpropError } from '../runtime/errors.js';
import type { MethodState, Training } from '../methods/method.js';
import { type Asked, requireSame } from './asked.js';
import { type History, type StopReason, emptyHistory } from './history.js';
import type { FitSettings } from './options.js';
import type { FitSubject } from './subject.js';

/** What a part of the loop remembers. */
export interface PartState {
  readonly numbers: readonly number[];
  readonly vectors: Readonly<Record<string, RealArray>>;
}

/** What stands at the beginning of an epoch. */
interface EpochStart {
  /** All of the network's parameters, and running statistics. */
  readonly weights: RealArray;
  /** Undefined before the first epoch of a method that goes on from nothing. */
  readonly method: MethodState | undefined;
}

/** Parts of the loop by name. */
export const PART_NAMES = ['record', 'snapshot', 'growth', 'patience', 'stream'] as const;
export type PartStates = Readonly<Record<(typeof PART_NAMES)[number], PartState>>;

/** A fit between two epochs, as the loop knows it. */
export interface FitCheckpoint extends EpochStart {
  readonly asked: Asked;
  readonly parts: PartStates;
  /** Why it was to end at this epoch of itself. */
  readonly stop: StopReason | undefined;
}

/** A fit between two epochs, with what only the network knows. */
export interface Checkpoint extends FitCheckpoint {
  /** Of a fit whose rate the library chose: how often it was lowered, and the weights before the fit. */
  readonly lowered: number;
  readonly before: RealArray | undefined;
  /** Whether layers waited for data before the fit. */
  readonly waited: boolean;
}

/** Goes back to where a fit was. @throws OptionError, DataError where something else was asked; nothing has changed then */
export function goBack(
  { theta }: FitSubject,
  { asked: before, weights }: FitCheckpoint,
  asked: Asked,
  settings: FitSettings,
): void {
  requireSame(before, asked, settings);
  theta.view().set(weights);
}

/** What to remember of a record. */
export function recordPart(history: History, time: number): PartState {
  const { loss, validationLoss, metrics, epochs, bestEpoch, evaluations, regularisation } = history;
  const named = Object.entries(metrics).map(([name, list]) => [METRIC + name, list] as const);
  const lists = { loss, validationLoss, ...Object.fromEntries(named) };
  const vectors = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, Float64Array.from(list)]));
  const found = regularisation ? [regularisation.effectiveParameters, regularisation.weightDecay] : [];
  return { numbers: [epochs, bestEpoch, evaluations, time, ...found], vectors };
}

const METRIC = 'metrics.';

/** A record that goes on. */
export function recordFrom({ numbers, vectors }: PartState, seed: number): History {
  const [epochs, bestEpoch, evaluations, , effectiveParameters, weightDecay] = numbers as [
    number,
    number,
    number,
    number,
    ...number[],
  ];
  const history: History = { ...emptyHistory(seed), epochs, bestEpoch, evaluations };
  if (effectiveParameters !== undefined) history.regularisation = { effectiveParameters, weightDecay: weightDecay! };
  for (const [name, values] of Object.entries(vectors)) {
    const list = Array.from(values);
    if (name.startsWith(METRIC)) history.metrics[name.slice(METRIC.length) as keyof History['metrics']] = list;
    else history[name as 'loss' | 'validationLoss'].push(...list);
  }
  return history;
}

/** Makes checkpoints of a fit under way. */
export class Checkpointer {
  /** What the epoch under way began with, where that has been copied. */
  private back: EpochStart | undefined;
  private within = true;
  private over = false;

  /**
   * @param first what the first epoch begins with
   * @param interruptible whether an epoch may be interrupted: only then it is worth copies
   * @param rest what stays as it is during an epoch
   */
  constructor(
    private readonly subject: FitSubject,
    private readonly training: Training,
    first: EpochStart,
    private readonly interruptible: boolean,
    private readonly rest: () => Omit<FitCheckpoint, keyof EpochStart>,
  ) {
    this.back = first;
  }

  /**
   * An epoch begins, which can be interrupted in its midst where it has more steps than `stride`: only then copies are made. Of
   * the first one it is known what it begins with.
   */
  begin(stride: number): void {
    if (!this.within) {
      const copies = this.interruptible && !this.training.anytime && stride < this.training.stepsPerEpoch;
      this.back = copies ? this.now() : undefined;
    }
    this.within = true;
  }

  /** An epoch has ended, with all that belongs to it recorded. */
  end(): void {
    this.within = false;
    this.back = undefined;
  }

  /** From here on the fit is not interrupted any more. */
  finish(): void {
    this.over = true;
    this.back = undefined;
  }

  /**
   * As of the end of the last whole epoch; undefined once the fit is over.
   * @throws EfficientBackpropError in an epoch that is not interruptible
   */
  get checkpoint(): FitCheckpoint | undefined {
    if (this.over) return undefined;
    const inside = this.within && !this.training.anytime;
    const standing = this.back ?? (inside ? undefined : this.now());
    if (standing) return { ...standing, ...this.rest() };
    const how = 'save its state in onEpoch, or give it a signal or a timeLimit, with which it can be taken up from anywhere';
    throw new EfficientBackpropError(`the fit is in the midst of an epoch: ${how}`);
  }

  private now(): EpochStart {
    return { weights: this.subject.theta.read(), method: this.training.checkpoint() };
  }
}
