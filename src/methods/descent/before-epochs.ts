// What is measured before epochs: the diagonal that a rule divides by, or the curvature that its rate follows.

import { LEAST_SHARE } from '../../../build/codes.js';
import type { RealArray } from '../../../bindings/memory.js';
import type { Work } from '../../runtime/work.js';
import { isAutoRate } from './auto-rate.js';
import type { DescentRule } from './descent-rule.js';
import { MeasuredRate } from './measured-rate.js';
import type { MethodState, Task } from '../method.js';
import type { RunUpdate } from './run-update.js';
import { MEASURED_ON, SafeRate, measuredOn } from './safe-rate.js';
import { SampledDiagonal } from './subsample.js';

/** Looks at the curvature where a rule asks for it: at the beginning, and every so many epochs. */
export class BeforeEpochs {
  private readonly diagonal: { readonly sampled: SampledDiagonal; readonly every: number } | undefined;
  private readonly measured: MeasuredRate | undefined;
  private readonly safe: SafeRate | undefined;
  /** Whether another fit might measure that again, and on what samples it was measured. */
  private readonly young: boolean;
  private on: Float64Array<ArrayBuffer> | undefined;

  /** @throws OutOfMemoryError */
  constructor(
    private readonly rule: DescentRule,
    private readonly task: Task,
    private readonly update: RunUpdate,
    state: MethodState | undefined,
  ) {
    const { diagonals, rate } = rule;
    if (diagonals && 'samples' in diagonals) {
      const sampled = new SampledDiagonal(task, diagonals.samples, update.vector('curvature')!);
      this.diagonal = { sampled, every: diagonals.every };
    }
    if (isAutoRate(rate)) this.measured = new MeasuredRate(task, rate, state);
    // Of a stream that comes row by row, each tells more.
    const start = update.remembers('start');
    this.young = rule.safe === true && (start === Infinity || 1 - update.remembers('power') < LEAST_SHARE);
    if (!this.young) return;
    const before = state?.vectors[MEASURED_ON];
    // What a stream has at hand changes; a pass over all samples is only worth it for those who go on.
    if (before || task.stream) this.on = measuredOn(task);
    const same = start < Infinity && before?.length === 2 && this.on!.every((v, i) => v === before[i]);
    if (!same) this.safe = new SafeRate(task, task.size.first);
  }

  /** Whether there is anything to measure, ever. */
  get any(): boolean {
    return this.diagonal !== undefined || this.measured !== undefined || this.safe !== undefined;
  }

  /** Whether the rate comes from here, in every epoch. */
  get givesRate(): boolean {
    return this.measured !== undefined;
  }

  /**
   * Measures what is due before an epoch; comes to the rate that follows, where one does. @param first whether it is the fit's
   * first
   */
  *measure(epoch: number, first: boolean): Work<number | undefined> {
    const { rule, diagonal, measured, safe, update } = this;
    if (diagonal && ((first && !update.continues) || epoch % diagonal.every === 0)) yield* diagonal.sampled.measure(epoch);
    if (measured) return rule.rateOf!(yield* measured.before(epoch));
    if (!safe || !first) return undefined;
    const rate = Math.min(update.remembers('start'), yield* safe.measure(epoch));
    update.recall({ start: rate, rate });
    return rate;
  }

  /** What a fit that continues this one needs. */
  get vectors(): Record<string, RealArray> {
    const { measured, young, task } = this;
    return { ...measured?.vectors, ...(young && { [MEASURED_ON]: (this.on ??= measuredOn(task)) }) };
  }
}
