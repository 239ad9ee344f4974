// The column to learn: which task it makes, and its values.

import { engineOf } from '../runtime/engines.js';
import type { Label } from '../data/classes.js';
import { lastRows, someGroups } from '../data/apart.js';
import { deal, permutation } from '../data/split.js';
import { type Cell, isMissing } from '../data/column.js';
import { counted } from '../runtime/errors.js';
import { nearest } from '../runtime/options.js';
import { Purpose } from '../runtime/random.js';
import { isBoolean, isMissingText, labelOf, unfinite } from '../table/types/cells.js';
import type { Sheet } from '../table/sheet.js';
import { DateTally } from '../table/types/dates.js';
import { SentinelTally } from '../table/types/sentinels.js';
import { looksLikeNumber } from '../table/types/numbers.js';

export type LearningTask = 'classification' | 'regression';

/** A column of so few different integers, each so frequent, names classes rather than measures something. */
const MOST_CLASSES = 10;
const LEAST_MEMBERS = 5;

/** @throws InputError if there is no such column */
export function requireColumn(sheet: Sheet, name: string, what: string): void {
  if (sheet.columns.has(name)) return;
  const near = nearest(name, sheet.names);
  const names = sheet.names.map((n) => JSON.stringify(n)).join(', ');
  throw sheet.error(
    `there is no column ${JSON.stringify(name)} (${what})${near ? `; did you mean ${JSON.stringify(near)}` : ''}; the columns are ${names}`,
  );
}

const NO_TARGET = 'the target is missing; --missing-target skip leaves such rows out';

/** A target's cells, or a group's, all of which must be there. @throws InputError */
export function allThere(sheet: Sheet, name: string, cells: Cell[], detail = NO_TARGET): Cell[] {
  const gap = cells.findIndex((cell) => isGap(cell));
  if (gap >= 0) throw sheet.error(detail, gap, name);
  return cells;
}

/** Whether a cell of a target, as it was read or typed, holds nothing. */
export const isGap = (cell: Cell) => isMissing(cell) || (typeof cell === 'string' && isMissingText(cell));

/** Of a text target, this share of numbers means that it was meant to hold numbers. */
const MOSTLY_NUMBERS = 0.8;

/** What helps where dates are to be predicted. */
const AS_NUMBERS = 'to predict times, put numbers in their place, such as days since the first of them';

/** Labels are told apart up to so many: more than that name nothing. */
const MOST_LABELS = 10_000;

/** What a target's cells suggest, found sheet by sheet: cells as they are typed, or text as it stands in the file. */
export class TargetProfile {
  private rows = 0;
  private numbers = 0;
  private booleans = 0;
  private strings = 0;
  private integers = true;
  /** Different numbers, and different texts, as far as they matter. */
  private readonly different = new Set<Cell>();
  private readonly labels = new Set<string>();
  private readonly sentinels = new SentinelTally();
  private readonly dates = new DateTally();
  private times = 0;
  /** An error about the first cell that is no number. */
  private stray: ((detail: (cell: string) => string) => Error) | undefined;
  private whole: ((detail: string) => Error) | undefined;

  constructor(private readonly name: string) {}

  add(sheet: Sheet, cells: readonly Cell[]): this {
    const { name, different, labels } = this;
    this.whole ??= (detail) => sheet.error(detail, undefined, name);
    this.sentinels.add(cells.map((cell) => (isMissing(cell) || typeof cell === 'boolean' ? null : Number(cell))));
    cells.forEach((cell, row) => {
      if (typeof cell === 'string' && labels.size <= MOST_LABELS) labels.add(cell.trim());
      const number =
        typeof cell === 'number' || typeof cell === 'bigint' || (typeof cell === 'string' && looksLikeNumber(cell.trim()));
      if (number) {
        this.numbers++;
        const value = Number(cell);
        if (different.size <= MOST_CLASSES) different.add(value);
        this.integers &&= Number.isInteger(value);
      } else this.stray ??= (detail) => sheet.error(detail(JSON.stringify(cell)), row, name);
      if (typeof cell === 'boolean' || (typeof cell === 'string' && isBoolean(cell))) this.booleans++;
      if (typeof cell === 'string') this.strings++;
      if (cell instanceof Date || (!number && typeof cell === 'string' && this.dates.add(cell.trim()))) this.times++;
    });
    this.rows += cells.length;
    return this;
  }

  /** What is said of numbers that may stand for nothing. */
  get note(): string | undefined {
    return this.sentinels.note(this.name);
  }

  /** What is said of classes that are dates. */
  get datesNote(): string | undefined {
    if (this.times < this.rows || this.rows === 0) return undefined;
    return `the target ${JSON.stringify(this.name)} holds dates, and each date is a class; ${AS_NUMBERS}`;
  }

  /**
   * The task, and why.
   * @throws InputError for numbers with text among them, and for text that differs in most rows: neither names classes
   */
  task(): { task: LearningTask; why: string } {
    const { rows, numbers, booleans, strings, different, labels } = this;
    // Text that is numbers throughout, or true and false throughout, is taken as such.
    const texts = strings > 0 && numbers < rows && booleans < rows;
    if (texts && this.stray && numbers >= MOSTLY_NUMBERS * rows) {
      throw this.stray((cell) => `${cell} is in a target of numbers (--task classification treats all of them as labels)`);
    }
    if (texts && labels.size > 2 && (labels.size > rows / 2 || labels.size > MOST_LABELS)) {
      const many = labels.size > MOST_LABELS ? `more than ${MOST_LABELS}` : labels.size;
      const dates = this.times === rows ? `; ${AS_NUMBERS}` : '';
      throw this.whole!(
        `the target has ${many} different labels in ${rows} rows: nothing to learn from one example each${dates}`,
      );
    }
    if (numbers < rows)
      return { task: 'classification', why: `the target holds ${booleans > 0 && !texts ? 'true and false' : 'text'}` };
    if (different.size <= MOST_CLASSES && rows >= LEAST_MEMBERS * different.size && this.integers) {
      const what = different.size === 1 ? 'one integer' : `${different.size} different integers`;
      return { task: 'classification', why: `the target holds ${what} in ${counted(rows, 'row')}` };
    }
    return { task: 'regression', why: 'the target holds numbers' };
  }
}

/** Labels: what stands in the target. */
export const labelsOf = (cells: readonly Cell[]): Label[] => cells.map(labelOf);

/**
 * Numbers to learn, from cells of a sheet's rows.
 * @throws InputError at the first cell that is none
 */
export function numbersOf(sheet: Sheet, name: string, cells: readonly Cell[]): number[] {
  return cells.map((cell, row) => {
    const n = typeof cell === 'boolean' || typeof cell === 'bigint' ? Number(cell) : cell instanceof Date ? cell.getTime() : cell;
    if (typeof n !== 'number' || !Number.isFinite(n)) {
      throw sheet.error(unfinite(sheet.written(row, name) ?? String(cell), ', as regression needs'), row, name);
    }
    return n;
  });
}

/** Which rows are held out: some of each class where there are labels, else any; or the last ones, or whole groups. */
export interface Apart {
  readonly labels?: readonly Label[] | undefined;
  readonly order?: 'time' | undefined;
  /** The group of each row. */
  readonly groups?: Uint32Array | undefined;
}

/** Rows to train on and rows held out, by the seed. */
export async function holdOut(
  rows: number,
  share: number,
  seed: number,
  { labels, order, groups }: Apart,
): Promise<{ train: Uint32Array; test: Uint32Array }> {
  if (order === 'time' || share === 0) {
    const { learned, held } = lastRows(rows, share);
    return { train: learned, test: held };
  }
  const permuted = permutation(await engineOf('float32', 'fast'), rows, seed, Purpose.split);
  if (groups) {
    const { learned, held } = someGroups(groups, share, permuted);
    return { train: learned, test: held };
  }
  const index = new Map([...new Set(labels)].map((label, i) => [label, i]));
  const classes = labels?.map((label) => index.get(label)!);
  const [train, test] = deal(permuted, [1 - share, share], classes);
  return { train: train!, test: test! };
}

/** What rows belong to, by a column that says so in each row. @throws InputError */
export function groupLabels(sheet: Sheet, name: string, cells: Cell[]): Label[] {
  return labelsOf(allThere(sheet, name, cells, 'is missing: every row has to belong to a group'));
}
