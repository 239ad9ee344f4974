// A normalizer that has seen its data: x ↦ (x − shift)·A + offset, the way back, and as a part of a network.

import type { DoubleEngine } from '../../../bindings/core.js';
import { engineOf } from '../../runtime/engines.js';
import type { RealArray } from '../../../bindings/memory.js';
import { DataError, OptionError } from '../../runtime/errors.js';
import { checked, flag, number, oneOf, value } from '../../runtime/options.js';
import { type MatrixLike, type ShapedArray, copyMatrix, matrix, requireArray, requireColumns, someRows } from '../matrix.js';
import { Diagonal, type Linear, Whitening } from './affine.js';

const NORMALIZATIONS = ['center', 'scale', 'minMax', 'decorrelate'] as const;
export type NormalizationKind = (typeof NORMALIZATIONS)[number];

/** What normalizers return: float64 numbers, row-major, with their shape; every X of the library may be one. */
export interface Normalized extends ShapedArray {
  readonly data: Float64Array<ArrayBuffer>;
}

/** A normalizer as plain data. */
export interface NormalizerJSON {
  readonly kind: NormalizationKind;
  readonly shift: readonly number[];
  readonly offset: number;
  readonly dropped: readonly number[];
  /** One factor an input. */
  readonly factors: readonly number[];
  /**
   * Of decorrelation: variances along the directions kept, the directions one after the other, ε, and whether it turns back
   * (ZCA).
   */
  readonly whitening: { eigenvalues: readonly number[]; vectors: readonly number[]; epsilon: number; back: boolean } | null;
}

/** Rows turned at a time, so that little memory is needed beside the result. */
const PIECE = 4096;

/**
 * Brings rows into the form that networks learn best from, always in the same way. Made by `normalize.…().fit(X)`, `.finish()` of
 * what was accumulated, or `normalize.fromJSON`.
 */
export class Normalizer {
  /** Columns of rows as they come. */
  readonly inputs: number;
  /** Columns of rows as they leave: fewer than inputs where decorrelation drops directions. */
  readonly outputs: number;

  /** @internal */
  constructor(
    readonly kind: NormalizationKind,
    private readonly shift: Float64Array,
    private readonly linear: Linear,
    private readonly offset: number,
    /**
     * Indices of the inputs that did not vary: constant, they say nothing, and become 0 (with minMax, the middle of the range).
     */
    readonly dropped: readonly number[],
  ) {
    this.inputs = linear.inputs;
    this.outputs = linear.outputs;
  }

  /** Of decorrelation: the variances along the directions kept, descending. */
  get eigenvalues(): Float64Array | undefined {
    return this.linear instanceof Whitening ? this.linear.spectrum.eigenvalues.slice() : undefined;
  }

  /** Rows (N×inputs) normalized: N×outputs. @throws DataError */
  apply(X: MatrixLike): Normalized {
    const { shift, linear, offset, inputs, outputs } = this;
    return this.map(X, inputs, outputs, (x, rows) => {
      for (let at = 0; at < x.length; at += inputs) for (let i = 0; i < inputs; i++) x[at + i]! -= shift[i]!;
      const y = linear.forward(x, rows);
      if (offset !== 0) for (let i = 0; i < y.length; i++) y[i]! += offset;
      return y;
    });
  }

  /**
   * Normalized rows (N×outputs) as they were: N×inputs. Inputs that did not vary get their value back; of directions that were
   * dropped, rows come back without them.
   * @throws DataError
   */
  invert(Z: MatrixLike): Normalized {
    const { shift, linear, offset, inputs, outputs } = this;
    return this.map(Z, outputs, inputs, (z, rows) => {
      if (offset !== 0) for (let i = 0; i < z.length; i++) z[i]! -= offset;
      const x = linear.backward(z, rows);
      for (let at = 0; at < x.length; at += inputs) for (let i = 0; i < inputs; i++) x[at + i]! += shift[i]!;
      return x;
    });
  }

  /**
   * The weights of a network that takes rows as they come, from those of one that was trained on normalized rows: the first
   * kernel becomes A·W, the first bias b + (offset − shift·A)·W. The network's first layer has to be dense, with a bias.
   *
   * ```ts
   * const raw = await Network.create({ inputs: map.inputs, layers, loss });
   * raw.setWeights(map.fold(net.getWeights())); // raw.predict(X) is net.predict(map.apply(X)), save rounding
   * ```
   *
   * @param weights as `getWeights` gives them: kernel [outputs, units], bias [units], …
   * @throws DataError where the first two are no kernel and bias for this normalizer
   */
  fold(weights: readonly RealArray[]): RealArray[] {
    requireArray(weights, 'weights', 'arrays of weights, as getWeights gives them');
    const [kernel, bias, ...rest] = weights;
    const { inputs, outputs, offset } = this;
    const units = bias?.length ?? 0;
    if (!kernel || !bias || units === 0 || kernel.length !== outputs * units) {
      throw new DataError('weights', `expected a kernel of [${outputs}, units] and a bias of [units] first, as of a dense layer`);
    }
    const a = this.linear.matrix();
    const folded = new Float64Array(inputs * units);
    const shifted = Float64Array.from(bias);
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < outputs; k++) {
        const f = a[i * outputs + k]!;
        if (f === 0) continue;
        for (let u = 0; u < units; u++) folded[i * units + u]! += f * kernel[k * units + u]!;
      }
      for (let u = 0; u < units; u++) shifted[u]! -= this.shift[i]! * folded[i * units + u]!;
    }
    if (offset !== 0)
      for (let k = 0; k < outputs; k++) for (let u = 0; u < units; u++) shifted[u]! += offset * kernel[k * units + u]!;
    const like = (values: Float64Array<ArrayBuffer>): RealArray =>
      kernel instanceof Float32Array ? Float32Array.from(values) : values;
    return [like(folded), like(shifted), ...rest];
  }

  /** A and c of x ↦ x·A + c. @internal */
  get affine(): { readonly matrix: Float64Array; readonly shift: Float64Array } {
    const { shift, offset, inputs, outputs } = this;
    const matrix = this.linear.matrix();
    const moved = new Float64Array(outputs).fill(offset);
    for (let i = 0; i < inputs; i++) for (let k = 0; k < outputs; k++) moved[k]! -= shift[i]! * matrix[i * outputs + k]!;
    return { matrix, shift: moved };
  }

  /** Plain data, for JSON.stringify; `normalize.fromJSON` makes the normalizer again, to the bit. */
  toJSON(): NormalizerJSON {
    const { kind, shift, offset, dropped, linear } = this;
    const common = { kind, shift: [...shift], offset, dropped };
    if (!(linear instanceof Whitening)) return { ...common, factors: [...(linear as Diagonal).factors], whitening: null };
    const { factors, eigenvalues, vectors, epsilon, back } = linear.spectrum;
    return {
      ...common,
      factors: [...factors],
      whitening: { eigenvalues: [...eigenvalues], vectors: [...vectors], epsilon, back },
    };
  }

  private map(X: MatrixLike, from: number, to: number, work: (x: Float64Array, rows: number) => Float64Array): Normalized {
    const m = matrix(X, 'X');
    requireColumns(m, from, 'X');
    const data = new Float64Array(m.rows * to);
    for (let first = 0; first < m.rows; first += PIECE) {
      const rows = Math.min(PIECE, m.rows - first);
      const piece = new Float64Array(rows * from);
      copyMatrix(someRows(m, first, rows), piece, 'X', first);
      data.set(work(piece, rows), first * to);
    }
    return { data, shape: [m.rows, to] };
  }
}

const finite = (v: unknown) => Number.isFinite(v);
const list = (expected: string, accepts: (v: unknown) => boolean) =>
  value<readonly number[]>(`an array of ${expected}`, (v) => Array.isArray(v) && v.every(accepts), []);

const JSON_FIELDS = {
  kind: oneOf(NORMALIZATIONS, undefined),
  shift: list('finite numbers', finite),
  offset: number({ above: -Infinity, below: Infinity }, 0),
  dropped: list('indices', (v) => Number.isInteger(v) && (v as number) >= 0),
  factors: list('finite numbers', finite),
  whitening: value<object | null>('an object or null', (v) => typeof v === 'object', null),
};

const WHITENING_FIELDS = {
  eigenvalues: list('numbers ≥ 0', (v) => finite(v) && (v as number) >= 0),
  vectors: list('finite numbers', finite),
  epsilon: number({ min: 0, below: Infinity }, 0),
  back: flag(false),
};

/** The normalizer of its plain data. @throws OptionError where they are damaged */
export async function normalizerFromJSON(json: unknown): Promise<Normalizer> {
  return restored(await engineOf('float64'), json);
}

/** @throws OptionError */
export function restored(engine: DoubleEngine, json: unknown): Normalizer {
  const name = 'normalize.fromJSON';
  const { kind, shift, offset, dropped, factors, whitening } = checked(name, JSON_FIELDS, json);
  if (kind === undefined) throw new OptionError(`${name}.kind`, kind, JSON_FIELDS.kind.expected);
  const n = shift.length;
  if (n === 0 || factors.length !== n) throw new OptionError(`${name}.factors`, factors, `${n} numbers, as many as shift`);
  const outside = dropped.find((i) => i >= n);
  if (outside !== undefined) throw new OptionError(`${name}.dropped`, outside, `indices of the ${n} inputs`);
  let linear: Linear = new Diagonal(Float64Array.from(factors));
  if (whitening) {
    const { eigenvalues, vectors, ...rest } = checked(`${name}.whitening`, WHITENING_FIELDS, whitening);
    if (eigenvalues.length === 0 || vectors.length !== eigenvalues.length * n) {
      throw new OptionError(`${name}.whitening.vectors`, vectors, `${eigenvalues.length} × ${n} numbers`);
    }
    const spectrum = {
      factors: Float64Array.from(factors),
      eigenvalues: Float64Array.from(eigenvalues),
      vectors: Float64Array.from(vectors),
    };
    linear = new Whitening(engine, { ...spectrum, ...rest });
  }
  return new Normalizer(kind, Float64Array.from(shift), linear, offset, dropped);
}
