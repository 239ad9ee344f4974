// An encoder whose scalings follow more rows, as a stream brings them.

import { DataError, shown } from '../runtime/errors.js';
import type { Column } from './column.js';
import { type ColumnSpec, type Running, commensurable, held, indicatorScaling, sharing, varying } from './column-spec.js';
import type { Encoder } from './encoder.js';
import { areSettled, followed } from './running.js';
import { type Scaling, scalingOf, spreadOf } from './spread.js';
import type { Table } from './table.js';

/**
 * A column that had no value in the first rows of a stream, and has an input as one of numbers, or of dates.
 * @throws DataError for strings, which would need an input each
 */
function firstNumbers(t: Table, place: number): Column {
  const column = t.column(place);
  if (column.kind !== 'category') return column;
  const row = column.values.findIndex((v) => v !== null);
  const why = 'had no value in the first rows of the stream, and was taken for numbers';
  const detail = `${shown(column.values[row])} is in a column that ${why}; begin with rows in which each column of strings has a value, or leave the column out`;
  throw new DataError('X', detail, { row, column: t.names?.[place] ?? place });
}

/**
 * The same inputs with the means and scales of all rows so far, those of a further table among them. @throws DataError for other
 * columns
 */
export function followedBy(encoder: Encoder, t: Table): Encoder {
  const { spec, running } = encoder;
  if (!running) return encoder;
  const places = encoder.places(t);
  const cells = spec.columns.map((column, i) => {
    if (column.kind === 'dropped') return undefined;
    const unknown = running.spreads[i]?.count === 0 && !column.from && places[i]! >= 0;
    return unknown ? firstNumbers(t, places[i]!) : encoder.cells(t, places[i]!, column);
  });
  const next = following(spec.columns, running, cells, t.rows);
  return encoder.scaledAs(next.columns, next.running);
}

/**
 * Columns after more rows: the same inputs, with means and scales of all rows so far.
 * @param more the new cells of each column, of its kind; undefined where there are none to look at
 * @param rows how many rows they are
 */
function following(
  specs: readonly ColumnSpec[],
  running: Running,
  more: readonly (Column | undefined)[],
  rows: number,
): { columns: ColumnSpec[]; running: Running } {
  const all = running.rows + rows;
  const settled = areSettled(running);
  const spreads = [...running.spreads];
  const columns = specs.map((spec, i): ColumnSpec => {
    const column = more[i];
    if (!column || spec.kind === 'dropped') return spec;
    if (spec.kind === 'category')
      return followingCategories(spec, column.values as readonly (string | null)[], running.rows, all);
    const spread = spreads[i];
    if (!spread) return spec;
    const added = spreadOf((column.values as Float64Array).map((x) => held(x, spec) ?? NaN));
    const next = followed(spread, added, spec, settled);
    spreads[i] = next;
    const gaps = spec.gaps + added.gaps;
    const indicator = spec.indicator && { indicator: indicatorScaling(gaps / all) };
    const kind = spread.count === 0 && added.count > 0 ? column.kind : spec.kind; // its first values say which
    return { ...spec, kind: kind as 'number' | 'date', gaps, ...scalingOf(next), ...indicator };
  });
  const shared = settled ? running.shared : commensurable(varying(spreads));
  return { columns: shared ? sharing(columns, spreads) : columns, running: { ...running, rows: all, shared, spreads } };
}

/** Categories as they were, with their shares in all rows so far. */
function followingCategories(
  spec: Extract<ColumnSpec, { kind: 'category' }>,
  values: readonly (string | null)[],
  before: number,
  all: number,
): ColumnSpec {
  const { categories, fill, scalings } = spec;
  const index = new Map(categories.map((name, i) => [name, i]));
  const counts = new Array<number>(categories.length).fill(0);
  let gaps = 0;
  for (const value of values) {
    if (value === null) gaps++;
    const here = value === null ? fill : index.get(value);
    if (here !== undefined && here < counts.length) counts[here]!++;
  }
  const share = (now: number, count: number) => (now * before + count) / all;
  return {
    ...spec,
    gaps: spec.gaps + gaps,
    scalings: scalings.map(({ mean }, i) => indicatorScaling(share(mean, counts[i]!))),
    ...(spec.indicator && { indicator: indicatorScaling((spec.gaps + gaps) / all) }),
  };
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

/** How each input is scaled, in their order. */
export function inputScalings({ spec, running }: Pick<Encoder, 'spec' | 'running'>): InputScaling[] {
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
    if (column.kind === 'date') for (const { mean, scale } of column.calendar ?? []) inputs.push({ ...sure, mean, scale });
  });
  return inputs;
}
