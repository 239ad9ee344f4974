// Results as text for a terminal.

import { plot } from 'simple-ascii-chart';
import { counted } from '../runtime/errors.js';
import type { ColumnSpec } from '../data/column-spec.js';
import type { EstimatorHistory } from '../estimators/options.js';
import type { RegressorEvaluation } from '../estimators/regressor.js';
import { clipped } from './terminal.js';

/** A number in at most five significant digits. */
export function short(x: number): string {
  return Number.isInteger(x) && Math.abs(x) < 1e9 ? String(x) : String(Number(x.toPrecision(4)));
}

export function percent(x: number): string {
  return `${(100 * x).toFixed(1)} %`;
}

/** The day of a time in milliseconds since 1970. */
export const day = (time: number) => new Date(time).toISOString().slice(0, 10);

/** Characters of a line where nobody says how many there are. */
const USUAL_WIDTH = 80;

/** Least and most characters of a cell that is cut. */
const [NARROW, WIDE] = [6, 40];

/** Rows of cells in aligned columns, the first to the left, others to the right. Long cells are cut, so that lines fit. */
export function grid(whole: readonly (readonly string[])[], width = process.stdout.columns || USUAL_WIDTH): string {
  const cut = whole.map((row) => row.map((cell) => clipped(cell, WIDE)));
  const widths = cut[0]!.map((_, i) => Math.max(...cut.map((row) => row[i]!.length)));
  const others = widths.slice(1).reduce((sum, w) => sum + w + 2, 2);
  const first = Math.min(widths[0]!, Math.max(width - others, NARROW));
  return cut
    .map((row) =>
      `  ${row.map((cell, i) => (i === 0 ? clipped(cell, first).padEnd(first) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd(),
    )
    .join('\n');
}

const FEW = 6;

/** What became of a column, in words. */
function columnText(spec: ColumnSpec): string {
  switch (spec.kind) {
    case 'dropped':
      return `left out: ${spec.reason}`;
    case 'category': {
      const { categories } = spec;
      const names =
        categories
          .slice(0, FEW)
          .map((name) => clipped(name))
          .join(', ') + (categories.length > FEW ? ', …' : '');
      return `${categories.length === 1 ? '1 category' : `${categories.length} categories`}: ${names}`;
    }
    default:
      return `${spec.kind}${spec.squash ? ', long tails compressed by asinh' : ''}${farText(spec)}`;
  }
}

/** What lay far outside of a column's other values, in words; nothing where nothing did. */
function farText({ kind, limits, sentinels = [] }: Extract<ColumnSpec, { kind: 'number' | 'date' }>): string {
  const named = (x: number) => (kind === 'date' ? day(x) : short(x));
  const codes = sentinels.map(({ value, count }) => `, ${named(value)} (${count} times) treated as missing`).join('');
  if (!limits?.beyond) return codes;
  const { low, high, beyond } = limits;
  const bounds = [low === undefined ? [] : `at least ${named(low)}`, high === undefined ? [] : `at most ${named(high)}`];
  return `${codes}, ${counted(beyond, 'value')} far outside limited to ${bounds.flat().join(' and ')}`;
}

/** How the gaps of a column are filled, in words; undefined where there were none. */
function gapText(spec: ColumnSpec): string | undefined {
  if (spec.kind === 'dropped' || (spec.gaps === 0 && !spec.indicator)) return undefined;
  const filling =
    spec.kind === 'category'
      ? `the most frequent, ${clipped(spec.categories[spec.fill] ?? 'none')}`
      : `the mean, ${spec.kind === 'date' ? day(spec.mean) : short(spec.mean)}`;
  const codes = spec.kind === 'category' ? 0 : (spec.sentinels ?? []).reduce((sum, { count }) => sum + count, 0);
  return `${spec.gaps + codes} missing, filled with ${filling}${spec.indicator ? ', with an additional input for missing cells' : ''}`;
}

/** What a model does with a column, in words. */
export function fillingText(spec: ColumnSpec): string {
  const gaps = gapText(spec);
  return `${columnText(spec)}${gaps ? `; ${gaps}` : ''}`;
}

export function columnsText(columns: readonly ColumnSpec[]): string {
  return columns
    .map((spec) => {
      const gaps = gapText(spec);
      return `  ${clipped(spec.name)}: ${columnText(spec)}${gaps ? ` (${gaps})` : ''}`;
    })
    .join('\n');
}

/** What was chosen, and on what grounds. */
export function choiceText({ chosen }: EstimatorHistory): string {
  const { hidden, activation, weightDecay, by, folds, candidates, epochs, rate, batchSize, members = 1, method } = chosen;
  const shape = hidden.length
    ? `${hidden.join(' + ')} hidden units${activation ? ` (${activation})` : ''}`
    : 'no hidden units (a linear model)';
  const why = {
    given: 'as given',
    rule: 'by rule',
    holdout: `best of ${candidates.length} on rows held out`,
    'cross-validation': `best of ${candidates.length} by ${folds}-fold cross-validation`,
  }[by];
  const how =
    rate === undefined
      ? 'solved in closed form'
      : `${counted(epochs!, 'epoch')}, batches of ${batchSize}, rate ${short(rate)} falling to 0`;
  const together = members > 1 ? `, the average of ${members} networks` : '';
  return `${shape}${together}, weight decay ${short(weightDecay)}: ${why}; ${how}${method === 'adam' ? ', by Adam' : ''}`;
}

/** What the library's advice calls options, and what they are here. The command takes up no fit: it needs the time at once. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/order: 'time'/g, '--order time'],
  [/weightDecay: /g, '--weight-decay '],
  [/leave out rate\b/g, 'leave out --rate'],
  [/numbers that measure something are for Regressor/g, 'numbers that measure something want --task regression'],
  [/timeLimit ended (.*?); fit\(…, \{ resume: true \}\) takes it up/g, '--time-limit ended $1; a longer one tries more'],
];

/** What a fit that went wrong advises, as a line; none where there is nothing to say. */
export function adviceText({ advice }: Pick<EstimatorHistory, 'advice'>): string[] {
  if (advice === undefined) return [];
  const own = advice
    .replace(/hidden: \[([\d, ]*)\]/g, (_, units: string) => `--hidden ${units.replaceAll(', ', ',') || 0}`)
    .replace(/columns: \{ ("(?:[^"\\]|\\.)*"): 'number' \}/g, (_, name: string) => `--column ${JSON.parse(name)}:number`);
  return [SPELLINGS.reduce((text, [spelling, said]) => text.replace(spelling, said), `advice: ${own}`)];
}

/** Rows of which R² means nothing. */
const TOO_FEW = 5;

/** @param rows how many there were: a few hardly vary by more than chance, and one not at all, so that R² explains nothing */
export function regressionText({ mse, mae, r2 }: RegressorEvaluation, rows: number): string {
  return grid([
    ['R²', rows >= TOO_FEW ? short(r2) : `– (of ${rows === 1 ? 'one row' : `${rows} rows`})`],
    ['root of mean squared error', short(Math.sqrt(mse))],
    ['mean squared error', short(mse)],
    ['mean absolute error', short(mae)],
  ]);
}

/** Characters below which a picture shows nothing. */
const NARROWEST = 10;

/** The loss over the epochs; undefined where there is no curve, or no room for it. */
export function curveText(loss: readonly number[], width: number): string | undefined {
  if (loss.length < 2 || width < NARROWEST || !loss.every(Number.isFinite)) return undefined;
  // As many points as fit: means of stretches.
  const points = Math.min(loss.length, width);
  const curve = Array.from({ length: points }, (_, i): [number, number] => {
    const from = Math.floor((i * loss.length) / points);
    const part = loss.slice(from, Math.max(from + 1, Math.floor(((i + 1) * loss.length) / points)));
    return [from + 1, part.reduce((a, b) => a + b) / part.length];
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((q) => curve[Math.round(q * (points - 1))]![0]);
  return plot(curve, { width, height: 8, title: 'training loss by epoch', formatter: short, customXAxisTicks: ticks });
}
