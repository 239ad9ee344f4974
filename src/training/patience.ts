// Early stopping: how long a fit waits for a better validation loss, and how it ends.

import type { Training } from '../methods/method.js';
import type { PartState } from './checkpoint.js';
import type { Stopping } from './options.js';

/** A falling rate is given this share of the epochs at least: what it does to the loss takes time to be seen. */
const LEAST_WAIT = 0.1;
/** What is left of a schedule is gone through in this share of the epochs so far. */
const REST_OF_SCHEDULE = 0.25;
/** At a low rate the weights have settled: earlier ones are better only if their loss is lower by more than this share of it. */
const CLEARLY_BETTER = 0.1;

/**
 * Waits for the validation loss to fall. Where the rate is constant, the fit ends when `patience` epochs have brought nothing.
 * Where a schedule lowers it, a high rate hides what was learned: the fit goes on while the rate is above half of its highest,
 * and when it has waited long enough after that goes through the rest of the schedule quickly.
 */
export class Patience {
  /** The fit's last epoch. */
  last: number;
  private best = { loss: Infinity, epoch: 0 };
  private highest = 0;
  private ending = false;
  private latest = Infinity;

  constructor(
    private readonly stopping: Stopping | undefined,
    private readonly epochs: number,
  ) {
    this.last = epochs;
  }

  /** What a fit that takes this one up needs. */
  get part(): PartState {
    const { last, best, highest, ending, latest } = this;
    return { numbers: [last, best.loss, best.epoch, highest, ending ? 1 : 0, latest], vectors: {} };
  }

  /** Goes on where another fit was. */
  recall({ numbers }: PartState): void {
    const [last, loss, epoch, highest, ending, latest] = numbers as [number, number, number, number, number, number];
    [this.last, this.best, this.highest] = [last, { loss, epoch }, highest];
    [this.ending, this.latest] = [ending === 1, latest];
  }

  /** Takes note of an epoch's validation loss; says whether it is the best so far. */
  improved(epoch: number, loss: number): boolean {
    this.latest = loss;
    if (!(loss < this.best.loss - (this.stopping?.minDelta ?? 0))) return false;
    this.best = { loss, epoch };
    return true;
  }

  /** Whether the fit is to end after an epoch. */
  exhausted(epoch: number, { rate, schedule }: Pick<Training, 'rate' | 'schedule'>): boolean {
    const { stopping, best, epochs } = this;
    this.highest = Math.max(this.highest, rate);
    if (!stopping) return false;
    if (this.ending) return epoch >= this.last;
    const waited = epoch - best.epoch;
    if (waited < stopping.patience) return false;
    if (!schedule?.falls) return true;
    if (rate > this.highest / 2 || waited < LEAST_WAIT * epochs) return false;
    const more = Math.min(Math.max(stopping.patience, Math.ceil(REST_OF_SCHEDULE * epoch)), epochs - epoch);
    schedule.hasten(more);
    this.ending = more < epochs - epoch;
    this.last = epoch + more;
    return false;
  }

  /** Whether the best weights are to be gone back to, rather than those of the last epoch kept. */
  restores({ rate, schedule }: Pick<Training, 'rate' | 'schedule'>): boolean {
    if (!this.stopping?.restoreBest) return false;
    const settled = schedule !== undefined && rate <= this.highest / 2;
    return !settled || !(this.latest <= this.best.loss + CLEARLY_BETTER * Math.abs(this.latest));
  }
}
