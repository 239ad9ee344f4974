// What an interrupted fit is taken up from: all that the rest of it depends on, as it was between two epochs.

import type { RealArray } from '../../bindings/memory.js';
import type { MethodState } from '../methods/method.js';
import type { Asked } from './asked.js';
import { type History, type StopReason, emptyHistory } from './history.js';

/** What a part of the loop remembers. */
export interface PartState {
  readonly numbers: readonly number[];
  readonly vectors: Readonly<Record<string, RealArray>>;
}

/** What stands at the beginning of an epoch. */
export interface EpochStart {
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

/** What a network goes on from. */
export interface NetworkState {
  /** What `partialFit` goes on from. */
  readonly memory: MethodState | undefined;
  /** The fit to be taken up. */
  readonly checkpoint: Checkpoint | undefined;
}
