// Columns of a stream: where their numbers lie so far, and how scalings follow as more rows come.

import { type ColumnSpec, commensurable, held, indicatorScaling, sharing, varying, type Running } from './column-spec.js';
import { type Scaling, type Spread, joined, spreadOf } from './spread.js';
import type { Column } from './column.js';

/** From so many rows on, a stream's first scales are no longer guesses. */
const SETTLED = 100;

/** Whether means and scales rest on enough values to hold on to what was learned with them. */
export function isSettled({ count }: Pick<Spread, 'count'>): boolean {
  return count >= SETTLED;
}

/** The same of all columns: those of a fit had all the rows that there were. */
export function areSettled({ rows, begun }: Running): boolean {
  return !begun || rows >= SETTLED;
}

/**
 * A change of scaling by more than this cannot be made up for: what the weights would have to tell apart is lost in rounding.
 * Values that ask for it are more often mistakes than a stream that moves.
 */
const FARTHEST = 1e4;

/**
 * Mean and deviation as they were joined with those of more values: all values count alike, which is Welford's way. Settled ones
 * stay where they are if the new values are too far away.
 */
export function followed(spread: Spread, more: Spread, { mean, scale }: Scaling, settled: boolean): Spread {
  const next = joined(spread, more);
  const leap = Math.max(next.deviation, Math.abs(next.mean - mean)) > FARTHEST * scale;
  return settled && spread.deviation > 0 && leap ? spread : next;
}

/** The scaling of numbers: 1 until they vary. */
export function scalingOf({ mean, deviation }: Spread): Scaling {
  return { mean, scale: deviation > 0 ? deviation : 1 };
}

/**
 * Columns after more rows: the same inputs, with means and scales of all rows so far.
 * @param more the new cells of each column, of its kind; undefined where there are none to look at
 * @param rows how many rows they are
 */
export function following(
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
