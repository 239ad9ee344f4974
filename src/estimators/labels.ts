// Labels of a classifier: how they are learned and coded.

import { type Label, OR_LISTED, classIndices, classesIn } from '../data/classes.js';
import { DataError, shown, counted, thereAre } from '../runtime/errors.js';
import { Part } from '../../bindings/part.js';
import type { Precision } from '../../bindings/memory.js';
import { CALIBRATING } from '../data/loading.js';
import { coded } from '../data/targets.js';
import type { ClassWeights } from './class-weights.js';
import type { CodedTargets, CodingDocument, CodingLearner, TargetCoder } from './coding.js';
import type { Head } from './head.js';
import type { Members } from './members.js';
import type { Problem } from './problem.js';

const CLASS_WEIGHTS = new Part('weights of classes', () => import('./class-weights.js'));

/** How labels become outputs; plain data. */
export interface LabelCoding {
  readonly classes: readonly Label[];
  /** What outputs that are no probabilities are multiplied with to become such; null where they are. */
  readonly scale: number | null;
}

/** Which labels there are, and how many of each. */
class LabelsLearner implements CodingLearner<ArrayLike<Label>, LabelCoding> {
  private readonly counts = new Map<Label, number>();

  constructor(private readonly announced: readonly Label[] | undefined) {}

  add(labels: ArrayLike<Label>, rows: number): void {
    requireLength(labels, rows);
    const first = this.counts.keys().next();
    for (const label of classesIn(labels)) {
      if (!first.done && typeof label !== typeof first.value) {
        throw new DataError('labels', `${shown(label)} is a ${typeof label}, but there was a ${typeof first.value} before`);
      }
      if (!this.counts.has(label)) this.counts.set(label, 0);
    }
    if (this.counts.has('') && !this.announced?.includes('')) {
      const row = Array.prototype.indexOf.call(labels, '');
      throw new DataError('labels', '"" is missing; leave the row out, or list "" in the option classes if it is one', { row });
    }
    for (let r = 0; r < rows; r++) this.counts.set(labels[r]!, this.counts.get(labels[r]!)! + 1);
  }

  finish(): LabelCoding {
    if (this.announced) return { classes: [...this.announced], scale: null };
    const seen = classesIn([...this.counts.keys()]);
    if (seen.length < 2) {
      const why = `to tell classes apart takes at least two${OR_LISTED}`;
      throw new DataError('labels', `all are ${shown(seen[0])}; ${why}`);
    }
    return { classes: seen, scale: null };
  }

  classWeights(given: ClassWeights | undefined): ClassWeights | undefined {
    return given === 'balanced' ? CLASS_WEIGHTS.here.balancing(this.announced, this.counts) : given;
  }
}

/** A scale that is known already is fitted again to this many rows per class and more. */
const ROWS_PER_CLASS = 10;

/** Codes labels. */
export class LabelCoder implements TargetCoder<ArrayLike<Label>, LabelCoding> {
  constructor(
    readonly head: Head,
    private readonly announced: readonly Label[] | undefined,
  ) {}

  needed(byClass: unknown): Part<unknown>[] {
    return [...(byClass === undefined ? [] : [CLASS_WEIGHTS]), ...(this.head.loss === 'crossEntropy' ? [] : [CALIBRATING])];
  }

  learner(): LabelsLearner {
    return new LabelsLearner(this.announced);
  }

  encode(labels: ArrayLike<Label>, { classes }: LabelCoding, rows: number, precision: Precision): CodedTargets {
    requireLength(labels, rows);
    const n = classes.length;
    const found = classIndices(labels, classes);
    const into = precision === 'float32' ? new Float32Array(rows * n) : new Float64Array(rows * n);
    return { t: coded(found, n, this.head, into), classes: found };
  }

  outputs({ classes }: LabelCoding): number {
    return classes.length;
  }

  weights(
    { classes }: LabelCoding,
    truths: Uint32Array | undefined,
    w: Float64Array | undefined,
    given: ClassWeights | undefined,
  ): Float64Array | undefined {
    if (given === undefined) return w;
    return CLASS_WEIGHTS.here.weightsByClass(classes, truths!, w, given);
  }

  /** Where outputs are no probabilities: with the scale that makes them such. */
  settled(coding: LabelCoding, members: Members, problem: Problem): LabelCoding {
    const n = coding.classes.length;
    if (this.head.loss === 'crossEntropy' || (coding.scale !== null && problem.rows < ROWS_PER_CLASS * n)) return coding;
    const scale = CALIBRATING.here.fitScale(members.first.engine, members.predict(problem.X), problem.classes!, n, problem.w);
    return { ...coding, scale };
  }

  following(coding: LabelCoding): LabelCoding {
    return coding;
  }

  scalings(): undefined {
    return undefined;
  }

  document(coding: LabelCoding): CodingDocument {
    return { coding, running: undefined };
  }
}

/** @throws DataError unless there is a label for each row */
function requireLength(labels: ArrayLike<unknown>, rows: number): void {
  if (labels === null || typeof labels !== 'object' || !('length' in labels))
    throw new DataError('labels', `expected an array of ${rows} labels; got ${shown(labels)}`);
  if (labels.length !== rows)
    throw new DataError('labels', `has ${counted(labels.length, 'element')}, but ${thereAre(rows, 'row')}`);
}
