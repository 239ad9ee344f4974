// CSV: which delimiter, which names, and the rows.

import { counted } from '../../runtime/errors.js';
import { InputError } from '../input-error.js';
import { Sheet } from '../sheet.js';
import { peeked } from '../sources/bytes.js';
import { isMissingText, isNumber } from '../types/cells.js';
import { CsvError, type CsvRecord, CsvRecords } from './records.js';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Characters to look at before deciding on the delimiter. */
const HEAD = 1 << 14;

export interface CsvOptions {
  /** Default: found out. */
  readonly delimiter?: string | undefined;
  /** Whether the first line names the columns. Default: unless it holds numbers only. */
  readonly header?: boolean | undefined;
  /** What comments begin with. Default: `#`, if the file begins with such lines and the others look different. */
  readonly comment?: string | undefined;
  /** Characters of a line. Default LONGEST_LINE. */
  readonly longestLine?: number | undefined;
}

/** How often each delimiter stands outside quotes in the first line that is not empty. */
function delimitersIn(head: string): number[] {
  const counts = DELIMITERS.map(() => 0);
  let quoted = false;
  for (const c of head.replace(/^[\r\n]+/, '')) {
    if (c === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (c === '\n' || c === '\r') break;
    else {
      const i = DELIMITERS.indexOf(c as ',');
      if (i >= 0) counts[i]!++;
    }
  }
  return counts;
}

/** The delimiter that stands most often in the first line. */
export function detectDelimiter(head: string): string {
  const counts = delimitersIn(head);
  const most = Math.max(...counts);
  return most === 0 ? ',' : DELIMITERS[counts.indexOf(most)]!;
}

/** What stands before the first line that is none of `#` comments: undefined where `#` begins the header. */
function commentsBefore(head: string): string | undefined {
  const comments = /^(?:[ \t]*(?:\r\n?|\n)|#[^\r\n]*(?:\r\n?|\n))*/.exec(head)![0];
  if (!comments.includes('#')) return undefined;
  const [first, rest] = [delimitersIn(comments.slice(comments.lastIndexOf('#'))), delimitersIn(head.slice(comments.length))];
  // As many delimiters as in the line that follows, which is no header itself: names of columns.
  const next = head.slice(comments.length).split(/[\r\n,;\t|]/, Math.max(...rest) + 1);
  const isName = /(?:^|[\r\n])#\S[^\r\n]*[\r\n]+$/.test(comments) || next.some(isNumber);
  const isHeader = Math.max(...rest) > 0 && rest.every((n, i) => n === first[i]) && isName;
  return isHeader ? undefined : comments;
}

/** Excel's way to name the delimiter: a line before all others. */
const SEPARATOR = /^sep=(.)(?:\r\n?|\n)/i;

/**
 * The rows of CSV, in sheets of so many cells each.
 * @throws InputError with the line
 */
export async function* readCsv(
  file: string,
  text: AsyncGenerator<string>,
  options: CsvOptions,
  cells: number,
): AsyncGenerator<Sheet, void, undefined> {
  const { head, all } = await peeked(text, HEAD);
  try {
    if (head.trim() === '') throw new InputError(file, {}, 'is empty');
    const rows = new CsvRows(file, options, head, cells);
    for await (const piece of all) yield* rows.take((records) => records.add(piece));
    yield* rows.take((records) => records.end());
    yield* rows.rest();
  } finally {
    await all.return(undefined); // whoever reads may have had enough
  }
}

/** Records as rows of sheets. */
class CsvRows {
  private readonly records: CsvRecords;
  private sheet: Sheet;
  private width = 0;
  private skips = false;

  constructor(
    file: string,
    private readonly options: CsvOptions,
    head: string,
    private readonly cells: number,
  ) {
    this.sheet = new Sheet(file, true);
    const comments = options.comment === undefined ? commentsBefore(head) : undefined;
    const named = SEPARATOR.exec(head);
    this.skips = named !== null;
    const delimiter = options.delimiter ?? named?.[1] ?? detectDelimiter(head.slice(comments?.length ?? 0));
    this.sheet.semicolons = delimiter === ';';
    this.records = new CsvRecords(delimiter, options.comment ?? (comments === undefined ? undefined : '#'), options.longestLine);
    if (comments !== undefined) this.sheet.notes.push('lines that begin with # are left out as comments');
  }

  /** Sheets that have become full. @throws InputError */
  *take(from: (records: CsvRecords) => readonly CsvRecord[]): Generator<Sheet, void, undefined> {
    try {
      for (const record of from(this.records)) {
        if (this.skips) {
          this.skips = false;
          continue;
        }
        this.row(record);
        if (this.sheet.cells < this.cells) continue;
        const full = this.sheet;
        this.sheet = full.following();
        yield full;
      }
    } catch (cause) {
      if (!(cause instanceof CsvError)) throw cause;
      const column = this.sheet.names[cause.cell];
      throw new InputError(this.sheet.file, { line: cause.line, column }, cause.message, { cause });
    }
  }

  *rest(): Generator<Sheet, void, undefined> {
    const { sheet } = this;
    if (sheet.rows > 0) yield sheet;
    else if (sheet.before === 0) throw new InputError(sheet.file, {}, 'has a header and no rows');
  }

  private row({ cells, line }: CsvRecord): void {
    const { sheet, options } = this;
    if (this.width === 0) {
      this.width = cells.length;
      const isData = cells.some(isNumber) && cells.every((cell) => isNumber(cell) || isMissingText(cell));
      if (options.header ?? !isData) {
        nameColumns(sheet, cells);
        return;
      }
      sheet.nameless = true;
      for (let i = 1; i <= this.width; i++) sheet.columns.set(String(i), []);
      if (options.header === undefined)
        sheet.notes.push('the first line holds numbers only: taken as data, columns are named 1, 2, …');
    }
    if (cells.length !== this.width) {
      const detail = `has ${counted(cells.length, 'cell')}; expected ${this.width}, as in the first line`;
      throw new InputError(sheet.file, { line }, detail);
    }
    sheet.push(cells, line);
  }
}

/** Columns by the header's cells: what has no name is called by its place, and what has another's name gets a number. */
function nameColumns(sheet: Sheet, header: readonly string[]): void {
  const nameless: number[] = [];
  const twice: string[] = [];
  const given = new Set(header.map((cell) => cell.trim()));
  const last = new Map<string, number>();
  header.forEach((cell, i) => {
    const own = cell.trim();
    if (!own) nameless.push(i + 1);
    let name = own || `column ${i + 1}`;
    if (sheet.columns.has(name) || (!own && given.has(name))) {
      const plain = name;
      let n = last.get(plain) ?? 1;
      while (sheet.columns.has(name) || given.has(name)) name = `${plain} (${++n})`;
      last.set(plain, n);
      twice.push(name);
    }
    sheet.columns.set(name, []);
  });
  if (nameless.length > 0) sheet.notes.push(namelessNote(nameless));
  if (twice.length > 0)
    sheet.notes.push(`names that several columns have are numbered: ${listed(twice.map((name) => JSON.stringify(name)))}`);
}

function namelessNote(places: readonly number[]): string {
  const [first] = places;
  if (places.length === 1) return `column ${first} has no name: called "column ${first}"`;
  return `the columns ${listed(places.map(String))} have no names: called "column ${first}" and so on`;
}

/** The first few of many. */
const listed = (all: readonly string[]) => (all.length > 5 ? `${all.slice(0, 5).join(', ')}, …` : all.join(', '));
