// What the cells of a column are, found out from all of them, sheet by sheet. Text, which CSV has only and JSON and Parquet have
// among numbers and the like, is what all of it can be.

import { type Cell, isMissing } from '../../data/column.js';
import { counted } from '../../runtime/errors.js';
import type { Sheet } from '../sheet.js';
import { type DateOrder, DateTally } from './dates.js';
import { type DecimalHint, NumberTally, PLAIN, readNumber } from './numbers.js';
import { type Spelling, isPlainSpelling } from './spelling.js';
import { type ColumnType, type Found, type Wanted, isSaid } from './table-column.js';
import { BooleanTally, isDash, isNothing } from './words.js';

/** Columns that have this share of numbers, or of dates, were probably meant to be such. */
const MOSTLY = 0.8;

/** What other columns, or options, say of a column's spelling. */
export interface SpellingHints {
  readonly decimal?: DecimalHint;
  /** Whether somebody says so of decimals. */
  readonly said?: boolean;
  readonly order?: DateOrder | undefined;
  /** Whether semicolons separate cells. */
  readonly semicolons?: boolean;
}

const of = (spelling: Spelling, sure = true): Found => ({ spelling, type: spelling.type, sure });

/** How text is read that stands among cells of another type, which most are. */
const USUAL = {
  number: { type: 'number', ...PLAIN },
  boolean: { type: 'boolean', words: 'true' },
  date: { type: 'date', order: 'YMD' },
} as const satisfies Record<Exclude<ColumnType, 'category'>, Spelling>;

/** Different words for nothing that are told. */
const TOLD = 4;

/** A cell and where it stands, in words. */
function placeOf(sheet: Sheet, row: number, text: string): string {
  const { line, row: number } = sheet.place(row);
  return `${JSON.stringify(text)} in ${line !== undefined ? `line ${line}` : `row ${number}`}`;
}

/** Finds out what the cells of a column are. The order of rows does not matter, but for what counts them. */
export class ColumnProfile {
  /** Cells that hold nothing, or a dash. */
  private gaps = 0;
  private dashes = 0;
  private pluses = false;
  /** Text that is there, and cells of types of their own. */
  private there = 0;
  private readonly typed = { number: 0, boolean: 0, date: 0 };
  private readonly nothing = new Set<string>();
  private readonly numbers = new NumberTally();
  /** The first number of each way to write some, and where it stands, in words. */
  private readonly firsts: { readonly text: string; readonly place: string }[] = [];
  private readonly dates = new DateTally();
  private readonly booleans = new BooleanTally();
  /** How many are words for yes or no; -1 once there was text that is neither. */
  private words = 0;
  /** The first cell that is neither number nor date nor such a word, and the first that is no number, in words. */
  private oddest: string | undefined;
  private odd: string | undefined;
  /** Whether each cell is the number before it and 1, so far, and that number. */
  private counting = true;
  private last: number | undefined;

  add(sheet: Sheet, cells: readonly Cell[]): this {
    for (let row = 0; row < cells.length; row++) {
      const cell = cells[row];
      if (typeof cell !== 'string') {
        this.addTyped(cell);
        continue;
      }
      const text = cell.trim();
      const dash = isDash(text);
      if (dash || isNothing(text)) {
        this.gaps++;
        if (dash) this.dashes++;
        this.counting = false;
        if (text !== '' && this.nothing.size < TOLD) this.nothing.add(text);
        continue;
      }
      this.there++;
      if (this.numbers.add(text)) {
        if (this.counting) this.count(Number(text));
        if (this.numbers.fresh) this.firsts.push({ text, place: placeOf(sheet, row, text) });
        continue;
      }
      this.counting = false;
      this.pluses ||= text === '+';
      const word = this.words >= 0 && this.booleans.add(text); // none that is neither yes nor no came before
      const date = this.dates.add(text);
      if (word) this.words++;
      else this.words = -1;
      if (this.odd !== undefined && (date || this.oddest !== undefined)) continue;
      const place = placeOf(sheet, row, text);
      this.odd ??= place;
      if (!date) this.oddest ??= place;
    }
    return this;
  }

  private addTyped(cell: Exclude<Cell, string>): void {
    if (isMissing(cell)) {
      this.gaps++;
      this.counting = false;
      return;
    }
    const type = typeof cell === 'boolean' ? 'boolean' : cell instanceof Date ? 'date' : 'number';
    this.typed[type]++;
    if (type === 'number') this.count(Number(cell));
    else this.counting = false;
  }

  private count(number: number): void {
    if (!this.counting) return;
    this.counting =
      Number.isInteger(number) && (this.last === undefined ? number === 0 || number === 1 : number === this.last + 1);
    this.last = number;
  }

  /** How many cells hold nothing, where they are spelled so. */
  missing({ spelling }: Found): number {
    return spelling?.type === 'category' && spelling.dash ? this.gaps - this.dashes : this.gaps;
  }

  /** Whether the cells count rows: 0, 1, 2, … or 1, 2, 3, …; of three rows at least. */
  get countsRows(): boolean {
    return this.counting && this.there + this.typed.number > 2;
  }

  /** What this column surely says of decimals. */
  get decimal(): DecimalHint {
    return this.numbers.count === this.there ? this.numbers.decimal : undefined;
  }

  /** What this column surely says of the order of dates. */
  get order(): DateOrder | undefined {
    const { order, accepted, sure } = this.dates.order(undefined);
    return sure && accepted === this.there && accepted > 0 && order !== 'YMD' ? order : undefined;
  }

  /** What most cells are that have types of their own; undefined where there are none. */
  private get ownType(): Exclude<ColumnType, 'category'> | undefined {
    const [[type, count]] = Object.entries(this.typed).sort(([, a], [, b]) => b - a) as [[keyof typeof this.typed, number]];
    return count > 0 ? type : undefined;
  }

  /**
   * What the cells are, and how sure that is. Where text stands among cells of another type, most decide.
   * @param wanted what is known of the column
   */
  found(wanted: Wanted, hints: SpellingHints = {}): Found {
    const own = this.ownType;
    const text = this.foundInText(wanted, hints);
    if (!own || isSaid(wanted)) return text;
    if (this.there === 0) return { spelling: undefined, type: own, sure: true };
    const { number, boolean, date } = this.typed;
    const codes = own === 'number' && this.numbers.count === this.there; // which are numbers if others are
    return text.type === own || (!codes && this.there > number + boolean + date)
      ? text
      : { spelling: USUAL[own], type: own, sure: true };
  }

  private foundInText(wanted: Wanted, hints: SpellingHints): Found {
    const { there, numbers, dates, booleans } = this;
    const isTarget = wanted === 'target';
    const dash = this.dashes > 0 && { dash: this.pluses || isTarget || wanted === 'text' };
    const category = of({ type: 'category', ...dash });
    if (wanted === 'text') return category;
    if (typeof wanted === 'object') return of({ type: 'date', format: wanted.format });
    if (wanted === 'plain' && booleans.words(there) !== 'true') return of(USUAL.number);
    const number = numbers.spelling(hints.decimal, hints.said, hints.semicolons);
    const all = number.accepted === there;
    if (wanted === 'number' || (all && numbers.codes === 0 && wanted !== 'date'))
      return of({ type: 'number', ...(there > 0 ? number.spelling : PLAIN) }, number.sure);
    const date = dates.order(hints.order);
    if (wanted === 'date' || (date.accepted === there && !isTarget)) return of({ type: 'date', order: date.order }, date.sure);
    const words = booleans.words(there);
    return words && (words === 'true' || !isTarget) ? of({ type: 'boolean', words }) : category;
  }

  /** What is worth saying of a column that was taken so. */
  notes(name: string, { spelling, sure }: Found, { said }: SpellingHints): string[] {
    const column = `column ${JSON.stringify(name)}`;
    const { nothing } = this;
    const dash = spelling?.type === 'category' && spelling.dash;
    const words = [...nothing].filter((text) => !(dash && isDash(text))).sort();
    const gaps = words.length > 0 ? [`${column}: ${words.map((t) => JSON.stringify(t)).join(', ')} taken as missing`] : [];
    return [...(spelling ? this.spelled(column, spelling, { sure, said }) : []), ...gaps];
  }

  private spelled(column: string, spelling: Spelling, { sure, said }: { sure: boolean; said?: boolean | undefined }): string[] {
    const { there, numbers, dates, odd, oddest } = this;
    switch (spelling.type) {
      case 'number': {
        const { accounting, codes } = numbers;
        if (codes > 0 && this.typed.number > 0)
          return [
            `${column} holds codes, with leading zeros or more than 15 digits, among numbers: read as numbers; as text in all rows they are codes`,
          ];
        if (isPlainSpelling(spelling) && !accounting) return [];
        const { decimal, thousands, before, behind } = spelling;
        const how = [
          ...(decimal === ',' && !said ? ['decimal commas'] : []),
          ...(thousands !== '' ? [`thousands separated by ${thousands === ' ' ? 'blanks' : JSON.stringify(thousands)}`] : []),
          ...(accounting ? ['parentheses, or a minus sign behind, for negative ones'] : []),
          ...[before, behind].filter(Boolean).map((around) => `${JSON.stringify(around)} beside each`),
        ].join(', ');
        const other = decimal === ',' ? '.' : ',';
        const doubt = sure ? '' : `; this is not sure, as ${JSON.stringify(other)} may separate decimals instead`;
        return how ? [`${column} holds numbers with ${how}${doubt}`] : [];
      }
      case 'date': {
        if ('format' in spelling) return [];
        const { order } = spelling;
        if (sure) return order === 'YMD' ? [] : [`${column} holds dates, ${order === 'DMY' ? 'day first' : 'month first'}`];
        const [is, other] = order === 'DMY' ? ['day', 'MM/DD/YYYY'] : ['month', 'DD/MM/YYYY'];
        return [`${column} holds dates whose ${is} may stand first or second: taken as first; date(${other}) says otherwise`];
      }
      case 'boolean':
        return [];
      case 'category': {
        const mostly = (what: string, count: number, place: string | undefined) =>
          `${column} would be ${what} but for ${counted(there - count, 'cell')}, ${there - count > 1 ? 'the first ' : ''}${place}: taken as text`;
        if (numbers.codes > 0 && numbers.count === there)
          return [`${column} holds codes, with leading zeros or more than 15 digits: taken as categories`];
        if (there > 0 && numbers.count === there) {
          const { spelling, accepted } = numbers.spelling(undefined);
          const others = this.firsts.filter(({ text }) => readNumber(text, spelling) === undefined);
          if (accepted >= MOSTLY * there) return [mostly('numbers', accepted, others[0]?.place)];
          const places = this.firsts.slice(0, 2).map(({ place }) => place);
          return [`${column} holds numbers that are written in several ways, ${places.join(' and ')}: taken as text`];
        }
        if (there > 0 && numbers.count < there && numbers.count >= MOSTLY * there) return [mostly('numbers', numbers.count, odd)];
        if (there > 0 && dates.count < there && dates.count >= MOSTLY * there) return [mostly('dates', dates.count, oddest)];
        return [];
      }
    }
  }
}
