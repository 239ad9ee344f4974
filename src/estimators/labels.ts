// Labels of a classifier: how they are learned and coded, and what classes weigh.

import { type Label, OR_LISTED, classIndices, classesIn } from '../data/classes.js';
import { DataError, shown, counted, thereAre, OptionError } from '../runtime/errors.js';
import type { Precision } from '../../bindings/memory.js';
import { fitScale } from '../data/calibration.js';
import { coded } from '../data/targets.js';
import type { CodedTargets, CodingDocument, CodingLearner, TargetCoder } from './coding.js';
import type { Head } from './head.js';
import type { Members } from './members.js';
import type { Problem } from './problem.js';

/** How labels become outputs; plain data. */
export interface LabelCoding {
  readonly classes: readonly Label[];
  /** What outputs that are no probabilities are multiplied with to become such; null where they are. */
  readonly scale: number | null;
}

/** Weights of classes, as `fit` takes them. */
export type ClassWeights = 'balanced' | ReadonlyMap<Label, number> | Readonly<Record<string, number>>;

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

  /** Balanced weights as weights of each label: how frequent labels are is known once all have been seen. */
  classWeights(given: ClassWeights | undefined): ClassWeights | undefined {
    if (given !== 'balanced') return given;
    let rows = 0;
    for (const count of this.counts.values()) rows += count;
    const labels = this.announced ?? [...this.counts.keys()];
    return new Map(
      labels.map((label) => [label, this.counts.has(label) ? rows / (this.counts.size * this.counts.get(label)!) : 0]),
    );
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
    const perClass = given === 'balanced' ? balanced(classes.length, truths!, w) : named(classes, given);
    return Float64Array.from(truths!, (c, r) => perClass[c]! * (w ? w[r]! : 1));
  }

  /** Where outputs are no probabilities: with the scale that makes them such. */
  settled(coding: LabelCoding, members: Members, problem: Problem): LabelCoding {
    const n = coding.classes.length;
    if (this.head.loss === 'crossEntropy' || (coding.scale !== null && problem.rows < ROWS_PER_CLASS * n)) return coding;
    const scale = fitScale(members.first.engine, members.predict(problem.X), problem.classes!, n, problem.w);
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

/** N/(classes·members) for each class that has members. */
function balanced(count: number, truths: Uint32Array, w: Float64Array | undefined): number[] {
  const members = new Array<number>(count).fill(0);
  truths.forEach((c, r) => {
    members[c]! += w ? w[r]! : 1;
  });
  const all = members.reduce((a, b) => a + b);
  const present = members.filter((n) => n > 0).length;
  return members.map((n) => (n > 0 ? all / (present * n) : 0));
}

function named(classes: readonly Label[], given: ReadonlyMap<Label, number> | Readonly<Record<string, number>>): number[] {
  const find = (label: Label) =>
    given instanceof Map ? (given.get(label) as number | undefined) : (given as Record<string, number>)[String(label)];
  const labels: readonly unknown[] = given instanceof Map ? [...given.keys()] : Object.keys(given);
  const known = new Set<unknown>(given instanceof Map ? classes : classes.map(String));
  const stranger = labels.find((label) => !known.has(label));
  if (stranger !== undefined) {
    const expected = `only labels that there are: ${classes.slice(0, 20).map(shown).join(', ')}`;
    const what = `classWeights[${shown(stranger)}]`;
    throw new OptionError(what, stranger, expected, `${what}: no such label; expected ${expected}`);
  }
  const weights = classes.map((label) => {
    const weight = find(label);
    if (!(typeof weight === 'number' && weight >= 0 && weight < Infinity)) {
      throw new OptionError(`classWeights[${shown(label)}]`, weight, 'a number ≥ 0 for each label');
    }
    return weight;
  });
  if (weights.every((weight) => weight === 0)) throw new OptionError('classWeights', given, 'some weight > 0');
  return weights;
}
