// Metrics, added up sample by sample in float64.

import type { RealArray } from '../../bindings/memory.js';
import type { AnyLoss } from '../layers/losses.js';
import { asksSeparately, classOf, classThreshold } from '../data/classes.js';

/** What is measured of classes, one by one. */
const PER_CLASS = ['precision', 'recall', 'f1'] as const;

const CLASS_METRICS = [
  'accuracy',
  ...PER_CLASS,
  ...PER_CLASS.flatMap((name) => [`${name}Macro`, `${name}Weighted`] as const),
] as const;
const NUMBER_METRICS = ['mse', 'mae', 'r2'] as const;
export const METRIC_NAMES = [...CLASS_METRICS, ...NUMBER_METRICS] as const;

/** Names that metrics have as losses, which stand for the short ones. */
export const METRIC_ALIASES = { meanSquaredError: 'mse', meanAbsoluteError: 'mae' } as const satisfies Record<string, MetricName>;
/** Another name of a metric. */
export type MetricAlias = keyof typeof METRIC_ALIASES;

/** The metrics that a fit can record of classes, or of numbers. */
export const metricsOf = (classes: boolean): readonly MetricName[] => (classes ? CLASS_METRICS : NUMBER_METRICS);

/**
 * Metrics that a fit can record per epoch. Of two classes `precision`, `recall` and `f1` are those of the second (output above
 * the threshold, target 1), which is the positive one; of more they are the means over classes, as `…Macro` always is.
 * `…Weighted` are means by how many samples each class has.
 */
export type MetricName = (typeof METRIC_NAMES)[number];

/** How well classes were found. */
export interface ClassMetrics {
  /** Share of samples (by weight) whose most probable class is the right one. */
  accuracy: number;
  /** Per class: of the samples said to be of it, the share that are. 0 where none was said to be. */
  precision: number[];
  /** Per class: of the samples that are of it, the share found. 0 where there is none. */
  recall: number[];
  /** Per class: harmonic mean of precision and recall. */
  f1: number[];
  /** Means over classes that count alike, scikit-learn's average='macro'. */
  precisionMacro: number;
  recallMacro: number;
  f1Macro: number;
  /** Means over classes by how many samples (by weight) are of each, scikit-learn's average='weighted'. */
  precisionWeighted: number;
  recallWeighted: number;
  f1Weighted: number;
  /** [true class][predicted class], weights added up. */
  confusionMatrix: number[][];
}

/** How well numbers were met. With several outputs, means over them. */
export interface NumberMetrics {
  /** Mean squared error. */
  mse: number;
  /** Mean absolute error. */
  mae: number;
  /**
   * 1 − (squared error)/(squared deviation from the mean); 0 for predicting the mean. Of targets that do not vary 1 if they are
   * predicted exactly, else 0, as scikit-learn has it.
   */
  r2: number;
}

/**
 * One number for a list with one of each class: of two classes that of the second, the positive one; of more their mean, each
 * counting alike.
 */
export function single(perClass: readonly number[]): number {
  return perClass.length === 2 ? perClass[1]! : average(perClass);
}

function average(perClass: readonly number[], weights?: readonly number[]): number {
  let sum = 0;
  let all = 0;
  perClass.forEach((value, c) => {
    const weight = weights ? weights[c]! : 1;
    sum += weight * value;
    all += weight;
  });
  return sum / all;
}

/** Counts of (true, predicted) classes. */
export class ClassTally {
  readonly confusion: number[][];

  constructor(readonly classes: number) {
    this.confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  }

  add(truth: number, predicted: number, weight = 1): void {
    this.confusion[truth]![predicted]! += weight;
  }

  get accuracy(): number {
    let right = 0;
    let all = 0;
    this.confusion.forEach((row, i) => {
      right += row[i]!;
      for (const n of row) all += n;
    });
    return right / all;
  }

  result(): ClassMetrics {
    const { confusion, classes } = this;
    const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
    const precision: number[] = [];
    const recall: number[] = [];
    const f1: number[] = [];
    const support: number[] = [];
    for (let c = 0; c < classes; c++) {
      const right = confusion[c]![c]!;
      let said = 0;
      let are = 0;
      for (let k = 0; k < classes; k++) {
        said += confusion[k]![c]!;
        are += confusion[c]![k]!;
      }
      precision.push(share(right, said));
      recall.push(share(right, are));
      f1.push(share(2 * right, said + are));
      support.push(are);
    }
    return {
      accuracy: this.accuracy,
      precision,
      recall,
      f1,
      precisionMacro: average(precision),
      recallMacro: average(recall),
      f1Macro: average(f1),
      precisionWeighted: average(precision, support),
      recallWeighted: average(recall, support),
      f1Weighted: average(f1, support),
      confusionMatrix: confusion.map((row) => [...row]),
    };
  }
}

/** R² of one output. What was not finite stays NaN. */
function determination(squared: number, deviation: number): number {
  if (deviation === 0 && Number.isFinite(squared)) return squared === 0 ? 1 : 0;
  return 1 - squared / deviation;
}

/** Sums of errors of numbers, output by output. */
export class NumberTally {
  private weight = 0;
  private absolute = 0;
  private readonly squared: Float64Array;
  private readonly mean: Float64Array;
  private readonly deviation: Float64Array;

  constructor(readonly outputs: number) {
    this.squared = new Float64Array(outputs);
    this.mean = new Float64Array(outputs);
    this.deviation = new Float64Array(outputs);
  }

  /** Adds the outputs a and targets t of one sample, at the given places. */
  add(a: ArrayLike<number>, atA: number, t: ArrayLike<number>, atT: number, weight = 1): void {
    if (weight === 0) return;
    this.weight += weight;
    for (let j = 0; j < this.outputs; j++) {
      const target = t[atT + j]!;
      const error = a[atA + j]! - target;
      this.absolute += weight * Math.abs(error);
      this.squared[j]! += weight * error * error;
      // West's update: no cancellation, however large the mean.
      const delta = target - this.mean[j]!;
      this.mean[j]! += (weight / this.weight) * delta;
      this.deviation[j]! += weight * delta * (target - this.mean[j]!);
    }
  }

  result(): NumberMetrics {
    const { outputs, weight } = this;
    let mse = 0;
    let r2 = 0;
    for (let j = 0; j < outputs; j++) {
      mse += this.squared[j]! / weight / outputs;
      r2 += determination(this.squared[j]!, this.deviation[j]!) / outputs;
    }
    return { mse, mae: this.absolute / weight / outputs, r2 };
  }
}

/** The right tally for a loss, fed with slabs of outputs and targets. */
export class Tally {
  private readonly classes: ClassTally | undefined;
  private readonly numbers: NumberTally | undefined;
  private readonly threshold: number;

  constructor(
    loss: AnyLoss,
    readonly outputs: number,
  ) {
    const threshold = classThreshold(loss);
    this.threshold = threshold ?? 0;
    this.separate = asksSeparately(loss, outputs);
    if (threshold === undefined) this.numbers = new NumberTally(outputs);
    else this.classes = new ClassTally(this.separate ? 2 : Math.max(outputs, 2));
  }

  private readonly separate: boolean;

  /** Adds `rows` samples. */
  add(rows: number, a: RealArray, t: RealArray, w: RealArray | undefined): void {
    const { outputs, threshold, separate } = this;
    for (let r = 0; r < rows; r++) {
      const at = r * outputs;
      const weight = w ? w[r]! : 1;
      if (this.numbers) this.numbers.add(a, at, t, at, weight);
      else if (separate) {
        for (let j = at; j < at + outputs; j++) {
          this.classes!.add(classOf(t, j, 1, threshold), classOf(a, j, 1, threshold), weight);
        }
      } else {
        this.classes!.add(classOf(t, at, outputs, threshold), classOf(a, at, outputs, threshold), weight);
      }
    }
  }

  /** One metric as a number. */
  metric(name: MetricName): number {
    const found = (this.result() as unknown as Record<MetricName, number | readonly number[]>)[name];
    return typeof found === 'number' ? found : single(found);
  }

  result(): ClassMetrics | NumberMetrics {
    return this.classes ? this.classes.result() : this.numbers!.result();
  }
}
