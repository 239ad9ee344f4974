// Callbacks as tfjs takes them: objects with some functions, arrays of those, and objects of classes derived from its own.

import { isPromise } from '../../../runtime/callbacks.js';
import type { Model } from '../inside.js';
import { type YieldEvery, interval, nextFrame } from './frames.js';
import type { History, Logs, Params } from './history.js';
import { Scalars } from './scalars.js';

type Answer = unknown;

/** Functions of a caller's. */
interface Callbacks {
  onTrainBegin?(logs?: Logs): Answer;
  onTrainEnd?(logs?: Logs): Answer;
  onEpochBegin?(epoch: number, logs?: Logs): Answer;
  onEpochEnd?(epoch: number, logs?: Logs): Answer;
  onBatchBegin?(batch: number, logs?: Logs): Answer;
  onBatchEnd?(batch: number, logs?: Logs): Answer;
  onYield?(epoch: number, batch: number, logs: Logs): Answer;
  nowFunc?(): number;
  nextFrameFunc?(): Promise<void>;
  setParams?(params: Params): void;
  setModel?(model: unknown): void;
}

type Event = 'onTrainBegin' | 'onTrainEnd' | 'onEpochBegin' | 'onEpochEnd' | 'onBatchBegin' | 'onBatchEnd';

const isOfClass = (callbacks: Callbacks) => typeof callbacks.setParams === 'function' && typeof callbacks.setModel === 'function';

const EVENTS = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd'] as const;

/** Calls a caller's function: those of whole trainings are given logs alone. */
function call(callbacks: Callbacks, event: Event, first: number | undefined, logs: Logs): Answer {
  if (event === 'onTrainBegin' || event === 'onTrainEnd') return callbacks[event]!(logs);
  return callbacks[event]!(first!, logs);
}

/** All who listen to a fit, and the turns of the event loop between its batches. */
export class Listeners {
  private readonly all: readonly Callbacks[];
  private readonly heard: Record<Event, readonly Callbacks[]>;
  private readonly yields: readonly Callbacks[];
  private readonly every: number | 'batch' | 'epoch' | 'never';
  private readonly now: () => number;
  private readonly frame: () => Promise<void>;
  private last: number;
  private epoch = 0;

  /** @throws Error in tfjs's words */
  constructor(given: unknown, yieldEvery: YieldEvery | null | undefined) {
    const list = given === null || given === undefined ? [{}] : Array.isArray(given) ? given : [given];
    this.all = list as Callbacks[];
    this.every = interval(yieldEvery);
    this.yields = this.all.filter(({ onYield }) => onYield !== null && onYield !== undefined);
    if (this.every === 'never' && this.yields.length > 0) {
      throw new Error(
        'yieldEvery is `never` but you provided an `onYield` callback. Either change `yieldEvery` or remove the callback',
      );
    }
    const own = this.all.find(({ nowFunc }) => nowFunc);
    this.now = own ? () => own.nowFunc!() : () => performance.now();
    const framed = this.all.find(({ nextFrameFunc }) => nextFrameFunc);
    this.frame = framed ? () => framed.nextFrameFunc!() : nextFrame;
    this.last = this.now();
    this.heard = {} as Record<Event, Callbacks[]>;
  }

  /** Makes a record the model's, and tells of what is about to begin. */
  begin(history: History, model: Model): void {
    for (const each of this.all) {
      each.setParams?.(history.params);
      each.setModel?.(model);
    }
    for (const event of EVENTS) this.heard[event] = this.all.filter((each) => typeof each[event] === 'function');
    model.history = history;
  }

  /** Whether anybody listens. */
  hears(event: Event): boolean {
    return this.heard[event].length > 0;
  }

  /**
   * Tells one after the other, and waits for each that wants it. Plain objects are told numbers, and who comes after them too;
   * objects of classes before them see tensors. @returns a promise only where there is something to wait for
   */
  private tell(event: Event, first: number | undefined, logs: Logs, from = 0, before?: Logs): Promise<void> | undefined {
    const heard = this.heard[event];
    let shown = before;
    for (let i = from; i < heard.length; i++) {
      const each = heard[i]!;
      if (!isOfClass(each)) shown = logs;
      else shown ??= (event === 'onEpochEnd' ? this.ofEpochs : this.ofBatch).show(logs);
      const answer = call(each, event, first, shown);
      if (isPromise(answer)) return Promise.resolve(answer).then(() => this.tell(event, first, logs, i + 1, shown));
    }
    return undefined;
  }

  private readonly ofBatch = new Scalars();
  private readonly ofEpochs = new Scalars();

  /** Disposes of tensors in logs. */
  dispose(): void {
    this.ofBatch.dispose();
    this.ofEpochs.dispose();
  }

  trainBegin(): Promise<void> | undefined {
    return this.tell('onTrainBegin', undefined, {});
  }

  trainEnd(): Promise<void> | undefined {
    return this.tell('onTrainEnd', undefined, {});
  }

  epochBegin(epoch: number): Promise<void> | undefined {
    this.epoch = epoch;
    return this.tell('onEpochBegin', epoch, {});
  }

  epochEnd(epoch: number, logs: Logs): Promise<unknown> | undefined {
    const told = this.tell('onEpochEnd', epoch, logs);
    return this.every === 'epoch' ? Promise.all([told, this.frame()]) : told;
  }

  batchBegin(batch: number, logs: Logs): Promise<void> | undefined {
    this.ofBatch.dispose();
    return this.heard.onBatchBegin.length > 0 ? this.tell('onBatchBegin', batch, logs) : undefined;
  }

  batchEnd(batch: number, logs: Logs): Promise<unknown> | undefined {
    const told = this.heard.onBatchEnd.length > 0 ? this.tell('onBatchEnd', batch, logs) : undefined;
    if (this.every === 'batch') return Promise.all([told, this.frame()]);
    if (typeof this.every !== 'number') return told;
    const now = this.now();
    if (now - this.last < this.every) return told;
    this.last = now;
    return Promise.all([told, ...this.yields.map((each) => each.onYield!(this.epoch, batch, logs)), this.frame()]);
  }
}
