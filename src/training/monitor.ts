// What is measured of a network between epochs.

import { Reals, type Arena, type Words } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import { OptionError } from '../runtime/errors.js';
import type { FitSubject } from './subject.js';
import type { History } from './history.js';
import { type MetricName, Tally, metricsOf } from '../evaluation/metrics.js';
import { classThreshold } from '../data/classes.js';
import { outputsOf } from '../plan/plan.js';
import { Forward } from '../plan/forward.js';
import type { Work } from '../runtime/work.js';

interface WatchedSamples {
  readonly forward: Forward;
  readonly samples: SampleBuffers;
  readonly indices: Words | undefined;
}

/** Measures the network after an epoch: the validation loss, and metrics that were asked for. */
export class Monitor {
  private readonly watched = new Map<'training' | 'validation', WatchedSamples>();
  private outputs: Reals | undefined;

  constructor(
    private readonly subject: FitSubject,
    private readonly arena: Arena,
    private readonly metrics: readonly MetricName[],
    private readonly epochs: number,
  ) {
    const right = metricsOf(classThreshold(subject.architecture.loss) !== undefined);
    const unfit = metrics.find((name) => !right.includes(name));
    if (unfit)
      throw new OptionError(
        'fit.metrics',
        unfit,
        `metrics of the loss ${subject.architecture.loss}: ${right.map((name) => `'${name}'`).join(', ')}`,
      );
  }

  watch(name: 'training' | 'validation', samples: SampleBuffers, indices: Words | undefined): void {
    if (name === 'training' && this.metrics.length === 0) return;
    const forward = new Forward(this.subject, this.arena, samples, indices, Infinity, this.epochs);
    this.watched.set(name, { forward, samples, indices });
  }

  /** Whether there is anything to measure. */
  get measures(): boolean {
    return this.watched.size > 0;
  }

  /** Adds the epoch's measurements to the history; comes to the validation loss, if there is validation. */
  *record(history: History): Work<number | undefined> {
    let validationLoss: number | undefined;
    for (const [name, watched] of this.watched) {
      const tally =
        this.metrics.length > 0 ? new Tally(this.subject.architecture.loss, outputsOf(this.subject.architecture)) : undefined;
      const loss = yield* this.measure(watched, tally);
      if (name === 'validation') {
        validationLoss = loss;
        history.validationLoss.push(loss);
      }
      for (const metric of this.metrics) {
        const key =
          name === 'training' ? metric : (`validation${metric[0]!.toUpperCase()}${metric.slice(1)}` as keyof History['metrics']);
        (history.metrics[key] ??= []).push(tally!.metric(metric));
      }
    }
    return validationLoss;
  }

  private *measure({ forward, samples, indices }: WatchedSamples, tally: Tally | undefined): Work<number> {
    if (!tally) return (yield* forward.work()) / forward.weight;
    const { set, stride } = forward;
    const outputs = outputsOf(this.subject.architecture);
    if (!this.outputs || this.outputs.length < stride * outputs) {
      this.outputs = new Reals(this.arena, this.subject.engine.precision, stride * outputs);
    }
    let sum = 0;
    for (let first = 0; first < set.rows; first += stride) {
      const rows = Math.min(stride, set.rows - first);
      sum += yield* forward.work(first, rows, this.outputs);
      const a = this.outputs.view();
      const [t, w] = [samples.t.view(), samples.w?.view()];
      if (!indices) {
        tally.add(rows, a, t.subarray(first * outputs), w?.subarray(first));
        continue;
      }
      const list = indices.view();
      for (let r = 0; r < rows; r++) {
        const i = list[first + r]!;
        tally.add(1, a.subarray(r * outputs), t.subarray(i * outputs), w?.subarray(i));
      }
    }
    return sum / forward.weight;
  }
}
