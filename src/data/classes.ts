// Labels and classes: which there are, their indices, and which class outputs stand for.

import { LOSSES, type AnyLoss } from '../layers/losses.js';
import { DataError, shown } from '../runtime/errors.js';
import { value } from '../runtime/options.js';

/** Index of the largest of n numbers from `at` on; the first of equals. */
export function argmax(values: ArrayLike<number>, at: number, n: number): number {
  let best = 0;
  for (let j = 1; j < n; j++) if (values[at + j]! > values[at + best]!) best = j;
  return best;
}

/** The class that a row of outputs, or of targets, stands for. One output means two classes, told apart at `threshold`. */
export function classOf(values: ArrayLike<number>, at: number, n: number, threshold: number): number {
  return n === 1 ? (values[at]! > threshold ? 1 : 0) : argmax(values, at, n);
}

/** Where one output tells two classes apart, by what targets mean; numbers are about no classes. */
const THRESHOLDS = {
  any: undefined,
  numbers: undefined,
  amounts: undefined,
  directions: undefined,
  distribution: 0.5,
  probabilities: 0.5,
  signs: 0,
} as const;

/** Whether a loss is about classes, and where one output tells two of them apart. */
export function classThreshold(loss: AnyLoss): number | undefined {
  return THRESHOLDS[LOSSES[loss].targets];
}

/** Whether each output is a question of its own, with two answers: several sigmoids. */
export function asksSeparately(loss: AnyLoss, outputs: number): boolean {
  return LOSSES[loss].targets === 'probabilities' && outputs > 1;
}

/** What stands for a class. */
export type Label = string | number | boolean;

/** The type of labels of which some are known: all strings, all numbers, or true and false. */
export type LabelsLike<L extends Label> = L extends string ? string : L extends number ? number : boolean;

export const isLabel = (v: unknown): v is Label =>
  typeof v === 'string' || typeof v === 'boolean' || (typeof v === 'number' && Number.isFinite(v));

/** The option that lists all labels. */
export const CLASSES = value<readonly Label[] | undefined>(
  'an array of two or more different labels of one type',
  (v) =>
    Array.isArray(v) &&
    v.length > 1 &&
    v.every(isLabel) &&
    new Set(v).size === v.length &&
    v.every((l) => typeof l === typeof v[0]),
  undefined,
);

/** The different labels, sorted: as many as occur. @throws DataError for what is no label, or labels of several types */
export function classesIn(labels: ArrayLike<Label>): Label[] {
  const seen = new Set<Label>();
  for (let r = 0; r < labels.length; r++) {
    const label = labels[r];
    if (!isLabel(label)) {
      const hint = typeof label === 'bigint' ? '; convert bigints with String or Number' : '';
      const detail = `${shown(label)} is not a label (a string, a finite number or a boolean)${hint}`;
      throw new DataError('labels', detail, { row: r });
    }
    if (typeof label !== typeof labels[0])
      throw new DataError('labels', `${shown(label)} is a ${typeof label}, but row 0 has a ${typeof labels[0]}`, { row: r });
    seen.add(label);
  }
  return [...seen].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** What errors about labels say to do: that there is one class only, and that a label is none of the classes. */
export const OR_LISTED = ' (or the option classes)';
export const UNLISTED = '; list all classes in the option classes: [...], including those with few rows';

/** The index of each label. @throws DataError for a label that is not one of the classes */
export function classIndices(labels: ArrayLike<Label>, classes: readonly Label[]): Uint32Array {
  const index = new Map(classes.map((label, i) => [label, i]));
  return Uint32Array.from({ length: labels.length }, (_, r) => {
    const c = index.get(labels[r]!);
    if (c !== undefined) return c;
    const list = classes.slice(0, 12).map(shown).join(', ') + (classes.length > 12 ? ', …' : '');
    const hint = isLabel(labels[r]) ? UNLISTED : '';
    throw new DataError('labels', `${shown(labels[r])} is not one of the classes ${list}${hint}`, { row: r });
  });
}
