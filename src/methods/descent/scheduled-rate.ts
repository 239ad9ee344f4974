// A rate that is looked up: by the epoch, or on a schedule, whose rest can be gone through faster.

import { OptionError } from '../../runtime/errors.js';
import { type Moment, type Schedule, isSchedule } from '../../rates/schedule.js';
import type { Task } from '../method.js';
import type { RateOfEpoch } from './descent-rule.js';

/** Counts before a step: samples presented, and left out by batches; steps taken, epochs done. */
export interface Counts extends Omit<Moment, 'share' | 'patterns'> {
  readonly dropped: number;
}

function counts([samples, step, epoch, dropped]: readonly number[]): Counts {
  return { samples: samples!, step: step!, epoch: epoch!, dropped: dropped! };
}

/** The rate of a fit's steps. */
export class ScheduledRate {
  /** From where on time goes faster, and how many times. */
  private hastened: { readonly from: Counts; readonly times: number } | undefined;

  /** Counts before the fit's first step. */
  private readonly start: Counts;

  /**
   * @param now counts before the next step
   * @param progress of a fit that is taken up; empty where one begins
   */
  constructor(
    private readonly name: string,
    private readonly rate: RateOfEpoch | Schedule,
    private readonly task: Task,
    now: Counts,
    progress: readonly number[],
  ) {
    this.start = progress.length > 0 ? counts(progress) : now;
    if (progress.length > 5) this.hastened = { from: counts(progress.slice(4)), times: progress[8]! };
  }

  /** How far the fit has come, as the constructor takes it. */
  get progress(): number[] {
    const list = ({ samples, step, epoch, dropped }: Counts) => [samples, step, epoch, dropped];
    return [...list(this.start), ...(this.hastened ? [...list(this.hastened.from), this.hastened.times] : [])];
  }

  /** The rate of the step that so much went before. @throws OptionError for what is no rate */
  at(counts: Counts): number {
    return this.lookUp(this.scheduled(counts));
  }

  /** The rate of the fit's last step, `done` epochs after its first. */
  final(now: Counts, done: number): number {
    const { start, task } = this;
    const left = task.epochs - done;
    // Epochs to come have as many samples and steps as those before them had.
    const coming = (name: keyof Counts) => Math.floor(((now[name] - start[name]) * left) / done);
    return this.lookUp({
      samples: now.samples + coming('samples'),
      step: now.step + Math.max(coming('step') - 1, 0),
      epoch: now.epoch + Math.max(left - 1, 0),
      dropped: now.dropped + coming('dropped'),
    });
  }

  /** Goes `times` as fast from here. */
  hasten(now: Counts, times: number): void {
    this.hastened = { from: now, times };
  }

  private scheduled(counts: Counts): Counts {
    if (!this.hastened) return counts;
    const { from, times } = this.hastened;
    const of = (name: keyof Counts) => Math.floor(from[name] + times * (counts[name] - from[name]));
    return { samples: of('samples'), step: of('step'), epoch: of('epoch'), dropped: of('dropped') };
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

  private moment({ samples, step, epoch, dropped }: Counts): Moment {
    const { stream, rows, epochs } = this.task;
    const done = samples - this.start.samples + dropped - this.start.dropped;
    const all = stream ? stream.epochRows : rows;
    const counts = { samples, patterns: samples, step, epoch };
    if (all !== undefined || done === 0) return { ...counts, share: all ? Math.min(done / (all * epochs), 1) : 0 };
    const call = this.name;
    return {
      ...counts,
      get share(): never {
        throw new OptionError(
          'fit.rows',
          undefined,
          `the number of rows of an epoch: the rate of ${call} depends on the share that is done`,
        );
      },
    };
  }
}
