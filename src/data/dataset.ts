// A dataset: inputs, targets and weights in linear memory, checked once and used many times.

import { type Arena, type Precision, type RealArray, Reals } from '../../bindings/memory.js';
import { ownedArena } from '../../bindings/owned.js';
import { DataError, DisposedError, counted, thereAre } from '../runtime/errors.js';
import { LOSSES, type AnyLoss } from '../layers/losses.js';
import { checked, oneOf, value } from '../runtime/options.js';
import { type Matrix, type MatrixLike, type ShapedArray, copyMatrix, isRow, matrix, requireColumns } from './matrix.js';
import { picked } from './pick.js';

const OPTIONS = {
  weights: value<ArrayLike<number> | undefined>('an array of numbers, one for each row', isRow, undefined),
  precision: oneOf(['float32', 'float64'], undefined),
};

/** Options of `dataset`. */
export interface DatasetOptions {
  /** One weight ≥ 0 for each row; all 1 when missing. The loss divides by their sum. */
  weights?: ArrayLike<number>;
  /**
   * The precision in which the data are kept. By default float32 where that loses nothing (every element is a float32
   * number), else float64; a network of the other precision makes itself a converted copy for as long as it works on them.
   */
  precision?: Precision;
}

/** What a fit reads: rows×inputs, rows×outputs, and one weight a row or none, all in one precision. */
export interface SampleBuffers {
  readonly x: Reals;
  readonly t: Reals;
  readonly w: Reals | undefined;
}

/** Inputs, targets and weights, copied and checked once: for repeated fits, races and cross-validation. */
export class Dataset {
  /** N, the number of samples. */
  readonly rows: number;
  /** I, the number of inputs. */
  readonly inputs: number;
  /** Columns of the targets as they were given. */
  readonly targets: number;
  private readonly arena: Arena;
  private readonly x: Reals;
  private readonly y: Reals;
  private readonly w: Reals | undefined;
  /** What the targets are known to be. */
  private readonly suits = new Set<string>();
  private disposed = false;

  /**
   * @param code what the targets are for, if for nothing else: classes are then kept as that wants them
   * @internal
   */
  constructor(X: MatrixLike, Y: MatrixLike, options: DatasetOptions = {}, code?: Coding) {
    const { weights, precision } = checked('dataset', OPTIONS, options);
    const x = matrix(X, 'X');
    const y = matrix(Y, 'Y');
    if (y.rows !== x.rows) throw new DataError('Y', `has ${counted(y.rows, 'row')}, but X has ${x.rows}`);
    this.rows = x.rows;
    this.inputs = x.columns;
    const indices = code !== undefined && namesClasses(code, y.columns);
    this.targets = indices ? code.outputs : y.columns;
    this.arena = ownedArena(this);
    try {
      const place = (m: ReturnType<typeof matrix>, what: string) => {
        const kept = new Reals(this.arena, precision ?? (isSingle(m.source) ? 'float32' : 'float64'), m.rows * m.columns);
        copyMatrix(m, kept.view(), what);
        return kept;
      };
      this.x = place(x, 'X');
      if (indices) {
        const classes = new Float64Array(y.rows);
        copyMatrix(y, classes, 'Y');
        this.y = made(this.arena, precision ?? 'float32', y.rows * code.outputs, (t) => oneHot(classes, code.outputs, t));
        this.suits.add('distribution');
      } else this.y = place(y, 'Y');
      if (weights) {
        const what = code ? 'sampleWeights' : 'weights'; // as the caller knows them
        this.w = place(weightVector(weights, x.rows, what), what);
        checkWeights(this.w.view(), what);
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * The samples in a precision, targets as the loss wants them: for crossEntropy one column per class. What is not kept so is put
   * into the arena.
   * @internal
   * @throws DataError if the targets do not suit the loss, or the data overflow the precision
   */
  samples(precision: Precision, loss: AnyLoss, outputs: number, arena: Arena): SampleBuffers {
    this.check();
    return {
      x: this.in(precision, this.x, 'X', arena),
      t: this.coded(precision, loss, outputs, arena),
      w: this.w && this.in(precision, this.w, 'weights', arena),
    };
  }

  /** The same, all of it the arena's, so that the dataset may go. @internal */
  copied(precision: Precision, loss: AnyLoss, outputs: number, arena: Arena): SampleBuffers {
    const { x, t, w } = this.samples(precision, loss, outputs, arena);
    const kept = (from: Reals) =>
      from !== this.x && from !== this.y && from !== this.w
        ? from
        : made(arena, precision, from.length, (target) => target.set(from.view()));
    return { x: kept(x), t: kept(t), w: w && kept(w) };
  }

  /** Inputs and targets themselves. Valid until memory grows: use at once, never keep, never give away. @internal */
  get views(): { x: RealArray; y: RealArray } {
    this.check();
    return { x: this.x.view(), y: this.y.view() };
  }

  /** The raw targets, a copy. @internal */
  rawTargets(): RealArray {
    this.check();
    return this.y.read();
  }

  /** A dataset of some of the rows. @internal */
  picked(indices: Uint32Array): Dataset {
    this.check();
    const some = (data: RealArray, columns: number) => picked<ShapedArray>({ data, shape: [this.rows, columns] }, indices);
    return new Dataset(some(this.x.view(), this.inputs), some(this.y.view(), this.targets), {
      precision: this.x.precision,
      ...(this.w && { weights: picked(this.w.read(), indices) }),
    });
  }

  /** @throws DisposedError once the dataset is gone @internal */
  check(): void {
    if (this.disposed) throw new DisposedError('dataset');
  }

  /** Frees the dataset's memory at once. Networks fitted on it are not affected; a fit under way ends with a DisposedError. */
  dispose(): void {
    this.disposed = true;
    this.arena.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private in(precision: Precision, source: Reals, what: string, arena: Arena): Reals {
    if (source.precision === precision) return source;
    return made(arena, precision, source.length, (target) => {
      const columns = source.length / this.rows;
      copyMatrix({ rows: this.rows, columns, source: source.view() }, target, what);
    });
  }

  private coded(precision: Precision, loss: AnyLoss, outputs: number, arena: Arena): Reals {
    const kind = LOSSES[loss].targets;
    if (namesClasses({ loss, outputs }, this.targets))
      return made(arena, precision, this.rows * outputs, (target) => oneHot(this.y.view(), outputs, target));
    if (this.targets !== outputs) {
      throw new DataError('Y', `has ${counted(this.targets, 'column')}, but the network has ${counted(outputs, 'output')}`);
    }
    const t = this.in(precision, this.y, 'Y', arena);
    if (kind !== 'any' && kind !== 'numbers' && kind !== 'directions' && !this.suits.has(kind)) {
      checkTargets(kind, t.view(), outputs);
      this.suits.add(kind);
    }
    return t;
  }
}

/** What targets are for. */
interface Coding {
  readonly loss: AnyLoss;
  readonly outputs: number;
}

/** Whether a single column of targets stands for several, one for each class. */
function namesClasses({ loss, outputs }: Coding, columns: number): boolean {
  return LOSSES[loss].targets === 'distribution' && columns === 1 && outputs > 1;
}

/** A vector in an arena, filled. */
function made(arena: Arena, precision: Precision, length: number, fill: (target: RealArray) => void): Reals {
  const reals = new Reals(arena, precision, length);
  fill(reals.view());
  return reals;
}

/** Whether every element is a float32 number, so that float32 keeps it exactly. */
function isSingle(source: ArrayLike<number> | readonly ArrayLike<number>[]): boolean {
  if (source instanceof Float32Array) return true;
  for (let i = 0; i < source.length; i++) {
    const element = source[i];
    if (typeof element === 'number' ? Math.fround(element) !== element : !isRow(element) || !isSingle(element)) return false;
  }
  return true;
}

/** @throws DataError unless there is a number for each row */
function weightVector(given: unknown, rows: number, what: string): Matrix {
  const m = matrix(given, what);
  requireColumns(m, 1, what);
  if (m.rows !== rows) throw new DataError(what, `has ${counted(m.rows, 'element')}, but ${thereAre(rows, 'row')}`);
  return m;
}

function checkWeights(weights: RealArray, what: string): void {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! < 0) throw new DataError(what, `${weights[i]} is negative`, { row: i });
    sum += weights[i]!;
  }
  if (sum === 0) throw new DataError(what, 'all are 0: there is nothing to learn from');
  if (sum === Infinity) throw new DataError(what, 'their sum is too large; only their ratios matter');
}

/**
 * One weight for each row, in float64.
 * @throws DataError for a wrong number of them, what is no number ≥ 0, or a sum of 0
 */
export function rowWeights(given: ArrayLike<number>, rows: number): Float64Array<ArrayBuffer> {
  const weights = new Float64Array(rows);
  copyMatrix(weightVector(given, rows, 'sampleWeights'), weights, 'sampleWeights');
  checkWeights(weights, 'sampleWeights');
  return weights;
}

/** target[r, c] = 1 where row r is of class c, else 0 */
function oneHot(classes: RealArray, outputs: number, target: RealArray): void {
  target.fill(0);
  for (let r = 0; r < classes.length; r++) {
    const c = classes[r]!;
    if (!Number.isInteger(c) || c < 0 || c >= outputs) {
      throw new DataError('Y', `${c} is not a class from 0 to ${outputs - 1}`, { row: r });
    }
    target[r * outputs + c] = 1;
  }
}

function checkTargets(kind: 'amounts' | 'distribution' | 'probabilities' | 'signs', targets: RealArray, outputs: number): void {
  // float32 targets that were normalised in float64 sum to 1 within a rounding a column.
  const tolerance = outputs * (targets instanceof Float32Array ? 2 ** -23 : 2 ** -52) + 1e-6;
  for (let i = 0; i < targets.length; i++) {
    const t = targets[i]!;
    const place = { row: Math.floor(i / outputs), column: i % outputs };
    if (kind === 'amounts') {
      if (!(t >= 0)) throw new DataError('Y', `${t} is negative, but the loss needs numbers ≥ 0`, place);
    } else if (kind === 'signs') {
      if (t !== 1 && t !== -1) throw new DataError('Y', `${t} is neither 1 nor −1, as hinge losses require`, place);
    } else if (!(t >= 0 && t <= 1)) {
      throw new DataError('Y', `${t} is not a probability from 0 to 1`, place);
    }
    if (kind === 'distribution' && place.column === outputs - 1) {
      let sum = 0;
      for (let j = i - outputs + 1; j <= i; j++) sum += targets[j]!;
      if (Math.abs(sum - 1) > tolerance) {
        const sole =
          "; a single softmax output is always 1: use an output for each class, or dense(1, { activation: 'sigmoid' }) with binaryCrossEntropy";
        throw new DataError('Y', `the probabilities sum to ${sum}; expected 1${outputs === 1 ? sole : ''}`, { row: place.row });
      }
    }
  }
}

/**
 * Copies and checks X (N×I) and Y once, for repeated fits. Y has one column per output, or for crossEntropy a single column
 * of class indices from 0.
 * @throws DataError for ragged, empty or non-finite data; OptionError; OutOfMemoryError
 */
export function dataset(X: MatrixLike, Y: MatrixLike, options?: DatasetOptions): Dataset {
  return new Dataset(X, Y, options);
}
