// A rate that is looked up: by the epoch, or on a schedule, whose rest can be gone through faster.

import { OptionError } from '../errors.js';
import { type Moment, type Schedule, isSchedule } from '../rates/schedule.js';
import type { Task } from './method.js';
import type { RateOfEpoch } from './rule.js';

/** Counts before a step: patterns presented, and left out by batches; steps taken, epochs done. */
export interface Counts extends Omit<Moment, 'share'> {
  readonly dropped: number;
}

/** The rate of a fit's steps. */
export class ScheduledRate {
  /** From where on time goes faster, and how many times. */
  private hastened: { readonly from: Counts; readonly times: number } | undefined;

  constructor(
    private readonly name: string,
    private readonly rate: RateOfEpoch | Schedule,
    private readonly task: Task,
    /** Counts before the fit's first step. */
    private readonly start: Counts,
  ) {}

  /** The rate of the step that so much went before. @throws OptionError for what is no rate */
  at(counts: Counts): number {
    return this.lookUp(this.scheduled(counts));
  }

  /**
   * Goes through what is left of the fit's epochs in so many from here.
   * @param done epochs of this fit
   * @returns whether that lowers the rate to less than half of what it is; otherwise nothing changes
   */
  hasten(epochs: number, done: number, now: Counts, rate: number): boolean {
    const { start, task } = this;
    const left = task.epochs - done;
    // Epochs to come have as many patterns and steps as those before them had.
    const coming = (name: keyof Counts) => Math.floor(((now[name] - start[name]) * left) / done);
    const last = {
      patterns: now.patterns + coming('patterns'),
      step: now.step + coming('step') - 1,
      epoch: now.epoch + left - 1,
      dropped: now.dropped + coming('dropped'),
    };
    if (!(this.lookUp(last) < rate / 2)) return false;
    this.hastened = { from: now, times: left / epochs };
    return true;
  }

  private scheduled(counts: Counts): Counts {
    if (!this.hastened) return counts;
    const { from, times } = this.hastened;
    const of = (name: keyof Counts) => Math.floor(from[name] + times * (counts[name] - from[name]));
    return { patterns: of('patterns'), step: of('step'), epoch: of('epoch'), dropped: of('dropped') };
  }

  private lookUp(counts: Counts): number {
    const { rate, name } = this;
    const found: unknown = isSchedule(rate) ? rate.rate(this.moment(counts)) : rate(counts.epoch);
    if (!(typeof found === 'number' && found >= 0 && found < Infinity)) {
      const at = isSchedule(rate) && rate.every === 'step' ? `step ${counts.step}` : String(counts.epoch);
      throw new OptionError(`${name}.rate(${at})`, found, 'a number ≥ 0');
    }
    return found;
  }

  private moment({ patterns, step, epoch, dropped }: Counts): Moment {
    const { stream, rows, epochs } = this.task;
    const done = patterns - this.start.patterns + dropped - this.start.dropped;
    const all = stream ? stream.epochRows : rows;
    if (all !== undefined || done === 0) return { patterns, step, epoch, share: all ? Math.min(done / (all * epochs), 1) : 0 };
    const call = this.name;
    return {
      patterns,
      step,
      epoch,
      get share(): never {
        throw new OptionError(
          'fit.rows',
          undefined,
          `the number of rows of an epoch: the rate of ${call} goes by the share that is done`,
        );
      },
    };
  }
}
