// Input transformations (Efficient BackProp 4.3): centring, scaling, and decorrelation. Learned from training data, kept for all
// other.

import type { DoubleEngine } from '../../../bindings/core.js';
import { engineOf } from '../../runtime/engines.js';
import { roomMade } from '../../../bindings/owned.js';
import { DataError, OptionError } from '../../runtime/errors.js';
import { checked, flag, number, value } from '../../runtime/options.js';
import { type Matrix, type MatrixLike, isRow, matrix, requireColumns } from '../matrix.js';
import { Diagonal, Whitening } from './affine.js';
import { type DecorrelateOptions, decorrelation } from './decorrelation.js';
import { ColumnMoments, Covariances, refuseTooClose } from './moments.js';
import { type NormalizationKind, Normalizer, normalizerFromJSON } from './normalizer.js';
import { type Whitened, fromCovariances, fromRows } from './spectrum.js';

/** Options of `normalize.scale`. */
export interface ScaleOptions {
  /** Whether to remove the mean first. Default true: a mean increases the largest eigenvalue of the Hessian (5.3). */
  center?: boolean;
  /**
   * One factor > 0 per column: its standard deviation after scaling. Use less than 1 for inputs known to matter less (4.3).
   * Default: 1 for all.
   */
  importance?: ArrayLike<number>;
}

/** Options of `normalize.minMax`. */
export interface MinMaxOptions {
  /**
   * The value that the smallest value of a column is mapped to. Default −1, so that values lie around 0: inputs of one sign slow
   * learning (4.3).
   */
  low?: number;
  /** The value that the largest value is mapped to; above `low`. Default 1. */
  high?: number;
}

const SCALE = {
  center: flag(true),
  importance: value<ArrayLike<number> | undefined>(
    'an array of finite numbers > 0, one for each column',
    (v) => isRow(v) && Array.from(v).every((f) => Number.isFinite(f) && f > 0),
    undefined,
  ),
};
const MIN_MAX = {
  low: number({ above: -Infinity, below: Infinity }, -1),
  high: number({ above: -Infinity, below: Infinity }, 1),
};
/** What takes in rows piece by piece. */
interface Gathering {
  readonly rows: number;
  add(m: Matrix): void;
  finish(): Normalizer;
  dispose?(): void;
}

/** How a normalization learns. */
interface MapLearner {
  readonly kind: NormalizationKind;
  gather(engine: DoubleEngine, columns: number, rows?: number): Gathering;
  /** From all rows at once, where that is better than piece by piece. */
  whole?(engine: DoubleEngine, m: Matrix): Normalizer | undefined;
}

/** Learns from rows in pieces, for data larger than memory. Made by `normalize.…().accumulate()`. */
export class Accumulation {
  private gathering: Gathering | undefined;
  private columns = 0;

  /** @internal */
  constructor(
    private readonly engine: DoubleEngine,
    private readonly learner: MapLearner,
  ) {}

  /** The number of rows added so far. */
  get rows(): number {
    return this.gathering?.rows ?? 0;
  }

  /** Adds rows: N×I, with the same number of columns as before. @throws DataError */
  add(X: MatrixLike): this {
    const m = matrix(X, 'X');
    if (this.gathering) requireColumns(m, this.columns, 'X');
    this.columns = m.columns;
    this.gathering ??= this.learner.gather(this.engine, m.columns);
    this.gathering.add(m);
    return this;
  }

  /** The normalizer of all rows so far. You can add more rows and call it again. @throws DataError without rows */
  finish(): Normalizer {
    if (!this.gathering || this.rows === 0) throw new DataError('X', 'there are no rows');
    return this.gathering.finish();
  }

  /** Frees its memory at once. */
  dispose(): void {
    this.gathering?.dispose?.();
    this.gathering = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A normalization that has not been fitted yet. */
export class Normalization {
  /** @internal */
  constructor(private readonly learner: MapLearner) {}

  get kind(): NormalizationKind {
    return this.learner.kind;
  }

  /** Learns from the rows of X, N×I. @throws DataError */
  async fit(X: MatrixLike): Promise<Normalizer> {
    return this.learn(await engineOf('float64'), X);
  }

  /** @internal */
  learn(engine: DoubleEngine, X: MatrixLike): Normalizer {
    const m = matrix(X, 'X');
    const whole = this.learner.whole?.(engine, m);
    if (whole) return whole;
    const gathering = this.learner.gather(engine, m.columns, m.rows);
    try {
      gathering.add(m);
      return gathering.finish();
    } finally {
      gathering.dispose?.();
    }
  }

  /** Starts learning in pieces: call `add(X)` as often as needed, then `finish()`. */
  async accumulate(): Promise<Accumulation> {
    await roomMade();
    return new Accumulation(await engineOf('float64'), this.learner);
  }
}

/** A normalization by columns, each on its own. */
function byColumns(
  kind: NormalizationKind,
  finish: (found: ColumnMoments) => { shift: Float64Array; factors: Float64Array; offset?: number },
): Normalization {
  return new Normalization({
    kind,
    gather(_, columns) {
      const found = new ColumnMoments(columns);
      return {
        get rows() {
          return found.rows;
        },
        add: (m) => found.add(m),
        finish() {
          const { shift, factors, offset = 0 } = finish(found);
          const dropped = [...found.min.keys()].filter((i) => found.min[i] === found.max[i]);
          return new Normalizer(kind, shift, new Diagonal(factors), offset, dropped);
        },
      };
    },
  });
}

/** @throws DataError where it is too large for a number */
function factor(value: number, column: number): number {
  return Number.isFinite(value) ? value : refuseTooClose(column);
}

function center(): Normalization {
  return byColumns('center', ({ mean, columns }) => ({ shift: mean.slice(), factors: new Float64Array(columns).fill(1) }));
}

function scale(options?: ScaleOptions): Normalization {
  const { center: centred, importance } = checked('normalize.scale', SCALE, options);
  return byColumns('scale', (found) => {
    if (importance && importance.length !== found.columns) {
      throw new OptionError('normalize.scale.importance', importance, `${found.columns} numbers, one for each column`);
    }
    const spreads = centred ? found.deviations() : found.magnitudes();
    const factors = spreads.map((s, i) => (s > 0 ? factor((importance?.[i] ?? 1) / s, i) : 0));
    return { shift: centred ? found.mean.slice() : new Float64Array(found.columns), factors };
  });
}

function minMax(options?: MinMaxOptions): Normalization {
  const { low, high } = checked('normalize.minMax', MIN_MAX, options);
  if (!(high > low)) throw new OptionError('normalize.minMax.high', high, `a number above low, which is ${low}`);
  return byColumns('minMax', ({ min, max }) => ({
    shift: min.map((v, i) => v / 2 + max[i]! / 2),
    factors: min.map((v, i) => (v === max[i] ? 0 : factor((high - low) / 2 / (max[i]! / 2 - v / 2), i))),
    offset: (low + high) / 2,
  }));
}

export function decorrelate(options?: DecorrelateOptions): Normalization {
  const how = decorrelation(options);
  const normalizer = (engine: DoubleEngine, { mean, spectrum, dropped }: Whitened) =>
    new Normalizer('decorrelate', mean, new Whitening(engine, spectrum), 0, dropped);
  return new Normalization({
    kind: 'decorrelate',
    gather(engine, columns, rows) {
      const found = new Covariances(engine, columns, rows);
      return {
        get rows() {
          return found.rows;
        },
        add: (m) => found.add(m),
        finish: () => normalizer(engine, fromCovariances(engine, found, how)),
        dispose: () => found.dispose(),
      };
    },
    whole: (engine, m) => (m.rows < m.columns ? normalizer(engine, fromRows(engine, m, how)) : undefined),
  });
}

/**
 * Input transformations, in the order of the chapter: `center` (4.3: means removed), `scale` (means removed, all deviations 1),
 * `minMax` (onto a range), `decorrelate` (means removed, uncorrelated, all deviations 1). Each is fitted to training data and
 * then applied to all:
 *
 * ```ts
 * const map = await normalize.decorrelate().fit(X);
 * await net.fit(map.apply(X), Y);
 * net.predict(map.apply(newX));
 * ```
 */
export const normalize = { center, scale, minMax, decorrelate, fromJSON: normalizerFromJSON } as const;
