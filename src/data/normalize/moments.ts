// Means, spreads and covariances, added up piece by piece: each piece about its own mean, pieces joined by the formulas of Chan,
// Golub and LeVeque (1979), so that large means cost no digits.

import { Operand } from '../../../build/codes.js';
import type { DoubleEngine } from '../../../bindings/core.js';
import { type Arena, Reals } from '../../../bindings/memory.js';
import { ownedArena } from '../../../bindings/owned.js';
import { DataError } from '../../runtime/errors.js';
import { type Matrix, copyMatrix, someRows } from '../matrix.js';

/** Rows worked on at a time: one block of the product's depth. */
const PIECE = 192;

/** Columns of a covariance multiplied at a time; what stands left of them is known by symmetry. */
const BAND = 128;

/** Squares of numbers below 2^−400 are added up in this unit: they would lose digits, and below 2^−538 be 0. */
const UNIT = 2 ** 800;

/** Sums of squares from here on have lost no digits. */
const LEAST = 2 ** -800;

/** Of each column: how many, their mean, and where they lie. */
export class ColumnMoments {
  rows = 0;
  readonly mean: Float64Array;
  /** Σ (x − mean)². */
  readonly squares: Float64Array;
  /** Σ (UNIT·(x − mean))²: what counts where the squares are small. */
  private readonly small: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;

  constructor(readonly columns: number) {
    this.mean = new Float64Array(columns);
    this.squares = new Float64Array(columns);
    this.small = new Float64Array(columns);
    this.min = new Float64Array(columns).fill(Infinity);
    this.max = new Float64Array(columns).fill(-Infinity);
  }

  /** @throws DataError at an element that is no finite number */
  add(m: Matrix): void {
    const { columns } = this;
    const x = new Float64Array(Math.min(PIECE, m.rows) * columns);
    for (let first = 0; first < m.rows; first += PIECE) {
      const rows = Math.min(PIECE, m.rows - first);
      const piece = x.subarray(0, rows * columns);
      copyMatrix(someRows(m, first, rows), piece, 'X', first);
      for (let i = 0; i < columns; i++) this.join(piece, i, rows);
      this.rows += rows;
    }
  }

  /** Adds column i of a piece: its mean first (as a difference from its first number), then its squares about that. */
  private join(piece: Float64Array, i: number, rows: number): void {
    const { columns, mean, squares, small, min, max } = this;
    const base = piece[i]!;
    let sum = 0;
    for (let at = i; at < piece.length; at += columns) {
      const v = piece[at]!;
      sum += (v - base) / rows;
      if (v < min[i]!) min[i] = v;
      if (v > max[i]!) max[i] = v;
    }
    const own = base + sum;
    let s = 0;
    let t = 0;
    for (let at = i; at < piece.length; at += columns) {
      const d = piece[at]! - own;
      s += d * d;
      t += d * UNIT * (d * UNIT);
    }
    const shift = own - mean[i]!;
    const all = this.rows + rows;
    const weight = (this.rows * rows) / all;
    mean[i]! += shift * (rows / all);
    squares[i]! += s + shift * shift * weight;
    small[i]! += t + (weight > 0 ? shift * UNIT * (shift * UNIT) * weight : 0);
  }

  /** Standard deviations, divisor N; 0 exactly where all are equal. @throws DataError where squares overflow */
  deviations(): Float64Array {
    return this.squares.map((_, i) => (this.min[i] === this.max[i] ? 0 : finite(this.deviation(i), i)));
  }

  /** Roots of the mean squares. @throws DataError where squares overflow */
  magnitudes(): Float64Array {
    return this.mean.map((mean, i) => {
      const deviation = this.deviation(i);
      const plain = Math.sqrt(deviation * deviation + mean * mean);
      return finite(plain * plain < LEAST ? Math.sqrt((deviation * UNIT) ** 2 + (mean * UNIT) ** 2) / UNIT : plain, i);
    });
  }

  private deviation(i: number): number {
    const s = this.squares[i]!;
    return s < LEAST ? Math.sqrt(this.small[i]! / this.rows) / UNIT : Math.sqrt(s / this.rows);
  }
}

function finite(spread: number, column: number): number {
  if (Number.isFinite(spread)) return spread;
  throw new DataError('X', 'numbers so far apart that their squares overflow; divide them by a constant first', { column });
}

/**
 * @throws DataError for a column that varies, but so little that 1 over its spread, or the square of that, is no number of full
 * precision
 */
export function refuseTooClose(column: number): never {
  throw new DataError('X', 'numbers so close together that their spread underflows; multiply them by a constant first', {
    column,
  });
}

/** Means and the matrix of covariances; freed by `dispose`, or when collected. */
export class Covariances {
  rows = 0;
  private readonly arena: Arena = ownedArena(this);
  private readonly mean: Reals;
  /** Σ (x − mean)ᵀ(x − mean): its upper triangle, by bands. */
  private readonly products: Reals;
  private readonly piece: Reals;
  private readonly sums: Reals;
  private readonly scratch: number;
  private readonly min: Float64Array;
  private readonly max: Float64Array;

  constructor(
    private readonly engine: DoubleEngine,
    readonly columns: number,
    /** The most rows that will be added at a time, if known. */
    rows: number = PIECE,
  ) {
    const { core } = engine;
    const reals = (length: number) => new Reals(this.arena, 'float64', length);
    this.min = new Float64Array(columns).fill(Infinity);
    this.max = new Float64Array(columns).fill(-Infinity);
    this.mean = reals(columns);
    this.products = reals(columns * columns);
    this.piece = reals(Math.min(rows, PIECE) * columns);
    this.sums = reals(columns);
    const most = Math.min(rows, PIECE);
    this.scratch = this.arena.allocate(
      core.gemmScratch(Operand.transposed, Operand.plain, Math.min(columns, BAND), columns, most),
    );
    core.fill(columns, 0, this.mean.address);
    core.fill(columns * columns, 0, this.products.address);
  }

  /** @throws DataError at an element that is no finite number, before anything of its piece has been added */
  add(m: Matrix): void {
    const most = this.piece.length / this.columns;
    for (let first = 0; first < m.rows; first += most) {
      const rows = Math.min(most, m.rows - first);
      const x = this.piece.view().subarray(0, rows * this.columns);
      copyMatrix(rows === m.rows ? m : someRows(m, first, rows), x, 'X', first);
      this.join(x as Float64Array, rows);
    }
  }

  /** The means; of a column that does not vary, its value. */
  means(): Float64Array {
    return (this.mean.read() as Float64Array).map((mean, i) => (this.varies(i) ? mean : this.min[i]!));
  }

  /** Whether a column is not the same in every row. */
  varies(column: number): boolean {
    return this.min[column]! < this.max[column]!;
  }

  /** (1/N) Σ (x − mean)ᵀ(x − mean): columns×columns, in full. */
  matrix(): Float64Array {
    const n = this.columns;
    const c = this.products.read() as Float64Array;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) c[i * n + j] = c[j * n + i]! / this.rows;
      c[i * n + i]! /= this.rows;
    }
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) c[i * n + j] = c[j * n + i]!;
    return c;
  }

  dispose(): void {
    this.arena.dispose();
  }

  /** Centres the piece and adds its products. */
  private join(x: Float64Array, rows: number): void {
    const { columns, engine, sums } = this;
    const { core } = engine;
    extend(this.min, this.max, x);
    core.columnSums(rows, columns, this.piece.address, sums.address, 0);
    const own = sums.view();
    const shift = new Float64Array(columns); // from the mean so far to the piece's
    const mean = this.mean.view();
    const all = this.rows + rows;
    for (let i = 0; i < columns; i++) {
      own[i]! /= rows;
      shift[i] = own[i]! - mean[i]!;
      mean[i]! += shift[i]! * (rows / all);
    }
    for (let at = 0; at < x.length; at += columns) for (let i = 0; i < columns; i++) x[at + i]! -= own[i]!;
    const row = columns * 8;
    for (let j = 0; j < columns; j += BAND) {
      const a = this.piece.address + j * 8;
      const c = this.products.address + j * row + j * 8;
      core.gemm(
        Operand.transposed,
        Operand.plain,
        Math.min(BAND, columns - j),
        columns - j,
        rows,
        a,
        row,
        a,
        row,
        c,
        row,
        c,
        row,
        this.scratch,
      );
    }
    if (this.rows > 0) {
      const weight = (this.rows * rows) / all;
      const products = this.products.view();
      for (let i = 0; i < columns; i++) {
        const s = weight * shift[i]!;
        for (let j = i; j < columns; j++) products[i * columns + j]! += s * shift[j]!;
      }
    }
    this.rows = all;
  }
}

/** Extends the range of each column by rows. */
export function extend(min: Float64Array, max: Float64Array, x: ArrayLike<number>): void {
  const columns = min.length;
  for (let at = 0; at < x.length; at += columns) {
    for (let i = 0; i < columns; i++) {
      const v = x[at + i]!;
      if (v < min[i]!) min[i] = v;
      if (v > max[i]!) max[i] = v;
    }
  }
}
