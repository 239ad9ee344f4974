// From a table to a network's inputs: columns encoded, and decorrelated where that was asked for.

import { engineOf } from '../runtime/engines.js';
import type { Precision, RealArray } from '../../bindings/memory.js';
import { ColumnsLearner } from '../data/columns.js';
import type { AskedColumns } from '../data/gathered.js';
import { Encoder, type EncoderSpec } from '../data/encoder.js';
import { SPECIAL_COLUMNS } from '../data/loading.js';
import type { DecorrelateOptions } from '../data/normalize/decorrelation.js';
import type { Normalizer, NormalizerJSON } from '../data/normalize/normalizer.js';
import type { Running } from '../data/column-spec.js';
import type { Table } from '../data/table.js';
import { DataError, ModelFileError } from '../runtime/errors.js';
import { DECORRELATING } from '../data/normalize/loading.js';

/** Robust deviations from the median beyond which a column has a long tail. */
const LONG = 5;

/** How rows of a table become inputs; always in the same way. */
export class Inputs {
  /** How many inputs there are. */
  readonly count: number;

  private constructor(
    readonly encoder: Encoder,
    private readonly whitening: Normalizer | undefined,
  ) {
    this.count = whitening?.outputs ?? encoder.inputs;
  }

  /** What becomes of each column. */
  get columns(): EncoderSpec['columns'] {
    return this.encoder.spec.columns;
  }

  /** What is worth knowing of how columns were taken, where they were just learned. */
  get notices(): readonly string[] {
    return this.encoder.notices;
  }

  /**
   * Learns columns, categories, scalings, and directions if they are to be decorrelated.
   * @param fills whether gaps may be filled
   * @throws DataError
   */
  static async fit(
    t: Table,
    fills: boolean,
    decorrelate: boolean | DecorrelateOptions,
    asked: AskedColumns | undefined,
  ): Promise<Inputs> {
    const encoder = Encoder.of(await new ColumnsLearner(fills, asked).add(t).look());
    return this.from(encoder, decorrelate, async () => encoder.encode(t, 'float64') as Float64Array<ArrayBuffer>);
  }

  /**
   * The same from the first rows of a stream, of which columns that do not vary yet are kept; those that are to be decorrelated
   * must vary.
   * @throws DataError
   */
  static async begin(
    t: Table,
    fills: boolean,
    decorrelate: boolean | DecorrelateOptions,
    asked: AskedColumns | undefined,
  ): Promise<Inputs> {
    if (decorrelate !== false && t.rows === 1) {
      throw new DataError(
        'X',
        'one row has no directions to decorrelate by; a stream with decorrelate begins with as many rows as show how columns vary together',
      );
    }
    if (decorrelate !== false) return this.fit(t, fills, decorrelate, asked);
    return new this(Encoder.of(await new ColumnsLearner(fills, asked).add(t).look(), true), undefined);
  }

  /** What is known of columns beside how they become inputs; undefined where a file of an earlier version does not say. */
  get running(): Running | undefined {
    return this.whitening ? undefined : this.encoder.running;
  }

  /**
   * The same inputs, scaled in other ways, as `scale` makes them of the encoder. Directions found by decorrelation, and the
   * scales that they were found with, stay. @throws DataError
   */
  scaledBy(scale: (encoder: Encoder) => Encoder): Inputs {
    return this.running ? new Inputs(scale(this.encoder), undefined) : this;
  }

  /**
   * Of columns that have been learned; directions, if they are to be decorrelated, from a sample.
   * @param sample what the encoder makes of some rows, in float64
   * @throws DataError
   */
  static async from(
    encoder: Encoder,
    decorrelate: boolean | DecorrelateOptions,
    sample: () => Promise<RealArray>,
  ): Promise<Inputs> {
    if (decorrelate === false) return new this(encoder, undefined);
    const data = await sample();
    const shape = [data.length / encoder.inputs, encoder.inputs] as const;
    const [decorrelating, engine] = await Promise.all([DECORRELATING.load(), engineOf('float64')]);
    const map = decorrelating.decorrelate(decorrelate === true ? {} : decorrelate);
    return new this(encoder, map.learn(engine, { data, shape }));
  }

  /**
   * The same with columns of long tails drawn in; undefined where there is none, or directions were learned from the columns as
   * they are.
   */
  get squashed(): Inputs | undefined {
    if (this.whitening) return undefined;
    let long = false;
    const encoder = this.encoder.squashing((_, { reach }) => {
      if (reach <= LONG) return false;
      long = true;
      return true;
    });
    return long ? new Inputs(encoder, undefined) : undefined;
  }

  /** The inputs of a table's rows, row-major. @throws DataError */
  encode(t: Table, precision: Precision): RealArray {
    if (!this.whitening) return this.encoder.encode(t, precision);
    const data = this.encoder.encode(t, 'float64');
    const white = this.whitening.apply({ data, shape: [t.rows, this.encoder.inputs] }).data;
    return precision === 'float32' ? Float32Array.from(white) : white;
  }

  /** How what the encoder makes of rows is turned, where it is. @internal */
  get turning(): Normalizer['affine'] | undefined {
    return this.whitening?.affine;
  }

  /** Plain data, for model files. */
  document(): { encoder: EncoderSpec; whitening: NormalizerJSON | null } {
    return { encoder: this.encoder.spec, whitening: this.whitening?.toJSON() ?? null };
  }

  /** @throws ModelFileError where the two do not fit */
  static async restore(spec: EncoderSpec, running: Running | undefined, whitening: Normalizer | undefined): Promise<Inputs> {
    if (spec.zero || spec.columns.some((column) => 'calendar' in column || 'from' in column)) await SPECIAL_COLUMNS.load();
    const encoder = new Encoder(spec, running);
    if (whitening && whitening.inputs !== encoder.inputs) {
      throw new ModelFileError(`damaged: the whitening has ${whitening.inputs} inputs, the columns make ${encoder.inputs}`);
    }
    return new this(encoder, whitening);
  }
}
