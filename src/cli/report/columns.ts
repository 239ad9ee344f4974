// The columns as a table: what each holds, how it is spread, and what the model owes to it.

import type { ColumnSpec } from '../../data/column-spec.js';
import type { ColumnImportance } from '../../validate/permutation-importance.js';
import { binned, edgeOf, rangeText, shareBar, smallBars } from '../picture/charts.js';
import { decimal, figure, percent } from '../picture/figures.js';
import { type Markup, element } from '../picture/svg.js';
import { cut } from '../picture/text.js';
import { day, fillingText } from '../show.js';
import { numberCell, rowOf, section, tableOf, textCell } from './page.js';
import type { ColumnProfile, TableProfile } from './profile.js';

/** Categories that have a bar of their own. */
const MOST_BARS = 12;
/** Names that a line has room for. */
const NAMED = 4;
const LONGEST = 40;

const short = (name: string) => cut(name, LONGEST);

/** Categories and how often they occur, the most frequent first. */
function ranked({ counts }: ColumnProfile): [name: string, count: number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

function holds(profile: ColumnProfile): string {
  const { kind, low, high, counts, uncounted } = profile;
  if (kind !== 'category') {
    if (low > high) return 'nothing';
    if (kind === 'date') return low === high ? day(low) : `${day(low)} to ${day(high)}`;
    return rangeText(low, high);
  }
  const names = ranked(profile)
    .slice(0, NAMED)
    .map(([name]) => short(name));
  const all = uncounted > 0 ? `more than ${figure(counts.size)}` : figure(counts.size);
  return `${all} different: ${names.join(', ')}${counts.size > NAMED ? ', …' : ''}`;
}

function spread(profile: ColumnProfile): Markup | string {
  const { kind, values, uncounted } = profile;
  if (kind === 'category') {
    const list = ranked(profile);
    if (list.length === 0) return '';
    const shown = list.slice(0, MOST_BARS).map(([, count]) => count);
    const rest = list.slice(MOST_BARS).reduce((sum, [, count]) => sum + count, uncounted);
    const named = list.slice(0, NAMED).map(([name, count]) => `${short(name)} ${figure(count)}`);
    return smallBars(
      rest > 0 ? [...shown, rest] : shown,
      `rows by category: ${named.join(', ')}${list.length > NAMED ? ', …' : ''}`,
    );
  }
  if (values.list.length === 0) return '';
  const bins = binned(values.list, 20);
  const { from, to, counts } = bins;
  const top = counts.indexOf(Math.max(...counts));
  const named = kind === 'date' ? day : figure;
  const most = `most between ${named(edgeOf(bins, top))} and ${named(edgeOf(bins, top + 1))}`;
  return smallBars(counts, `histogram from ${named(from)} to ${named(to)}, ${most}`);
}

/** @param target where the profile has it: it stands first */
export function columnsSection(profile: TableProfile, specs: readonly ColumnSpec[], target: string): Markup {
  const known = new Map(specs.map((spec) => [spec.name, spec]));
  const rows = [...profile.columns.values()].sort((a, b) => Number(b.name === target) - Number(a.name === target));
  const missing = rows.some((column) => column.missing > 0);
  const body = rows.map((column) => {
    const spec = known.get(column.name);
    const role = column.name === target ? 'what is predicted' : spec ? fillingText(spec) : 'not used';
    return rowOf(
      column.name,
      textCell(column.kind),
      missing ? numberCell(column.missing > 0 ? percent(column.missing / profile.rows) : '0') : undefined,
      textCell(holds(column)),
      textCell(spread(column)),
      textCell(role),
    );
  });
  const heads = [
    { name: 'column', text: true },
    { name: 'type', text: true },
    ...(missing ? [{ name: 'missing' }] : []),
    { name: 'holds', text: true },
    { name: 'spread', text: true },
    { name: 'in the model', text: true },
  ];
  const meaning = `${figure(profile.rows)} rows. Bars show how many rows have each value, or each of the most frequent categories.`;
  return section('Columns', tableOf({ name: 'Columns', meaning, heads, rows: body }));
}

/** Columns that are listed. */
const MOST_LISTED = 25;

/** What shuffling each column costs. @param of the score that falls */
export function importanceSection(
  found: readonly (ColumnImportance & { readonly name: string })[],
  score: 'accuracy' | 'R²',
): Markup | undefined {
  // Where the truth is the same in all rows, nothing is explained.
  if (found.length === 0 || !found.every(({ drop }) => Number.isFinite(drop))) return undefined;
  const sorted = [...found].sort((a, b) => b.drop - a.drop);
  const listed = sorted.slice(0, MOST_LISTED);
  const most = Math.max(sorted[0]!.drop, Number.MIN_VALUE);
  const told = (x: number) => (score === 'accuracy' ? `${decimal(100 * x, 1)} points` : decimal(x, 3));
  const shuffles = found.some(({ deviation }) => deviation > 0);
  const rows = listed.map(({ name, drop, deviation }) =>
    rowOf(
      name,
      textCell(shareBar(drop / most, `${percent(Math.max(drop / most, 0), 0)} of the largest`)),
      numberCell(told(drop)),
      shuffles ? numberCell(`± ${told(deviation)}`) : undefined,
    ),
  );
  const rest = sorted.length - listed.length;
  const heads = [
    { name: 'column', text: true },
    { name: 'beside the largest', text: true },
    { name: `${score} lost` },
    ...(shuffles ? [{ name: 'deviation' }] : []),
  ];
  const meaning = `How much ${score} is lost if a column's values are shuffled among the held-out rows.`;
  const others =
    rest > 0
      ? element(
          'p',
          { class: 'faint' },
          `${figure(rest)} more columns cost ${told(Math.max(listed.at(-1)!.drop, 0))} or less each.`,
        )
      : undefined;
  const shared =
    'Columns with the same information share their importance, so each alone may seem to matter little. Values below 0 are chance.';
  const table = tableOf({ name: 'Importance of columns', meaning, heads, rows });
  return section('Importance of columns', table, others, element('p', { class: 'faint' }, shared));
}
