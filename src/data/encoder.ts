// From a table's columns to a network's inputs, always in the same way: numbers centred and scaled, categories as indicators,
// gaps filled.

import type { RealArray } from '../../bindings/memory.js';
import { DataError, counted } from '../runtime/errors.js';
import type { Column } from './column.js';
import { type ColumnsLearner, columnAt } from './columns.js';
import { type ColumnSpec, GAP, type NumberSpec, type Running, held, isNumeric, refuseGap } from './column-spec.js';
import { SPECIAL_COLUMNS } from './loading.js';
import { soleRow } from './matrix.js';
import { scaled } from './spread.js';
import { type Tail, squashed } from './squash.js';
import type { Table } from './table.js';

/** How many inputs a column makes. */
function widthOf(spec: ColumnSpec): number {
  if (spec.kind === 'dropped') return 0;
  const own = spec.kind === 'category' ? spec.categories.length : 1 + (spec.calendar?.length ?? 0);
  return own + (spec.indicator ? 1 : 0);
}

/** So many names are listed in an error. */
const MANY = 20;

/** Names of columns, for an error. */
function listed(columns: readonly ColumnSpec[]): string {
  const names = columns.slice(0, MANY).map(({ name }) => JSON.stringify(name));
  return names.join(', ') + (columns.length > MANY ? `, … (${columns.length} in all)` : '');
}

/** What an encoder is made of; plain data. */
export interface EncoderSpec {
  /** Whether columns go by name (records) or by place (arrays). */
  readonly named: boolean;
  /** Whether gaps are filled, or refused. */
  readonly fills: boolean;
  readonly columns: readonly ColumnSpec[];
  /** Whether records have a 0 where they lack a column of numbers. */
  readonly zero?: boolean;
}

/** Turns tables into inputs, always in the same way. */
export class Encoder {
  /** How many inputs there are. */
  readonly inputs: number;

  /**
   * @param running what is known beside the spec, so that scalings can follow more rows; files of earlier versions have none
   * @param tails how far columns of numbers reach, where they were just learned
   * @param notices what is worth knowing of how columns were taken, where they were just learned
   */
  constructor(
    readonly spec: EncoderSpec,
    readonly running?: Running,
    readonly tails: readonly (Tail | undefined)[] = [],
    readonly notices: readonly string[] = [],
  ) {
    this.inputs = spec.columns.reduce((sum, column) => sum + widthOf(column), 0);
  }

  /**
   * Of columns that have been learned.
   * @param begins whether they are those of the first rows of a stream: columns that do not vary yet are kept, with a scale of 1
   * until they do
   * @throws DataError if no column varies, or holds anything
   */
  static of(learner: ColumnsLearner, begins = false): Encoder {
    const { columns, running, tails, notices } = learner.learned(begins);
    const { named, fills, asked } = learner;
    const encoder = new Encoder({ named, fills, columns, ...(asked.zero && { zero: true }) }, running, tails, notices);
    if (encoder.inputs === 0) {
      if (learner.rows === 1) throw new DataError('X', 'one row is too few to learn from: no column varies');
      const why = columns.map((spec) => `${spec.name}: ${spec.kind === 'dropped' ? spec.reason : spec.kind}`).join('; ');
      throw new DataError('X', `no column can be learned from (${why})`);
    }
    return encoder;
  }

  /** The same inputs, scaled in other ways. */
  scaledAs(columns: readonly ColumnSpec[], running: Running): Encoder {
    return new Encoder({ ...this.spec, columns }, running);
  }

  /**
   * An encoder that draws in the tails of some columns of numbers; they are standardised anew, each by itself.
   * @param which whether to draw in a column, by its place; only asked of those that have a tail
   */
  squashing(which: (column: number, tail: Tail) => boolean): Encoder {
    const { running } = this;
    const spreads = [...(running?.spreads ?? [])];
    const columns = this.spec.columns.map((spec, i) => {
      const tail = this.tails[i];
      if (!tail || !isNumeric(spec) || !which(i, tail)) return spec;
      spreads[i] = undefined; // what is drawn in stays as it is
      return { ...spec, ...tail.scaling, squash: tail.squash };
    });
    return new Encoder({ ...this.spec, columns }, running && { ...running, spreads }, this.tails, this.notices);
  }

  /**
   * The inputs of a table's rows, N×inputs row-major.
   * @throws DataError for other columns than in training, or gaps where they are refused
   */
  encode(t: Table, precision: 'float32' | 'float64'): RealArray {
    const places = this.places(t);
    const out = precision === 'float32' ? new Float32Array(t.rows * this.inputs) : new Float64Array(t.rows * this.inputs);
    let first = 0;
    this.spec.columns.forEach((spec, i) => {
      if (spec.kind === 'dropped') return;
      const { values } = this.cells(t, places[i]!, spec);
      const place = this.spec.named ? spec.name : places[i]!;
      if (spec.kind === 'category') this.encodeCategories(spec, values as readonly (string | null)[], out, first, place);
      else this.encodeNumbers(spec, values as Float64Array, out, first, place);
      first += widthOf(spec);
    });
    return out;
  }

  /** The cells of a column, as they are to be read, at a place of a table. @throws DataError */
  cells(t: Table, place: number, { kind, from }: Exclude<ColumnSpec, { kind: 'dropped' }>): Column {
    return columnAt(t, place, { kind, from, zero: this.spec.zero, by: SPECIAL_COLUMNS.exports });
  }

  /** Where in a table each of the encoder's columns stands; -1 for those that need not be there. @throws DataError */
  places(t: Table): number[] {
    const { columns, named } = this.spec;
    if (!named) {
      if (t.names) throw new DataError('X', `expected rows of ${columns.length} numbers, as in training; got records`);
      if (t.width !== columns.length)
        throw new DataError(
          'X',
          `has ${counted(t.width, 'column')}; expected ${columns.length}, as in training${soleRow(t.rows, t.width, columns.length)}`,
        );
      return columns.map((_, i) => i);
    }
    if (!t.names) {
      throw new DataError('X', `expected records with the columns ${listed(columns)}, as in training; got arrays`);
    }
    const index = new Map(t.names.map((name, i) => [name, i]));
    const known = new Set(columns.map(({ name }) => name));
    const stranger = t.names.find((name) => !known.has(name));
    const absent = this.spec.zero ? undefined : columns.find(({ name, kind }) => kind !== 'dropped' && !index.has(name));
    if (absent) {
      const other = stranger === undefined ? '' : `; there is a column ${JSON.stringify(stranger)} that training did not have`;
      const remedy = "; write null if it is unknown, or fit with absent: 'zero' if records leave out zeros";
      throw new DataError('X', `is missing in every row${other || remedy}`, { column: absent.name });
    }
    if (stranger !== undefined)
      throw new DataError('X', `was not there in training, which had ${listed(columns)}; leave it out`, { column: stranger });
    return columns.map(({ name }) => index.get(name) ?? -1);
  }

  private encodeNumbers(
    spec: NumberSpec,
    values: Float64Array,
    out: Float32Array | Float64Array,
    first: number,
    place: string | number,
  ): void {
    if (!this.spec.fills) refuseGap({ kind: 'number', values }, place);
    for (let r = 0, at = first; r < values.length; r++, at += this.inputs) {
      const x = held(values[r]!, spec);
      const gap = x === undefined;
      out[at] = gap ? 0 : scaled(spec.squash ? squashed(x, spec.squash) : x, spec);
      if (out[at]! - out[at]! !== 0)
        throw new DataError('X', `${values[r]} is too far from the training data`, { row: r, column: place });
      if (spec.indicator) out[at + 1] = scaled(gap ? 1 : 0, spec.indicator);
    }
    if (spec.calendar)
      SPECIAL_COLUMNS.here.encodeDates(spec, spec.calendar, values, out, first + (spec.indicator ? 2 : 1), this.inputs);
  }

  private encodeCategories(
    spec: Extract<ColumnSpec, { kind: 'category' }>,
    values: readonly (string | null)[],
    out: Float32Array | Float64Array,
    first: number,
    place: string | number,
  ): void {
    const gap = this.spec.fills ? -1 : values.indexOf(null);
    if (gap >= 0) throw new DataError('X', GAP, { row: gap, column: place });
    const index = new Map(spec.categories.map((name, i) => [name, i]));
    const n = spec.categories.length;
    for (let r = 0, at = first; r < values.length; r++, at += this.inputs) {
      const value = values[r]!;
      const here = value === null ? spec.fill : index.get(value); // a category not seen in training is none of them
      for (let j = 0; j < n; j++) out[at + j] = scaled(j === here ? 1 : 0, spec.scalings[j]!);
      if (spec.indicator) out[at + n] = scaled(value === null ? 1 : 0, spec.indicator);
    }
  }
}
