// From a table's columns to a network's inputs, always in the same way: numbers centred and scaled, categories as indicators,
// gaps filled.

import type { RealArray } from '../../bindings/memory.js';
import { DataError, shown, counted } from '../runtime/errors.js';
import type { Column } from './column.js';
import { ColumnsLearner } from './columns.js';
import { type ColumnSpec, GAP, type NumberSpec, type Running, held, isNumeric, refuseGap } from './column-spec.js';
import { soleRow } from './matrix.js';
import { areSettled, following } from './running.js';
import { type Scaling, scaled } from './spread.js';
import { type Tail, squashed } from './squash.js';
import type { Table } from './table.js';

/** How many inputs a column makes. */
function widthOf(spec: ColumnSpec): number {
  if (spec.kind === 'dropped') return 0;
  return (spec.kind === 'category' ? spec.categories.length : 1) + (spec.indicator ? 1 : 0);
}

/** So many names are listed in an error. */
const MANY = 20;

/** Names of columns, for an error. */
function listed(columns: readonly ColumnSpec[]): string {
  const names = columns.slice(0, MANY).map(({ name }) => JSON.stringify(name));
  return names.join(', ') + (columns.length > MANY ? `, … (${columns.length} in all)` : '');
}

/**
 * A column that had no value in the first rows of a stream, and has an input as one of numbers, or of dates.
 * @throws DataError for strings, which would need an input each
 */
function firstNumbers(t: Table, place: number): Column {
  const column = t.column(place);
  if (column.kind !== 'category') return column;
  const row = column.values.findIndex((v) => v !== null);
  const why = 'had no value in the first rows of the stream, so that it became one of numbers';
  const detail = `${shown(column.values[row])} stands in a column that ${why}; begin with rows in which each column of strings has one, or leave it out`;
  throw new DataError('X', detail, { row, column: t.names?.[place] ?? place });
}

/** What an encoder is made of; plain data. */
export interface EncoderSpec {
  /** Whether columns go by name (records) or by place (arrays). */
  readonly named: boolean;
  /** Whether gaps are filled, or refused. */
  readonly fills: boolean;
  readonly columns: readonly ColumnSpec[];
}

/** An input: its scaling, and what stands behind it. */
export interface InputScaling extends Scaling {
  /** Whether there was a value at all; else the mean is a placeholder. */
  readonly placed: boolean;
  /** Whether values have varied; else the scale is a placeholder. */
  readonly known: boolean;
  /** Whether the scale is a guess from a few rows. */
  readonly rough: boolean;
  /** Index of the input that says where this one has gaps. */
  readonly indicator: number | undefined;
}

/** Turns tables into inputs, always in the same way. */
export class Encoder {
  /** How many inputs there are. */
  readonly inputs: number;

  /**
   * @param running what is known beside the spec, so that scalings can follow more rows; files of earlier versions have none
   * @param tails how far columns of numbers reach, where they were just learned
   */
  constructor(
    readonly spec: EncoderSpec,
    readonly running?: Running,
    readonly tails: readonly (Tail | undefined)[] = [],
  ) {
    this.inputs = spec.columns.reduce((sum, column) => sum + widthOf(column), 0);
  }

  /**
   * Learns columns, categories and scalings from a table.
   * @param fills whether gaps may be filled
   * @throws DataError for a gap where they may not, or if no column varies
   */
  static fit(t: Table, fills: boolean): Encoder {
    return Encoder.of(new ColumnsLearner(fills).add(t), fills);
  }

  /**
   * Learns columns and categories from the first table of a stream. Columns that do not vary yet are kept, with a scale of 1
   * until they do.
   * @throws DataError for a gap where they may not be, or if no column holds anything
   */
  static begin(t: Table, fills: boolean): Encoder {
    return Encoder.of(new ColumnsLearner(fills).add(t), fills, true);
  }

  /** Of columns that have been learned. @throws DataError if no column varies */
  static of(learner: ColumnsLearner, fills: boolean, begins = false): Encoder {
    const { columns, running, tails } = learner.learned(begins);
    const encoder = new Encoder({ named: learner.named, fills, columns }, running, tails);
    if (encoder.inputs === 0) {
      if (learner.rows === 1) throw new DataError('X', 'one row is too few to learn from: no column varies');
      const why = columns.map((spec) => `${spec.name}: ${spec.kind === 'dropped' ? spec.reason : spec.kind}`).join('; ');
      throw new DataError('X', `no column says anything to learn from (${why})`);
    }
    return encoder;
  }

  /**
   * The same inputs with the means and scales of all rows so far, those of a further table among them. @throws DataError for
   * other columns
   */
  followed(t: Table): Encoder {
    const { spec, running } = this;
    if (!running) return this;
    const places = this.places(t);
    const cells = spec.columns.map(({ kind }, i) => {
      if (kind === 'dropped' || places[i]! < 0) return undefined;
      return running.spreads[i]?.count === 0 ? firstNumbers(t, places[i]!) : t.column(places[i]!, kind);
    });
    const { columns, running: next } = following(spec.columns, running, cells, t.rows);
    return new Encoder({ ...spec, columns }, next);
  }

  /** How each input is scaled, in their order. */
  scalings(): InputScaling[] {
    const { spec, running } = this;
    const rough = running !== undefined && !areSettled(running);
    const inputs: InputScaling[] = [];
    spec.columns.forEach((column, i) => {
      if (column.kind === 'dropped') return;
      const sure = { placed: true, known: true, rough: false, indicator: undefined };
      const { indicator } = column;
      if (column.kind === 'category') inputs.push(...column.scalings.map((scaling) => ({ ...sure, ...scaling })));
      else {
        const spread = running?.spreads[i];
        const shared = running?.shared && column.kind === 'number';
        inputs.push({
          mean: column.mean,
          scale: column.scale,
          placed: !spread || spread.count > 0,
          known: !spread || spread.deviation > 0 || shared === true,
          rough,
          indicator: indicator && inputs.length + 1,
        });
      }
      if (indicator) inputs.push({ ...sure, ...indicator });
    });
    return inputs;
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
    return new Encoder({ ...this.spec, columns }, running && { ...running, spreads }, this.tails);
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
      const { values } = t.column(places[i]!, spec.kind);
      const place = this.spec.named ? spec.name : places[i]!;
      if (spec.kind === 'category') this.encodeCategories(spec, values as readonly (string | null)[], out, first, place);
      else this.encodeNumbers(spec, values as Float64Array, out, first, place);
      first += widthOf(spec);
    });
    return out;
  }

  /** Where in a table each of the encoder's columns stands. */
  private places(t: Table): number[] {
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
    const absent = columns.find(({ name, kind }) => kind !== 'dropped' && !index.has(name));
    if (absent) {
      throw new DataError(
        'X',
        `is missing in every row${stranger === undefined ? '' : `; there is a column ${JSON.stringify(stranger)} that training had not`}`,
        { column: absent.name },
      );
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
        throw new DataError('X', `${values[r]} is too far from what training saw`, { row: r, column: place });
      if (spec.indicator) out[at + 1] = scaled(gap ? 1 : 0, spec.indicator);
    }
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
