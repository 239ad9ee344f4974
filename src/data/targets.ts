// Target values of classes, and the way back (Efficient BackProp 4.5).

import { engineOf } from '../runtime/engines.js';
import { ACTIVATIONS, ACTIVATION_NAMES, type Activation, type TargetValues } from '../layers/activations.js';
import { DataError, OptionError, counted, shown, thereAre } from '../runtime/errors.js';
import { argmax, type Label, CLASSES, classesIn, classIndices, isLabel } from './classes.js';
import { checked, oneOf, value } from '../runtime/options.js';
import { type Calibration, calibration } from './calibration.js';
import { CALIBRATING } from './loading.js';
import { type MatrixLike, type ShapedArray, copyMatrix, matrix, requireArray, requireColumns } from './matrix.js';

/** Activations that have target values. */
export const TARGET_ACTIVATIONS = ACTIVATION_NAMES.filter((name) => ACTIVATIONS[name].targets);

/** The target values of an output's activation. @throws OptionError for one that is no sigmoid (nor linear) */
export function targetValues(activation: Activation): TargetValues {
  const found = ACTIVATIONS[activation]?.targets;
  if (!found) {
    const expected = `one of ${TARGET_ACTIVATIONS.map((name) => `'${name}'`).join(', ')}; softmax outputs are probabilities, 0 and 1`;
    throw new OptionError('targets.values.activation', activation, expected);
  }
  return found;
}

export const isTargetValues = (v: unknown): v is TargetValues => {
  if (typeof v !== 'object' || v === null) return false;
  const { low, high } = v as TargetValues;
  return Number.isFinite(low) && Number.isFinite(high) && low < high;
};

const ENCODE = {
  activation: oneOf(ACTIVATION_NAMES, 'lecunTanh'),
  values: value<TargetValues | undefined>('{ low, high }, finite, low < high', isTargetValues, undefined),
  classes: CLASSES,
};

/** Options of `targets.encode`. */
export interface EncodeOptions {
  /** Of the outputs that shall meet the targets; decides the values. Default 'lecunTanh': ±1. */
  activation?: Activation;
  /** Values of one's own, instead. */
  values?: TargetValues;
  /** The labels, in the order of outputs. Default: those that occur, sorted. */
  classes?: readonly Label[];
}

/** Targets of labels: N×classes, and the labels in the order of columns. */
export interface EncodedTargets extends ShapedArray {
  readonly data: Float64Array;
  readonly classes: readonly Label[];
}

/** One row a label: `high` where its class stands, `low` elsewhere. */
export function coded<A extends Float32Array | Float64Array>(
  indices: Uint32Array,
  outputs: number,
  { low, high }: TargetValues,
  into: A,
): A {
  into.fill(low);
  indices.forEach((c, r) => {
    into[r * outputs + c] = high;
  });
  return into;
}

function encode(labels: ArrayLike<Label>, options?: EncodeOptions): EncodedTargets {
  const { activation, values, classes: given } = checked('targets.encode', ENCODE, options);
  requireArray(labels, 'labels', 'an array of labels');
  if (labels.length === 0) throw new DataError('labels', 'there are none');
  const classes = given ?? classesIn(labels);
  const indices = classIndices(labels, classes);
  const data = new Float64Array(labels.length * classes.length);
  return {
    data: coded(indices, classes.length, values ?? targetValues(activation), data),
    shape: [labels.length, classes.length],
    classes,
  };
}

/** @throws DataError for what is no list of classes */
function requireClasses(classes: readonly Label[]): void {
  requireArray(classes, 'classes', 'the classes that targets.encode gave');
  const odd = classes.findIndex((label) => !isLabel(label));
  if (odd >= 0) throw new DataError('classes', `${shown(classes[odd])} is not a label`, { row: odd });
  if (classes.length === 0) throw new DataError('classes', 'there are none');
}

function decode<L extends Label>(outputs: MatrixLike, classes: readonly L[]): L[] {
  requireClasses(classes);
  const { data, rows } = outputNumbers(outputs, classes.length);
  return Array.from({ length: rows }, (_, r) => classes[argmax(data, r * classes.length, classes.length)]!);
}

/** Confidences from outputs, learned from outputs whose classes are known. */
export interface Calibrated<L extends Label> {
  /** What outputs are multiplied with before the softmax. */
  readonly scale: number;
  /** Probabilities of the classes: N×classes for N rows of outputs. */
  probabilities(outputs: MatrixLike): number[][];
  readonly classes: readonly L[];
}

async function calibrate<L extends Label>(
  outputs: MatrixLike,
  labels: ArrayLike<L>,
  classes: readonly L[],
): Promise<Calibrated<L>> {
  requireClasses(classes);
  requireArray(labels, 'labels', 'an array of labels');
  const [engine, { fitScale }] = await Promise.all([engineOf('float64'), CALIBRATING.load()]);
  const { data, rows } = outputNumbers(outputs, classes.length);
  if (labels.length !== rows)
    throw new DataError('labels', `has ${counted(labels.length, 'element')}, but ${thereAre(rows, 'row')} of outputs`);
  const n = classes.length;
  const found: Calibration = calibration(engine, n, fitScale(engine, data, classIndices(labels, classes), n));
  return {
    scale: found.scale,
    classes,
    probabilities(some) {
      const p = found.probabilities(outputNumbers(some, n).data);
      return Array.from({ length: p.length / n }, (_, r) => Array.from(p.subarray(r * n, (r + 1) * n)));
    },
  };
}

function outputNumbers(outputs: MatrixLike, columns: number): { data: Float64Array; rows: number } {
  const m = matrix(outputs, 'outputs');
  const flat = m.columns === 1 && columns > 1 && m.rows % columns === 0; // as Network.predict returns them
  if (!flat) requireColumns(m, columns, 'outputs');
  const data = new Float64Array(m.rows * m.columns);
  copyMatrix(m, data, 'outputs');
  return { data, rows: data.length / columns };
}

/**
 * Targets for outputs that are sigmoids, trained by meanSquaredError or hinge (with softmax and crossEntropy, class indices do):
 *
 * ```ts
 * const { data, shape, classes } = targets.encode(labels, { activation: 'lecunTanh' }); // ±1
 * await net.fit(X, { data, shape });
 * targets.decode(net.predict(X), classes); // labels
 * const sure = await targets.calibrate(net.predict(held), heldLabels, classes);
 * sure.probabilities(net.predict(newX));
 * ```
 */
export const targets = {
  /**
   * Target values of an activation: ±1 for lecunTanh, 0.2113 and 0.7887 for sigmoid, ±0.5774 for tanh and twistedTanh. @throws
   * OptionError
   */
  values: targetValues,
  /** Labels as rows of targets. @throws DataError, OptionError */
  encode,
  /** The label of the largest output of each row. @throws DataError */
  decode,
  /**
   * Learns how sure outputs are: probabilities are softmax(scale·outputs) with the scale of least cross-entropy, against targets
   * that are moved off 0 and 1 by how many samples there were (Platt 1999), so that it stays finite. Best on rows that were not
   * trained on. @throws DataError
   */
  calibrate,
} as const;
